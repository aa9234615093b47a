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

        float strand = Noise.Sample((style.Curl > 0.5f ? Place(triangle, b, c) / 40 : new Vector3(a.X * 18, a.Y * 0.4f, 0.7f))
            + style.NoiseAt).W;
        if (style.Curl <= 0.5f)
        {
            // Single hairs within the locks.
            strand += 0.5f * Noise.Sample(new Vector3(a.X * 60, a.Y * 0.4f, 0.2f) + style.NoiseAt).W;
        }

        return (0.5f * strand) + 0.5f > (0.75f * tip) + gaps;
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
        float strand = Noise.Sample(new Vector3(p.X * 0.07f, p.Y * 0.03f, p.Z * 0.05f) + style.NoiseAt).W;
        return (0.5f * strand) + 0.5f < (1.25f * weight) - (0.55f * height) + 0.1f;
    }
}
