using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>Lights everything of a person; skin and the inside of the mouth have shaders of their own.</summary>
internal sealed class Shaders(Person person, Anatomy anatomy, EyeView[] eyeViews)
{
    private readonly Lighting light = person.Light;
    private readonly EyeShader eye = new(person, anatomy, eyeViews);
    private readonly HairStyle hair = person.Hair;
    private readonly HairStyle cloth = person.Headwear?.Sheet ?? person.Hair;
    private readonly ClothesStyle clothes = person.Clothes;
    private readonly SkinShader skin = new(person, anatomy);
    private readonly MouthShader mouth = new(person);
    private readonly Vector3 half = person.Light.Half;
    private readonly Vector3 torsoSkin = Palette.Skin(person.Skin.Melanin * 0.95f, person.Skin.Haemoglobin);

    /// <summary>The light that leaves a surface towards the camera, linear RGB.</summary>
    public Vector3 Shade(Material material, in Surface s, in Creases creases) => material switch
    {
        Material.Skin => skin.Shade(s, creases),
        Material.Eye => eye.Shade(s),
        Material.MouthBag or Material.Gums or Material.Teeth or Material.Tongue => mouth.Shade(material, s),
        Material.Hair => Strands(s),
        Material.Beard => Beard(s),
        Material.Headcloth => Headcloth(s),
        Material.Frame => Plain(s, new Vector3(s.A.X, s.A.Y, s.A.Z), 0.8f, 40),
        Material.Lens => Plain(s, new Vector3(s.A.X, s.A.Y, s.A.Z) * 0.2f, 1.2f, 90),
        Material.Lash => Plain(s, person.Skin.LashColor, 0.05f, 20),
        Material.Jewel => Plain(s, new Vector3(s.A.X, s.A.Y, s.A.Z), 1.5f, 30),
        Material.Drape => Drape(s),
        Material.Prop => Plain(s, new Vector3(s.A.X, s.A.Y, s.A.Z), 0.6f, 24),
        Material.Limb => Limb(s),
        _ => Cloth(s),
    };

    private Vector3 Strands(in Surface s)
    {
        float u = s.A.X, v = s.A.Y;
        Vector4 fine = hair.Curl > 0.5f
            ? Noise.Sample((s.Canonical * (1 / 26f)) + hair.NoiseAt)
            : Noise.Sample(new Vector3(u * 26, v * 0.55f, s.A.Z * 0.3f) + hair.NoiseAt);
        Vector4 lock_ = Noise.Sample(new Vector3(u * 7, v * 0.4f, 0.5f) + hair.NoiseAt);
        // All strands meet at the pole; there they are combed together.
        float strand = hair.Strand * ((0.6f * fine.W) + (0.5f * lock_.W)) * (0.35f + (0.65f * Smooth(0, 0.22f, v)));
        if (hair.Curl > 0.5f)
        {
            // Curls: ridges of bent noise, lit on their backs and dark between.
            Vector3 p = s.Canonical * (1 / 62f);
            Vector4 warp = Noise.Sample(p + hair.NoiseAt);
            Vector4 ridge = Noise.Sample((p * new Vector3(1.7f, 1.1f, 1.7f)) + (Along(warp) * 0.25f) + hair.NoiseAt);
            float coil = 1 - (2.6f * MathF.Abs(ridge.W));
            strand = hair.Strand * ((0.55f * coil) + (0.5f * fine.W));
            fine += ridge * (ridge.W > 0 ? -1.5f : 1.5f);
        }

        Vector3 albedo = Vector3.Lerp(hair.Root, hair.Tip, Math.Clamp(v + (0.4f * lock_.W), 0, 1));
        albedo *= MathF.Max(0.2f, 1 + (0.95f * strand));
        // Along a parting the scalp shows.
        albedo = Vector3.Lerp(albedo, torsoSkin, 0.6f * hair.Parted * Smooth(0.035f, 0.01f, v));
        Vector3 n = Vector3.Normalize(s.Normal + (Along(fine) * (0.35f + (0.5f * hair.Curl))) + (Along(lock_) * 0.35f));
        return Fibre(s, albedo, n, Vector3.Normalize(Vector3.Normalize(s.Tangent) + (n * (0.35f * fine.W))),
            s.A.W * (0.8f + (0.3f * strand)), hair.Gloss * (1 - (0.7f * hair.Curl)));
    }

    private Vector3 Beard(in Surface s)
    {
        Vector3 p = s.Canonical;
        Vector4 fine = Noise.Sample(new Vector3(p.X * 0.06f, p.Y * 0.022f, p.Z * 0.04f) + hair.NoiseAt);
        Vector3 albedo = hair.BeardColor * (1 + (0.55f * fine.W));
        Vector3 n = Vector3.Normalize(s.Normal + (Along(fine) * 0.4f));
        return Fibre(s, albedo, n, Vector3.Normalize(s.Tangent), 0.75f + (0.25f * s.A.Y), 0.3f * hair.Gloss);
    }

    private Vector3 Fibre(in Surface s, Vector3 albedo, Vector3 n, Vector3 tangent, float ao, float gloss)
    {
        float along = Vector3.Dot(tangent, light.KeyDirection), mirror = Vector3.Dot(tangent, half);
        float cosine = MathF.Max(0, (Vector3.Dot(n, light.KeyDirection) + 0.25f) / 1.25f);
        float diffuse = cosine * (0.6f + (0.4f * MathF.Sqrt(MathF.Max(0, 1 - (along * along)))));
        float sine = MathF.Max(0, 1 - (mirror * mirror));
        float s4 = sine * sine * sine * sine, s16 = s4 * s4 * s4 * s4;
        float shine = gloss * s16 * s16 * cosine;
        Vector3 sky = light.Environment(n);
        Vector3 white = new Vector3(0.10f) + (0.35f * albedo);
        return ao * ((albedo * (sky + (light.Key * diffuse * s.Shadow))) + (white * light.Key * (shine * s.Shadow))
            + (sky * white * (0.25f * gloss * (1 - (MathF.Abs(tangent.Y) * 0.6f)) * s4)));
    }

    private Vector3 Headcloth(in Surface s)
    {
        Vector4 fold = Noise.Sample((s.Canonical * new Vector3(0.012f, 0.004f, 0.012f)) + cloth.NoiseAt);
        Vector4 weave = Noise.Sample((s.Canonical * (1 / 18f)) + cloth.NoiseAt);
        Vector3 albedo = cloth.Root;
        if (cloth.Stripe > 0 && MathF.Sin(((s.A.Y * 200) + (10 * fold.W)) / cloth.Stripe) > 0.3f)
        {
            albedo = cloth.Pattern;
        }

        albedo *= 1 + (0.12f * weave.W) + (0.2f * fold.W);
        return Woven(s, albedo, Vector3.Normalize(s.Normal + (Along(fold) * 0.9f) + (Along(weave) * 0.1f)), s.A.W);
    }

    private Vector3 Cloth(in Surface s)
    {
        float x = s.A.X, y = s.A.Y, z = s.A.Z;
        Vector4 fold = Noise.Sample((s.Canonical * (1 / 150f)) + clothes.NoiseAt);
        bool collar = z > 500, front = z > -20;
        float depth = clothes.Depth, side = MathF.Abs(x);
        Vector3 albedo = Patterned(s.Canonical, fold);
        bool bare = false;
        switch (clothes.Neckline)
        {
            case Neckline.Round:
                bare = (x * x / 6400) + ((y - 24) * (y - 24) / ((depth + 42) * (depth + 42))) < (front ? 1 : 0.25f);
                break;
            case Neckline.Wide:
                bare = (x * x / 22500) + ((y - 20) * (y - 20) / 5200) < (front ? 1 : 0.3f);
                break;
            case Neckline.Vee:
                bare = front ? side < (y + 40 + depth) * 0.62f : y > 5;
                break;
            case Neckline.Shirt:
                bare = !collar && front && side < (y + 22 + (0.4f * depth)) * 0.5f;
                albedo = !bare && side < 1.2f ? albedo * 0.6f : albedo;
                break;
            case Neckline.Polo:
                bare = !collar && front && side < (y + 26 + (0.3f * depth)) * 0.42f;
                albedo *= collar ? 0.85f : 1;
                // The placket and its buttons.
                bool placket = !bare && !collar && front && side < 9 && y > -70 - depth;
                albedo *= placket && side > 8 ? 0.6f : 1;
                albedo = placket && side < 2.2f && MathF.Abs(MathF.IEEERemainder(y, 24)) < 2.4f ? clothes.Second : albedo;
                break;
            case Neckline.Suit:
                bool tie = clothes.Pattern % 2 == 0 && side < 7 - (0.07f * (y + 20)) && y < -6;
                bool shirt = collar || (front && side < (y + 70 + depth) * 0.55f) || y > 2;
                albedo = tie && !collar ? clothes.Third * (1 + (0.3f * fold.W)) : shirt ? clothes.Second : albedo;
                bool lapel = !shirt && front && side < ((y + 70 + depth) * 0.55f) + 26 && side > ((y + 70 + depth) * 0.55f);
                albedo *= lapel ? 0.82f : 1;
                break;
        }

        if (bare)
        {
            return skin.Light(torsoSkin * (1 + (0.1f * fold.W)), s.Normal, s, 0.4f);
        }

        return Woven(s, albedo, Vector3.Normalize(s.Normal + (Along(fold) * 0.55f)), s.A.W);
    }

    private Vector3 Drape(in Surface s)
    {
        Vector4 fold = Noise.Sample((s.Canonical * (1 / 110f)) + clothes.NoiseAt);
        Vector4 weave = Noise.Sample((s.Canonical * (1 / 12f)) + clothes.NoiseAt);
        Vector3 albedo = new Vector3(s.A.X, s.A.Y, s.A.Z) * (1 + (0.2f * fold.W) + (0.16f * weave.W));
        return Woven(s, albedo, Vector3.Normalize(s.Normal + (Along(fold) * 0.8f) + (Along(weave) * 0.15f)), s.A.W);
    }

    private Vector3 Limb(in Surface s)
    {
        Vector4 mottle = Noise.Sample((s.Canonical * (1 / 40f)) + person.Skin.NoiseAt);
        return skin.Light(torsoSkin * (Vector3.One + (mottle.W * new Vector3(0.08f, 0.2f, 0.2f))),
            Vector3.Normalize(s.Normal + (Along(mottle) * 0.2f)), s, 0.4f);
    }

    private Vector3 Patterned(Vector3 p, Vector4 fold)
    {
        float scale = clothes.PatternScale;
        Vector4 weave = Noise.Sample((p * (1 / 16f)) + clothes.NoiseAt);
        bool second = clothes.Pattern switch
        {
            1 => MathF.Sin((p.Y + (8 * fold.W)) * MathF.Tau / scale) > 0.2f,
            2 => MathF.Sin(p.X * MathF.Tau / scale) > 0.4f,
            3 => MathF.Sin(p.X * MathF.Tau / scale) * MathF.Sin(p.Y * MathF.Tau / scale) > 0,
            4 => Noise.Sample((p / (scale * 6)) + clothes.NoiseAt).W > 0.25f,
            _ => false,
        };
        return (second ? clothes.Third : clothes.Main) * (1 + (0.1f * weave.W));
    }

    private Vector3 Woven(in Surface s, Vector3 albedo, Vector3 n, float ao)
    {
        float cosine = MathF.Max(0, (Vector3.Dot(n, light.KeyDirection) + 0.1f) / 1.1f);
        float rim = 1 - MathF.Max(0, n.Z);
        Vector3 sky = light.Environment(n) * ao;
        return (albedo * (sky + (light.Key * (cosine * s.Shadow)))) + (sky * albedo * (0.5f * rim * rim));
    }

    private Vector3 Plain(in Surface s, Vector3 albedo, float gloss, float power)
    {
        Vector3 n = s.Normal;
        float cosine = MathF.Max(0, Vector3.Dot(n, light.KeyDirection));
        float shine = MathF.Pow(MathF.Max(0, Vector3.Dot(n, half)), power) * gloss;
        Vector3 mirrored = light.Environment((2 * n.Z * n) - Vector3.UnitZ);
        return (albedo * (light.Environment(n) + (light.Key * cosine * s.Shadow))) + (light.Key * (shine * s.Shadow))
            + (mirrored * (0.06f * gloss));
    }

    private static Vector3 Along(Vector4 n) => new(n.X, n.Y, n.Z);
}
