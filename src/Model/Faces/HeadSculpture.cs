using System.Numerics;

namespace Mimesh.Model.Faces;

/// <summary>
/// The mean head as a solid: bones, muscle and fat as ellipsoids and tapered limbs, joined and carved with smooth
/// minima of signed distances. <see cref="HeadTopology"/> casts its grid onto this solid.
/// </summary>
internal static class HeadSculpture
{
    /// <summary>Centre of the left eyeball (x positive); the right one is its mirror image.</summary>
    public static readonly Vector3 EyeCentre = new(31.5f, 14f, 69.5f);

    /// <summary>Radius of an eyeball, millimetres.</summary>
    public const float EyeRadius = 12f;

    /// <summary>One lump of clay: a tapered limb from A to B, or an ellipsoid; negative blends carve.</summary>
    private readonly record struct Clay(Vector3 A, Vector3 B, Vector3 Radii, bool Limb, bool Paired, bool Carve, float Blend)
    {
        public float Distance(Vector3 p)
        {
            if (Limb)
            {
                Vector3 ab = B - A, ap = p - A;
                float t = Math.Clamp(Vector3.Dot(ap, ab) / Vector3.Dot(ab, ab), 0f, 1f);
                return (ap - (t * ab)).Length() - (Radii.X + (t * (Radii.Y - Radii.X)));
            }

            // First-order distance of an ellipsoid: f/|∇f| with f = |q/r| − 1.
            var q = (p - A) / Radii;
            float k0 = q.Length();
            return k0 < 1e-3f ? -MathF.Min(Radii.X, MathF.Min(Radii.Y, Radii.Z)) : k0 * (k0 - 1) / (q / Radii).Length();
        }
    }

    private static readonly Clay[] s_clay =
    [
        // Cranium: back, front, forehead plate.
        Ball((0, 45, -20), (75, 75, 75), 1),
        Ball((0, 46, 16), (66, 77, 76), 24),
        Ball((0, 50, 54), (56, 46, 38), 20),
        // Neck with its muscles; throat and mouth floor.
        Ball((0, -130, -18), (54, 130, 56), 14),
        Pair(Limb((22, -40, -58), (46, -190, -50), 22, 34, 20)),
        Pair(Limb((56, -22, -14), (17, -172, 30), 11, 10, 14)),
        Ball((0, -134, 30), (13, 20, 12), 16),
        Ball((0, -88, 38), (38, 20, 44), 14),
        // Upper jaw, muzzle, cheeks.
        Ball((0, -18, 44), (51, 60, 46), 18),
        Ball((0, -52, 63), (33, 28, 33), 14),
        Pair(Ball((32, -38, 50), (23, 30, 30), 14)),
        // Cheekbone and its arch.
        Pair(Limb((36, -8, 68), (50, -4, 54), 11, 12, 12)),
        Pair(Limb((50, -3, 52), (59, 4, 12), 10.5f, 8, 14)),
        // Jaw: ramus, body, chin.
        Pair(Limb((52, -8, 8), (45, -56, 16), 13, 13, 16)),
        Pair(Limb((45, -57, 18), (17, -88, 72), 13, 13, 14)),
        Ball((0, -90, 79), (19, 14, 17), 12),
        // Brow ridge, sockets, lids over the eyeballs.
        Pair(Limb((9, 28, 84), (40, 33, 71), 9.5f, 9, 12)),
        Pair(Limb((44, 31, 67), (51, 10, 56), 7, 7, 10)),
        Carve(Pair(Ball((31, 13, 93), (19, 12, 13.5f), 12))),
        Carve(Pair(Ball((15, 13, 92), (7, 11, 11), 8))),
        Pair(Ball((31.5f, 14, 69.5f), (13.3f, 13.3f, 13.3f), 4)),
        // Nose: root, bridge, tip, wings, base.
        Limb((0, 24, 83), (0, 8, 90), 8.5f, 6.2f, 10),
        Limb((0, 8, 90), (0, -20, 105), 6.2f, 7.8f, 9),
        Limb((0, 0, 84), (0, -22, 90), 9, 13, 9),
        Ball((0, -21.5f, 106), (10, 9, 10.5f), 6),
        Pair(Ball((11, -25.5f, 97), (6.6f, 7, 9.5f), 4)),
        Limb((0, -27, 109), (0, -32, 98), 3.4f, 4.4f, 4),
        Carve(Pair(Limb((5.6f, -30, 106.5f), (7.5f, -31.5f, 99), 2.6f, 2.6f, 2))),
        // Philtrum, the fold from nose to mouth, the dip above the chin.
        Pair(Limb((4.2f, -35, 97.5f), (6, -45.5f, 98.5f), 3, 3, 4)),
        Carve(Limb((0, -36, 105), (0, -46, 107), 3.4f, 4, 3)),
        // Lips.
        Pair(Limb((0, -51.2f, 98.2f), (8, -50, 97), 4.8f, 4.5f, 3)),
        Pair(Limb((8, -50, 97), (24, -53.4f, 84), 4.5f, 2, 3)),
        Pair(Limb((0, -58.6f, 96), (10, -58.2f, 94.5f), 5.4f, 5, 1.5f)),
        Pair(Limb((10, -58.2f, 94.5f), (24, -54.6f, 84), 5, 2, 1.5f)),
        Carve(Limb((0, -71, 104), (14, -70, 100), 9, 8, 8)),
        Carve(Limb((0, -71, 104), (-14, -70, 100), 9, 8, 8)),
        Carve(Pair(Limb((27, -53, 94), (28, -57, 93), 4, 4, 8))),
    ];

    /// <summary>Signed distance to the head, millimetres, negative inside; about right near the surface.</summary>
    public static float Distance(Vector3 p)
    {
        float d = float.MaxValue;
        var mirrored = new Vector3(-p.X, p.Y, p.Z);
        foreach (ref readonly var clay in s_clay.AsSpan())
        {
            d = Join(d, clay.Distance(p), clay);
            if (clay.Paired)
            {
                d = Join(d, clay.Distance(mirrored), clay);
            }
        }

        return d;
    }

    /// <summary>The outermost point of the head on a ray.</summary>
    public static Vector3 Cast(Vector3 origin, Vector3 direction)
    {
        float t = 220;
        for (int i = 0; i < 48; i++)
        {
            float d = Distance(origin + (t * direction));
            t -= 0.85f * d;
            if (MathF.Abs(d) < 0.004f)
            {
                break;
            }
        }

        return origin + (t * direction);
    }

    private static float Join(float d, float lump, in Clay clay)
    {
        if (d == float.MaxValue)
        {
            return lump;
        }

        float sign = clay.Carve ? -1 : 1;
        float h = MathF.Max(clay.Blend - MathF.Abs((sign * d) - lump), 0) / clay.Blend;
        return sign * (MathF.Min(sign * d, lump) - (h * h * clay.Blend * 0.25f));
    }

    private static Clay Ball((float X, float Y, float Z) c, (float X, float Y, float Z) r, float blend) =>
        new(new(c.X, c.Y, c.Z), default, new(r.X, r.Y, r.Z), false, false, false, blend);

    private static Clay Limb((float X, float Y, float Z) a, (float X, float Y, float Z) b, float ra, float rb, float blend) =>
        new(new(a.X, a.Y, a.Z), new(b.X, b.Y, b.Z), new(ra, rb, 0), true, false, false, blend);

    private static Clay Pair(Clay clay) => clay with { Paired = true };

    private static Clay Carve(Clay clay) => clay with { Carve = true };
}
