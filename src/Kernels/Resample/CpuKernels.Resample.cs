using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Upsample(DeviceBuffer x, DeviceBuffer y, in BlockSpec s) =>
        pool.For(s.N * s.H, new UpsampleWork { X = Pointer(x), Y = Pointer(y), S = s });

    /// <inheritdoc/>
    public void BlockSum(DeviceBuffer x, DeviceBuffer y, in BlockSpec s) =>
        pool.For(s.N * s.H, new BlockSumWork { X = Pointer(x), Y = Pointer(y), S = s });

    /// <inheritdoc/>
    public void Resize(DeviceBuffer x, DeviceBuffer y, in ResizeSpec s)
    {
        if (s.H > 0 && s.W > 0 && s.Q > 0 && s.C > 0)
        {
            pool.For(s.N * s.P, new ResizeWork
            {
                X = Pointer(x),
                Y = Pointer(y),
                S = s,
                Rows = ResizeAxis.Of(s.H, s.P, s.AlignCorners),
                Columns = ResizeAxis.Of(s.W, s.Q, s.AlignCorners),
            });
        }
    }

    /// <inheritdoc/>
    public void ResizeGrad(DeviceBuffer gy, DeviceBuffer gx, in ResizeSpec s) =>
        pool.For(s.N * Parts(s.C, ScatterChannels), new ResizeGradWork
        {
            Gy = Pointer(gy),
            Gx = Pointer(gx),
            S = s,
            Rows = ResizeAxis.Of(s.H, s.P, s.AlignCorners),
            Columns = ResizeAxis.Of(s.W, s.Q, s.AlignCorners),
        });

    // Channels that one part of a scatter owns: adding to shared pixels from several threads would make the order of
    // additions a matter of chance.
    private const int ScatterChannels = 16;

    // y[i] = factor·x[i]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(float* x, float factor, float* y, int count)
    {
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            (Vector512.Load(x + i) * factor).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i] * factor;
        }
    }

    // y[i] += factor·x[i]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(float* x, float factor, float* y, int count)
    {
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector512.MultiplyAddEstimate(Vector512.Load(x + i), Vector512.Create(factor), Vector512.Load(y + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] += x[i] * factor;
        }
    }

    // y[i] = wa·a[i] + wb·b[i] + wc·c[i] + wd·d[i]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Blend(float* a, float wa, float* b, float wb, float* c, float wc, float* d, float wd, float* y, int count)
    {
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            var sum = (Vector512.Load(a + i) * wa) + (Vector512.Load(b + i) * wb);
            (sum + (Vector512.Load(c + i) * wc) + (Vector512.Load(d + i) * wd)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = (a[i] * wa) + (b[i] * wb) + (c[i] * wc) + (d[i] * wd);
        }
    }

    // Part: a coarse row.
    private struct UpsampleWork : IWork
    {
        public float* X, Y;
        public BlockSpec S;

        public readonly void Run(int index, int worker)
        {
            int f = S.Factor, line = S.W * f * S.C;
            float* x = X + ((nint)index * S.W * S.C), first = Y + ((nint)index * f * line), y = first;
            for (int w = 0; w < S.W; w++, x += S.C)
            {
                for (int j = 0; j < f; j++, y += S.C)
                {
                    Scale(x, S.Scale, y, S.C);
                }
            }

            for (int i = 1; i < f; i++)
            {
                new ReadOnlySpan<float>(first, line).CopyTo(new Span<float>(first + ((nint)i * line), line));
            }
        }
    }

    // Part: a coarse row.
    private struct BlockSumWork : IWork
    {
        public float* X, Y;
        public BlockSpec S;

        public readonly void Run(int index, int worker)
        {
            int f = S.Factor, c = S.C;
            nint line = (nint)S.W * f * c;
            float* x = X + (index * f * line), y = Y + ((nint)index * S.W * c);
            for (int w = 0; w < S.W; w++, x += f * c, y += c)
            {
                int k = 0;
                for (; k + 16 <= c; k += 16)
                {
                    var sum = Vector512<float>.Zero;
                    for (int i = 0; i < f; i++)
                    {
                        for (int j = 0; j < f; j++)
                        {
                            sum += Vector512.Load(x + (i * line) + (j * c) + k);
                        }
                    }

                    (sum * S.Scale).Store(y + k);
                }

                for (; k < c; k++)
                {
                    float sum = 0;
                    for (int i = 0; i < f; i++)
                    {
                        for (int j = 0; j < f; j++)
                        {
                            sum += x[(i * line) + (j * c) + k];
                        }
                    }

                    y[k] = sum * S.Scale;
                }
            }
        }
    }

    // Part: an output row.
    private struct ResizeWork : IWork
    {
        public float* X, Y;
        public ResizeSpec S;
        public ResizeAxis Rows, Columns;

        public readonly void Run(int index, int worker)
        {
            int n = index / S.P;
            var (low, high, wy) = Rows.Taps(index % S.P);
            float* top = X + ((((nint)n * S.H) + low) * S.W * S.C), bottom = X + ((((nint)n * S.H) + high) * S.W * S.C);
            float* y = Y + ((nint)index * S.Q * S.C);
            for (int q = 0; q < S.Q; q++, y += S.C)
            {
                var (left, right, wx) = Columns.Taps(q);
                Blend(
                    top + ((nint)left * S.C), (1 - wy) * (1 - wx), top + ((nint)right * S.C), (1 - wy) * wx,
                    bottom + ((nint)left * S.C), wy * (1 - wx), bottom + ((nint)right * S.C), wy * wx, y, S.C);
            }
        }
    }

    // Part: some channels of an image.
    private struct ResizeGradWork : IWork
    {
        public float* Gy, Gx;
        public ResizeSpec S;
        public ResizeAxis Rows, Columns;

        public readonly void Run(int index, int worker)
        {
            int parts = Parts(S.C, ScatterChannels), n = index / parts, channel = index % parts * ScatterChannels;
            int channels = Math.Min(ScatterChannels, S.C - channel);
            float* gx = Gx + ((nint)n * S.H * S.W * S.C) + channel, gy = Gy + ((nint)n * S.P * S.Q * S.C) + channel;
            ClearChannels(gx, (long)S.H * S.W, S.C, channels);
            for (int p = 0; p < S.P; p++)
            {
                var (low, high, wy) = Rows.Taps(p);
                float* top = gx + ((nint)low * S.W * S.C), bottom = gx + ((nint)high * S.W * S.C);
                for (int q = 0; q < S.Q; q++, gy += S.C)
                {
                    var (left, right, wx) = Columns.Taps(q);
                    AddScaled(gy, (1 - wy) * (1 - wx), top + ((nint)left * S.C), channels);
                    AddScaled(gy, (1 - wy) * wx, top + ((nint)right * S.C), channels);
                    AddScaled(gy, wy * (1 - wx), bottom + ((nint)left * S.C), channels);
                    AddScaled(gy, wy * wx, bottom + ((nint)right * S.C), channels);
                }
            }
        }
    }

    private static void ClearChannels(float* x, long pixels, int pitch, int channels)
    {
        for (long i = 0; i < pixels; i++, x += pitch)
        {
            new Span<float>(x, channels).Clear();
        }
    }
}
