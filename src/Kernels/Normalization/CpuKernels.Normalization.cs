using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    // Elements of a chunk: 32 KiB, so that its second reading finds it in the nearest cache.
    private const int ElementsPerChunk = 8192;

    /// <inheritdoc/>
    public void InstanceNorm(DeviceBuffer x, DeviceBuffer y, DeviceBuffer statistics, in InstanceNormSpec s) =>
        Normalise(new NormWork { X = Pointer(x), Y = Output(y), Statistics = Output(statistics), S = s });

    /// <inheritdoc/>
    public void InstanceStatistics(DeviceBuffer x, DeviceBuffer statistics, in InstanceNormSpec s) =>
        Normalise(new NormWork { X = Pointer(x), Statistics = Output(statistics), S = s });

    /// <inheritdoc/>
    public void InstanceNormGrad(DeviceBuffer x, DeviceBuffer statistics, DeviceBuffer gy, DeviceBuffer gx, in InstanceNormSpec s) =>
        Normalise(new NormWork { X = Pointer(x), Gy = Pointer(gy), Y = Output(gx), Statistics = Pointer(statistics), S = s });

    // Two moments of each chunk of pixels, joined for each image, then applied.
    private void Normalise(NormWork work)
    {
        var s = work.S;
        if (s.N == 0 || s.C == 0 || s.Pixels == 0)
        {
            return;
        }

        // Few channels are taken as many: some neighbouring pixels together are a row of whole vectors.
        work.Repeat = s.C < 16 || 64 % s.C == 0 ? 64 / Math.Min(64, s.C & -s.C) : 1;
        work.Columns = checked(work.Repeat * s.C);
        work.ChunkPixels = Math.Max(1, ElementsPerChunk / work.Columns) * work.Repeat;
        work.Chunks = Parts(s.Pixels, work.ChunkPixels);
        long partial = (long)s.N * work.Chunks * 2 * s.C, sums = (long)s.N * 2 * s.C, table = (long)s.N * 2 * work.Columns;
        work.Partial = _partial.Reserve(partial + sums + (2 * table));
        work.Sums = work.Gy is null ? work.Statistics : work.Partial + partial;
        float* tables = work.Partial + partial + sums;
        if (work.Gy is not null)
        {
            work.StatisticsTable = work.Expand(work.Statistics, tables);
        }

        pool.For(s.N * work.Chunks, work);
        work.Step = NormStep.Join;
        pool.For(s.N * Parts(s.C, 16), work);
        if (work.Y is not null)
        {
            work.StatisticsTable = work.Gy is null ? work.Expand(work.Statistics, tables) : work.StatisticsTable;
            work.SumsTable = work.Expand(work.Sums, tables + table);
            work.Step = NormStep.Apply;
            pool.For(s.N * work.Chunks, work);
        }
    }

    private enum NormStep
    {
        Moments,
        Join,
        Apply,
    }

    // Forward (Gy null): a chunk's mean and its squared deviations from it, joined without cancellation (Chan, Golub and
    // LeVeque 1979). Gradient: a chunk's Σ g and Σ g·(x − μ), joined to means; g is gy after the rectifier's gradient.
    private struct NormWork : IWork
    {
        public float* X, Gy, Y, Statistics, Partial, Sums, StatisticsTable, SumsTable;
        public InstanceNormSpec S;
        public int Repeat, Columns, ChunkPixels, Chunks;
        public NormStep Step;

        /// <summary>Two rows of channels an image to two rows of columns an image.</summary>
        public readonly float* Expand(float* rows, float* table)
        {
            if (Repeat == 1)
            {
                return rows;
            }

            for (int i = 0; i < 2 * S.N * Repeat; i++)
            {
                new ReadOnlySpan<float>(rows + ((nint)(i / Repeat) * S.C), S.C).CopyTo(new Span<float>(table + ((nint)i * S.C), S.C));
            }

            return table;
        }

        public readonly void Run(int index, int worker)
        {
            if (Step == NormStep.Join)
            {
                int parts = Parts(S.C, 16), from = index % parts * 16;
                Join(index / parts, from, Math.Min(16, S.C - from));
                return;
            }

            int n = index / Chunks, first = index % Chunks * ChunkPixels;
            int pixels = Math.Min(ChunkPixels, S.Pixels - first), rows = pixels / Repeat, rest = pixels % Repeat * S.C;
            nint at = (((nint)n * S.Pixels) + first) * S.C, table = (nint)n * 2 * Columns;
            if (Step == NormStep.Apply)
            {
                for (int row = 0; row < rows; row++, at += Columns)
                {
                    Apply(at, Columns, table);
                }

                Apply(at, rest, table);
                return;
            }

            float* partial = Partial + ((nint)index * 2 * S.C);
            if (Repeat == 1)
            {
                Moments(at, rows, partial, table);
                return;
            }

            float* wide = stackalloc float[2 * Columns];
            Moments(at, rows, wide, table);
            Fold(wide, rows, at + ((nint)rows * Columns), rest, pixels, partial, table);
        }

        // A row's columns.
        private readonly void Apply(nint at, int columns, nint table)
        {
            float* x = X + at, y = Y + at, gy = Gy + at, means = StatisticsTable + table, inverses = means + Columns;
            float* sums = SumsTable + table, products = sums + Columns;
            int c = 0;
            for (; c + 16 <= columns; c += 16)
            {
                Apply16(x + c, gy + c, means + c, inverses + c, sums + c, products + c).Store(y + c);
            }

            if (c < columns && columns > 16)
            {
                // The last sixteen once more, where they end: the same numbers again.
                c = columns - 16;
                Apply16(x + c, gy + c, means + c, inverses + c, sums + c, products + c).Store(y + c);
                return;
            }

            for (; c < columns; c++)
            {
                float normalised = (x[c] - means[c]) * inverses[c];
                y[c] = Gy is null
                    ? (normalised > 0f ? normalised : S.Slope * normalised)
                    : inverses[c] * ((x[c] > means[c] ? gy[c] : S.Slope * gy[c]) - sums[c] - (normalised * products[c]));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector512<float> Apply16(float* x, float* gy, float* means, float* inverses, float* sums, float* products)
        {
            var inverse = Vector512.Load(inverses);
            var centred = Vector512.Load(x) - Vector512.Load(means);
            var normalised = centred * inverse;
            return Gy is null
                ? Rectify(normalised, normalised)
                : inverse * (Rectify(centred, Vector512.Load(gy)) - Vector512.Load(sums) - (normalised * Vector512.Load(products)));
        }

        // v where the sign is positive, else Slope·v.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector512<float> Rectify(Vector512<float> sign, Vector512<float> v) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(sign, Vector512<float>.Zero), v, S.Slope * v);

        // Both moments of every column, (2, Columns).
        private readonly void Moments(nint at, int rows, float* moments, nint table)
        {
            int c = 0;
            for (; c + 64 <= Columns; c += 64)
            {
                Moments64(at + c, rows, moments + c, table + c);
            }

            for (; c + 16 <= Columns; c += 16)
            {
                Moments16(at + c, rows, moments + c, table + c);
            }

            if (c < Columns)
            {
                // Here there are more than sixteen.
                c = Columns - 16;
                Moments16(at + c, rows, moments + c, table + c);
            }
        }

        private readonly void Moments64(nint at, int rows, float* moments, nint table)
        {
            float* x = X + at, end = x + ((nint)rows * Columns);
            Vector512<float> a = default, b = default, c = default, d = default, p = default, q = default, r = default, s = default;
            if (Gy is not null)
            {
                float* gy = Gy + at, means = StatisticsTable + table;
                for (; x < end; x += Columns, gy += Columns)
                {
                    GradMoments(x, gy, means, ref a, ref p);
                    GradMoments(x + 16, gy + 16, means + 16, ref b, ref q);
                    GradMoments(x + 32, gy + 32, means + 32, ref c, ref r);
                    GradMoments(x + 48, gy + 48, means + 48, ref d, ref s);
                }
            }
            else
            {
                for (; x < end; x += Columns)
                {
                    a += Vector512.Load(x);
                    b += Vector512.Load(x + 16);
                    c += Vector512.Load(x + 32);
                    d += Vector512.Load(x + 48);
                }

                var share = Vector512.Create(1f / rows);
                (a, b, c, d) = (a * share, b * share, c * share, d * share);
                for (x = X + at; x < end; x += Columns)
                {
                    Squares(x, a, ref p);
                    Squares(x + 16, b, ref q);
                    Squares(x + 32, c, ref r);
                    Squares(x + 48, d, ref s);
                }
            }

            a.Store(moments);
            b.Store(moments + 16);
            c.Store(moments + 32);
            d.Store(moments + 48);
            p.Store(moments + Columns);
            q.Store(moments + Columns + 16);
            r.Store(moments + Columns + 32);
            s.Store(moments + Columns + 48);
        }

        private readonly void Moments16(nint at, int rows, float* moments, nint table)
        {
            float* x = X + at, end = x + ((nint)rows * Columns);
            Vector512<float> a = default, p = default;
            if (Gy is not null)
            {
                for (float* gy = Gy + at; x < end; x += Columns, gy += Columns)
                {
                    GradMoments(x, gy, StatisticsTable + table, ref a, ref p);
                }
            }
            else
            {
                for (; x < end; x += Columns)
                {
                    a += Vector512.Load(x);
                }

                a *= Vector512.Create(1f / rows);
                for (x = X + at; x < end; x += Columns)
                {
                    Squares(x, a, ref p);
                }
            }

            a.Store(moments);
            p.Store(moments + Columns);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Squares(float* x, Vector512<float> mean, ref Vector512<float> sum)
        {
            var u = Vector512.Load(x) - mean;
            sum = Vector512.MultiplyAddEstimate(u, u, sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void GradMoments(float* x, float* gy, float* means, ref Vector512<float> sum, ref Vector512<float> products)
        {
            var centred = Vector512.Load(x) - Vector512.Load(means);
            var g = Rectify(centred, Vector512.Load(gy));
            sum += g;
            products = Vector512.MultiplyAddEstimate(g, centred, products);
        }

        // The moments of the columns and of the pixels left over, joined to those of the channels.
        private readonly void Fold(float* wide, int rows, nint at, int rest, int pixels, float* moments, nint table)
        {
            float* x = X + at, gy = Gy + at;
            for (int channel = 0; channel < S.C; channel++)
            {
                double first = 0, second = 0;
                for (int c = channel; c < Columns && rows > 0; c += S.C)
                {
                    first += Gy is null ? (double)rows * wide[c] : wide[c];
                    second += wide[Columns + c];
                }

                if (Gy is not null)
                {
                    float mean = StatisticsTable[table + channel];
                    for (int c = channel; c < rest; c += S.C)
                    {
                        float g = x[c] > mean ? gy[c] : S.Slope * gy[c];
                        first += g;
                        second += (double)g * (x[c] - mean);
                    }
                }
                else
                {
                    for (int c = channel; c < rest; c += S.C)
                    {
                        first += x[c];
                    }

                    first /= pixels;
                    for (int c = channel; c < Columns && rows > 0; c += S.C)
                    {
                        second += rows * (wide[c] - first) * (wide[c] - first);
                    }

                    for (int c = channel; c < rest; c += S.C)
                    {
                        second += (x[c] - first) * (x[c] - first);
                    }
                }

                moments[channel] = (float)first;
                moments[S.C + channel] = (float)second;
            }
        }

        // The chunks' moments of some channels of an image: to μ and 1/√(σ² + ε), or to the means of g and of g·x̂.
        private readonly void Join(int n, int from, int count)
        {
            double* first = stackalloc double[16], second = stackalloc double[16];
            new Span<double>(first, 16).Clear();
            new Span<double>(second, 16).Clear();
            float* partial = Partial + ((nint)n * Chunks * 2 * S.C) + from, sums = Sums + ((nint)n * 2 * S.C) + from;
            for (int chunk = 0; chunk < Chunks; chunk++)
            {
                float* moments = partial + ((nint)chunk * 2 * S.C);
                double pixels = Gy is null ? Math.Min(ChunkPixels, S.Pixels - (chunk * ChunkPixels)) : 1;
                AddScaled(moments, pixels, first, count);
                AddScaled(moments + S.C, 1, second, count);
            }

            for (int c = 0; c < count; c++)
            {
                first[c] /= S.Pixels;
            }

            if (Gy is null)
            {
                for (int chunk = 0; chunk < Chunks; chunk++)
                {
                    AddSquares(partial + ((nint)chunk * 2 * S.C), first, Math.Min(ChunkPixels, S.Pixels - (chunk * ChunkPixels)), second, count);
                }
            }

            float* inverses = Statistics + (((nint)n * 2) + 1) * S.C + from;
            for (int c = 0; c < count; c++)
            {
                double mean = second[c] / S.Pixels;
                sums[c] = (float)first[c];
                sums[S.C + c] = (float)(Gy is null ? 1 / Math.Sqrt(mean + S.Epsilon) : mean * inverses[c]);
            }
        }

        // sum[c] += factor·x[c], in double precision
        private static void AddScaled(float* x, double factor, double* sum, int count)
        {
            if (count == 16)
            {
                var (low, high) = Vector512.Widen(Vector512.Load(x));
                (Vector512.Load(sum) + (factor * low)).Store(sum);
                (Vector512.Load(sum + 8) + (factor * high)).Store(sum + 8);
                return;
            }

            for (int c = 0; c < count; c++)
            {
                sum[c] += factor * x[c];
            }
        }

        // sum[c] += factor·(x[c] − mean[c])²
        private static void AddSquares(float* x, double* mean, double factor, double* sum, int count)
        {
            if (count == 16)
            {
                var (low, high) = Vector512.Widen(Vector512.Load(x));
                low -= Vector512.Load(mean);
                high -= Vector512.Load(mean + 8);
                (Vector512.Load(sum) + (factor * low * low)).Store(sum);
                (Vector512.Load(sum + 8) + (factor * high * high)).Store(sum + 8);
                return;
            }

            for (int c = 0; c < count; c++)
            {
                sum[c] += factor * (x[c] - mean[c]) * (x[c] - mean[c]);
            }
        }
    }
}
