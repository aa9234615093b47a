using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Sum(DeviceBuffer x, DeviceBuffer y, in SumSpec spec)
    {
        var s = spec;
        if (s.R1 == 1)
        {
            // The kept axes are neighbours: one axis, outermost, where rows are cut apart most simply.
            s = new SumSpec(checked(s.K0 * s.K2), 1, 1, s.R3);
        }

        if ((long)s.K0 * s.K2 == 0)
        {
            return;
        }

        // A part sums some of R1 (or, where that is 1, of R3) for some of K2: about ElementsPerPart numbers.
        int columns = s.R3 >= ElementsPerPart ? 1 : Math.Min(s.K2, Math.Max(16, ElementsPerPart / Math.Max(1, s.R3)));
        bool alongRows = s.R1 > 1;
        long rowSize = alongRows ? Math.Max(1, (long)columns * s.R3) : 1;
        int length = (int)Math.Clamp(ElementsPerPart / rowSize, 1, Math.Max(1, alongRows ? s.R1 : s.R3));
        int sums = Math.Max(1, Parts(alongRows ? s.R1 : s.R3, length)), columnParts = Parts(s.K2, columns);
        bool direct = sums == 1;
        float* partial = direct ? Pointer(y) : _partial.Reserve((long)s.K0 * sums * s.K2);
        // Short rows are taken many to a part.
        int outer = direct && columnParts == 1 ? (int)Math.Clamp(ElementsPerPart / Math.Max(1, (long)s.R1 * s.K2 * s.R3), 1, s.K0) : 1;
        pool.For(checked(Parts(s.K0, outer) * sums * columnParts), new SumWork
        {
            X = Pointer(x),
            Partial = partial,
            S = s,
            Outer = outer,
            Sums = sums,
            Length = length,
            Columns = columns,
            ColumnParts = columnParts,
        });
        if (!direct)
        {
            pool.For(Parts((long)s.K0 * s.K2, 1024), new TotalWork { Partial = partial, Y = Pointer(y), S = s, Sums = sums });
        }
    }

    // The sum of n adjacent numbers.
    private static float SumRun(float* x, int n)
    {
        int i = 0;
        float sum = 0;
        if (n >= 16)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            for (; i + 64 <= n; i += 64)
            {
                a += Vector512.Load(x + i);
                b += Vector512.Load(x + i + 16);
                c += Vector512.Load(x + i + 32);
                d += Vector512.Load(x + i + 48);
            }

            for (; i + 16 <= n; i += 16)
            {
                a += Vector512.Load(x + i);
            }

            sum = Vector512.Sum((a + b) + (c + d));
        }

        for (; i < n; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    // y[j] = Σᵢ x[i·pitch + j] for columns j.
    private static void SumColumns(float* x, int rows, nint pitch, int columns, float* y)
    {
        int j = 0;
        for (; j + 16 <= columns; j += 16)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            float* p = x + j;
            int i = 0;
            for (; i + 4 <= rows; i += 4, p += 4 * pitch)
            {
                a += Vector512.Load(p);
                b += Vector512.Load(p + pitch);
                c += Vector512.Load(p + (2 * pitch));
                d += Vector512.Load(p + (3 * pitch));
            }

            for (; i < rows; i++, p += pitch)
            {
                a += Vector512.Load(p);
            }

            ((a + b) + (c + d)).Store(y + j);
        }

        for (; j < columns; j++)
        {
            float sum = 0;
            for (int i = 0; i < rows; i++)
            {
                sum += x[(i * pitch) + j];
            }

            y[j] = sum;
        }
    }

    // Part: some outer rows, one stretch of the summed axis, some columns.
    private struct SumWork : IWork
    {
        public float* X, Partial;
        public SumSpec S;
        public int Outer, Sums, Length, Columns, ColumnParts;

        public readonly void Run(int index, int worker)
        {
            int column = index % ColumnParts * Columns, columns = Math.Min(Columns, S.K2 - column);
            int sum = index / ColumnParts % Sums, first = index / (ColumnParts * Sums) * Outer;
            for (int k0 = first; k0 < Math.Min(first + Outer, S.K0); k0++)
            {
                float* x = X + ((((nint)k0 * S.R1 * S.K2) + column) * S.R3);
                float* y = Partial + ((((nint)k0 * Sums) + sum) * S.K2) + column;
                nint pitch = (nint)S.K2 * S.R3;
                bool alongRows = S.R1 > 1;
                int from = sum * Length, length = Math.Min(Length, (alongRows ? S.R1 : S.R3) - from);
                if (S.R1 == 0 || S.R3 == 0)
                {
                    new Span<float>(y, columns).Clear();
                }
                else if (S.R3 == 1)
                {
                    SumColumns(x + (from * pitch), length, pitch, columns, y);
                }
                else if (alongRows)
                {
                    new Span<float>(y, columns).Clear();
                    for (int r = from; r < from + length; r++)
                    {
                        for (int k = 0; k < columns; k++)
                        {
                            y[k] += SumRun(x + (r * pitch) + ((nint)k * S.R3), S.R3);
                        }
                    }
                }
                else
                {
                    for (int k = 0; k < columns; k++)
                    {
                        y[k] = SumRun(x + ((nint)k * S.R3) + from, length);
                    }
                }
            }
        }
    }

    // Adds the partial sums, in order and in double precision. Part: 1024 results.
    private struct TotalWork : IWork
    {
        public float* Partial, Y;
        public SumSpec S;
        public int Sums;

        public readonly void Run(int index, int worker)
        {
            long end = Math.Min((index + 1L) * 1024, (long)S.K0 * S.K2);
            for (long i = index * 1024L; i < end; i++)
            {
                float* partial = Partial + (i / S.K2 * Sums * S.K2) + (i % S.K2);
                double sum = 0;
                for (int part = 0; part < Sums; part++)
                {
                    sum += partial[(nint)part * S.K2];
                }

                Y[i] = (float)sum;
            }
        }
    }
}
