using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>Colours of people and things, as linear RGB.</summary>
internal static class Palette
{
    /// <summary>Relative luminance.</summary>
    public static float Luminance(Vector3 c) => (0.2126f * c.X) + (0.7152f * c.Y) + (0.0722f * c.Z);

    /// <summary>A colour written as sRGB 0xRRGGBB.</summary>
    public static Vector3 Hex(uint rgb)
    {
        static float Linear(uint v) => MathF.Pow(((v / 255f) + 0.055f) / 1.055f, 2.4f);
        return new Vector3(Linear((rgb >> 16) & 255), Linear((rgb >> 8) & 255), Linear(rgb & 255));
    }

    /// <summary>Hue, saturation and value in [0, 1] to a colour (the components taken as linear).</summary>
    public static Vector3 Hsv(float hue, float saturation, float value)
    {
        float Channel(float shift)
        {
            float k = (hue + shift) * 6 % 6;
            return value * (1 - (saturation * Math.Clamp(MathF.Min(k, 4 - k), 0, 1)));
        }

        return new Vector3(Channel(5 / 6f), Channel(3 / 6f), Channel(1 / 6f));
    }

    /// <summary>White shifted to orange (positive) or blue (negative), at constant luminance.</summary>
    public static Vector3 Warmth(float warmth)
    {
        var c = new Vector3(MathF.Exp(0.22f * warmth), 1, MathF.Exp(-0.38f * warmth));
        return c / Luminance(c);
    }

    /// <summary>
    /// Skin as a scattering base seen through two absorbers: melanin, that takes blue most, and haemoglobin, that takes green.
    /// </summary>
    /// <param name="melanin">0 (very fair) to about 1.7 (very dark).</param>
    /// <param name="haemoglobin">0 (pale) to about 1 (flushed).</param>
    public static Vector3 Skin(float melanin, float haemoglobin)
    {
        // Fitted to the two skins of the ColorChecker chart: sRGB (194, 150, 130) and (115, 82, 68).
        var scatter = new Vector3(0.80f, 0.58f, 0.455f);
        Vector3 depth = (melanin * new Vector3(0.98f, 1.22f, 1.45f)) + (haemoglobin * new Vector3(0.09f, 0.48f, 0.44f));
        return scatter * new Vector3(MathF.Exp(-depth.X), MathF.Exp(-depth.Y), MathF.Exp(-depth.Z));
    }

    /// <summary>A hair colour that goes with a skin of the given melanin, age turning it grey.</summary>
    public static Vector3 Hair(ref Rng rng, float melanin, float age)
    {
        if (rng.NextBool(0.025f))
        {
            return Hsv(rng.NextFloat(), rng.NextFloat(0.4f, 0.8f), rng.NextFloat(0.15f, 0.6f));
        }

        if (rng.NextBool(MathF.Max(0.03f, (age * 1.4f) - 0.7f)))
        {
            return Vector3.Lerp(Hex(0x5A5653), Hex(0xDCD8D2), rng.NextFloat());
        }

        uint[] fair = [0x0C0908, 0x140E0B, 0x20150E, 0x2E1E14, 0x3A281B, 0x4A3424, 0x5C432D, 0x775A3C, 0x94764F, 0xB89B6C,
            0xD0B98C, 0x6A301A];
        float u = rng.NextFloat();
        int reach = melanin > 0.75f ? 3 : melanin > 0.45f ? 6 : fair.Length;
        Vector3 color = Hex(fair[(int)(MathF.Pow(u, melanin > 0.45f ? 1.5f : 1) * reach)]);
        return color * rng.NextFloat(0.8f, 1.2f);
    }

    /// <summary>The colour of an iris.</summary>
    public static Vector3 Iris(ref Rng rng, float melanin)
    {
        uint[] colors = [0x2A160C, 0x3B2212, 0x4E3018, 0x63421F, 0x5B5A2A, 0x5F7046, 0x61757E, 0x5E84A8, 0x7C98AE, 0x86908F];
        int reach = melanin > 0.7f ? 3 : melanin > 0.45f ? 6 : colors.Length;
        return Hex(colors[rng.NextInt(reach)]) * rng.NextFloat(0.55f, 1.05f);
    }

    /// <summary>A colour of cloth: mostly muted, now and then strong.</summary>
    public static Vector3 Cloth(ref Rng rng)
    {
        float kind = rng.NextFloat();
        if (kind < 0.35f)
        {
            return Warmth(rng.NextGaussian() * 0.3f) * MathF.Pow(rng.NextFloat(), 2.2f) * 0.85f;
        }

        return Hsv(rng.NextFloat(), rng.NextFloat(0.2f, kind < 0.8f ? 0.65f : 0.92f),
            MathF.Pow(rng.NextFloat(0.15f, 0.95f), 2));
    }
}
