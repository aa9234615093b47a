using System.Numerics;
using System.Runtime.InteropServices;

namespace Mimesh.Model.Faces;

/// <summary>Sums over vertex fields seen as flat rows of floats.</summary>
internal static class FlatVectors
{
    /// <summary>Σᵢ aᵢ·bᵢ; the lanes are summed in the vector's order, so the result depends on the vector's width in its last bits.</summary>
    public static double Dot(ReadOnlySpan<Vector3> a, ReadOnlySpan<Vector3> b)
    {
        ReadOnlySpan<float> x = MemoryMarshal.Cast<Vector3, float>(a), y = MemoryMarshal.Cast<Vector3, float>(b);
        var sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sum += new Vector<float>(x[i..]) * new Vector<float>(y[i..]);
        }

        double total = Vector.Sum(sum);
        for (; i < x.Length; i++)
        {
            total += x[i] * y[i];
        }

        return total;
    }

    /// <summary>y += w·x.</summary>
    public static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float w)
    {
        int i = 0;
        for (; i <= y.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(y[i..]) + (w * new Vector<float>(x[i..]))).CopyTo(y[i..]);
        }

        for (; i < y.Length; i++)
        {
            y[i] += w * x[i];
        }
    }
}
