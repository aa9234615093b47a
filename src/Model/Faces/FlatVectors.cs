using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Faces;

/// <summary>Sums over vertex fields seen as flat rows of floats.</summary>
internal static class FlatVectors
{
    /// <summary>Σᵢ aᵢ·bᵢ; in eight lanes on every processor, so that all of them build the same face to the last bit.</summary>
    public static double Dot(ReadOnlySpan<Vector3> a, ReadOnlySpan<Vector3> b)
    {
        ReadOnlySpan<float> x = MemoryMarshal.Cast<Vector3, float>(a), y = MemoryMarshal.Cast<Vector3, float>(b);
        var sum = Vector256<float>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            sum += Vector256.Create<float>(x[i..]) * Vector256.Create<float>(y[i..]);
        }

        double total = (sum[0] + sum[1] + (sum[2] + sum[3])) + (sum[4] + sum[5] + (sum[6] + sum[7]));
        for (; i < x.Length; i++)
        {
            total += x[i] * y[i];
        }

        return total;
    }

    /// <summary>
    /// <c>a·(1 − t) + b·t</c>, the first product exact until it is added: .NET's own does that only where the processor can, and a
    /// mesh would then differ from processor to processor, and with it what networks were trained on.
    /// </summary>
    public static Vector3 Lerp(Vector3 a, Vector3 b, float t) => new(
        MathF.FusedMultiplyAdd(a.X, 1 - t, b.X * t), MathF.FusedMultiplyAdd(a.Y, 1 - t, b.Y * t), MathF.FusedMultiplyAdd(a.Z, 1 - t, b.Z * t));

    /// <summary>y += w·x.</summary>
    public static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float w)
    {
        int i = 0;
        for (; i <= y.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            (Vector256.Create<float>(y[i..]) + (w * Vector256.Create<float>(x[i..]))).CopyTo(y[i..]);
        }

        for (; i < y.Length; i++)
        {
            y[i] += w * x[i];
        }
    }
}
