using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Sum(DeviceBuffer x, DeviceBuffer y, in SumSpec spec)
    {
        if (spec.Power == 2)
        {
            Sum(default(Square), x, y, spec);
        }
        else
        {
            Sum(default(Itself), x, y, spec);
        }
    }

    // The sums of f(x).
    private void Sum<T>(T f, DeviceBuffer x, DeviceBuffer y, in SumSpec spec)
        where T : unmanaged, IUnary
    {
        // Neighbouring axes of one kind are one axis.
        var s = spec.K2 == 1 ? new SumSpec(spec.K0, 1, 1, checked(spec.R1 * spec.R3))
            : spec.R1 == 1 ? new SumSpec(checked(spec.K0 * spec.K2), 1, 1, spec.R3)
            : spec;
        if ((long)s.K0 * s.K2 == 0)
        {
            return;
        }

        // A part sums some of R1 (or, where that is 1, of R3) for some of K2: about ElementsPerPart numbers.
        int columns = s.R3 >= ElementsPerPart ? 1 : Math.Min(s.K2, Math.Max(16, ElementsPerPart / Math.Max(1, s.R3)));
        bool alongRows = s.R1 > 1;
        long rowSize = alongRows ? Math.Max(1, (long)columns * s.R3) : 1;
        int length = (int)Math.Clamp(ElementsPerPart / rowSize, 1, Math.Max(1, alongRows ? s.R1 : s.R3));
        length = length > Fold ? length / Fold * Fold : length;
        int sums = Math.Max(1, Parts(alongRows ? s.R1 : s.R3, length)), columnParts = Parts(s.K2, columns);
        bool direct = sums == 1;
        float* partial = direct ? Output(y) : _partial.Reserve((long)s.K0 * sums * s.K2);
        // Short rows are taken many to a part.
        int outer = direct && columnParts == 1 ? (int)Math.Clamp(ElementsPerPart / Math.Max(1, (long)s.R1 * s.K2 * s.R3), 1, s.K0) : 1;
        pool.For(checked(Parts(s.K0, outer) * sums * columnParts), new SumWork<T>
        {
            F = f,
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
            pool.For(Parts((long)s.K0 * s.K2, 1024), new TotalWork { Partial = partial, Y = Output(y), S = s, Sums = sums });
        }
    }

    // Σ f(xᵢ) of n adjacent numbers.
    private static float SumRun<T>(T f, float* x, int n)
        where T : unmanaged, IUnary
    {
        int i = 0;
        float sum = 0;
        if (n >= 16)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            for (; i + 64 <= n; i += 64)
            {
                a += f.Apply(Vector512.Load(x + i));
                b += f.Apply(Vector512.Load(x + i + 16));
                c += f.Apply(Vector512.Load(x + i + 32));
                d += f.Apply(Vector512.Load(x + i + 48));
            }

            for (; i + 16 <= n; i += 16)
            {
                a += f.Apply(Vector512.Load(x + i));
            }

            sum = Vector512.Sum((a + b) + (c + d));
        }

        for (; i < n; i++)
        {
            sum += f.Apply(x[i]);
        }

        return sum;
    }

    // y[i] = Σⱼ f(x[i·n + j]).
    private static void SumRuns<T>(T f, float* x, int rows, int n, float* y)
        where T : unmanaged, IUnary
    {
        if (n >= 16)
        {
            for (int i = 0; i < rows; i++, x += n)
            {
                y[i] = SumRun(f, x, n);
            }

            return;
        }

        for (int i = 0; i < rows; i++, x += n)
        {
            float sum = f.Apply(x[0]);
            for (int j = 1; j < n; j++)
            {
                sum += f.Apply(x[j]);
            }

            y[i] = sum;
        }
    }

    // y[j] = Σᵢ f(x[i·pitch + j]) for columns j.
    private static void SumColumns<T>(T f, float* x, int rows, nint pitch, int columns, float* y)
        where T : unmanaged, IUnary
    {
        int j = 0;
        for (; j + 64 <= columns; j += 64)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            float* p = x + j;
            for (int i = 0; i < rows; i++, p += pitch)
            {
                a += f.Apply(Vector512.Load(p));
                b += f.Apply(Vector512.Load(p + 16));
                c += f.Apply(Vector512.Load(p + 32));
                d += f.Apply(Vector512.Load(p + 48));
            }

            a.Store(y + j);
            b.Store(y + j + 16);
            c.Store(y + j + 32);
            d.Store(y + j + 48);
        }

        for (; j < columns && columns >= 16; j += 16)
        {
            j = Math.Min(j, columns - 16);
            Vector512<float> a = default, b = default;
            float* p = x + j;
            int i = 0;
            for (; i + 2 <= rows; i += 2, p += 2 * pitch)
            {
                a += f.Apply(Vector512.Load(p));
                b += f.Apply(Vector512.Load(p + pitch));
            }

            if (i < rows)
            {
                a += f.Apply(Vector512.Load(p));
            }

            (a + b).Store(y + j);
        }

        for (; j < columns; j++)
        {
            float sum = 0;
            for (int i = 0; i < rows; i++)
            {
                sum += f.Apply(x[(i * pitch) + j]);
            }

            y[j] = sum;
        }
    }

    // The same for adjacent rows of fewer than 64 columns: as many rows as end where a run of 64 numbers ends are summed as one
    // long row, which is folded at last.
    [SkipLocalsInit]
    private static void SumShortColumns<T>(T f, float* x, int rows, int columns, float* y)
        where T : unmanaged, IUnary
    {
        int fold = Fold >> BitOperations.TrailingZeroCount(columns), longRows = rows / fold, length = fold * columns;
        float* sums = stackalloc float[(Fold * Fold) + 16];
        SumColumns(f, x, longRows, length, length, sums);
        for (int half = length / 2; half >= columns; half /= 2)
        {
            for (int i = 0; i < half; i += 16)
            {
                (Vector512.Load(sums + i) + Vector512.Load(sums + half + i)).Store(sums + i);
            }
        }

        x += (nint)longRows * length;
        for (int i = longRows * fold; i < rows; i++, x += columns)
        {
            for (int j = 0; j < columns; j++)
            {
                sums[j] += f.Apply(x[j]);
            }
        }

        new ReadOnlySpan<float>(sums, columns).CopyTo(new Span<float>(y, columns));
    }

    // Four vectors.
    private const int Fold = 64;

    // Part: some outer rows, one stretch of the summed axis, some columns.
    private struct SumWork<T> : IWork
        where T : unmanaged, IUnary
    {
        public T F;
        public float* X, Partial;
        public SumSpec S;
        public int Outer, Sums, Length, Columns, ColumnParts;

        public readonly void Run(int index, int worker)
        {
            int column = index % ColumnParts * Columns, columns = Math.Min(Columns, S.K2 - column);
            int sum = index / ColumnParts % Sums, first = index / (ColumnParts * Sums) * Outer;
            if (S.R1 == 1 && Sums == 1 && S.R3 > 0)
            {
                SumRuns(F, X + ((nint)first * S.R3), Math.Min(Outer, S.K0 - first), S.R3, Partial + first);
                return;
            }

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
                else if (alongRows && pitch < Fold && S.R3 == 1)
                {
                    SumShortColumns(F, x + (from * pitch), length, columns, y);
                }
                else if (alongRows && S.R3 == 1)
                {
                    SumColumns(F, x + (from * pitch), length, pitch, columns, y);
                }
                else if (alongRows)
                {
                    new Span<float>(y, columns).Clear();
                    for (int r = from; r < from + length; r++)
                    {
                        for (int k = 0; k < columns; k++)
                        {
                            y[k] += SumRun(F, x + (r * pitch) + ((nint)k * S.R3), S.R3);
                        }
                    }
                }
                else
                {
                    for (int k = 0; k < columns; k++)
                    {
                        y[k] = SumRun(F, x + ((nint)k * S.R3) + from, length);
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

    private readonly struct Itself : IUnary
    {
        public float Apply(float x) => x;

        public Vector512<float> Apply(Vector512<float> x) => x;
    }
}
