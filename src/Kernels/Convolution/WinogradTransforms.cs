using System.Runtime.CompilerServices;

namespace Mimesh.Kernels;

/// <summary>
/// The transforms of a Winograd convolution F(m×m, 3×3) (Lavin and Gray 2016): a tile of m×m outputs is
/// <c>Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A</c> for the tile d of (m+2)×(m+2) inputs and the filter g, so that (m+2)² products do the work of 9m².
/// Every method transforms one vector of channels of one tile; positions are where the (m+2)² numbers go.
/// </summary>
internal unsafe interface IWinograd
{
    /// <summary>m: outputs a side.</summary>
    static abstract int Size { get; }

    /// <summary><c>Bᵀ·d·B</c>.</summary>
    /// <param name="d">The tile's first pixel.</param>
    /// <param name="row">From one row to the next.</param>
    /// <param name="column">From one pixel to the next.</param>
    /// <param name="v">The first position.</param>
    /// <param name="position">From one position to the next.</param>
    static abstract void Input<TSimd, TVector>(float* d, nint row, nint column, float* v, nint position)
        where TSimd : ISimd<TVector>;

    /// <summary><c>G·g·Gᵀ</c>; taps are the filter's, a step apart.</summary>
    static abstract void Filter<TSimd, TVector>(float* g, nint row, nint column, float* u, nint position)
        where TSimd : ISimd<TVector>;

    /// <summary><c>Aᵀ·m·A + bias</c> to the tile y, m×m.</summary>
    static abstract void Output<TSimd, TVector>(float* m, nint position, TVector bias, float* y, nint row, nint column)
        where TSimd : ISimd<TVector>;

    /// <summary><c>A·gy·Aᵀ</c>: the adjoint of <see cref="Output"/>.</summary>
    static abstract void OutputGrad<TSimd, TVector>(float* gy, nint row, nint column, float* z, nint position)
        where TSimd : ISimd<TVector>;

    /// <summary><c>Gᵀ·z·G</c>: the adjoint of <see cref="Filter"/>.</summary>
    static abstract void FilterGrad<TSimd, TVector>(float* z, nint position, float* gw, nint row, nint column)
        where TSimd : ISimd<TVector>;
}

/// <summary>
/// F(4×4, 3×3): a quarter of the products. The points are 0, ±a, ±1/a and ∞ with a = √½, whose rounding errors are a fifth of those of
/// the usual 0, ±1, ±2 and ∞, and hardly larger than a plain convolution's.
/// </summary>
[SkipLocalsInit]
internal readonly unsafe struct Winograd4 : IWinograd
{
    private const float A = 0.70710678f, B = 1.41421356f;

    public static int Size => 4;

    public static void Input<TSimd, TVector>(float* d, nint row, nint column, float* v, nint position)
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[36 * 16];
        nint lanes = TSimd.Lanes;
        for (int j = 0; j < 6; j++, d += column)
        {
            InputLine<TSimd, TVector>(d, row, t + (j * lanes), 6 * lanes);
        }

        for (int i = 0; i < 6; i++)
        {
            InputLine<TSimd, TVector>(t + (i * 6 * lanes), lanes, v + (i * 6 * position), position);
        }
    }

    public static void Filter<TSimd, TVector>(float* g, nint row, nint column, float* u, nint position)
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[18 * 16];
        nint lanes = TSimd.Lanes;
        for (int j = 0; j < 3; j++, g += column)
        {
            FilterLine<TSimd, TVector>(g, row, t + (j * lanes), 3 * lanes);
        }

        for (int i = 0; i < 6; i++)
        {
            FilterLine<TSimd, TVector>(t + (i * 3 * lanes), lanes, u + (i * 6 * position), position);
        }
    }

    public static void Output<TSimd, TVector>(float* m, nint position, TVector bias, float* y, nint row, nint column)
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[24 * 16];
        nint lanes = TSimd.Lanes;
        for (int j = 0; j < 6; j++, m += position)
        {
            OutputLine<TSimd, TVector>(m, 6 * position, TSimd.Zero, t + (j * lanes), 6 * lanes);
        }

        for (int i = 0; i < 4; i++)
        {
            OutputLine<TSimd, TVector>(t + (i * 6 * lanes), lanes, bias, y + (i * row), column);
        }
    }

    public static void OutputGrad<TSimd, TVector>(float* gy, nint row, nint column, float* z, nint position)
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[24 * 16];
        nint lanes = TSimd.Lanes;
        for (int j = 0; j < 4; j++, gy += column)
        {
            OutputGradLine<TSimd, TVector>(gy, row, t + (j * lanes), 4 * lanes);
        }

        for (int i = 0; i < 6; i++)
        {
            OutputGradLine<TSimd, TVector>(t + (i * 4 * lanes), lanes, z + (i * 6 * position), position);
        }
    }

    public static void FilterGrad<TSimd, TVector>(float* z, nint position, float* gw, nint row, nint column)
        where TSimd : ISimd<TVector>
    {
        float* t = stackalloc float[18 * 16];
        nint lanes = TSimd.Lanes;
        for (int j = 0; j < 6; j++, z += position)
        {
            FilterGradLine<TSimd, TVector>(z, 6 * position, t + (j * lanes), 6 * lanes);
        }

        for (int i = 0; i < 3; i++)
        {
            FilterGradLine<TSimd, TVector>(t + (i * 6 * lanes), lanes, gw + (i * row), column);
        }
    }

    // Bᵀ: rows (1 0 −5/2 0 1 0), (0 ∓2a −2 ±a 1 0), (0 ∓b/2 −1/2 ±b 1 0), (0 1 0 −5/2 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputLine<TSimd, TVector>(float* d, nint step, float* v, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector two = TSimd.Create(-2f), half = TSimd.Create(-0.5f), fiveHalves = TSimd.Create(-2.5f);
        TVector d1 = TSimd.Load(d + step), d2 = TSimd.Load(d + (2 * step)), d3 = TSimd.Load(d + (3 * step)), d4 = TSimd.Load(d + (4 * step));
        TSimd.Store(TSimd.Add(TSimd.Load(d), TSimd.MultiplyAdd(fiveHalves, d2, d4)), v);
        TSimd.Store(TSimd.Add(d1, TSimd.MultiplyAdd(fiveHalves, d3, TSimd.Load(d + (5 * step)))), v + (5 * to));
        Pair<TSimd, TVector>(TSimd.MultiplyAdd(two, d2, d4), TSimd.Create(A), TSimd.MultiplyAdd(two, d1, d3), v + to, to);
        Pair<TSimd, TVector>(TSimd.MultiplyAdd(half, d2, d4), TSimd.Create(B), TSimd.MultiplyAdd(half, d1, d3), v + (3 * to), to);
    }

    // G: rows (1 0 0), −2/3·(1 ±a 1/2), 1/6·(1 ±b 2), (0 0 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FilterLine<TSimd, TVector>(float* g, nint step, float* u, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector g0 = TSimd.Load(g), g1 = TSimd.Load(g + step), g2 = TSimd.Load(g + (2 * step));
        TVector third = TSimd.Create(1f / 3f), twoThirds = TSimd.Create(-2f / 3f), sixth = TSimd.Create(1f / 6f);
        TSimd.Store(g0, u);
        Pair<TSimd, TVector>(TSimd.MultiplyAdd(twoThirds, g0, TSimd.Multiply(TSimd.Create(-1f / 3f), g2)), TSimd.Create(-2f / 3f * A), g1, u + to, to);
        Pair<TSimd, TVector>(TSimd.MultiplyAdd(sixth, g0, TSimd.Multiply(third, g2)), TSimd.Create(B / 6f), g1, u + (3 * to), to);
        TSimd.Store(g2, u + (5 * to));
    }

    // Aᵀ: rows (1 1 1 1 1 0), (0 a −a b −b 0), (0 1/2 1/2 2 2 0), (0 a/2 −a/2 2b −2b 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputLine<TSimd, TVector>(float* m, nint step, TVector bias, float* y, nint to)
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
    private static void OutputGradLine<TSimd, TVector>(float* g, nint step, float* z, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector g0 = TSimd.Load(g), g1 = TSimd.Load(g + step), g2 = TSimd.Load(g + (2 * step)), g3 = TSimd.Load(g + (3 * step));
        TVector two = TSimd.Create(2f), half = TSimd.Create(0.5f);
        TSimd.Store(g0, z);
        Pair<TSimd, TVector>(TSimd.MultiplyAdd(half, g2, g0), TSimd.Create(A), TSimd.MultiplyAdd(half, g3, g1), z + to, to);
        Pair<TSimd, TVector>(TSimd.MultiplyAdd(two, g2, g0), TSimd.Create(B), TSimd.MultiplyAdd(two, g3, g1), z + (3 * to), to);
        TSimd.Store(g3, z + (5 * to));
    }

    // Gᵀ: the transpose of G above.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FilterGradLine<TSimd, TVector>(float* z, nint step, float* g, nint to)
        where TSimd : ISimd<TVector>
    {
        TVector z1 = TSimd.Load(z + step), z2 = TSimd.Load(z + (2 * step)), z3 = TSimd.Load(z + (3 * step)), z4 = TSimd.Load(z + (4 * step));
        TVector even1 = TSimd.Add(z1, z2), odd1 = TSimd.Subtract(z1, z2), even2 = TSimd.Add(z3, z4), odd2 = TSimd.Subtract(z3, z4);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(-2f / 3f), even1, TSimd.MultiplyAdd(TSimd.Create(1f / 6f), even2, TSimd.Load(z))), g);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(-2f / 3f * A), odd1, TSimd.Multiply(TSimd.Create(B / 6f), odd2)), g + to);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Create(1f / 3f), TSimd.Subtract(even2, even1), TSimd.Load(z + (5 * step))), g + (2 * to));
    }

    // even + scale·odd and even − scale·odd.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair<TSimd, TVector>(TVector even, TVector scale, TVector odd, float* to, nint step)
        where TSimd : ISimd<TVector>
    {
        TVector scaled = TSimd.Multiply(scale, odd);
        TSimd.Store(TSimd.Add(even, scaled), to);
        TSimd.Store(TSimd.Subtract(even, scaled), to + step);
    }
}
