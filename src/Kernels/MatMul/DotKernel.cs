using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// <see cref="ProductTile"/> for few columns or few rows: vectors run along the inner sum instead of the columns, so no lane
/// idles and w needs no packing. Columns of w are WInner apart, each contiguous along the inner sum; XInner is 1.
/// </summary>
internal static unsafe class DotKernel
{
    /// <summary>Whether a product is faster here: few columns, and sums long enough to pay for adding up the lanes at the end.</summary>
    public static bool Suits(int columns, nint outer, nint inner) =>
        columns <= 4 && inner >= 2 * ProductKernel.Lanes && outer * inner >= 8 * ProductKernel.Lanes;

    /// <summary>Computes rows × columns elements.</summary>
    /// <param name="t">The operands.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static void Run(in ProductTile t, int rows, int columns)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<Simd512, Vector512<float>>(t, rows, columns);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<Simd256, Vector256<float>>(t, rows, columns);
        }
        else
        {
            Run<Simd128, Vector128<float>>(t, rows, columns);
        }
    }

    private static void Run<TSimd, TVector>(in ProductTile t, int rows, int columns)
        where TSimd : ISimd<TVector>
    {
        for (int i = 0; i < rows; i += 4)
        {
            for (int j = 0; j < columns; j += 2)
            {
                var part = t;
                part.X += i * t.XRow;
                part.W += j * t.WInner;
                part.Init += (i * t.InitRow) + j;
                part.Y += (i * t.YRow) + j;
                Tile<TSimd, TVector>(part, Math.Min(4, rows - i), Math.Min(2, columns - j));
            }
        }
    }

    // Up to four rows and two columns; those that do not exist compute the first one again and are not stored.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TSimd, TVector>(in ProductTile t, int rows, int columns)
        where TSimd : ISimd<TVector>
    {
        int lanes = TSimd.Lanes, rest = (int)(t.Inner % lanes);
        nint r1 = rows > 1 ? t.XRow : 0, r2 = rows > 2 ? 2 * t.XRow : 0, r3 = rows > 3 ? 3 * t.XRow : 0, c1 = columns > 1 ? t.WInner : 0;
        TVector a0 = TSimd.Zero, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (nint o = 0; o < t.Outer; o++)
        {
            float* x = t.X + (o * t.XOuter), w = t.W + (o * t.WOuter);
            for (nint l = t.Inner / lanes; l > 0; l--)
            {
                TVector w0 = TSimd.Load(w), w1 = TSimd.Load(w + c1), v = TSimd.Load(x);
                a0 = TSimd.MultiplyAdd(v, w0, a0);
                b0 = TSimd.MultiplyAdd(v, w1, b0);
                v = TSimd.Load(x + r1);
                a1 = TSimd.MultiplyAdd(v, w0, a1);
                b1 = TSimd.MultiplyAdd(v, w1, b1);
                v = TSimd.Load(x + r2);
                a2 = TSimd.MultiplyAdd(v, w0, a2);
                b2 = TSimd.MultiplyAdd(v, w1, b2);
                v = TSimd.Load(x + r3);
                a3 = TSimd.MultiplyAdd(v, w0, a3);
                b3 = TSimd.MultiplyAdd(v, w1, b3);
                x += lanes;
                w += lanes;
            }

            if (rest > 0)
            {
                // The last vector again, without what has been added.
                x += rest - lanes;
                w += rest - lanes;
                TVector w0 = TSimd.KeepLast(TSimd.Load(w), rest), w1 = TSimd.KeepLast(TSimd.Load(w + c1), rest);
                TVector v0 = TSimd.KeepLast(TSimd.Load(x), rest), v1 = TSimd.KeepLast(TSimd.Load(x + r1), rest);
                TVector v2 = TSimd.KeepLast(TSimd.Load(x + r2), rest), v3 = TSimd.KeepLast(TSimd.Load(x + r3), rest);
                a0 = TSimd.MultiplyAdd(v0, w0, a0);
                b0 = TSimd.MultiplyAdd(v0, w1, b0);
                a1 = TSimd.MultiplyAdd(v1, w0, a1);
                b1 = TSimd.MultiplyAdd(v1, w1, b1);
                a2 = TSimd.MultiplyAdd(v2, w0, a2);
                b2 = TSimd.MultiplyAdd(v2, w1, b2);
                a3 = TSimd.MultiplyAdd(v3, w0, a3);
                b3 = TSimd.MultiplyAdd(v3, w1, b3);
            }
        }

        Store<TSimd, TVector>(t, 0, a0, b0, columns);
        if (rows > 1)
        {
            Store<TSimd, TVector>(t, 1, a1, b1, columns);
        }

        if (rows > 2)
        {
            Store<TSimd, TVector>(t, 2, a2, b2, columns);
        }

        if (rows > 3)
        {
            Store<TSimd, TVector>(t, 3, a3, b3, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TSimd, TVector>(in ProductTile t, int row, TVector a, TVector b, int columns)
        where TSimd : ISimd<TVector>
    {
        float* y = t.Y + (row * t.YRow), init = t.Init + (row * t.InitRow);
        y[0] = init[0] + TSimd.Sum(a);
        if (columns > 1)
        {
            y[1] = init[1] + TSimd.Sum(b);
        }
    }
}
