using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// <c>eˣ = 2ⁿ·eʳ</c> with n = round(x/ln 2) and |r| ≤ ln(2)/2, in single precision throughout; <see cref="Vector512.Exp(Vector512{float})"/>
/// goes through double precision, at several times the cost.
/// </summary>
internal static class Exponential
{
    // Added to a small number, it leaves the nearest integer in the lowest bits of the sum.
    private const float Rounder = 12582912f; // 1.5·2²³

    // ln 2 in two parts; the first has so few digits that its product with n is exact.
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>Within 2 units in the last place; 0 and ∞ beyond the range of a float, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x)
    {
        // The bound comes first: where neither is less, as with NaN, the processor's minimum and maximum give the second.
        x = Vector512.MinNative(Vector512.Create(89f), Vector512.MaxNative(Vector512.Create(-104f), x));
        var shifted = Vector512.MultiplyAddEstimate(x, Vector512.Create(1.44269504f), Vector512.Create(Rounder));
        var n = shifted - Vector512.Create(Rounder);
        var r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-Ln2High), x);
        r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-Ln2Low), r);

        // (eʳ − 1 − r)/r², the polynomial whose greatest error in eʳ is least: 3·10⁻⁹.
        var p = Vector512.MultiplyAddEstimate(Vector512.Create(0.0013814467f), r, Vector512.Create(0.00836878084f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(0.0416683927f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(0.166665196f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(0.49999994f));
        p = Vector512.MultiplyAddEstimate(p, r * r, r) + Vector512<float>.One;

        // 2ⁿ in two factors, since n may lie beyond the exponents of a float by what p or rounding makes up for.
        var exponent = shifted.AsInt32() - Vector512.Create(Rounder).AsInt32();
        var half = exponent >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> n) => ((n + Vector512.Create(127)) << 23).AsSingle();
}
