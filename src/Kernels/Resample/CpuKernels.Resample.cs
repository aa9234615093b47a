using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Upsample(DeviceBuffer x, DeviceBuffer y, in BlockSpec s) =>
        pool.For(s.N * s.H, new UpsampleWork { X = Pointer(x), Y = Output(y), S = s });

    /// <inheritdoc/>
    public void BlockSum(DeviceBuffer x, DeviceBuffer y, in BlockSpec s) =>
        pool.For(s.N * s.H, new BlockSumWork { X = Pointer(x), Y = Output(y), S = s });

    /// <inheritdoc/>
    public void Resize(DeviceBuffer x, DeviceBuffer y, in ResizeSpec s)
    {
        if (s.H == 0 || s.W == 0)
        {
            Fill(y, 0f, (long)s.N * s.P * s.Q * s.C);
        }
        else if (s.Q > 0 && s.C > 0)
        {
            pool.For(s.N * s.P, new ResizeWork
            {
                X = Pointer(x),
                Y = Output(y),
                Lines = Bands((long)s.W * s.C),
                Taps = ColumnTaps(s),
                S = s,
                Rows = ResizeAxis.Of(s.H, s.P, s.AlignCorners),
            });
        }
    }

    /// <inheritdoc/>
    public void ResizeGrad(DeviceBuffer gy, DeviceBuffer gx, in ResizeSpec s)
    {
        if (s.H > 0 && s.W > 0 && s.C > 0)
        {
            pool.For(s.N * s.H, new ResizeGradWork
            {
                Gy = Pointer(gy),
                Gx = Output(gx),
                Lines = Bands((long)s.Q * s.C),
                Taps = ColumnTaps(s),
                S = s,
                Rows = ResizeAxis.Of(s.H, s.P, s.AlignCorners),
            });
        }
    }

    // What every output row reads of its line: the pixels and the second one's share, for each output column.
    private ColumnTap* ColumnTaps(in ResizeSpec s)
    {
        var taps = (ColumnTap*)_partial.Reserve(3L * s.Q);
        var columns = ResizeAxis.Of(s.W, s.Q, s.AlignCorners);
        for (int q = 0; q < s.Q; q++)
        {
            var (left, right, share) = columns.Taps(q);
            taps[q] = new ColumnTap(left * s.C, right * s.C, share);
        }

        return taps;
    }

    private readonly record struct ColumnTap(int Left, int Right, float Share);

    // y[i] = factor·x[i], or with Add: y[i] += factor·x[i].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScaleLine(float* x, float factor, float* y, int count, bool add)
    {
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            var v = Vector512.Load(x + i);
            (add ? Vector512.MultiplyAddEstimate(v, Vector512.Create(factor), Vector512.Load(y + i)) : v * factor).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = (x[i] * factor) + (add ? y[i] : 0f);
        }
    }

    // Part: a coarse row.
    private struct UpsampleWork : IWork, IChannelWork
    {
        public float* X, Y;
        public BlockSpec S;

        public readonly void Run(int index, int worker) => Lanes.Run(this, S.C, index);

        public readonly void Run<TLanes, TVector>(int index)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            int f = S.Factor, c = S.C, line = S.W * f * c;
            float* x = X + ((nint)index * S.W * c), first = Y + ((nint)index * f * line), y = first;
            var scale = TLanes.Broadcast(S.Scale);
            for (int w = 0; w < S.W; w++, x += c, y += f * c)
            {
                for (int i = 0; i < c; i = Lanes.Next(i, TLanes.Count, c))
                {
                    var v = TLanes.Multiply(TLanes.Load(x + i), scale);
                    for (int j = 0; j < f; j++)
                    {
                        TLanes.Store(v, y + (j * c) + i);
                    }
                }
            }

            for (int i = 1; i < f; i++)
            {
                new ReadOnlySpan<float>(first, line).CopyTo(new Span<float>(first + ((nint)i * line), line));
            }
        }
    }

    // Part: a coarse row.
    private struct BlockSumWork : IWork, IChannelWork
    {
        public float* X, Y;
        public BlockSpec S;

        public readonly void Run(int index, int worker) => Lanes.Run(this, S.C, index);

        public readonly void Run<TLanes, TVector>(int index)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            int f = S.Factor, c = S.C;
            nint line = (nint)S.W * f * c;
            float* x = X + (index * f * line), y = Y + ((nint)index * S.W * c);
            var scale = TLanes.Broadcast(S.Scale);
            for (int w = 0; w < S.W; w++, x += f * c, y += c)
            {
                for (int k = 0; k < c; k = Lanes.Next(k, TLanes.Count, c))
                {
                    var sum = TLanes.Broadcast(0f);
                    for (int i = 0; i < f; i++)
                    {
                        for (int j = 0; j < f; j++)
                        {
                            sum = TLanes.Add(sum, TLanes.Load(x + (i * line) + (j * c) + k));
                        }
                    }

                    TLanes.Store(TLanes.Multiply(sum, scale), y + k);
                }
            }
        }
    }

    // Part: an output row: its two input rows are blended first, then the line's pixels.
    private struct ResizeWork : IWork
    {
        public float* X, Y;
        public float** Lines;
        public ColumnTap* Taps;
        public ResizeSpec S;
        public ResizeAxis Rows;

        public readonly void Run(int index, int worker)
        {
            int n = index / S.P, line = S.W * S.C;
            var (low, high, share) = Rows.Taps(index % S.P);
            float* top = X + ((((nint)n * S.H) + low) * line), bottom = X + ((((nint)n * S.H) + high) * line);
            if (high == low)
            {
                Lanes.Run(new ResizeLine { Line = top, Y = Y, Taps = Taps, S = S }, S.C, index);
                return;
            }

            ScaleLine(top, 1f - share, Lines[worker], line, add: false);
            ScaleLine(bottom, share, Lines[worker], line, add: true);
            Lanes.Run(new ResizeLine { Line = Lines[worker], Y = Y, Taps = Taps, S = S }, S.C, index);
        }
    }

    private struct ResizeLine : IChannelWork
    {
        public float* Line, Y;
        public ColumnTap* Taps;
        public ResizeSpec S;

        public readonly void Run<TLanes, TVector>(int index)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            int c = S.C;
            float* y = Y + ((nint)index * S.Q * c);
            for (int q = 0; q < S.Q; q++, y += c)
            {
                var tap = Taps[q];
                float* left = Line + tap.Left, right = Line + tap.Right;
                TVector near = TLanes.Broadcast(1f - tap.Share), far = TLanes.Broadcast(tap.Share);
                for (int i = 0; i < c; i = Lanes.Next(i, TLanes.Count, c))
                {
                    TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(right + i), far, TLanes.Multiply(TLanes.Load(left + i), near)), y + i);
                }
            }
        }
    }

    // Part: an input row: the output rows that read it are added up first, then the line's pixels go to where they came from.
    private struct ResizeGradWork : IWork
    {
        public float* Gy, Gx;
        public float** Lines;
        public ColumnTap* Taps;
        public ResizeSpec S;
        public ResizeAxis Rows;

        public readonly void Run(int index, int worker)
        {
            int n = index / S.H, h = index % S.H, line = S.Q * S.C;
            bool read = false;
            for (int p = Rows.FirstReader(h); p <= Rows.LastReader(h); p++)
            {
                float weight = Rows.Weight(h, p);
                if (weight != 0f)
                {
                    ScaleLine(Gy + ((((nint)n * S.P) + p) * line), weight, Lines[worker], line, read);
                    read = true;
                }
            }

            new Span<float>(Gx + ((nint)index * S.W * S.C), S.W * S.C).Clear();
            if (read)
            {
                Lanes.Run(new ResizeGradLine { Line = Lines[worker], Gx = Gx, Taps = Taps, S = S }, S.C, index);
            }
        }
    }

    private struct ResizeGradLine : IChannelWork
    {
        public float* Line, Gx;
        public ColumnTap* Taps;
        public ResizeSpec S;

        public readonly void Run<TLanes, TVector>(int index)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            float* gx = Gx + ((nint)index * S.W * S.C), line = Line;
            for (int q = 0; q < S.Q; q++, line += S.C)
            {
                var tap = Taps[q];
                AddScaled<TLanes, TVector>(line, 1f - tap.Share, gx + tap.Left, S.C);
                AddScaled<TLanes, TVector>(line, tap.Share, gx + tap.Right, S.C);
            }
        }
    }
}
