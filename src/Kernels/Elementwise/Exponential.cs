using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ILGPU;

namespace Mimesh.Kernels;

/// <summary>
/// <c>eˣ = 2ⁿ·eʳ</c> with n = round(x/ln 2) and |r| ≤ ln(2)/2, and <c>eˣ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1)</c>, which keeps its digits near 0.
/// Both are written twice, for vectors and for GPUs, in single precision throughout. <see cref="Vector512.Exp(Vector512{float})"/> goes
/// through double precision, at several times the cost; a GPU's own exponential has an error that grows with x.
/// </summary>
internal static class Exponential
{
    // Added to a small number, it leaves the nearest integer in the lowest bits of the sum.
    private const float Rounder = 12582912f; // 1.5·2²³

    private const float PerLn2 = 1.44269504f;

    // ln 2 in two parts; the first has so few digits that its product with n is exact.
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    // Beyond these the exponential is 0 or infinite, and beyond the last it is nothing beside 1.
    private const float Least = -104f, Greatest = 89f, Negligible = -30f;

    // (eʳ − 1 − r)/r², the polynomial whose greatest error in eʳ is least: 3·10⁻⁹.
    private const float C6 = 0.0013814467f, C5 = 0.00836878084f, C4 = 0.0416683927f, C3 = 0.166665196f, C2 = 0.49999994f;

    /// <summary>eˣ within 2 units in the last place; 0 and ∞ beyond the range of a float, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x) => OfLess(Vector512.MinNative(Vector512.Create(Greatest), x));

    /// <summary>The same for x up to 89.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> OfLess(Vector512<float> x)
    {
        // The bound comes first: where neither is less, as with NaN, the processor's minimum and maximum give the second.
        var p = LessOne(Vector512.MaxNative(Vector512.Create(Least), x), out var n) + Vector512<float>.One;

        // 2ⁿ in two factors, since n may lie beyond the exponents of a float by what p or rounding makes up for.
        var half = n >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>The same for one number.</summary>
    public static float Of(float x)
    {
        x = x < Least ? Least : x > Greatest ? Greatest : x;
        int n = Exponent(x), half = n >> 1;
        return (LessOne(x, n) + 1f) * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>eˣ − 1 for x ≤ 0, within 2 units in the last place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LessOne(Vector512<float> x)
    {
        var p = LessOne(Vector512.MaxNative(Vector512.Create(Negligible), x), out var n);
        var power = PowerOfTwo(n);
        return Vector512.MultiplyAddEstimate(power, p, power - Vector512<float>.One);
    }

    /// <summary>The same for one number.</summary>
    public static float LessOne(float x)
    {
        x = x < Negligible ? Negligible : x;
        int n = Exponent(x);
        float power = PowerOfTwo(n);
        return (power * LessOne(x, n)) + (power - 1f);
    }

    // eʳ − 1, and n.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LessOne(Vector512<float> x, out Vector512<int> n)
    {
        var shifted = Vector512.MultiplyAddEstimate(x, Vector512.Create(PerLn2), Vector512.Create(Rounder));
        var whole = shifted - Vector512.Create(Rounder);
        var r = Vector512.MultiplyAddEstimate(whole, Vector512.Create(-Ln2High), x);
        r = Vector512.MultiplyAddEstimate(whole, Vector512.Create(-Ln2Low), r);
        var p = Vector512.MultiplyAddEstimate(Vector512.Create(C6), r, Vector512.Create(C5));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(C4));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(C3));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(C2));
        n = shifted.AsInt32() - Vector512.Create(Rounder).AsInt32();
        return Vector512.MultiplyAddEstimate(p, r * r, r);
    }

    private static float LessOne(float x, int n)
    {
        float r = x - (n * Ln2High) - (n * Ln2Low);
        float p = (((((((C6 * r) + C5) * r) + C4) * r) + C3) * r) + C2;
        return (p * (r * r)) + r;
    }

    // n.
    private static int Exponent(float x) => (int)((x * PerLn2) + (x < 0f ? -0.5f : 0.5f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> n) => ((n + Vector512.Create(127)) << 23).AsSingle();

    private static float PowerOfTwo(int n) => Interop.IntAsFloat((uint)((n + 127) << 23));
}
