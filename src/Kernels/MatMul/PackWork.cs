namespace Mimesh.Kernels;

/// <summary>
/// Copies a strided matrix (depth × columns, the depth being up to three nested axes) into blocks of columns as
/// <see cref="ProductKernel"/> reads them: block, depth, column; columns beyond the last are zero. Strides may be negative.
/// Part: one block (or single column) at one outermost depth.
/// </summary>
internal unsafe struct PackWork : IWork
{
    public float* Source;
    public int D0, D1, D2, Columns;
    public nint S0, S1, S2, SColumn;
    public float* Target;

    /// <summary>Whether columns are kept one by one, as <see cref="DotKernel"/> reads them.</summary>
    public bool Single;

    public readonly int Parts => (Single ? Columns : Blocks(Columns)) * D0;

    public static int Blocks(int columns) => (columns + ProductKernel.Block - 1) / ProductKernel.Block;

    public readonly void Run(int index, int worker)
    {
        int block = index / D0, d0 = index % D0, column = Single ? block : block * ProductKernel.Block;
        int width = Single ? 1 : ProductKernel.Width(column, Columns), valid = Math.Min(width, Columns - column);
        float* target = Target + ((nint)column * D0 * D1 * D2) + ((nint)d0 * D1 * D2 * width);
        float* source = Source + (d0 * S0) + (column * SColumn);
        for (int d1 = 0; d1 < D1; d1++, source += S1)
        {
            float* from = source;
            if (SColumn == 1 && !Single)
            {
                for (int d2 = 0; d2 < D2; d2++, from += S2, target += width)
                {
                    new ReadOnlySpan<float>(from, valid).CopyTo(new Span<float>(target, width));
                    new Span<float>(target + valid, width - valid).Clear();
                }
            }
            else
            {
                if (valid < width)
                {
                    new Span<float>(target, D2 * width).Clear();
                }

                for (int j = 0; j < valid; j++, from += SColumn)
                {
                    CopyColumn(from, S2, target + j, width, D2);
                }

                target += D2 * width;
            }
        }
    }

    private static void CopyColumn(float* from, nint step, float* to, nint width, int count)
    {
        for (int i = 0; i < count; i++, from += step, to += width)
        {
            *to = *from;
        }
    }
}
