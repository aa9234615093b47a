using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>Paints and lights skin.</summary>
internal sealed class SkinShader(Person person, Anatomy anatomy)
{
    private readonly SkinStyle style = person.Skin;
    private readonly HairStyle hair = person.Hair;
    private readonly Lighting light = person.Light;
    private readonly Vector3 half = person.Light.Half;

    /// <summary>The light that leaves the skin towards the camera.</summary>
    public Vector3 Shade(in Surface s, in Creases creases)
    {
        Vector3 p = s.Canonical;
        Vector4 coarse = Noise.Sample((p * (1 / 90f)) + style.NoiseAt);
        Vector4 fine = Noise.Sample((p * (1 / 13f)) + style.NoiseAt);
        var albedo = new Vector3(s.A.X, s.A.Y, s.A.Z);
        // Blood comes through in patches; melanin gathers in smaller ones.
        albedo *= Vector3.One + (style.Mottle * ((coarse.W * new Vector3(0.05f, 0.14f, 0.12f)) + (fine.W * new Vector3(0.05f, 0.07f, 0.08f))));
        var bump = new Vector3(fine.X, fine.Y, fine.Z) * (0.24f * style.Pores);
        float gloss = style.Gloss * MathF.Max(0.3f, 1 + (0.4f * fine.W) + (0.4f * coarse.W));
        bool front = p.Z > 30;
        if (front)
        {
            float blemish = Smooth(0.55f, 0.85f, fine.W + (0.3f * coarse.W)) * style.Blemishes;
            albedo *= Vector3.One - (blemish * new Vector3(0.08f, 0.34f, 0.3f));
            foreach (Vector3 mole in style.Moles)
            {
                float dx = p.X - mole.X, dy = p.Y - mole.Y;
                float cover = 1 - (((dx * dx) + (dy * dy)) / (mole.Z * mole.Z));
                albedo = cover > 0 ? Vector3.Lerp(albedo, albedo * new Vector3(0.3f, 0.2f, 0.16f), MathF.Min(1, 2 * cover)) : albedo;
            }
        }

        if (style.Freckles > 0 && p.Z > 40)
        {
            Vector4 spots = Noise.Sample((p * (1 / 19f)) + (style.NoiseAt * 3));
            float where = Anatomy.Spot(p, anatomy.LeftEye + new Vector3(-6, -26, 14), new Vector3(34, 26, 60));
            float freckle = Smooth(0.42f, 0.75f, spots.W) * style.Freckles * where;
            albedo *= Vector3.One - (freckle * new Vector3(0.3f, 0.45f, 0.55f));
        }

        if (style.Age > 0.5f)
        {
            float patch = Smooth(0.5f, 0.8f, coarse.W) * (style.Age - 0.5f);
            albedo *= Vector3.One - (patch * new Vector3(0.25f, 0.36f, 0.42f));
        }

        if (s.C.W < 0)
        {
            albedo *= Ear(p);
        }

        albedo = Wrinkle(albedo, s, creases, coarse, ref bump);
        albedo = front ? Fold(albedo, p, creases, coarse.W, ref bump) : albedo;
        if (s.B.Y > 0.02f)
        {
            albedo = Vector3.Lerp(albedo, style.EyeShadow, s.B.Y * style.EyeShadowCover);
        }

        if (s.B.X < 3)
        {
            float lip = Smooth(1.6f, -1.2f, s.B.X + coarse.W);
            float line = Noise.Sample(new Vector3(p.X * 0.06f, p.Y * 0.008f, 0.2f) + style.NoiseAt).W;
            // The upper lip looks down and is darker; where the lips meet, little light gets in or out.
            float above = p.Y - anatomy.MouthCorner.Y;
            Vector3 red = style.Lip * (1 + (0.24f * line) - (0.14f * Smooth(-1, 3, above)));
            albedo = Vector3.Lerp(albedo, red, lip * style.LipCover);
            albedo *= 1 - (0.5f * lip * Ridge(above, 2.2f));
            bump += new Vector3(line * 0.2f * lip, 0, 0);
            gloss = float.Lerp(gloss, (0.5f + (2f * style.LipGloss)) * MathF.Max(0.1f, 1 + (0.9f * line)), lip);
        }

        float brow = Brow(p);
        if (brow > 0)
        {
            albedo = Vector3.Lerp(albedo, style.BrowColor, brow);
            gloss *= 1 - (0.8f * brow);
        }

        if (s.B.Z > 0.02f && style.Stubble > 0)
        {
            float dots = 0.62f + (0.38f * fine.W);
            albedo = Vector3.Lerp(albedo, (albedo * 0.3f) + (hair.BeardColor * 0.25f),
                Math.Clamp(style.Stubble * s.B.Z * dots, 0, 0.85f));
        }

        if (s.B.W < 11)
        {
            float strand = Noise.Sample(new Vector3(p.X * 0.05f, p.Y * 0.014f, p.Z * 0.014f) + hair.NoiseAt).W;
            float cover = Smooth(4, -7, s.B.W + (5 * strand)) * hair.Scalp;
            albedo = Vector3.Lerp(albedo, hair.Root * (1 + (0.5f * strand)), cover);
            gloss *= 1 - (0.6f * cover);
        }

        // The lids' edges: wet and reddish where they touch the eye, dark where lashes grow, painted now and then.
        if (s.C.X > 0.01f)
        {
            float upper = Smooth(anatomy.LeftEye.Y - 1.5f, anatomy.LeftEye.Y + 1.5f, p.Y);
            albedo *= Vector3.One - (s.C.X * new Vector3(0.12f, 0.3f, 0.28f));
            float roots = s.C.X * float.Lerp(0.25f, 0.6f, upper) * style.Lashes;
            float liner = float.Lerp(style.LowerLiner * Smooth(0.12f, 0.5f, s.C.X), style.Liner * Smooth(0.03f, 0.25f, s.C.X), upper);
            albedo = Vector3.Lerp(albedo, style.LashColor, Math.Clamp(roots + liner, 0, 0.94f));
            gloss = float.Lerp(gloss, 1, s.C.X * (1 - upper));
        }

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
        float lobe = (0.035f * shine4 * shine4) + (0.05f * shine16) + (0.12f * gloss * shine16 * shine16 * shine4);
        float rim = 1 - MathF.Max(0, n.Z);
        rim *= rim;
        return color + (key * (lobe * gloss * lit * MathF.Max(0, cosine + 0.1f)))
            + (environment * (0.01f + (0.16f * rim * rim)) * (0.4f + (0.6f * gloss)) * ao);
    }

    private static readonly Vector3 wraps = new(0.36f, 0.17f, 0.11f);

    private Vector3 Wrinkle(Vector3 albedo, in Surface s, in Creases creases, Vector4 coarse, ref Vector3 bump)
    {
        Vector3 p = s.Canonical;
        float lines = s.C.Y * ((0.9f * creases.Brow) + (0.3f * style.Age * style.Age));
        if (lines > 0.02f)
        {
            // Four or five lines across the forehead, bowed and broken by noise.
            float phase = (p.Y + (0.004f * p.X * p.X) + (3 * coarse.W)) * 0.62f;
            float wave = MathF.Sin(phase), depth = lines * Math.Clamp(0.6f + coarse.W, 0, 1);
            bump += new Vector3(0, MathF.Cos(phase) * 0.45f * depth, 0);
            albedo *= Vector3.One - (depth * MathF.Max(0, -wave) * new Vector3(0.16f, 0.22f, 0.22f));
        }

        if (creases.Frown > 0.02f || style.Age > 0.6f)
        {
            float x = MathF.Abs(p.X);
            float line = MathF.Exp(-(x - 6) * (x - 6) / 3) * Smooth(16, 7, MathF.Abs(p.Y - anatomy.Brow[0].Y - 6))
                * (p.Z > 40 ? 1 : 0);
            albedo *= 1 - (0.3f * line * (creases.Frown + MathF.Max(0, style.Age - 0.6f)));
        }

        return albedo;
    }

    // The lines that every face has, deeper with age and while it smiles: the crease of the upper lid, the pouch under the
    // lower one, the folds from nose to mouth and on to the chin, and crow's feet.
    private Vector3 Fold(Vector3 albedo, Vector3 p, in Creases creases, float noise, ref Vector3 bump)
    {
        float x = MathF.Abs(p.X), dark = 0;
        Vector3 eye = anatomy.LeftEye;
        float ex = x - eye.X, ey = p.Y - eye.Y;
        if (MathF.Abs(ex) < 34 && MathF.Abs(ey) < 16)
        {
            float lid = MathF.Sqrt((ex * ex / 272) + (ey * ey / 80)), pouch = MathF.Sqrt((ex * ex / 240) + (ey * ey / 118));
            dark += ey > 0 ? style.LidCrease * Ridge((lid - 1) * 9, 1.5f) : 0;
            float under = ey < 0 ? style.Pouch * Ridge((pouch - 1) * 10, 3) : 0;
            dark += 0.4f * under;
            bump += new Vector3(0, -0.25f * under, 0);
            float feet = ex - 16;
            if (feet is > 0 and < 17)
            {
                float spread = (ey + 1) / (feet + 9);
                float ray = MathF.Abs(MathF.IEEERemainder((spread * 3.2f) + (0.25f * noise), 1));
                float depth = ((0.8f * creases.Smile) + (0.7f * style.Age * style.Age)) * Smooth(0, 5, feet) * Smooth(17, 9, feet)
                    * Smooth(0.85f, 0.5f, MathF.Abs(spread));
                dark += 0.45f * depth * Ridge(ray, 0.3f);
            }
        }

        // Beside the nose the fold starts on the wing; it bows outwards and ends beside the corner of the mouth.
        float top = anatomy.NoseTip.Y + 4, low = anatomy.MouthCorner.Y - 4;
        float along = (top - p.Y) / (top - low);
        if (along is > -0.1f and < 1.5f)
        {
            float bow = along * (1.6f - (0.6f * along));
            float across = x - float.Lerp(18.5f, anatomy.MouthCorner.X + 6, MathF.Min(bow, 1.05f));
            float deep = ((0.75f * creases.Smile) + (0.55f * style.Age) + style.FoldDepth) * Smooth(-0.1f, 0.15f, along)
                * Smooth(1.2f, 0.7f, along);
            dark += 0.38f * deep * Ridge(across, 3.2f);
            // Out of the fold the cheek swells.
            float swell = 0.5f * deep * Ridge(across - 4, 5);
            bump += new Vector3(p.X > 0 ? -swell : swell, 0.3f * swell, 0);
            float chin = x - anatomy.MouthCorner.X - 1;
            dark += 0.3f * MathF.Max(0, style.Age - 0.35f) * Ridge(chin, 2.6f) * Smooth(0.85f, 1, along) * Smooth(1.5f, 1.2f, along);
        }

        return albedo * (Vector3.One - (MathF.Min(dark, 1) * new Vector3(0.62f, 0.8f, 0.84f)));
    }

    // 1 on a line, 0 from some width off it.
    private static float Ridge(float distance, float width)
    {
        float t = 1 - (distance * distance / (width * width));
        return t > 0 ? t * t : 0;
    }

    // The hollow of an ear, and the groove inside its rim.
    private float Ear(Vector3 p)
    {
        Vector3 d = (p - anatomy.EarCentre) / anatomy.EarRadii;
        float r = MathF.Sqrt((d.Y * d.Y) + (d.Z * d.Z)),
            h = ((d.Z - 0.2f) * (d.Z - 0.2f) * 2.5f) + ((d.Y + 0.12f) * (d.Y + 0.12f) * 1.6f);
        float groove = MathF.Exp(-(r - 0.74f) * (r - 0.74f) * 90) * Smooth(-0.75f, -0.2f, d.Y)
            * Smooth(0.7f, 0.3f, d.Z);
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
            (along * 0.055f) + (p.Y * 0.02f), (p.Y - (x * (0.4f - t))) * 0.012f, p.X > 0 ? 0.1f : 0.6f) + style.NoiseAt).W;
        float ends = Smooth(-0.12f, 0.22f, t) * Smooth(1.15f, 0.7f, t);
        return style.BrowDensity * ends * Math.Clamp(
            Smooth(1.4f, 0.1f, MathF.Abs(across) + (0.55f * strand)) * (0.85f + (0.5f * strand)), 0, 0.95f);
    }
}
