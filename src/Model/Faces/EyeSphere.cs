using System.Numerics;

namespace Mimesh.Faces;

/// <summary>
/// An eyeball of a <see cref="FaceModel"/> and the lids that slide on it. Its centre and radius are linear in the identity:
/// <c>c = Centre + Σ idᵢ·CentreModes[i]</c>, <c>r = Radius + Σ idᵢ·RadiusModes[i]</c>. Linear shapes cut corners on a sphere
/// (half a blink is the middle of a chord) and close every eye by as much, however wide it is open; so after the sum
/// <see cref="Closing"/> adds what is missing, lid vertices are pushed out to their clearance and eye vertices
/// put back on the sphere.
/// </summary>
public sealed class EyeSphere
{
    /// <summary>Centre on the mean face, millimetres.</summary>
    public required Vector3 Centre { get; init; }

    /// <summary>Radius on the mean face, millimetres.</summary>
    public required float Radius { get; init; }

    /// <summary>Displacement of the centre for each identity mode.</summary>
    public required Vector3[] CentreModes { get; init; }

    /// <summary>Growth of the radius for each identity mode.</summary>
    public required float[] RadiusModes { get; init; }

    /// <summary>The eyeball's vertices.</summary>
    public required int[] Vertices { get; init; }

    /// <summary>The vertices of the lids that must stay outside the sphere.</summary>
    public required int[] LidVertices { get; init; }

    /// <summary>Least distance of each lid vertex from the sphere, millimetres.</summary>
    public required float[] LidClearances { get; init; }

    /// <summary>How expressions close the lids; null for models that only shift their vertices.</summary>
    public LidClosing? Closing { get; init; }

    /// <summary>Centre and radius for an identity.</summary>
    /// <param name="identity">Identity coefficients, at most as many as there are modes.</param>
    public (Vector3 Centre, float Radius) At(ReadOnlySpan<float> identity)
    {
        var centre = Centre;
        float radius = Radius;
        for (int k = 0; k < identity.Length; k++)
        {
            centre += identity[k] * CentreModes[k];
            radius += identity[k] * RadiusModes[k];
        }

        return (centre, radius);
    }

    internal void Correct(ReadOnlySpan<float> identity, ReadOnlySpan<float> expression, Span<Vector3> vertices)
    {
        Closing?.Add(identity, expression, vertices);
        (var centre, float radius) = At(identity);
        foreach (int i in Vertices)
        {
            var d = vertices[i] - centre;
            vertices[i] = centre + (radius / MathF.Max(d.Length(), 1e-3f) * d);
        }

        for (int k = 0; k < LidVertices.Length; k++)
        {
            ref var v = ref vertices[LidVertices[k]];
            var d = v - centre;
            float least = radius + LidClearances[k], length = d.Length();
            if (length < least)
            {
                v = centre + (least / MathF.Max(length, 1e-3f) * d);
            }
        }
    }
}
