using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// The one inner loop of convolutions and matrix products:
/// <c>y[i, j] = Init[i, j] + Σ_o Σ_l x[o·XOuter + i·XRow + l·XInner]·w[o·WOuter + l·WInner + j]</c>
/// for rows i and a block of <c>Width</c> adjacent columns j. Rows are a convolution's pixels (or a gradient's kernel
/// positions), columns its output channels. Strides are in elements.
/// </summary>
internal unsafe struct ProductTile
{
    public float* X;
    public nint XOuter, XRow, XInner;
    public float* W;
    public nint WOuter, WInner;
    public nint Outer, Inner;
    public float* Init;
    public nint InitRow;
    public float* Y;
    public nint YRow;
}

/// <summary>
/// Register tiles for <see cref="ProductTile"/>: 12 rows × 2 vectors where there are 32 vector registers, 6 × 2 where there
/// are 16, 12 × 1 for a single vector, and lower ones for the rows that are left over. The order of additions of an element
/// depends neither on its tile nor on its neighbours.
/// </summary>
internal static unsafe class ProductKernel
{
    // Steps of the inner sum from asking for a line of packed weights, which come from the second-level cache, to its use.
    private const int Ahead = 8;

    /// <summary>Floats in a vector.</summary>
    public static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Columns of a full block: two vectors.</summary>
    public static int Block => 2 * Lanes;

    /// <summary>Columns that the block starting at this column is computed with: two vectors, or one if that is enough.</summary>
    public static int Width(int column, int columns) => columns - column <= Lanes ? Lanes : Block;

    /// <summary>Columns rounded up to what the blocks together compute.</summary>
    public static int Padded(int columns) => (columns + Lanes - 1) / Lanes * Lanes;

    /// <summary>Computes rows × valid elements.</summary>
    /// <param name="t">The operands; Init and W have <paramref name="width"/> columns.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">One or two vectors.</param>
    /// <param name="valid">Columns that exist in y, at most the width.</param>
    public static void Run(in ProductTile t, int rows, int width, int valid)
    {
        if (valid == width)
        {
            Rows(t, rows, width);
            return;
        }

        const int Chunk = 12;
        float* full = stackalloc float[Chunk * 32];
        for (int done = 0; done < rows; done += Chunk)
        {
            int count = Math.Min(Chunk, rows - done);
            var part = t;
            part.X += done * t.XRow;
            part.Init += done * t.InitRow;
            part.Y = full;
            part.YRow = width;
            Rows(part, count, width);
            for (int i = 0; i < count; i++)
            {
                float* y = t.Y + ((done + i) * t.YRow);
                for (int j = 0; j < valid; j++)
                {
                    y[j] = full[(i * width) + j];
                }
            }
        }
    }

    private static void Rows(in ProductTile t, int rows, int width)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Rows<Simd512, Vector512<float>>(t, rows, width);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Rows<Simd256, Vector256<float>>(t, rows, width);
        }
        else
        {
            Rows<Simd128, Vector128<float>>(t, rows, width);
        }
    }

    /// <summary>Computes rows × width elements with vectors of one kind, whatever the processor prefers.</summary>
    /// <param name="t">The operands.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">One or two vectors.</param>
    public static void Rows<TSimd, TVector>(in ProductTile t, int rows, int width)
        where TSimd : ISimd<TVector>
    {
        if (width == TSimd.Lanes)
        {
            Rows<TSimd, TVector, Count1>(t, rows);
        }
        else
        {
            Rows<TSimd, TVector, Count2>(t, rows);
        }
    }

    // As many tall tiles as there are rows for; but two of two thirds rather than a tall one and a slow one of one third.
    private static void Rows<TSimd, TVector, TColumns>(in ProductTile t, int rows)
        where TSimd : ISimd<TVector>
        where TColumns : ICount
    {
        int tall = TSimd.ManyRegisters || TColumns.Value == 1 ? 12 : 6, third = tall / 3;
        var part = t;
        for (int left = rows; left > 0;)
        {
            int done = left >= tall && left != tall + third ? tall : left == 9 ? 6 : left >= 2 * third ? 2 * third : Math.Min(left, 4);
            switch (done)
            {
                case 12:
                    Tile<TSimd, TVector, Count12, TColumns>(part);
                    break;
                case 8:
                    Tile<TSimd, TVector, Count8, TColumns>(part);
                    break;
                case 6:
                    Tile<TSimd, TVector, Count6, TColumns>(part);
                    break;
                case 4:
                    Tile<TSimd, TVector, Count4, TColumns>(part);
                    break;
                case 3:
                    Tile<TSimd, TVector, Count3, TColumns>(part);
                    break;
                case 2:
                    Tile<TSimd, TVector, Count2, TColumns>(part);
                    break;
                default:
                    Tile<TSimd, TVector, Count1, TColumns>(part);
                    break;
            }

            left -= done;
            part.X += done * t.XRow;
            part.Init += done * t.InitRow;
            part.Y += done * t.YRow;
        }
    }

    // Sums a0 … a11 of the first vector of columns and b0 … b11 of the second, as far as there are rows and columns.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TSimd, TVector, TRows, TColumns>(in ProductTile t)
        where TSimd : ISimd<TVector>
        where TRows : ICount
        where TColumns : ICount
    {
        int lanes = TSimd.Lanes;
        float* init = t.Init;
        nint row = t.InitRow;
        TVector a0 = TSimd.Load(init), b0 = TColumns.Value > 1 ? TSimd.Load(init + lanes) : a0;
        TVector a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0, a9 = a0, a10 = a0, a11 = a0;
        TVector b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0, b6 = b0, b7 = b0, b8 = b0, b9 = b0, b10 = b0, b11 = b0;
        if (TRows.Value > 1)
        {
            a1 = TSimd.Load(init + row);
            b1 = TColumns.Value > 1 ? TSimd.Load(init + row + lanes) : a1;
        }

        if (TRows.Value > 2)
        {
            a2 = TSimd.Load(init + (2 * row));
            b2 = TColumns.Value > 1 ? TSimd.Load(init + (2 * row) + lanes) : a2;
        }

        if (TRows.Value > 3)
        {
            a3 = TSimd.Load(init + (3 * row));
            b3 = TColumns.Value > 1 ? TSimd.Load(init + (3 * row) + lanes) : a3;
        }

        if (TRows.Value > 4)
        {
            a4 = TSimd.Load(init + (4 * row));
            b4 = TColumns.Value > 1 ? TSimd.Load(init + (4 * row) + lanes) : a4;
            a5 = TSimd.Load(init + (5 * row));
            b5 = TColumns.Value > 1 ? TSimd.Load(init + (5 * row) + lanes) : a5;
        }

        if (TRows.Value > 6)
        {
            a6 = TSimd.Load(init + (6 * row));
            b6 = TColumns.Value > 1 ? TSimd.Load(init + (6 * row) + lanes) : a6;
            a7 = TSimd.Load(init + (7 * row));
            b7 = TColumns.Value > 1 ? TSimd.Load(init + (7 * row) + lanes) : a7;
        }

        if (TRows.Value > 8)
        {
            a8 = TSimd.Load(init + (8 * row));
            b8 = TColumns.Value > 1 ? TSimd.Load(init + (8 * row) + lanes) : a8;
            a9 = TSimd.Load(init + (9 * row));
            b9 = TColumns.Value > 1 ? TSimd.Load(init + (9 * row) + lanes) : a9;
            a10 = TSimd.Load(init + (10 * row));
            b10 = TColumns.Value > 1 ? TSimd.Load(init + (10 * row) + lanes) : a10;
            a11 = TSimd.Load(init + (11 * row));
            b11 = TColumns.Value > 1 ? TSimd.Load(init + (11 * row) + lanes) : a11;
        }

        // Four pointers, three rows apart: every address is a pointer plus nothing or one register.
        float* xOuter = t.X, wOuter = t.W;
        nint xRow = t.XRow, xRow2 = 2 * xRow, xInner = t.XInner * sizeof(float), wInner = t.WInner * sizeof(float);
        for (nint o = t.Outer; o > 0; o--)
        {
            float* x0 = xOuter, x3 = x0 + (3 * xRow), x6 = x3 + (3 * xRow), x9 = x6 + (3 * xRow), w = wOuter;
            for (nint l = t.Inner; l != 0; l--)
            {
                TVector w0 = TSimd.Load(w), w1 = TColumns.Value > 1 ? TSimd.Load(w + lanes) : w0;
                TSimd.Prefetch(w + (Ahead * TColumns.Value * lanes));
                if (TColumns.Value > 1)
                {
                    TSimd.Prefetch(w + (((2 * Ahead) + 1) * lanes));
                }

                TVector x = TSimd.Broadcast(x0);
                a0 = TSimd.MultiplyAdd(x, w0, a0);
                b0 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b0) : a0;

                if (TRows.Value > 1)
                {
                    x = TSimd.Broadcast(x0 + xRow);
                    a1 = TSimd.MultiplyAdd(x, w0, a1);
                    b1 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b1) : a1;
                }

                if (TRows.Value > 2)
                {
                    x = TSimd.Broadcast(x0 + xRow2);
                    a2 = TSimd.MultiplyAdd(x, w0, a2);
                    b2 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b2) : a2;
                }

                if (TRows.Value > 3)
                {
                    x = TSimd.Broadcast(x3);
                    a3 = TSimd.MultiplyAdd(x, w0, a3);
                    b3 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b3) : a3;
                }

                if (TRows.Value > 4)
                {
                    x = TSimd.Broadcast(x3 + xRow);
                    a4 = TSimd.MultiplyAdd(x, w0, a4);
                    b4 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b4) : a4;
                    x = TSimd.Broadcast(x3 + xRow2);
                    a5 = TSimd.MultiplyAdd(x, w0, a5);
                    b5 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b5) : a5;
                }

                if (TRows.Value > 6)
                {
                    x = TSimd.Broadcast(x6);
                    a6 = TSimd.MultiplyAdd(x, w0, a6);
                    b6 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b6) : a6;
                    x = TSimd.Broadcast(x6 + xRow);
                    a7 = TSimd.MultiplyAdd(x, w0, a7);
                    b7 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b7) : a7;
                }

                if (TRows.Value > 8)
                {
                    x = TSimd.Broadcast(x6 + xRow2);
                    a8 = TSimd.MultiplyAdd(x, w0, a8);
                    b8 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b8) : a8;
                    x = TSimd.Broadcast(x9);
                    a9 = TSimd.MultiplyAdd(x, w0, a9);
                    b9 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b9) : a9;
                    x = TSimd.Broadcast(x9 + xRow);
                    a10 = TSimd.MultiplyAdd(x, w0, a10);
                    b10 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b10) : a10;
                    x = TSimd.Broadcast(x9 + xRow2);
                    a11 = TSimd.MultiplyAdd(x, w0, a11);
                    b11 = TColumns.Value > 1 ? TSimd.MultiplyAdd(x, w1, b11) : a11;
                }

                x0 = (float*)((byte*)x0 + xInner);
                x3 = (float*)((byte*)x3 + xInner);
                x6 = (float*)((byte*)x6 + xInner);
                x9 = (float*)((byte*)x9 + xInner);
                w = (float*)((byte*)w + wInner);
            }

            xOuter += t.XOuter;
            wOuter += t.WOuter;
        }

        float* y = t.Y;
        row = t.YRow;
        StoreRow<TSimd, TVector, TColumns>(a0, b0, y);

        if (TRows.Value > 1)
        {
            StoreRow<TSimd, TVector, TColumns>(a1, b1, y + row);
        }

        if (TRows.Value > 2)
        {
            StoreRow<TSimd, TVector, TColumns>(a2, b2, y + (2 * row));
        }

        if (TRows.Value > 3)
        {
            StoreRow<TSimd, TVector, TColumns>(a3, b3, y + (3 * row));
        }

        if (TRows.Value > 4)
        {
            StoreRow<TSimd, TVector, TColumns>(a4, b4, y + (4 * row));
            StoreRow<TSimd, TVector, TColumns>(a5, b5, y + (5 * row));
        }

        if (TRows.Value > 6)
        {
            StoreRow<TSimd, TVector, TColumns>(a6, b6, y + (6 * row));
            StoreRow<TSimd, TVector, TColumns>(a7, b7, y + (7 * row));
        }

        if (TRows.Value > 8)
        {
            StoreRow<TSimd, TVector, TColumns>(a8, b8, y + (8 * row));
            StoreRow<TSimd, TVector, TColumns>(a9, b9, y + (9 * row));
            StoreRow<TSimd, TVector, TColumns>(a10, b10, y + (10 * row));
            StoreRow<TSimd, TVector, TColumns>(a11, b11, y + (11 * row));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<TSimd, TVector, TColumns>(TVector a, TVector b, float* y)
        where TSimd : ISimd<TVector>
        where TColumns : ICount
    {
        TSimd.Store(a, y);
        if (TColumns.Value > 1)
        {
            TSimd.Store(b, y + TSimd.Lanes);
        }
    }

    /// <summary>A tile's number of rows, or of vectors of columns, as a type, so that the compiler drops what is not needed.</summary>
    private interface ICount
    {
        static abstract int Value { get; }
    }

    private readonly struct Count1 : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Count2 : ICount
    {
        public static int Value => 2;
    }

    private readonly struct Count3 : ICount
    {
        public static int Value => 3;
    }

    private readonly struct Count4 : ICount
    {
        public static int Value => 4;
    }

    private readonly struct Count6 : ICount
    {
        public static int Value => 6;
    }

    private readonly struct Count8 : ICount
    {
        public static int Value => 8;
    }

    private readonly struct Count12 : ICount
    {
        public static int Value => 12;
    }
}
