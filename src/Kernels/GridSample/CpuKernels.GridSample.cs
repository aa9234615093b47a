using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    // Output rows whose reach is found by one part.
    private const int RowsPerReach = 8;

    /// <inheritdoc/>
    public void GridSample(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer y, in GridSampleSpec s) =>
        pool.For(
            s.N * s.P,
            new GridSampleWork { X = Pointer(x), Grid = Pointer(grid), Mask = Pointer(mask, null), Y = Output(y), S = s });

    /// <inheritdoc/>
    public void GridSampleInputGrad(DeviceBuffer gy, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer gx, in GridSampleSpec s)
    {
        // Any sample may fall on any pixel. A part owns a band of image rows, and passes over the output rows that do not
        // reach it; so the order of additions is that of the samples.
        int bandRows = Math.Max(4, (s.H + 15) / 16);
        var work = new GridScatterWork
        {
            Gy = Pointer(gy),
            Grid = Pointer(grid),
            Mask = Pointer(mask, null),
            Gx = Output(gx),
            Reach = (int*)_partial.Reserve(2L * s.N * s.P),
            S = s,
            BandRows = bandRows,
            Bands = Parts(s.H, bandRows),
        };
        pool.For(Parts((long)s.N * s.P, RowsPerReach), new GridReachWork { Grid = work.Grid, Reach = work.Reach, S = s });
        pool.For(s.N * work.Bands, work);
    }

    /// <inheritdoc/>
    public void GridSampleGridGrad(
        DeviceBuffer x, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer gy, DeviceBuffer ggrid, in GridSampleSpec s) =>
        pool.For(s.N * s.P, new GridGradWork
        {
            X = Pointer(x),
            Grid = Pointer(grid),
            Mask = Pointer(mask, null),
            Gy = Pointer(gy),
            Ggrid = Output(ggrid),
            S = s,
        });

    /// <inheritdoc/>
    public void GridSampleMaskGrad(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer gmask, in GridSampleSpec s) =>
        pool.For(
            s.N * s.P,
            new GridMaskGradWork { X = Pointer(x), Grid = Pointer(grid), Gy = Pointer(gy), Gmask = Output(gmask), S = s });

    // Part: an output row.
    private struct GridSampleWork : IWork, IChannelWork
    {
        public float* X, Grid, Mask, Y;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker) => Lanes.Run(this, S.C, index);

        public readonly void Run<TLanes, TVector>(int index)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            int n = index / S.P, columns = S.Q;
            nint channels = S.C, whole = channels - TLanes.Count;
            float* image = X + ((nint)n * S.H * S.W * channels), grid = Grid + ((nint)index * columns * 2);
            float* mask = Mask is null ? null : Mask + ((nint)index * columns), y = Y + ((nint)index * columns * channels);
            GridTaps taps = default;
            for (int q = 0; q < columns; q += GridTaps.Samples)
            {
                taps.Find(grid, mask, index % S.P, q, S, derivatives: false);
                nint count = Math.Min(GridTaps.Samples, columns - q);
                for (nint k = 0; k < count; k++, y += channels)
                {
                    if ((taps.Inside & (1u << (int)k)) == 0)
                    {
                        new Span<float>(y, (int)channels).Clear();
                        continue;
                    }

                    float* a = image + (taps.Pixel(0, k) * channels), b = image + (taps.Pixel(1, k) * channels);
                    float* c = image + (taps.Pixel(2, k) * channels), d = image + (taps.Pixel(3, k) * channels);
                    TVector wa = TLanes.Broadcast(taps.Weight(0, k)), wb = TLanes.Broadcast(taps.Weight(1, k));
                    TVector wc = TLanes.Broadcast(taps.Weight(2, k)), wd = TLanes.Broadcast(taps.Weight(3, k));
                    nint i = 0;
                    for (; i <= whole; i += TLanes.Count)
                    {
                        TLanes.Store(Blend<TLanes, TVector>(a + i, wa, b + i, wb, c + i, wc, d + i, wd), y + i);
                    }

                    if (i < channels)
                    {
                        // The last vector is shifted back to end with the channels, and recomputes some lanes.
                        i = whole;
                        TLanes.Store(Blend<TLanes, TVector>(a + i, wa, b + i, wb, c + i, wc, d + i, wd), y + i);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Blend<TLanes, TVector>(
            float* a, TVector wa, float* b, TVector wb, float* c, TVector wc, float* d, TVector wd)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            var sum = TLanes.MultiplyAdd(wb, TLanes.Load(b), TLanes.Multiply(wa, TLanes.Load(a)));
            return TLanes.MultiplyAdd(wd, TLanes.Load(d), TLanes.MultiplyAdd(wc, TLanes.Load(c), sum));
        }
    }

    // The first and the last image row that an output row reads. Part: some output rows.
    private struct GridReachWork : IWork
    {
        public float* Grid;
        public int* Reach;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker)
        {
            GridTaps taps = default;
            for (int row = index * RowsPerReach; row < Math.Min((index + 1) * RowsPerReach, S.N * S.P); row++)
            {
                Vector512<int> first = Vector512.Create(int.MaxValue), last = Vector512.Create(-1);
                for (int q = 0; q < S.Q; q += GridTaps.Samples)
                {
                    taps.Find(Grid + ((nint)row * S.Q * 2), null, row % S.P, q, S, derivatives: false);
                    first = Vector512.Min(first, taps.Top);
                    last = Vector512.Max(last, taps.Bottom);
                }

                (Reach[2 * row], Reach[(2 * row) + 1]) = (int.MaxValue, -1);
                for (int i = 0; i < GridTaps.Samples; i++)
                {
                    Reach[2 * row] = Math.Min(Reach[2 * row], first[i]);
                    Reach[(2 * row) + 1] = Math.Max(Reach[(2 * row) + 1], last[i]);
                }
            }
        }
    }

    // Part: a band of rows of an image.
    private struct GridScatterWork : IWork, IChannelWork
    {
        public float* Gy, Grid, Mask, Gx;
        public int* Reach;
        public GridSampleSpec S;
        public int BandRows, Bands;

        public readonly void Run(int index, int worker) => Lanes.Run(this, S.C, index);

        public readonly void Run<TLanes, TVector>(int index)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            int n = index / Bands, first = index % Bands * BandRows, end = Math.Min(first + BandRows, S.H), channels = S.C;
            float* gx = Gx + ((nint)n * S.H * S.W * channels);
            for (int row = first; row < end; row++)
            {
                new Span<float>(gx + ((nint)row * S.W * channels), S.W * channels).Clear();
            }

            GridTaps taps = default;
            for (int p = 0; p < S.P; p++)
            {
                nint row = ((nint)n * S.P) + p;
                if (Reach[2 * row] >= end || Reach[(2 * row) + 1] < first)
                {
                    continue;
                }

                for (int q = 0; q < S.Q; q += GridTaps.Samples)
                {
                    taps.Find(Grid + (row * S.Q * 2), Mask is null ? null : Mask + (row * S.Q), p, q, S, derivatives: false);
                    uint top = taps.Inside & Within(taps.Top, first, end), bottom = taps.Inside & Within(taps.Bottom, first, end);
                    for (uint left = top | bottom; left != 0; left &= left - 1)
                    {
                        int k = BitOperations.TrailingZeroCount(left);
                        float* gy = Gy + (((row * S.Q) + q + k) * channels);
                        if ((top & (1u << k)) != 0)
                        {
                            AddScaled<TLanes, TVector>(gy, taps.Weight(0, k), gx + (taps.Pixel(0, k) * channels), channels);
                            AddScaled<TLanes, TVector>(gy, taps.Weight(1, k), gx + (taps.Pixel(1, k) * channels), channels);
                        }

                        if ((bottom & (1u << k)) != 0)
                        {
                            AddScaled<TLanes, TVector>(gy, taps.Weight(2, k), gx + (taps.Pixel(2, k) * channels), channels);
                            AddScaled<TLanes, TVector>(gy, taps.Weight(3, k), gx + (taps.Pixel(3, k) * channels), channels);
                        }
                    }
                }
            }
        }

        private static uint Within(Vector512<int> rows, int first, int end) =>
            (uint)(Vector512.GreaterThanOrEqual(rows, Vector512.Create(first)) & Vector512.LessThan(rows, Vector512.Create(end))).ExtractMostSignificantBits();
    }

    // Part: an output row.
    private struct GridGradWork : IWork
    {
        public float* X, Grid, Mask, Gy, Ggrid;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker)
        {
            float* image = X + ((nint)(index / S.P) * S.H * S.W * S.C), grid = Grid + ((nint)index * S.Q * 2);
            float* mask = Mask is null ? null : Mask + ((nint)index * S.Q);
            float* gy = Gy + ((nint)index * S.Q * S.C), ggrid = Ggrid + ((nint)index * S.Q * 2);
            GridTaps taps = default;
            for (int q = 0; q < S.Q; q += GridTaps.Samples)
            {
                taps.Find(grid, mask, index % S.P, q, S, derivatives: true);
                for (int k = 0; k < Math.Min(GridTaps.Samples, S.Q - q); k++, gy += S.C, ggrid += 2)
                {
                    if ((taps.Inside & (1u << k)) != 0)
                    {
                        var dots = Dots(
                            gy, image + (taps.Pixel(0, k) * S.C), image + (taps.Pixel(1, k) * S.C),
                            image + (taps.Pixel(2, k) * S.C), image + (taps.Pixel(3, k) * S.C), S.C);
                        ggrid[0] = (taps.Across(0, k) * dots.A) + (taps.Across(1, k) * dots.B) + (taps.Across(2, k) * dots.C) + (taps.Across(3, k) * dots.D);
                        ggrid[1] = (taps.Down(0, k) * dots.A) + (taps.Down(1, k) * dots.B) + (taps.Down(2, k) * dots.C) + (taps.Down(3, k) * dots.D);
                    }
                    else
                    {
                        ggrid[0] = ggrid[1] = 0f;
                    }
                }
            }
        }
    }

    // Part: an output row.
    private struct GridMaskGradWork : IWork
    {
        public float* X, Grid, Gy, Gmask;
        public GridSampleSpec S;

        public readonly void Run(int index, int worker)
        {
            float* image = X + ((nint)(index / S.P) * S.H * S.W * S.C), grid = Grid + ((nint)index * S.Q * 2);
            float* gy = Gy + ((nint)index * S.Q * S.C), gmask = Gmask + ((nint)index * S.Q);
            GridTaps taps = default;
            for (int q = 0; q < S.Q; q += GridTaps.Samples)
            {
                taps.Find(grid, null, index % S.P, q, S, derivatives: false);
                for (int k = 0; k < Math.Min(GridTaps.Samples, S.Q - q); k++, gy += S.C)
                {
                    float sum = 0f;
                    if ((taps.Inside & (1u << k)) != 0)
                    {
                        var dots = Dots(
                            gy, image + (taps.Pixel(0, k) * S.C), image + (taps.Pixel(1, k) * S.C),
                            image + (taps.Pixel(2, k) * S.C), image + (taps.Pixel(3, k) * S.C), S.C);
                        sum = (taps.Weight(0, k) * dots.A) + (taps.Weight(1, k) * dots.B) + (taps.Weight(2, k) * dots.C) + (taps.Weight(3, k) * dots.D);
                    }

                    gmask[q + k] = sum;
                }
            }
        }
    }

    // Σᵢ g[i]·a[i], and the same for b, c and d.
    private static (float A, float B, float C, float D) Dots(float* g, float* a, float* b, float* c, float* d, int count)
    {
        int i = 0;
        float sa = 0, sb = 0, sc = 0, sd = 0;
        if (count >= 16)
        {
            Vector512<float> va = default, vb = default, vc = default, vd = default;
            for (; i + 16 <= count; i += 16)
            {
                var v = Vector512.Load(g + i);
                va = Vector512.MultiplyAddEstimate(v, Vector512.Load(a + i), va);
                vb = Vector512.MultiplyAddEstimate(v, Vector512.Load(b + i), vb);
                vc = Vector512.MultiplyAddEstimate(v, Vector512.Load(c + i), vc);
                vd = Vector512.MultiplyAddEstimate(v, Vector512.Load(d + i), vd);
            }

            (sa, sb, sc, sd) = (Vector512.Sum(va), Vector512.Sum(vb), Vector512.Sum(vc), Vector512.Sum(vd));
        }

        for (; i < count; i++)
        {
            sa += g[i] * a[i];
            sb += g[i] * b[i];
            sc += g[i] * c[i];
            sd += g[i] * d[i];
        }

        return (sa, sb, sc, sd);
    }

    // y[i] += factor·x[i]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled<TLanes, TVector>(float* x, float factor, float* y, int count)
        where TLanes : ILanes<TVector>
        where TVector : unmanaged
    {
        int i = 0;
        TVector factors = TLanes.Broadcast(factor);
        for (; i + TLanes.Count <= count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(x + i), factors, TLanes.Load(y + i)), y + i);
        }

        for (; i < count; i++)
        {
            y[i] += x[i] * factor;
        }
    }
}
