using System.Numerics;

namespace Mimesh.People;

/// <summary>The way of one strand over the skull: a great arc from its root on the parting to its hairline and beyond.</summary>
/// <param name="Root">Direction of the root, seen from <see cref="Anatomy.SkullCentre"/>.</param>
/// <param name="Outwards">Unit vector at right angles to the root: where the strand goes.</param>
/// <param name="Reach">Angle at which the strand meets the hairline.</param>
internal readonly record struct Strand(Vector3 Root, Vector3 Outwards, float Reach)
{
    /// <summary>The direction at an angle from the root.</summary>
    public Vector3 At(float angle)
    {
        (float sin, float cos) = MathF.SinCos(angle);
        return (Root * cos) + (Outwards * sin);
    }

    /// <summary>The strands round a head, the first one to the front; their reach varies smoothly.</summary>
    public static Strand[] Around(HairStyle style, Skull skull, int count)
    {
        Vector3 pole = style.Pole;
        var right = Vector3.Normalize(Vector3.Cross(Vector3.UnitZ, pole));
        var front = Vector3.Cross(right, pole);
        var strands = new Strand[count];
        for (int s = 0; s < count; s++)
        {
            (float sin, float cos) = MathF.SinCos(s * MathF.Tau / count);
            // The roots lie on a line through the pole; those beside each other on its two sides share a place.
            var root = Vector3.Normalize(pole + (front * (style.Parting * cos)));
            Vector3 outwards = (front * cos) + (right * sin);
            outwards = Vector3.Normalize(outwards - (root * Vector3.Dot(outwards, root)));
            var strand = new Strand(root, outwards, 0);
            strands[s] = strand with { Reach = Meet(strand, style, skull) };
        }

        return Smooth(Smooth(strands));
    }

    private static float Meet(in Strand strand, HairStyle style, Skull skull)
    {
        float angle = 0.15f;
        for (; angle < 2.6f; angle += 0.04f)
        {
            Vector3 d = strand.At(angle), p = Anatomy.SkullCentre + (d * skull.RadiusAt(d));
            bool past = style.Rim is Vector2 rim ? p.Y < rim.X + (rim.Y * p.Z)
                : Anatomy.ScalpDistance(p) + HairBuilder.Recede(style, p) > 0;
            if (past)
            {
                break;
            }
        }

        return angle;
    }

    private static Strand[] Smooth(Strand[] ring)
    {
        int n = ring.Length;
        return [.. ring.Select((strand, i) => strand with
        {
            Reach = (ring[(i + n - 1) % n].Reach + (2 * strand.Reach) + ring[(i + 1) % n].Reach) / 4,
        })];
    }
}
