using System.Numerics;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>Hair: gaps between strands, more towards the tips and in the outer sheets.</summary>
internal struct Fray(Geometry geometry, HairStyle style) : ICoverage
{
    private readonly bool curly = style.Curl > 0.5f;
    private Vector4 first, second, third; // paint of the first vertex, and its growth towards the others
    private Vector3 place, placeB, placeC;
    private bool whole;

    /// <inheritdoc/>
    public void Turn(int triangle)
    {
        int[] indices = geometry.Triangles;
        int i = indices[3 * triangle], j = indices[(3 * triangle) + 1], k = indices[(3 * triangle) + 2];
        (first, second, third) = (geometry.PaintA[i], geometry.PaintA[j], geometry.PaintA[k]);
        whole = Gaps(MathF.Max(first.Y, MathF.Max(second.Y, third.Y)), first.Z) < 0.02f;
        (second, third) = (second - first, third - first);
        if (curly && !whole)
        {
            place = (geometry.Canonical[i] / 40) + style.NoiseAt;
            (placeB, placeC) = ((geometry.Canonical[j] / 40) + style.NoiseAt - place, (geometry.Canonical[k] / 40) + style.NoiseAt - place);
        }
    }

    /// <inheritdoc/>
    public readonly bool Covers(float b, float c)
    {
        if (whole)
        {
            return true;
        }

        Vector4 a = first + (second * b) + (third * c);
        float gaps = Gaps(a.Y, a.Z);
        float strand = curly
            ? Noise.Nearest(place + (placeB * b) + (placeC * c))
            : StrandTexture.At(a.X + style.NoiseAt.X, a.Y + style.NoiseAt.Y);
        return strand > ((curly ? 1.2f : 2f) * gaps) - 1;
    }

    // The share of a sheet that is open, at a place along its strands.
    private readonly float Gaps(float along, float layer) =>
        (0.75f * style.Ragged * Smooth(0.8f, 1.02f, along)) + (0.42f * MathF.Min(layer, 1));
}

/// <summary>Beards: dense in their middle, single hairs at their edge.</summary>
internal struct Whiskers(Geometry geometry, HairStyle style) : ICoverage
{
    private float excess, excessB, excessC; // what a strand must stay below, at the first vertex and towards the others
    private Vector3 place, placeB, placeC;

    /// <inheritdoc/>
    public void Turn(int triangle)
    {
        int[] indices = geometry.Triangles;
        int i = indices[3 * triangle], j = indices[(3 * triangle) + 1], k = indices[(3 * triangle) + 2];
        excess = Excess(i);
        (excessB, excessC) = (Excess(j) - excess, Excess(k) - excess);
        var grain = new Vector3(0.13f, 0.05f, 0.09f);
        place = (geometry.Canonical[i] * grain) + style.NoiseAt;
        (placeB, placeC) = ((geometry.Canonical[j] * grain) + style.NoiseAt - place, (geometry.Canonical[k] * grain) + style.NoiseAt - place);
    }

    /// <inheritdoc/>
    public readonly bool Covers(float b, float c) =>
        (0.5f * Noise.Nearest(place + (placeB * b) + (placeC * c))) + 0.5f < excess + (excessB * b) + (excessC * c);

    private readonly float Excess(int vertex) => (1.25f * geometry.PaintB[vertex].Z) - (0.55f * geometry.PaintA[vertex].Y) + 0.1f;
}

/// <summary>
/// Locks and single hairs, baked flat: the coverage test runs for every sample that hair might hide, and needs no gradient.
/// </summary>
internal static class StrandTexture
{
    private const int Across = 1024, Along = 32;
    private static readonly float[] texels = Bake(); // (Along, Across)

    /// <summary>The texture at a place across and along the strands, period 1 across and 2.5 along; about −1 to 1.</summary>
    public static float At(float across, float along) =>
        texels[(((int)(along * Along * 0.4f) & (Along - 1)) * Across) + ((int)(across * Across) & (Across - 1))];

    private static float[] Bake()
    {
        var baked = new float[Along * Across];
        for (int y = 0, i = 0; y < Along; y++)
        {
            for (int x = 0; x < Across; x++, i++)
            {
                float u = (float)x / Across, v = (float)y / Along;
                baked[i] = Noise.Sample(new Vector3(u * 18, v, 0.7f)).W + (0.5f * Noise.Sample(new Vector3(u * 60, v, 0.2f)).W);
            }
        }

        return baked;
    }
}
