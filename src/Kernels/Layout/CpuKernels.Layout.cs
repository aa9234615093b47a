namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void StridedCopy(DeviceBuffer x, DeviceBuffer y, in StridedCopySpec s)
    {
        var work = new CopyWork { X = Pointer(x) + s.XOffset, Y = Pointer(y) + s.YOffset, S = Merge(s) };
        pool.For(Parts((long)s.D0 * s.D1 * s.D2 * s.D3, ElementsPerPart), work);
    }

    // Joins the inner axis with its neighbour where both sides step through them as through one, so that runs get long.
    private static StridedCopySpec Merge(StridedCopySpec s)
    {
        for (int i = 0; i < 3 && s.X2 == (long)s.D3 * s.X3 && s.Y2 == (long)s.D3 * s.Y3 && (long)s.D2 * s.D3 <= int.MaxValue; i++)
        {
            s = s with
            {
                D3 = s.D2 * s.D3,
                D2 = s.D1,
                D1 = s.D0,
                D0 = 1,
                X2 = s.X1,
                X1 = s.X0,
                X0 = 0,
                Y2 = s.Y1,
                Y1 = s.Y0,
                Y0 = 0,
            };
        }

        return s;
    }

    private struct CopyWork : IWork
    {
        public float* X, Y;
        public StridedCopySpec S;

        public readonly void Run(int index, int worker)
        {
            long i = (long)index * ElementsPerPart, end = Math.Min(i + ElementsPerPart, (long)S.D0 * S.D1 * S.D2 * S.D3);
            long row = i / S.D3;
            int column = (int)(i % S.D3);
            int i2 = (int)(row % S.D2), i1 = (int)(row / S.D2 % S.D1), i0 = (int)(row / S.D2 / S.D1);
            while (i < end)
            {
                int count = (int)Math.Min(S.D3 - column, end - i);
                Row(
                    X + ((nint)i0 * S.X0) + ((nint)i1 * S.X1) + ((nint)i2 * S.X2) + ((nint)column * S.X3),
                    Y + ((nint)i0 * S.Y0) + ((nint)i1 * S.Y1) + ((nint)i2 * S.Y2) + ((nint)column * S.Y3),
                    count);
                i += count;
                column = 0;
                if (++i2 == S.D2)
                {
                    i2 = 0;
                    if (++i1 == S.D1)
                    {
                        i1 = 0;
                        i0++;
                    }
                }
            }
        }

        private readonly void Row(float* x, float* y, int count)
        {
            nint sx = S.X3, sy = S.Y3;
            if (sx == 1 && sy == 1 && count >= 8)
            {
                new ReadOnlySpan<float>(x, count).CopyTo(new Span<float>(y, count));
            }
            else if (sx == 0 && sy == 1)
            {
                new Span<float>(y, count).Fill(*x);
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    y[i * sy] = x[i * sx];
                }
            }
        }
    }
}
