using System.Numerics;

namespace Mimesh.Model.Rendering;

/// <summary>Hair: gaps between strands, more towards the tips and in the outer sheet.</summary>
internal readonly struct Fray(Geometry geometry, HairStyle style) : ICoverage
{
    /// <inheritdoc/>
    public bool Covers(int triangle, float b, float c)
    {
        int[] indices = geometry.Triangles;
        Vector4 p = geometry.PaintA[indices[3 * triangle]], q = geometry.PaintA[indices[(3 * triangle) + 1]],
            r = geometry.PaintA[indices[(3 * triangle) + 2]];
        Vector4 a = p + ((q - p) * b) + ((r - p) * c);
        float tip = Anatomy.Smooth(0.8f, 1.02f, a.Y) * style.Ragged, gaps = a.Z > 0.5f ? 0.42f : 0;
        if (tip + gaps < 0.02f)
        {
            return true;
        }

        bool curly = style.Curl > 0.5f;
        float strand = curly
            ? Noise.Sample((Place(triangle, b, c) / 40) + style.NoiseAt).W
            : StrandTexture.At(a.X + style.NoiseAt.X, a.Y + style.NoiseAt.Y);
        float edge = ((curly ? 0.9f : 1.5f) * tip) + (2 * gaps) - 1;
        return strand > edge;
    }

    private Vector3 Place(int triangle, float b, float c)
    {
        Vector3[] at = geometry.Canonical;
        int[] indices = geometry.Triangles;
        Vector3 p = at[indices[3 * triangle]];
        return p + ((at[indices[(3 * triangle) + 1]] - p) * b) + ((at[indices[(3 * triangle) + 2]] - p) * c);
    }
}

/// <summary>Beards: dense in their middle, single hairs at their edge.</summary>
internal readonly struct Whiskers(Geometry geometry, HairStyle style) : ICoverage
{
    /// <inheritdoc/>
    public bool Covers(int triangle, float b, float c)
    {
        int[] indices = geometry.Triangles;
        int i = indices[3 * triangle], j = indices[(3 * triangle) + 1], k = indices[(3 * triangle) + 2];
        float a = 1 - b - c;
        float weight = (geometry.PaintB[i].Z * a) + (geometry.PaintB[j].Z * b) + (geometry.PaintB[k].Z * c);
        float height = (geometry.PaintA[i].Y * a) + (geometry.PaintA[j].Y * b) + (geometry.PaintA[k].Y * c);
        Vector3 p = (geometry.Canonical[i] * a) + (geometry.Canonical[j] * b) + (geometry.Canonical[k] * c);
        float strand = Noise.Sample(new Vector3(p.X * 0.13f, p.Y * 0.05f, p.Z * 0.09f) + style.NoiseAt).W;
        return (0.5f * strand) + 0.5f < (1.25f * weight) - (0.55f * height) + 0.1f;
    }
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
