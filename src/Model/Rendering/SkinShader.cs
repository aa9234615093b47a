using System.Numerics;

namespace Mimesh.Model.Rendering;

/// <summary>Paints and lights skin.</summary>
internal sealed class SkinShader(Person person, Anatomy anatomy)
{
    private readonly SkinStyle style = person.Skin;
    private readonly HairStyle hair = person.Hair;
    private readonly Lighting light = person.Light;
    private readonly Vector3 half = Vector3.Normalize(person.Light.KeyDirection + Vector3.UnitZ);

    /// <summary>The light that leaves the skin towards the camera.</summary>
    public Vector3 Shade(in Surface s, in Creases creases)
    {
        Vector3 p = s.Canonical;
        Vector4 coarse = Noise.Sample((p * (1 / 90f)) + style.NoiseAt);
        Vector4 fine = Noise.Sample((p * (1 / 13f)) + style.NoiseAt);
        var albedo = new Vector3(s.A.X, s.A.Y, s.A.Z);
        float mottle = style.Mottle * ((0.7f * coarse.W) + (0.3f * fine.W));
        albedo *= Vector3.One + (mottle * new Vector3(0.07f, 0.16f, 0.15f));
        var bump = new Vector3(fine.X, fine.Y, fine.Z) * (0.2f * style.Pores);
        float gloss = style.Gloss;

        if (style.Freckles > 0 && p.Z > 40)
        {
            Vector4 spots = Noise.Sample((p * (1 / 19f)) + (style.NoiseAt * 3));
            float where = Anatomy.Spot(p, anatomy.LeftEye + new Vector3(-6, -26, 14), new Vector3(34, 26, 60));
            float freckle = Anatomy.Smooth(0.42f, 0.75f, spots.W) * style.Freckles * where;
            albedo *= Vector3.One - (freckle * new Vector3(0.3f, 0.45f, 0.55f));
        }

        if (style.Age > 0.5f)
        {
            float patch = Anatomy.Smooth(0.5f, 0.8f, coarse.W) * (style.Age - 0.5f);
            albedo *= Vector3.One - (patch * new Vector3(0.25f, 0.36f, 0.42f));
        }

        if (s.C.W < 0)
        {
            albedo *= Ear(p);
        }

        albedo = Wrinkle(albedo, s, creases, coarse, ref bump);
        if (s.B.Y > 0.02f)
        {
            albedo = Vector3.Lerp(albedo, style.EyeShadow, s.B.Y * style.EyeShadowCover);
        }

        if (s.B.X < 3)
        {
            float lip = Anatomy.Smooth(1.6f, -1.2f, s.B.X + coarse.W);
            float line = Noise.Sample(new Vector3(p.X * 0.05f, p.Y * 0.008f, 0.2f) + style.NoiseAt).W;
            Vector3 red = style.Lip * (1 + (0.16f * line));
            albedo = Vector3.Lerp(albedo, red, lip * style.LipCover);
            bump += new Vector3(line * 0.12f * lip, 0, 0);
            gloss = float.Lerp(gloss, 0.6f + (2.2f * style.LipGloss), lip);
        }

        float brow = Brow(p);
        if (brow > 0)
        {
            albedo = Vector3.Lerp(albedo, style.BrowColor, brow);
            gloss *= 1 - brow;
        }

        if (s.B.Z > 0.02f && style.Stubble > 0)
        {
            float dots = 0.62f + (0.38f * fine.W);
            albedo = Vector3.Lerp(albedo, (albedo * 0.3f) + (hair.BeardColor * 0.25f),
                Math.Clamp(style.Stubble * s.B.Z * dots, 0, 0.85f));
        }

        if (s.B.W < 6)
        {
            float strand = Noise.Sample(new Vector3(p.X * 0.03f, p.Y * 0.012f, p.Z * 0.012f) + hair.NoiseAt).W;
            float cover = Anatomy.Smooth(3.5f, -6, s.B.W + (4 * strand)) * hair.Scalp;
            albedo = Vector3.Lerp(albedo, hair.Root * (1 + (0.5f * strand)), cover);
            gloss *= 1 - (0.6f * cover);
        }

        // Lashes: the rim of the upper lid, darker outwards.
        float lash = s.C.X * (0.25f + (0.75f * Anatomy.Smooth(anatomy.LeftEye.Y - 2, anatomy.LeftEye.Y + 1, p.Y)))
            * style.Lashes;
        albedo *= 1 - (0.93f * Math.Clamp(lash * 1.3f, 0, 1));
        albedo *= 1 - (0.85f * MathF.Max(0, s.C.W));
        return Light(albedo, Vector3.Normalize(s.Normal + bump), s, gloss);
    }

    /// <summary>Light on bare skin of a given colour, with light bleeding round the terminator.</summary>
    public Vector3 Light(Vector3 albedo, Vector3 n, in Surface s, float gloss)
    {
        float ao = 0.15f + (0.85f * s.A.W), root = MathF.Sqrt(ao);
        var open = new Vector3(root, 0.5f * (root + ao), 0.4f * root + (0.6f * ao));
        Vector3 environment = light.Environment(n) * open;
        float cosine = Vector3.Dot(n, light.KeyDirection);
        Vector3 wrap = Vector3.Max((new Vector3(cosine) + wraps) / (Vector3.One + wraps), Vector3.Zero);
        float lit = s.Shadow;
        var bleed = new Vector3(MathF.Sqrt(lit), lit, lit);
        Vector3 key = light.Key * (0.4f + (0.6f * ao));
        Vector3 color = albedo * (environment + (key * wrap * Vector3.Lerp(new Vector3(lit), bleed, 0.35f)));
        float shine = MathF.Max(0, Vector3.Dot(n, half));
        float shine2 = shine * shine, shine4 = shine2 * shine2, shine16 = shine4 * shine4 * shine4 * shine4;
        float lobe = (0.05f * shine16) + (0.11f * gloss * shine16 * shine16 * shine4);
        float rim = 1 - MathF.Max(0, n.Z);
        rim *= rim;
        return color + (key * (lobe * gloss * lit * MathF.Max(0, cosine + 0.1f)))
            + (environment * (0.012f + (0.22f * rim * rim)) * (0.4f + (0.6f * gloss)) * ao);
    }

    private static readonly Vector3 wraps = new(0.32f, 0.16f, 0.1f);

    private Vector3 Wrinkle(Vector3 albedo, in Surface s, in Creases creases, Vector4 coarse, ref Vector3 bump)
    {
        Vector3 p = s.Canonical;
        float lines = s.C.Y * ((0.9f * creases.Brow) + (0.3f * style.Age * style.Age));
        if (lines > 0.02f)
        {
            // Four or five lines across the forehead, bowed and broken by noise.
            float phase = (p.Y + (0.004f * p.X * p.X) + (3 * coarse.W)) * 0.62f;
            float wave = MathF.Sin(phase), depth = lines * Math.Clamp(0.6f + coarse.W, 0, 1);
            bump += new Vector3(0, MathF.Cos(phase) * 0.35f * depth, 0);
            albedo *= 1 - (0.16f * depth * MathF.Max(0, -wave));
        }

        float fold = s.C.Z * ((0.75f * creases.Smile) + (0.45f * style.Age));
        if (fold > 0.02f)
        {
            float crease = Anatomy.Smooth(0.45f, 0.95f, s.C.Z) * ((0.75f * creases.Smile) + (0.45f * style.Age));
            albedo *= Vector3.One - (crease * new Vector3(0.2f, 0.27f, 0.28f));
        }

        if (creases.Frown > 0.02f || style.Age > 0.6f)
        {
            float x = MathF.Abs(p.X);
            float line = MathF.Exp(-(x - 6) * (x - 6) / 3) * Anatomy.Smooth(16, 7, MathF.Abs(p.Y - anatomy.Brow[0].Y - 6))
                * (p.Z > 40 ? 1 : 0);
            albedo *= 1 - (0.3f * line * (creases.Frown + MathF.Max(0, style.Age - 0.6f)));
        }

        return albedo;
    }

    // The hollow of an ear, and the groove inside its rim.
    private float Ear(Vector3 p)
    {
        Vector3 d = (p - anatomy.EarCentre) / anatomy.EarRadii;
        float r = MathF.Sqrt((d.Y * d.Y) + (d.Z * d.Z)),
            h = ((d.Z - 0.2f) * (d.Z - 0.2f) * 2.5f) + ((d.Y + 0.12f) * (d.Y + 0.12f) * 1.6f);
        float groove = MathF.Exp(-(r - 0.74f) * (r - 0.74f) * 90) * Anatomy.Smooth(-0.75f, -0.2f, d.Y)
            * Anatomy.Smooth(0.7f, 0.3f, d.Z);
        return (1 - (0.4f * groove)) * (1 - (0.6f * MathF.Exp(-h * 7)));
    }

    // Short strokes along an arc above the eye, dense in its middle, thin at its tail.
    private float Brow(Vector3 p)
    {
        Vector3[] arc = anatomy.Brow;
        float x = MathF.Abs(p.X);
        float t = (x - arc[0].X) / (arc[^1].X - arc[0].X);
        if (t < -0.12f || t > 1.15f || MathF.Abs(p.Y - arc[2].Y) > 16 || p.Z < 30)
        {
            return 0;
        }

        float at = Math.Clamp(t, 0, 0.999f) * (arc.Length - 1);
        int i = (int)at;
        float y = float.Lerp(arc[i].Y, arc[i + 1].Y, at - i) + (style.BrowLift * 2 * t * t) - (t > 1 ? (t - 1) * 12 : 0);
        float thickness = 5.2f * style.BrowWidth * float.Lerp(1, 0.4f, t * t);
        float across = (p.Y - y) / thickness;
        if (MathF.Abs(across) > 1.6f)
        {
            return 0;
        }

        // Hairs lean outwards: stretch the noise along that slant.
        float along = x + (0.8f * p.Y * (1 - t));
        float strand = Noise.Sample(new Vector3(
            (along * 0.035f) + (p.Y * 0.02f), (p.Y - (x * (0.4f - t))) * 0.012f, p.X > 0 ? 0.1f : 0.6f) + style.NoiseAt).W;
        float ends = Anatomy.Smooth(-0.12f, 0.1f, t) * Anatomy.Smooth(1.15f, 0.8f, t);
        return style.BrowDensity * ends * Math.Clamp(
            Anatomy.Smooth(1.25f, 0.35f, MathF.Abs(across) + (0.4f * strand)) * (0.85f + (0.3f * strand)), 0, 1);
    }
}
