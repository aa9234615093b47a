using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void GridSample(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer y, in GridSampleSpec s) =>
        pool.For(s.N * s.P, new GridSampleWork { X = Pointer(x), Grid = Pointer(grid), Y = Pointer(y), S = s });

    /// <inheritdoc/>
    public void GridSampleInputGrad(DeviceBuffer gy, DeviceBuffer grid, DeviceBuffer gx, in GridSampleSpec s) =>
        pool.For(
            s.N * Parts(s.C, ScatterChannels),
            new GridScatterWork { Gy = Pointer(gy), Grid = Pointer(grid), Gx = Pointer(gx), S = s });

    /// <inheritdoc/>
    public void GridSampleGridGrad(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer ggrid, in GridSampleSpec s) =>
        pool.For(
            s.N * s.P,
            new GridGradWork { X = Pointer(x), Grid = Pointer(grid), Gy = Pointer(gy), Ggrid = Pointer(ggrid), S = s });

    // One sample's place along one axis: its two neighbours, −1 where they are outside the image, how near it is to the
    // second, and the derivative of the position in the grid value.
    private readonly struct GridAxis
    {
        private readonly int _low, _high;
        private readonly float _weight;
        public readonly float Slope;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public GridAxis(float grid, int size, in GridSampleSpec s)
        {
            Slope = 0.5f * (s.AlignCorners ? size - 1 : size);
            float at = s.AlignCorners ? (grid + 1f) * Slope : ((grid + 1f) * Slope) - 0.5f;
            if (s.Padding == GridPadding.Border && !(at > 0f && at < size - 1))
            {
                Slope = 0f;
                at = at > 0f ? size - 1 : 0f;
            }

            if (at > -1f && at < size)
            {
                _low = (int)MathF.Floor(at);
                _weight = at - _low;
                _high = _low + 1 < size ? _low + 1 : -1;
            }
            else
            {
                _low = _high = -1;
            }
        }

        public bool Outside => (_low & _high) < 0;

        // A neighbour outside counts with weight 0, and then stands where the other one does.
        public int Low => _low < 0 ? _high : _low;

        public int High => _high < 0 ? _low : _high;

        public float LowInside => _low < 0 ? 0f : 1f;

        public float HighInside => _high < 0 ? 0f : 1f;

        public float LowWeight => _low < 0 ? 0f : 1f - _weight;

        public float HighWeight => _high < 0 ? 0f : _weight;
    }

    // Part: an output row.
    private struct GridSampleWork : IWork
    {
        public float* X, Grid, Y;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker)
        {
            var s = S;
            float* image = X + ((nint)(index / s.P) * s.H * s.W * s.C);
            float* grid = Grid + ((nint)index * s.Q * 2), y = Y + ((nint)index * s.Q * s.C);
            for (int q = 0; q < s.Q; q++, grid += 2, y += s.C)
            {
                GridAxis h = new(grid[0], s.W, s), v = new(grid[1], s.H, s);
                if (h.Outside || v.Outside)
                {
                    new Span<float>(y, s.C).Clear();
                    continue;
                }

                float* top = image + ((nint)v.Low * s.W * s.C), bottom = image + ((nint)v.High * s.W * s.C);
                nint left = (nint)h.Low * s.C, right = (nint)h.High * s.C;
                Blend(
                    top + left, v.LowWeight * h.LowWeight, top + right, v.LowWeight * h.HighWeight,
                    bottom + left, v.HighWeight * h.LowWeight, bottom + right, v.HighWeight * h.HighWeight, y, s.C);
            }
        }
    }

    // Part: some channels of an image.
    private struct GridScatterWork : IWork
    {
        public float* Gy, Grid, Gx;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker)
        {
            var s = S;
            int parts = Parts(s.C, ScatterChannels), n = index / parts, channel = index % parts * ScatterChannels;
            int channels = Math.Min(ScatterChannels, s.C - channel);
            float* gx = Gx + ((nint)n * s.H * s.W * s.C) + channel, gy = Gy + ((nint)n * s.P * s.Q * s.C) + channel;
            float* grid = Grid + ((nint)n * s.P * s.Q * 2);
            ClearChannels(gx, (long)s.H * s.W, s.C, channels);
            for (long i = 0; i < (long)s.P * s.Q; i++, grid += 2, gy += s.C)
            {
                GridAxis h = new(grid[0], s.W, s), v = new(grid[1], s.H, s);
                if (h.Outside || v.Outside)
                {
                    continue;
                }

                float* top = gx + ((nint)v.Low * s.W * s.C), bottom = gx + ((nint)v.High * s.W * s.C);
                nint left = (nint)h.Low * s.C, right = (nint)h.High * s.C;
                AddScaled(gy, v.LowWeight * h.LowWeight, top + left, channels);
                AddScaled(gy, v.LowWeight * h.HighWeight, top + right, channels);
                AddScaled(gy, v.HighWeight * h.LowWeight, bottom + left, channels);
                AddScaled(gy, v.HighWeight * h.HighWeight, bottom + right, channels);
            }
        }
    }

    // Part: an output row.
    private struct GridGradWork : IWork
    {
        public float* X, Grid, Gy, Ggrid;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker)
        {
            var s = S;
            float* image = X + ((nint)(index / s.P) * s.H * s.W * s.C);
            float* grid = Grid + ((nint)index * s.Q * 2), ggrid = Ggrid + ((nint)index * s.Q * 2);
            float* gy = Gy + ((nint)index * s.Q * s.C);
            for (int q = 0; q < s.Q; q++, grid += 2, ggrid += 2, gy += s.C)
            {
                GridAxis h = new(grid[0], s.W, s), v = new(grid[1], s.H, s);
                if (h.Outside || v.Outside)
                {
                    ggrid[0] = ggrid[1] = 0f;
                    continue;
                }

                // y = Σ corners · vertical weight · horizontal weight; the weights' slopes are −1 (low) and 1 (high).
                float* top = image + ((nint)v.Low * s.W * s.C), bottom = image + ((nint)v.High * s.W * s.C);
                nint left = (nint)h.Low * s.C, right = (nint)h.High * s.C;
                float along = DotBlend(
                    gy, top + left, -v.LowWeight * h.LowInside, top + right, v.LowWeight * h.HighInside,
                    bottom + left, -v.HighWeight * h.LowInside, bottom + right, v.HighWeight * h.HighInside, s.C);
                float down = DotBlend(
                    gy, top + left, -v.LowInside * h.LowWeight, top + right, -v.LowInside * h.HighWeight,
                    bottom + left, v.HighInside * h.LowWeight, bottom + right, v.HighInside * h.HighWeight, s.C);
                ggrid[0] = h.Slope * along;
                ggrid[1] = v.Slope * down;
            }
        }
    }

    // Σᵢ g[i]·(wa·a[i] + wb·b[i] + wc·c[i] + wd·d[i])
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float DotBlend(float* g, float* a, float wa, float* b, float wb, float* c, float wc, float* d, float wd, int count)
    {
        int i = 0;
        float sum = 0;
        if (count >= 16)
        {
            var sums = Vector512<float>.Zero;
            for (; i + 16 <= count; i += 16)
            {
                var blend = (Vector512.Load(a + i) * wa) + (Vector512.Load(b + i) * wb);
                blend = blend + (Vector512.Load(c + i) * wc) + (Vector512.Load(d + i) * wd);
                sums = Vector512.MultiplyAddEstimate(Vector512.Load(g + i), blend, sums);
            }

            sum = Vector512.Sum(sums);
        }

        for (; i < count; i++)
        {
            sum += g[i] * ((a[i] * wa) + (b[i] * wb) + (c[i] * wc) + (d[i] * wd));
        }

        return sum;
    }
}
