using System.Numerics;
using System.Runtime.InteropServices;

namespace Mimesh.Faces;

/// <summary>
/// How expressions close the lids of an eye, however wide the identity opens it. Each vertex of a lid has a way, which ends on
/// the opposite lid's edge: <c>wayᵢ = Waysᵢ + Σ idₖ·WayModesₖᵢ</c>. Expressions take shares of it, for the upper and the lower lid:
/// <c>u = Σ wₑ·UpperSharesₑ</c> and <c>l = Σ wₑ·LowerSharesₑ</c> without the blink, of weight b. A blink closes what the others
/// leave open, so that b = 1 always shuts the eye: <c>u' = u + b·U·(1 − u − l)</c> and <c>l' = l + b·L·(1 − u − l)</c>, where U and L
/// are its own shares. The model's expression shapes hold the linear part <c>(u + b·U)·Waysᵢ</c>; this adds the rest.
/// </summary>
public sealed class LidClosing
{
    /// <summary>Vertices of the upper lid, then of the lower lid.</summary>
    public required int[] Vertices { get; init; }

    /// <summary>How many of them belong to the upper lid.</summary>
    public required int UpperCount { get; init; }

    /// <summary>The way of each vertex on the mean face, millimetres.</summary>
    public required Vector3[] Ways { get; init; }

    /// <summary>How each identity mode changes the ways, (K_id) of one a vertex.</summary>
    public required Vector3[][] WayModes { get; init; }

    /// <summary>Share of the upper lid's way that each expression takes.</summary>
    public required float[] UpperShares { get; init; }

    /// <summary>Share of the lower lid's way that each expression takes.</summary>
    public required float[] LowerShares { get; init; }

    /// <summary>The expression that is the blink of this eye.</summary>
    public required int Blink { get; init; }

    internal void Add(ReadOnlySpan<float> identity, ReadOnlySpan<float> expression, Span<Vector3> vertices)
    {
        float u = 0, l = 0, b = Blink < expression.Length ? expression[Blink] : 0;
        for (int e = 0; e < expression.Length; e++)
        {
            if (e != Blink)
            {
                u += expression[e] * UpperShares[e];
                l += expression[e] * LowerShares[e];
            }
        }

        if (u == 0 && l == 0 && b == 0)
        {
            return;
        }

        Span<Vector3> change = stackalloc Vector3[Vertices.Length];
        change.Clear();
        for (int k = 0; k < identity.Length; k++)
        {
            FlatVectors.AddScaled(MemoryMarshal.Cast<Vector3, float>(change), MemoryMarshal.Cast<Vector3, float>(WayModes[k].AsSpan()), identity[k]);
        }

        float taken = b * (u + l);
        for (int i = 0; i < Vertices.Length; i++)
        {
            bool isUpper = i < UpperCount;
            float blink = isUpper ? UpperShares[Blink] : LowerShares[Blink];
            vertices[Vertices[i]] += ((isUpper ? u : l) + (blink * (b - taken))) * change[i] - (blink * taken * Ways[i]);
        }
    }
}
