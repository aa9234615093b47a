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

    // One sample's place along one axis: the two neighbours, their weights (0 outside the image, the index then being the
    // other neighbour's) and the derivative of the position in the grid value.
    private readonly struct GridAxis
    {
        public readonly int Low, High;
        public readonly float LowWeight, HighWeight, Slope;
        public readonly bool LowInside, HighInside;

        public GridAxis(float grid, int size, in GridSampleSpec s)
        {
            float slope = 0.5f * (s.AlignCorners ? size - 1 : size);
            float at = s.AlignCorners ? (grid + 1f) * slope : ((grid + 1f) * slope) - 0.5f;
            if (s.Padding == GridPadding.Border)
            {
                bool inside = at > 0f && at < size - 1;
                Slope = inside ? slope : 0f;
                at = inside ? at : (at > 0f ? size - 1 : 0f);
            }
            else
            {
                Slope = slope;
                if (!(at > -1f && at < size))
                {
                    return;
                }
            }

            int low = (int)MathF.Floor(at);
            float weight = at - low;
            LowInside = low >= 0 && low < size;
            HighInside = low + 1 < size;
            Low = LowInside ? low : low + 1;
            High = HighInside ? low + 1 : low;
            LowWeight = LowInside ? 1f - weight : 0f;
            HighWeight = HighInside ? weight : 0f;
        }

        public bool Outside => !LowInside && !HighInside;
    }

    // Part: an output row.
    private struct GridSampleWork : IWork
    {
        public float* X, Grid, Y;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker)
        {
            float* image = X + ((nint)(index / S.P) * S.H * S.W * S.C);
            float* grid = Grid + ((nint)index * S.Q * 2), y = Y + ((nint)index * S.Q * S.C);
            for (int q = 0; q < S.Q; q++, grid += 2, y += S.C)
            {
                GridAxis h = new(grid[0], S.W, S), v = new(grid[1], S.H, S);
                if (h.Outside || v.Outside)
                {
                    new Span<float>(y, S.C).Clear();
                    continue;
                }

                float* top = image + ((nint)v.Low * S.W * S.C), bottom = image + ((nint)v.High * S.W * S.C);
                nint left = (nint)h.Low * S.C, right = (nint)h.High * S.C;
                Blend(
                    top + left, v.LowWeight * h.LowWeight, top + right, v.LowWeight * h.HighWeight,
                    bottom + left, v.HighWeight * h.LowWeight, bottom + right, v.HighWeight * h.HighWeight, y, S.C);
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
            int parts = Parts(S.C, ScatterChannels), n = index / parts, channel = index % parts * ScatterChannels;
            int channels = Math.Min(ScatterChannels, S.C - channel);
            float* gx = Gx + ((nint)n * S.H * S.W * S.C) + channel, gy = Gy + ((nint)n * S.P * S.Q * S.C) + channel;
            float* grid = Grid + ((nint)n * S.P * S.Q * 2);
            ClearChannels(gx, (long)S.H * S.W, S.C, channels);
            for (long i = 0; i < (long)S.P * S.Q; i++, grid += 2, gy += S.C)
            {
                GridAxis h = new(grid[0], S.W, S), v = new(grid[1], S.H, S);
                if (h.Outside || v.Outside)
                {
                    continue;
                }

                Row(gy, gx + ((nint)v.Low * S.W * S.C), v.LowWeight, h, channels);
                Row(gy, gx + ((nint)v.High * S.W * S.C), v.HighWeight, h, channels);
            }
        }

        private readonly void Row(float* gy, float* gx, float weight, in GridAxis h, int channels)
        {
            AddScaled(gy, weight * h.LowWeight, gx + ((nint)h.Low * S.C), channels);
            AddScaled(gy, weight * h.HighWeight, gx + ((nint)h.High * S.C), channels);
        }
    }

    // Part: an output row.
    private struct GridGradWork : IWork
    {
        public float* X, Grid, Gy, Ggrid;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker)
        {
            float* image = X + ((nint)(index / S.P) * S.H * S.W * S.C);
            float* grid = Grid + ((nint)index * S.Q * 2), ggrid = Ggrid + ((nint)index * S.Q * 2);
            float* gy = Gy + ((nint)index * S.Q * S.C);
            for (int q = 0; q < S.Q; q++, grid += 2, ggrid += 2, gy += S.C)
            {
                GridAxis h = new(grid[0], S.W, S), v = new(grid[1], S.H, S);
                if (h.Outside || v.Outside)
                {
                    ggrid[0] = ggrid[1] = 0f;
                    continue;
                }

                // ⟨gy, corner⟩ for the corners inside; the rest are zero.
                float* top = image + ((nint)v.Low * S.W * S.C), bottom = image + ((nint)v.High * S.W * S.C);
                nint left = (nint)h.Low * S.C, right = (nint)h.High * S.C;
                float topLeft = v.LowInside && h.LowInside ? Dot(gy, top + left, S.C) : 0f;
                float topRight = v.LowInside && h.HighInside ? Dot(gy, top + right, S.C) : 0f;
                float bottomLeft = v.HighInside && h.LowInside ? Dot(gy, bottom + left, S.C) : 0f;
                float bottomRight = v.HighInside && h.HighInside ? Dot(gy, bottom + right, S.C) : 0f;
                ggrid[0] = h.Slope * ((v.LowWeight * (topRight - topLeft)) + (v.HighWeight * (bottomRight - bottomLeft)));
                ggrid[1] = v.Slope * ((h.LowWeight * (bottomLeft - topLeft)) + (h.HighWeight * (bottomRight - topRight)));
            }
        }
    }

    private static float Dot(float* a, float* b, int count)
    {
        int i = 0;
        float sum = 0;
        if (count >= 16)
        {
            var sums = Vector512<float>.Zero;
            for (; i + 16 <= count; i += 16)
            {
                sums = Vector512.MultiplyAddEstimate(Vector512.Load(a + i), Vector512.Load(b + i), sums);
            }

            sum = Vector512.Sum(sums);
        }

        for (; i < count; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
