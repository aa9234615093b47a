using System.Numerics;

namespace Mimesh.Faces;

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
        // Cranium: back, sides, front, forehead plate, temples.
        Ball((0, 45, -20), (74, 76, 75), 1),
        Pair(Ball((34, 66, -20), (39, 50, 56), 24)),
        Ball((0, 46, 14), (65, 77, 78), 26),
        Ball((0, 50, 54), (55, 46, 38), 22),
        Pair(Ball((52, 22, 30), (13, 26, 28), 20)),
        // Neck with its muscles; throat and mouth floor.
        Ball((0, -134, -18), (50, 130, 54), 18),
        Pair(Limb((20, -20, -56), (40, -190, -52), 24, 32, 30)),
        Pair(Limb((52, -24, -16), (16, -172, 30), 10, 10, 16)),
        Ball((0, -132, 28), (14, 19, 13), 24),
        Ball((0, -86, 36), (36, 20, 44), 18),
        // Upper jaw, muzzle, cheeks, chewing muscle.
        Ball((0, -18, 44), (50, 60, 46), 18),
        Ball((0, -52, 61), (34, 30, 34), 22),
        Pair(Ball((31, -34, 49), (22, 32, 28), 20)),
        Pair(Limb((52, -8, 28), (38, -52, 26), 10, 10, 20)),
        // Cheekbone and its arch.
        Pair(Limb((36, -9, 67), (49, -4, 54), 11, 12, 16)),
        Pair(Limb((49, -3, 52), (57, 3, 10), 11, 9, 18)),
        // Jaw: ramus, body, chin.
        Pair(Limb((49, -6, 6), (36.5f, -57, 14), 14, 11.5f, 20)),
        Pair(Limb((36.5f, -58, 16), (12, -88, 72), 11.5f, 12, 18)),
        Ball((0, -89, 79), (18, 15, 17.5f), 16),
        // Brow ridge, sockets, lids over the eyeballs.
        Pair(Limb((9, 28, 84), (40, 33, 71), 9.5f, 9, 12)),
        Pair(Limb((44, 31, 67), (51, 10, 56), 7, 7, 12)),
        Carve(Pair(Ball((31, 13, 93), (19, 12, 13.5f), 14))),
        Carve(Pair(Ball((16, 12, 93), (7, 11, 11), 12))),
        Pair(Ball((31.5f, 14, 69.5f), (13.3f, 13.3f, 13.3f), 4)),
        Pair(Limb((22, 25, 78), (42, 25.5f, 72), 4, 4, 6)),
        // Nose: root, bridge, tip, wings, base.
        Limb((0, 24, 83), (0, 8, 90), 8.5f, 6.2f, 12),
        Limb((0, 8, 90), (0, -20, 105), 6.2f, 7.6f, 10),
        Limb((0, 0, 83), (0, -22, 90), 9, 13, 12),
        Ball((0, -21, 106.5f), (11, 9, 10.5f), 7),
        Pair(Ball((11.6f, -25.3f, 97), (6.8f, 7, 10), 4)),
        Limb((0, -26, 110), (0, -32, 98), 3.6f, 4.6f, 4),
        Carve(Pair(Limb((11, -15.5f, 109), (16, -18, 101), 3.4f, 3, 5))),
        Carve(Pair(Limb((7.4f, -31.8f, 107.5f), (9.6f, -33, 99), 3.1f, 3, 1.5f))),
        // Philtrum and the fold from nose to mouth.
        Carve(Limb((0, -36, 106), (0, -46, 108), 7, 7, 7)),
        Carve(Pair(Limb((22, -28, 97), (33, -54, 90), 6, 6, 12))),
        // Lips, and the dip above the chin.
        Pair(Limb((0, -50.3f, 97.4f), (8, -49.4f, 96.4f), 5.2f, 5, 4)),
        Pair(Limb((8, -49.4f, 96.4f), (25, -53.6f, 83.5f), 5, 2, 4)),
        Limb((-9, -59, 94.6f), (9, -59, 94.6f), 6.2f, 6.2f, 2),
        Pair(Limb((9, -59, 94.6f), (25, -55, 83.5f), 6.2f, 2, 2)),
        Carve(Limb((-15, -72, 102), (15, -72, 102), 8, 8, 11)),
        Carve(Pair(Limb((29, -54, 94), (30, -60, 92), 5, 5, 12))),
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
