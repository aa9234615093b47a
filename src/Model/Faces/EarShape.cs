using System.Numerics;

namespace Mimesh.Faces;

/// <summary>
/// The outer ear: rings that start on the hole which the grid leaves at the side of the head, rise to the helix and fall
/// over the antihelix into the concha.
/// </summary>
internal static class EarShape
{
    private static readonly Vector3 s_root = new(70, 0, -5);

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
        var up = Vector3.Normalize(new Vector3(0.17f, 0.97f, -0.17f));
        var outwards = Vector3.Normalize(Vector3.Cross(up, back));
        outwards *= MathF.Sign(outwards.X);
        foreach (var (size, height, front) in s_rings)
        {
            var ring = new int[hole.Length];
            for (int i = 0; i < hole.Length; i++)
            {
                float angle = Angle(i);
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

    // Where around the ear a vertex of the hole's loop belongs: 0 at the back, π/2 at the top. The long sides of the hole make
    // the helix and the front edge, its short sides crown and lobe.
    private static float Angle(int i)
    {
        const int wide = HeadGrid.EarBack - HeadGrid.EarFront, tall = HeadGrid.EarBottom - HeadGrid.EarTop;
        float degrees = i switch
        {
            <= wide => 118 - (44f * i / wide),
            <= wide + tall => 74 - (146f * (i - wide) / tall),
            <= (2 * wide) + tall => -72 - (44f * (i - wide - tall) / wide),
            _ => -116 - (126f * (i - (2 * wide) - tall) / tall),
        };
        return degrees * MathF.PI / 180;
    }

    // The ear's outline as (back, up) in millimetres: broad above, a narrow lobe below, straight along the face.
    private static (float Back, float Up) Outline(float angle)
    {
        float c = MathF.Cos(angle), s = MathF.Sin(angle);
        float back = c > 0 ? 22 * c * (s < 0 ? 1 - (0.3f * s * s) : 1) : 10 * c;
        float lobe = s < 0 ? -2.5f * s * s : 0;
        return (11 + back + lobe + (1.5f * s), 1 + (31 * s));
    }
}
