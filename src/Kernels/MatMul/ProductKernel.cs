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
/// Register tiles for <see cref="ProductTile"/>: 12 or 8 rows × 2 vectors where there are 32 vector registers, else 4 × 2. The
/// order of additions of an element depends neither on its tile nor on its neighbours.
/// </summary>
internal static unsafe class ProductKernel
{
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
            if (width == Block)
            {
                Rows<Simd512, Vector512<float>, Tile12x2, Tile8x2>(t, rows);
            }
            else
            {
                Rows<Simd512, Vector512<float>, Tile12x1, Tile8x1>(t, rows);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            if (width == Block)
            {
                Rows<Simd256, Vector256<float>, Tile12x2, Tile8x2>(t, rows);
            }
            else
            {
                Rows<Simd256, Vector256<float>, Tile12x1, Tile8x1>(t, rows);
            }
        }
        else if (width == Block)
        {
            Rows<Simd128, Vector128<float>, Tile12x2, Tile8x2>(t, rows);
        }
        else
        {
            Rows<Simd128, Vector128<float>, Tile12x1, Tile8x1>(t, rows);
        }
    }

    private static void Rows<TSimd, TVector, TTall, TShort>(in ProductTile t, int rows)
        where TSimd : ISimd<TVector>
        where TTall : ITile
        where TShort : ITile
    {
        var part = t;
        for (int left = rows; left > 0;)
        {
            int done;
            if (TSimd.ManyRegisters && left >= TTall.Rows)
            {
                done = TTall.Rows;
                ManyRows<TSimd, TVector, TTall>(part);
            }
            else if (TSimd.ManyRegisters && left >= TShort.Rows)
            {
                done = TShort.Rows;
                ManyRows<TSimd, TVector, TShort>(part);
            }
            else
            {
                done = Math.Min(left, 4);
                FewRows<TSimd, TVector, TShort>(part, done);
            }

            left -= done;
            part.X += done * t.XRow;
            part.Init += done * t.InitRow;
            part.Y += done * t.YRow;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ManyRows<TSimd, TVector, TTile>(in ProductTile t)
        where TSimd : ISimd<TVector>
        where TTile : ITile
    {
        float* init = t.Init;
        nint row = t.InitRow;
        int lanes = TSimd.Lanes;
        TVector a0 = TSimd.Load(init), a1 = TSimd.Load(init + row), a2 = TSimd.Load(init + (2 * row));
        TVector a3 = TSimd.Load(init + (3 * row)), a4 = TSimd.Load(init + (4 * row)), a5 = TSimd.Load(init + (5 * row));
        TVector a6 = TSimd.Load(init + (6 * row)), a7 = TSimd.Load(init + (7 * row)), a8 = a0;
        TVector a9 = a0, a10 = a0, a11 = a0;
        TVector b0 = a0, b1 = a1, b2 = a2, b3 = a3, b4 = a4, b5 = a5, b6 = a6, b7 = a7, b8 = a8, b9 = a9, b10 = a10, b11 = a11;
        if (TTile.Rows == 12)
        {
            a8 = TSimd.Load(init + (8 * row));
            a9 = TSimd.Load(init + (9 * row));
            a10 = TSimd.Load(init + (10 * row));
            a11 = TSimd.Load(init + (11 * row));
        }

        if (TTile.Two)
        {
            init += lanes;
            b0 = TSimd.Load(init);
            b1 = TSimd.Load(init + row);
            b2 = TSimd.Load(init + (2 * row));
            b3 = TSimd.Load(init + (3 * row));
            b4 = TSimd.Load(init + (4 * row));
            b5 = TSimd.Load(init + (5 * row));
            b6 = TSimd.Load(init + (6 * row));
            b7 = TSimd.Load(init + (7 * row));
            if (TTile.Rows == 12)
            {
                b8 = TSimd.Load(init + (8 * row));
                b9 = TSimd.Load(init + (9 * row));
                b10 = TSimd.Load(init + (10 * row));
                b11 = TSimd.Load(init + (11 * row));
            }
        }

        // Four pointers, three rows apart: every address is a pointer plus 0, 1 or 2 times one register.
        float* xOuter = t.X, wOuter = t.W;
        nint xRow = t.XRow, xInner = t.XInner, wInner = t.WInner;
        for (nint o = t.Outer; o > 0; o--)
        {
            float* x0 = xOuter, x3 = x0 + (3 * xRow), x6 = x3 + (3 * xRow), x9 = x6 + (3 * xRow), w = wOuter;
            for (nint l = t.Inner; l > 0; l--)
            {
                TVector w0 = TSimd.Load(w), w1 = TTile.Two ? TSimd.Load(w + lanes) : w0;
                TVector x = TSimd.Broadcast(x0);
                a0 = TSimd.MultiplyAdd(x, w0, a0);
                b0 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b0) : a0;
                x = TSimd.Broadcast(x0 + xRow);
                a1 = TSimd.MultiplyAdd(x, w0, a1);
                b1 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b1) : a1;
                x = TSimd.Broadcast(x0 + (2 * xRow));
                a2 = TSimd.MultiplyAdd(x, w0, a2);
                b2 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b2) : a2;
                x = TSimd.Broadcast(x3);
                a3 = TSimd.MultiplyAdd(x, w0, a3);
                b3 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b3) : a3;
                x = TSimd.Broadcast(x3 + xRow);
                a4 = TSimd.MultiplyAdd(x, w0, a4);
                b4 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b4) : a4;
                x = TSimd.Broadcast(x3 + (2 * xRow));
                a5 = TSimd.MultiplyAdd(x, w0, a5);
                b5 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b5) : a5;
                x = TSimd.Broadcast(x6);
                a6 = TSimd.MultiplyAdd(x, w0, a6);
                b6 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b6) : a6;
                x = TSimd.Broadcast(x6 + xRow);
                a7 = TSimd.MultiplyAdd(x, w0, a7);
                b7 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b7) : a7;
                if (TTile.Rows == 12)
                {
                    x = TSimd.Broadcast(x6 + (2 * xRow));
                    a8 = TSimd.MultiplyAdd(x, w0, a8);
                    b8 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b8) : a8;
                    x = TSimd.Broadcast(x9);
                    a9 = TSimd.MultiplyAdd(x, w0, a9);
                    b9 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b9) : a9;
                    x = TSimd.Broadcast(x9 + xRow);
                    a10 = TSimd.MultiplyAdd(x, w0, a10);
                    b10 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b10) : a10;
                    x = TSimd.Broadcast(x9 + (2 * xRow));
                    a11 = TSimd.MultiplyAdd(x, w0, a11);
                    b11 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b11) : a11;
                }

                x0 += xInner;
                x3 += xInner;
                x6 += xInner;
                x9 += xInner;
                w += wInner;
            }

            xOuter += t.XOuter;
            wOuter += t.WOuter;
        }

        float* y = t.Y;
        row = t.YRow;
        TSimd.Store(a0, y);
        TSimd.Store(a1, y + row);
        TSimd.Store(a2, y + (2 * row));
        TSimd.Store(a3, y + (3 * row));
        TSimd.Store(a4, y + (4 * row));
        TSimd.Store(a5, y + (5 * row));
        TSimd.Store(a6, y + (6 * row));
        TSimd.Store(a7, y + (7 * row));
        if (TTile.Rows == 12)
        {
            TSimd.Store(a8, y + (8 * row));
            TSimd.Store(a9, y + (9 * row));
            TSimd.Store(a10, y + (10 * row));
            TSimd.Store(a11, y + (11 * row));
        }

        if (TTile.Two)
        {
            y += lanes;
            TSimd.Store(b0, y);
            TSimd.Store(b1, y + row);
            TSimd.Store(b2, y + (2 * row));
            TSimd.Store(b3, y + (3 * row));
            TSimd.Store(b4, y + (4 * row));
            TSimd.Store(b5, y + (5 * row));
            TSimd.Store(b6, y + (6 * row));
            TSimd.Store(b7, y + (7 * row));
            if (TTile.Rows == 12)
            {
                TSimd.Store(b8, y + (8 * row));
                TSimd.Store(b9, y + (9 * row));
                TSimd.Store(b10, y + (10 * row));
                TSimd.Store(b11, y + (11 * row));
            }
        }
    }

    // One to four rows; those that do not exist compute the first one again and are not stored.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FewRows<TSimd, TVector, TTile>(in ProductTile t, int rows)
        where TSimd : ISimd<TVector>
        where TTile : ITile
    {
        int lanes = TSimd.Lanes;
        nint r1 = rows > 1 ? 1 : 0, r2 = rows > 2 ? 2 : 0, r3 = rows > 3 ? 3 : 0;
        float* i0 = t.Init, i1 = i0 + (r1 * t.InitRow), i2 = i0 + (r2 * t.InitRow), i3 = i0 + (r3 * t.InitRow);
        TVector a0 = TSimd.Load(i0), a1 = TSimd.Load(i1), a2 = TSimd.Load(i2), a3 = TSimd.Load(i3);
        TVector b0 = a0, b1 = a1, b2 = a2, b3 = a3;
        if (TTile.Two)
        {
            b0 = TSimd.Load(i0 + lanes);
            b1 = TSimd.Load(i1 + lanes);
            b2 = TSimd.Load(i2 + lanes);
            b3 = TSimd.Load(i3 + lanes);
        }

        float* xOuter = t.X, wOuter = t.W;
        nint xInner = t.XInner, wInner = t.WInner;
        for (nint o = t.Outer; o > 0; o--)
        {
            float* x0 = xOuter, x1 = x0 + (r1 * t.XRow), x2 = x0 + (r2 * t.XRow), x3 = x0 + (r3 * t.XRow), w = wOuter;
            for (nint l = t.Inner; l > 0; l--)
            {
                TVector w0 = TSimd.Load(w), w1 = TTile.Two ? TSimd.Load(w + lanes) : w0;
                TVector x = TSimd.Broadcast(x0);
                a0 = TSimd.MultiplyAdd(x, w0, a0);
                b0 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b0) : a0;
                x = TSimd.Broadcast(x1);
                a1 = TSimd.MultiplyAdd(x, w0, a1);
                b1 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b1) : a1;
                x = TSimd.Broadcast(x2);
                a2 = TSimd.MultiplyAdd(x, w0, a2);
                b2 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b2) : a2;
                x = TSimd.Broadcast(x3);
                a3 = TSimd.MultiplyAdd(x, w0, a3);
                b3 = TTile.Two ? TSimd.MultiplyAdd(x, w1, b3) : a3;
                x0 += xInner;
                x1 += xInner;
                x2 += xInner;
                x3 += xInner;
                w += wInner;
            }

            xOuter += t.XOuter;
            wOuter += t.WOuter;
        }

        StoreRow<TSimd, TVector, TTile>(a0, b0, t.Y);
        if (rows > 1)
        {
            StoreRow<TSimd, TVector, TTile>(a1, b1, t.Y + t.YRow);
        }

        if (rows > 2)
        {
            StoreRow<TSimd, TVector, TTile>(a2, b2, t.Y + (2 * t.YRow));
        }

        if (rows > 3)
        {
            StoreRow<TSimd, TVector, TTile>(a3, b3, t.Y + (3 * t.YRow));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<TSimd, TVector, TTile>(TVector a, TVector b, float* y)
        where TSimd : ISimd<TVector>
        where TTile : ITile
    {
        TSimd.Store(a, y);
        if (TTile.Two)
        {
            TSimd.Store(b, y + TSimd.Lanes);
        }
    }

    /// <summary>The size of a register tile as a type, so that the compiler drops what is not needed.</summary>
    private interface ITile
    {
        static abstract int Rows { get; }

        /// <summary>Two vectors of columns rather than one.</summary>
        static abstract bool Two { get; }
    }

    private readonly struct Tile12x2 : ITile
    {
        public static int Rows => 12;

        public static bool Two => true;
    }

    private readonly struct Tile12x1 : ITile
    {
        public static int Rows => 12;

        public static bool Two => false;
    }

    private readonly struct Tile8x2 : ITile
    {
        public static int Rows => 8;

        public static bool Two => true;
    }

    private readonly struct Tile8x1 : ITile
    {
        public static int Rows => 8;

        public static bool Two => false;
    }
}
