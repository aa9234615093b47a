using System.Runtime.CompilerServices;

namespace Mimesh.Kernels;

/// <summary>
/// The transforms of a Winograd convolution F(m, r) along one axis (Lavin and Gray 2016): m outputs of a filter of r taps are
/// <c>Aᵀ[(G·g) ⊙ (Bᵀ·d)]</c> for the m + r − 1 inputs d. Each method transforms a line of vectors, some step apart.
/// </summary>
internal unsafe interface IWinograd
{
    /// <summary>m: outputs.</summary>
    static abstract int Size { get; }

    /// <summary>r: taps of the filter.</summary>
    static abstract int Taps { get; }

    /// <summary><c>Bᵀ·d</c>.</summary>
    static abstract void Input<TSimd, TVector>(float* d, nint step, float* v, nint to)
        where TSimd : ISimd<TVector>;

    /// <summary><c>G·g</c>.</summary>
    static abstract void Filter<TSimd, TVector>(float* g, nint step, float* u, nint to)
        where TSimd : ISimd<TVector>;

    /// <summary><c>Aᵀ·m + bias</c>.</summary>
    static abstract void Output<TSimd, TVector>(float* m, nint step, TVector bias, float* y, nint to)
        where TSimd : ISimd<TVector>;

    /// <summary><c>A·gy</c>.</summary>
    static abstract void OutputGrad<TSimd, TVector>(float* g, nint step, float* z, nint to)
        where TSimd : ISimd<TVector>;

    /// <summary><c>Gᵀ·z</c>.</summary>
    static abstract void FilterGrad<TSimd, TVector>(float* z, nint step, float* g, nint to)
        where TSimd : ISimd<TVector>;
}

/// <summary>
/// The transforms of square tiles, first along the columns and then along the rows, for one vector of channels:
/// <c>y = Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A</c> and the adjoints. Positions are where the (m + r − 1)² numbers go.
/// </summary>
[SkipLocalsInit]
internal static unsafe class WinogradTile
{
    // Numbers of a tile while it is half transformed: at most 6×6 vectors of 16.
    private const int Most = 36 * 16;

    /// <summary><c>Bᵀ·d·B</c>.</summary>
    /// <param name="d">The tile's first pixel.</param>
    /// <param name="row">From one row to the next.</param>
    /// <param name="column">From one pixel to the next.</param>
    /// <param name="v">The first position.</param>
    /// <param name="position">From one position to the next.</param>
    public static void Input<TTile, TSimd, TVector>(float* d, nint row, nint column, float* v, nint position)
        where TTile : IWinograd
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[Most];
        nint lanes = TSimd.Lanes;
        int side = TTile.Size + TTile.Taps - 1;
        for (int j = 0; j < side; j++)
        {
            TTile.Input<TSimd, TVector>(d + (j * column), row, t + (j * lanes), side * lanes);
        }

        for (int i = 0; i < side; i++)
        {
            TTile.Input<TSimd, TVector>(t + (i * side * lanes), lanes, v + (i * side * position), position);
        }
    }

    /// <summary>Sums the squares of a tile's numbers, and the least squares that any of four pixels has.</summary>
    /// <param name="d">The tile's first pixel.</param>
    /// <param name="row">From one row to the next.</param>
    /// <param name="column">From one pixel to the next.</param>
    /// <param name="side">Pixels a side.</param>
    /// <param name="rows">The rows of the four pixels.</param>
    /// <param name="columns">Their columns.</param>
    /// <param name="energy">Receives the sums, lane by lane.</param>
    /// <param name="least">Receives the least, lane by lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSquares<TSimd, TVector>(
        float* d, nint row, nint column, int side, (int, int) rows, (int, int) columns, ref TVector energy, ref TVector least)
        where TSimd : ISimd<TVector>
    {
        // Four sums, so that additions need not wait for one another.
        TVector s0 = energy, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero;
        float* x = d;
        for (int i = 0; i < side; i++, x += row)
        {
            s0 = AddSquare<TSimd, TVector>(x, s0);
            s1 = AddSquare<TSimd, TVector>(x + column, s1);
            s2 = AddSquare<TSimd, TVector>(x + (2 * column), s2);
            s3 = AddSquare<TSimd, TVector>(x + (3 * column), s3);
            if (side > 4)
            {
                s0 = AddSquare<TSimd, TVector>(x + (4 * column), s0);
            }

            if (side > 5)
            {
                s1 = AddSquare<TSimd, TVector>(x + (5 * column), s1);
            }
        }

        energy = TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3));
        float* top = d + (rows.Item1 * row), bottom = d + (rows.Item2 * row);
        nint left = columns.Item1 * column, right = columns.Item2 * column;
        least = TSimd.Add(least, TSimd.Min(
            TSimd.Min(AddSquare<TSimd, TVector>(top + left, TSimd.Zero), AddSquare<TSimd, TVector>(top + right, TSimd.Zero)),
            TSimd.Min(AddSquare<TSimd, TVector>(bottom + left, TSimd.Zero), AddSquare<TSimd, TVector>(bottom + right, TSimd.Zero))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddSquare<TSimd, TVector>(float* x, TVector sum)
        where TSimd : ISimd<TVector>
    {
        TVector v = TSimd.Load(x);
        return TSimd.MultiplyAdd(v, v, sum);
    }

    /// <summary><c>G·g·Gᵀ</c>.</summary>
    /// <param name="g">The first tap.</param>
    /// <param name="row">From one row of taps to the next.</param>
    /// <param name="column">From one tap to the next.</param>
    /// <param name="u">The first position.</param>
    /// <param name="position">From one position to the next.</param>
    public static void Filter<TTile, TSimd, TVector>(float* g, nint row, nint column, float* u, nint position)
        where TTile : IWinograd
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[Most];
        nint lanes = TSimd.Lanes;
        int side = TTile.Size + TTile.Taps - 1, taps = TTile.Taps;
        for (int j = 0; j < taps; j++)
        {
            TTile.Filter<TSimd, TVector>(g + (j * column), row, t + (j * lanes), taps * lanes);
        }

        for (int i = 0; i < side; i++)
        {
            TTile.Filter<TSimd, TVector>(t + (i * taps * lanes), lanes, u + (i * side * position), position);
        }
    }

    /// <summary><c>Aᵀ·m·A + bias</c>.</summary>
    /// <param name="m">The first position.</param>
    /// <param name="position">From one position to the next.</param>
    /// <param name="bias">What is added.</param>
    /// <param name="y">The tile's first output.</param>
    /// <param name="row">From one row of outputs to the next.</param>
    /// <param name="column">From one output to the next.</param>
    public static void Output<TTile, TSimd, TVector>(float* m, nint position, TVector bias, float* y, nint row, nint column)
        where TTile : IWinograd
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[Most];
        nint lanes = TSimd.Lanes;
        int side = TTile.Size + TTile.Taps - 1;
        for (int j = 0; j < side; j++)
        {
            TTile.Output<TSimd, TVector>(m + (j * position), side * position, TSimd.Zero, t + (j * lanes), side * lanes);
        }

        for (int i = 0; i < TTile.Size; i++)
        {
            TTile.Output<TSimd, TVector>(t + (i * side * lanes), lanes, bias, y + (i * row), column);
        }
    }

    /// <summary><c>A·gy·Aᵀ</c>: the adjoint of <see cref="Output"/>.</summary>
    /// <param name="gy">The tile's first output.</param>
    /// <param name="row">From one row of outputs to the next.</param>
    /// <param name="column">From one output to the next.</param>
    /// <param name="z">The first position.</param>
    /// <param name="position">From one position to the next.</param>
    public static void OutputGrad<TTile, TSimd, TVector>(float* gy, nint row, nint column, float* z, nint position)
        where TTile : IWinograd
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[Most];
        nint lanes = TSimd.Lanes;
        int side = TTile.Size + TTile.Taps - 1, size = TTile.Size;
        for (int j = 0; j < size; j++)
        {
            TTile.OutputGrad<TSimd, TVector>(gy + (j * column), row, t + (j * lanes), size * lanes);
        }

        for (int i = 0; i < side; i++)
        {
            TTile.OutputGrad<TSimd, TVector>(t + (i * size * lanes), lanes, z + (i * side * position), position);
        }
    }

    /// <summary><c>Gᵀ·z·G</c>: the adjoint of <see cref="Filter"/>.</summary>
    /// <param name="z">The first position.</param>
    /// <param name="position">From one position to the next.</param>
    /// <param name="gw">The first tap.</param>
    /// <param name="row">From one row of taps to the next.</param>
    /// <param name="column">From one tap to the next.</param>
    public static void FilterGrad<TTile, TSimd, TVector>(float* z, nint position, float* gw, nint row, nint column)
        where TTile : IWinograd
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[Most];
        nint lanes = TSimd.Lanes;
        int side = TTile.Size + TTile.Taps - 1;
        for (int j = 0; j < side; j++)
        {
            TTile.FilterGrad<TSimd, TVector>(z + (j * position), side * position, t + (j * lanes), side * lanes);
        }

        for (int i = 0; i < TTile.Taps; i++)
        {
            TTile.FilterGrad<TSimd, TVector>(t + (i * side * lanes), lanes, gw + (i * row), column);
        }
    }

    // even + scale·odd and even − scale·odd.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pair<TSimd, TVector>(TVector even, TVector scale, TVector odd, float* to, nint step)
        where TSimd : ISimd<TVector>
    {
        TVector scaled = TSimd.Multiply(scale, odd);
        TSimd.Store(TSimd.Add(even, scaled), to);
        TSimd.Store(TSimd.Subtract(even, scaled), to + step);
    }
}

/// <summary>
/// F(4, 3): in two dimensions a quarter of the products. The points are 0, ±a, ±1/a and ∞ with a = √½, whose rounding errors are a fifth of
/// those of the usual 0, ±1, ±2 and ∞, and hardly larger than a plain convolution's.
/// </summary>
internal readonly unsafe struct Winograd4x3 : IWinograd
{
    private const float A = 0.70710678f, B = 1.41421356f;

    public static int Size => 4;

    public static int Taps => 3;

    // Bᵀ: rows (1 0 −5/2 0 1 0), (0 ∓2a −2 ±a 1 0), (0 ∓b/2 −1/2 ±b 1 0), (0 1 0 −5/2 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TSimd, TVector>(float* d, nint step, float* v, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector two = TSimd.Create(-2f), half = TSimd.Create(-0.5f), fiveHalves = TSimd.Create(-2.5f);
        TVector d1 = TSimd.Load(d + step), d2 = TSimd.Load(d + (2 * step)), d3 = TSimd.Load(d + (3 * step)), d4 = TSimd.Load(d + (4 * step));
        TSimd.Store(TSimd.Add(TSimd.Load(d), TSimd.MultiplyAdd(fiveHalves, d2, d4)), v);
        TSimd.Store(TSimd.Add(d1, TSimd.MultiplyAdd(fiveHalves, d3, TSimd.Load(d + (5 * step)))), v + (5 * to));
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(two, d2, d4), TSimd.Create(A), TSimd.MultiplyAdd(two, d1, d3), v + to, to);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(half, d2, d4), TSimd.Create(B), TSimd.MultiplyAdd(half, d1, d3), v + (3 * to), to);
    }

    // G: rows (1 0 0), −2/3·(1 ±a 1/2), 1/6·(1 ±b 2), (0 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<TSimd, TVector>(float* g, nint step, float* u, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector g0 = TSimd.Load(g), g1 = TSimd.Load(g + step), g2 = TSimd.Load(g + (2 * step));
        TVector third = TSimd.Create(1f / 3f), twoThirds = TSimd.Create(-2f / 3f), sixth = TSimd.Create(1f / 6f);
        TSimd.Store(g0, u);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(twoThirds, g0, TSimd.Multiply(TSimd.Create(-1f / 3f), g2)), TSimd.Create(-2f / 3f * A), g1, u + to, to);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(sixth, g0, TSimd.Multiply(third, g2)), TSimd.Create(B / 6f), g1, u + (3 * to), to);
        TSimd.Store(g2, u + (5 * to));
    }

    // Aᵀ: rows (1 1 1 1 1 0), (0 a −a b −b 0), (0 1/2 1/2 2 2 0), (0 a/2 −a/2 2b −2b 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TSimd, TVector>(float* m, nint step, TVector bias, float* y, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector m1 = TSimd.Load(m + step), m2 = TSimd.Load(m + (2 * step)), m3 = TSimd.Load(m + (3 * step)), m4 = TSimd.Load(m + (4 * step));
        TVector even1 = TSimd.Add(m1, m2), odd1 = TSimd.Subtract(m1, m2), even2 = TSimd.Add(m3, m4), odd2 = TSimd.Subtract(m3, m4);
        TSimd.Store(TSimd.Add(TSimd.Add(TSimd.Load(m), even1), TSimd.Add(even2, bias)), y);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(A), odd1, TSimd.MultiplyAdd(TSimd.Create(B), odd2, bias)), y + to);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(0.5f), even1, TSimd.MultiplyAdd(TSimd.Create(2f), even2, bias)), y + (2 * to));
        odd2 = TSimd.MultiplyAdd(TSimd.Create(2f * B), odd2, TSimd.Add(TSimd.Load(m + (5 * step)), bias));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(0.5f * A), odd1, odd2), y + (3 * to));
    }

    // A: the transpose of Aᵀ above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGrad<TSimd, TVector>(float* g, nint step, float* z, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector g0 = TSimd.Load(g), g1 = TSimd.Load(g + step), g2 = TSimd.Load(g + (2 * step)), g3 = TSimd.Load(g + (3 * step));
        TVector two = TSimd.Create(2f), half = TSimd.Create(0.5f);
        TSimd.Store(g0, z);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(half, g2, g0), TSimd.Create(A), TSimd.MultiplyAdd(half, g3, g1), z + to, to);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(two, g2, g0), TSimd.Create(B), TSimd.MultiplyAdd(two, g3, g1), z + (3 * to), to);
        TSimd.Store(g3, z + (5 * to));
    }

    // Gᵀ: the transpose of G above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGrad<TSimd, TVector>(float* z, nint step, float* g, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector z1 = TSimd.Load(z + step), z2 = TSimd.Load(z + (2 * step)), z3 = TSimd.Load(z + (3 * step)), z4 = TSimd.Load(z + (4 * step));
        TVector even1 = TSimd.Add(z1, z2), odd1 = TSimd.Subtract(z1, z2), even2 = TSimd.Add(z3, z4), odd2 = TSimd.Subtract(z3, z4);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(-2f / 3f), even1, TSimd.MultiplyAdd(TSimd.Create(1f / 6f), even2, TSimd.Load(z))), g);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(-2f / 3f * A), odd1, TSimd.Multiply(TSimd.Create(B / 6f), odd2)), g + to);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(1f / 3f), TSimd.Subtract(even2, even1), TSimd.Load(z + (5 * step))), g + (2 * to));
    }
}

/// <summary>F(4, 2): in two dimensions 25 products for 64, at the points ±a, ±b and ∞ with a = 1/2 and b = 5/4, chosen by their rounding errors.</summary>
internal readonly unsafe struct Winograd4x2 : IWinograd
{
    private const float A = 0.5f, B = 1.25f, A2 = A * A, B2 = B * B;

    // 1/((a + b)(a − b)·2a) and the same for b: what divides the filters.
    private const float Na = 1f / (2f * A * (A2 - B2)), Nb = 1f / (2f * B * (B2 - A2));

    public static int Size => 4;

    public static int Taps => 2;

    // Bᵀ: rows (∓ab² −b² ±a 1 0), (∓a²b −a² ±b 1 0), (a²b² 0 −a² − b² 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TSimd, TVector>(float* d, nint step, float* v, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector d0 = TSimd.Load(d), d1 = TSimd.Load(d + step), d2 = TSimd.Load(d + (2 * step)), d3 = TSimd.Load(d + (3 * step));
        TVector a2 = TSimd.Create(-A2), b2 = TSimd.Create(-B2);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(b2, d1, d3), TSimd.Create(A), TSimd.MultiplyAdd(b2, d0, d2), v, to);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(a2, d1, d3), TSimd.Create(B), TSimd.MultiplyAdd(a2, d0, d2), v + (2 * to), to);
        TVector last = TSimd.MultiplyAdd(TSimd.Create(-A2 - B2), d2, TSimd.Load(d + (4 * step)));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(A2 * B2), d0, last), v + (4 * to));
    }

    // G: rows Na·(±1 a), Nb·(±1 b), (0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<TSimd, TVector>(float* g, nint step, float* u, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector g0 = TSimd.Load(g), g1 = TSimd.Load(g + step);
        WinogradTile.Pair<TSimd, TVector>(TSimd.Multiply(TSimd.Create(A * Na), g1), TSimd.Create(Na), g0, u, to);
        WinogradTile.Pair<TSimd, TVector>(TSimd.Multiply(TSimd.Create(B * Nb), g1), TSimd.Create(Nb), g0, u + (2 * to), to);
        TSimd.Store(g1, u + (4 * to));
    }

    // Aᵀ: rows (1 1 1 1 0), (a −a b −b 0), (a² a² b² b² 0), (a³ −a³ b³ −b³ 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TSimd, TVector>(float* m, nint step, TVector bias, float* y, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector m0 = TSimd.Load(m), m1 = TSimd.Load(m + step), m2 = TSimd.Load(m + (2 * step)), m3 = TSimd.Load(m + (3 * step));
        TVector even1 = TSimd.Add(m0, m1), odd1 = TSimd.Subtract(m0, m1), even2 = TSimd.Add(m2, m3), odd2 = TSimd.Subtract(m2, m3);
        TSimd.Store(TSimd.Add(even1, TSimd.Add(even2, bias)), y);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(A), odd1, TSimd.MultiplyAdd(TSimd.Create(B), odd2, bias)), y + to);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(A2), even1, TSimd.MultiplyAdd(TSimd.Create(B2), even2, bias)), y + (2 * to));
        odd2 = TSimd.MultiplyAdd(TSimd.Create(B * B2), odd2, TSimd.Add(TSimd.Load(m + (4 * step)), bias));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(A * A2), odd1, odd2), y + (3 * to));
    }

    // A: the transpose of Aᵀ above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGrad<TSimd, TVector>(float* g, nint step, float* z, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector g0 = TSimd.Load(g), g1 = TSimd.Load(g + step), g2 = TSimd.Load(g + (2 * step)), g3 = TSimd.Load(g + (3 * step));
        TVector a2 = TSimd.Create(A2), b2 = TSimd.Create(B2);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(a2, g2, g0), TSimd.Create(A), TSimd.MultiplyAdd(a2, g3, g1), z, to);
        WinogradTile.Pair<TSimd, TVector>(TSimd.MultiplyAdd(b2, g2, g0), TSimd.Create(B), TSimd.MultiplyAdd(b2, g3, g1), z + (2 * to), to);
        TSimd.Store(g3, z + (4 * to));
    }

    // Gᵀ: the transpose of G above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGrad<TSimd, TVector>(float* z, nint step, float* g, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector z0 = TSimd.Load(z), z1 = TSimd.Load(z + step), z2 = TSimd.Load(z + (2 * step)), z3 = TSimd.Load(z + (3 * step));
        TSimd.Store(
            TSimd.MultiplyAdd(TSimd.Create(Na), TSimd.Subtract(z0, z1), TSimd.Multiply(TSimd.Create(Nb), TSimd.Subtract(z2, z3))), g);
        TVector even = TSimd.MultiplyAdd(TSimd.Create(B * Nb), TSimd.Add(z2, z3), TSimd.Load(z + (4 * step)));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(A * Na), TSimd.Add(z0, z1), even), g + to);
    }
}
