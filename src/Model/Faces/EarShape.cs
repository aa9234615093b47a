using System.Numerics;

namespace Mimesh.Model.Faces;

/// <summary>
/// The outer ear: rings that start on the hole which the grid leaves at the side of the head, rise to the helix and fall
/// over the antihelix into the concha.
/// </summary>
internal static class EarShape
{
    private static readonly Vector3 s_root = new(70, 1, -9);

    // Size of the ring relative to the outline, height above the ear's plane, and how much of it remains at the front,
    // where there is no helix but the tragus.
    private static readonly (float Size, float Height, float Front)[] s_rings =
    [
        (0.80f, -1.5f, 0.5f), (0.98f, 0.5f, 0.4f), (1.0f, 3f, 0.3f), (0.88f, 3.2f, 0.2f), (0.76f, -0.6f, 0.3f), (0.6f, 1.6f, 1f),
        (0.42f, -2.2f, 1f), (0.2f, -6, 1f),
    ];

    /// <summary>Builds both ears on the left ear's hole; returns the left rings, the hole first.</summary>
    public static int[][] Build(MeshBuilder mesh, int[] hole)
    {
        int mark = mesh.TriangleMark;
        var rings = new List<int[]> { hole };
        var back = Vector3.Normalize(new Vector3(0.50f, -0.10f, -0.88f));
        var up = Vector3.Normalize(new Vector3(0.10f, 0.97f, -0.22f));
        var outwards = Vector3.Normalize(Vector3.Cross(up, back));
        outwards *= MathF.Sign(outwards.X);
        foreach (var (size, height, front) in s_rings)
        {
            var ring = new int[hole.Length];
            for (int i = 0; i < hole.Length; i++)
            {
                var h = mesh.Positions[hole[i]] - s_root;
                float angle = MathF.Atan2(h.Y / 24, -h.Z / 11); // 0 at the back, π/2 at the top
                (float b, float u) = Outline(angle);
                float behind = 0.5f + (0.5f * MathF.Cos(angle));
                float frontness = MathF.Pow(1 - behind, 3);
                // Ring centres drift from the outline's middle to the concha, low and towards the face.
                float drift = (1 - size) * 1.1f;
                var centre = new Vector2(11 - (4 * drift), 1 - (5 * drift));
                var q = centre + (size * (new Vector2(b, u) - new Vector2(11, 1)));
                float rise = height * (1 - (frontness * (1 - front)));
                float tragus = frontness * 3.5f * MathF.Exp(-MathF.Pow((q.Y + 3) / 5, 2)) * (size is < 0.8f and > 0.5f ? 1 : 0);
                var p = s_root + new Vector3(-3, 0, 0) + (q.X - 2) * back + (q.Y * up) + ((rise + tragus) * outwards);
                ring[i] = mesh.AddPair(p, Part.Skin);
            }

            mesh.Bridge(rings[^1], ring, _ => true);
            rings.Add(ring);
        }

        var middle = Vector3.Zero;
        foreach (int i in rings[^1])
        {
            middle += mesh.Positions[i] / hole.Length;
        }

        int centreVertex = mesh.AddPair(middle - (2 * outwards), Part.Skin);
        var last = rings[^1];
        for (int i = 0; i < last.Length; i++)
        {
            mesh.Triangle(last[i], centreVertex, last[(i + 1) % last.Length]);
        }

        mesh.MirrorTriangles(mark);
        rings.Add([centreVertex]);
        return [.. rings];
    }

    // The ear's outline as (back, up) in millimetres: broad above, a narrow lobe below, straight along the face.
    private static (float Back, float Up) Outline(float angle)
    {
        float c = MathF.Cos(angle), s = MathF.Sin(angle);
        float up = s > 0 ? 31 * s : 30 * s;
        float back = c > 0 ? 21 * MathF.Pow(c, 0.8f) : 11 * c;
        back *= 1 + (0.16f * s);
        return (11 + back + (s < 0 ? 3 * s * s * -1 : 0), 1 + up);
    }
}
