using System.Numerics;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>The skin of a person and what grows or is painted on it.</summary>
internal sealed record SkinStyle
{
    public float Melanin { get; init; }
    public float Haemoglobin { get; init; }
    public float Blush { get; init; }
    public float UnderEye { get; init; }
    public float Mottle { get; init; }
    public float Pores { get; init; }
    public float Freckles { get; init; }
    public float Blemishes { get; init; }

    /// <summary>Place on the mean face (x, y) and radius, millimetres.</summary>
    public Vector3[] Moles { get; init; } = [];
    public float LidCrease { get; init; }
    public float Pouch { get; init; }
    public float FoldDepth { get; init; }
    public float Age { get; init; }
    public float Gloss { get; init; }
    public Vector3 Lip { get; init; }
    public float LipCover { get; init; }
    public float LipGloss { get; init; }
    public Vector3 BrowColor { get; init; }
    public float BrowDensity { get; init; }
    public float BrowWidth { get; init; }
    public float BrowLift { get; init; }
    public float Stubble { get; init; }
    public Vector3 EyeShadow { get; init; }
    public float EyeShadowCover { get; init; }
    public float Lashes { get; init; }

    /// <summary>Share of the lids' edge that lashes cover.</summary>
    public float LashDensity { get; init; }
    public Vector3 LashColor { get; init; }

    /// <summary>A line painted along the upper lid's edge, in [0, 1], and one along the lower.</summary>
    public float Liner { get; init; }
    public float LowerLiner { get; init; }
    public Vector3 NoiseAt { get; init; }

    /// <summary>Vertex colours of the skin: melanin and blood where they gather, under the baked occlusion.</summary>
    public Vector4[] Paint(Anatomy anatomy, ReadOnlySpan<Vector3> mean)
    {
        var paint = new Vector4[mean.Length];
        Vector3 cheek = anatomy.MouthCorner + new Vector3(14, 36, -12), under = anatomy.LeftEye + new Vector3(-2, -17, 12);
        for (int i = 0; i < mean.Length; i++)
        {
            Vector3 p = mean[i];
            if (anatomy.IsInside[i])
            {
                paint[i] = new Vector4(0, 0, 0, anatomy.Occlusion[i]); // eyes and mouth have colours of their own
                continue;
            }

            float blood = Haemoglobin
                + (Blush * Anatomy.Spot(p, cheek, new Vector3(24, 20, 40)))
                + ((0.12f + (0.5f * Blush)) * Anatomy.Spot(p, anatomy.NoseTip, new Vector3(17, 14, 22)))
                + (0.2f * Smooth(66, 78, MathF.Abs(p.X)))
                + (0.5f * UnderEye * Anatomy.Spot(p, under, new Vector3(16, 8, 26)));
            float melanin = Melanin + (0.16f * UnderEye * Anatomy.Spot(p, under, new Vector3(17, 8, 26)))
                + (0.08f * UnderEye * anatomy.Fields[i].Y) - (0.06f * Smooth(-110, -150, p.Y));
            paint[i] = new Vector4(Palette.Skin(melanin, blood), anatomy.Occlusion[i]);
        }

        return paint;
    }

    public static SkinStyle Sample(ref Rng rng, bool feminine, bool painterly, float age, Vector3 hair)
    {
        float melanin = painterly ? rng.NextFloat(0f, 0.45f) : rng.NextFloat() switch
        {
            < 0.5f => rng.NextFloat(0.02f, 0.4f),
            < 0.75f => rng.NextFloat(0.3f, 0.8f),
            _ => rng.NextFloat(0.7f, 1.6f),
        };
        bool rouge = feminine && rng.NextBool(0.5f);
        float haemoglobin = rng.NextFloat(0.1f, 0.55f);
        Vector3 natural = Palette.Skin(melanin + 0.06f, haemoglobin + rng.NextFloat(0.5f, 1.1f));
        Vector3 stick = Palette.Hsv(rng.NextFloat(0.94f, 1.03f) % 1, rng.NextFloat(0.5f, 0.9f), rng.NextFloat(0.15f, 0.6f));
        return new SkinStyle
        {
            Melanin = melanin,
            Haemoglobin = haemoglobin,
            Blush = MathF.Abs(rng.NextGaussian()) * (rouge ? 0.4f : 0.2f),
            UnderEye = rng.NextFloat() * (0.4f + (0.6f * age)),
            Mottle = rng.NextFloat(0.3f, 1f) * (0.7f + (0.6f * age)),
            Pores = rng.NextFloat(0.1f, 0.5f) * (0.6f + age),
            Freckles = rng.NextBool(melanin < 0.4f ? 0.25f : 0.05f) ? rng.NextFloat(0.3f, 1f) : 0,
            Blemishes = rng.NextFloat() * rng.NextFloat(),
            Moles = SampleMoles(ref rng),
            LidCrease = rng.NextFloat(0.15f, 0.75f),
            Pouch = rng.NextFloat(0f, 0.5f) + (0.8f * age * age),
            FoldDepth = rng.NextFloat(0f, 0.35f),
            Age = age,
            Gloss = rng.NextFloat(0.1f, 0.9f),
            Lip = rouge ? stick : natural,
            LipCover = rouge ? rng.NextFloat(0.5f, 0.95f) : rng.NextFloat(0.5f, 0.9f),
            LipGloss = rng.NextFloat(0f, rouge ? 1f : 0.6f),
            BrowColor = hair * rng.NextFloat(0.3f, 0.8f),
            BrowDensity = rng.NextFloat(0.6f, 1.15f) * (painterly && rng.NextBool(0.5f) ? 0.3f : 1),
            BrowWidth = rng.NextFloat(0.7f, 1.3f) * (feminine ? 0.85f : 1.2f),
            BrowLift = rng.NextGaussian() * 1f,
            Stubble = feminine ? 0 : MathF.Max(0, rng.NextFloat(-0.4f, 0.8f)),
            EyeShadow = rng.NextBool(0.4f) ? Palette.Hsv(rng.NextFloat(), 0.5f, rng.NextFloat(0.05f, 0.3f))
                : Palette.Hex(0x2A1A14),
            EyeShadowCover = feminine && rng.NextBool(0.45f) ? rng.NextFloat(0.1f, 0.75f) : 0,
            Lashes = feminine ? rng.NextFloat(0.35f, 1f) : rng.NextFloat(0.1f, 0.6f),
            LashDensity = feminine ? rng.NextFloat(0.7f, 1.1f) : rng.NextFloat(0.5f, 0.95f),
            LashColor = Vector3.Lerp(new Vector3(0.006f, 0.005f, 0.004f), Palette.Hex(0x2E2018), feminine && rng.NextBool(0.6f) ? 0 : rng.NextFloat()),
            Liner = feminine && rng.NextBool(0.5f) ? rng.NextFloat(0.4f, 1f) : 0,
            LowerLiner = feminine && rng.NextBool(0.25f) ? rng.NextFloat(0.3f, 1f) : 0,
            NoiseAt = new Vector3(rng.NextFloat(), rng.NextFloat(), rng.NextFloat()),
        };
    }

    private static Vector3[] SampleMoles(ref Rng rng)
    {
        var moles = new Vector3[Math.Max(0, rng.NextInt(8) - 4)];
        foreach (ref Vector3 mole in moles.AsSpan())
        {
            mole = new Vector3(rng.NextFloat(-58f, 58f), rng.NextFloat(-85f, 55f), rng.NextFloat(0.6f, 1.6f));
        }

        return moles;
    }
}

/// <summary>The eyes of a person.</summary>
internal sealed record EyeStyle(
    Vector3 Iris, Vector3 Inner, float IrisAngle, float PupilAngle, float Limbus, float Redness, Vector3 Sclera, Vector2 Window)
{
    public static EyeStyle Sample(ref Rng rng, float melanin)
    {
        Vector3 iris = Palette.Iris(ref rng, melanin);
        return new EyeStyle(
            iris,
            Vector3.Lerp(iris, Palette.Hex(0x8A6A34), rng.NextFloat(0f, 0.6f)) * rng.NextFloat(0.8f, 1.3f),
            rng.NextFloat(0.48f, 0.55f),
            rng.NextFloat(0.16f, 0.28f),
            rng.NextFloat(0.2f, 0.8f),
            rng.NextFloat() * rng.NextFloat(),
            Palette.Hex(0xE9E4DE) * new Vector3(1, rng.NextFloat(0.92f, 1f), rng.NextFloat(0.82f, 1f))
                * rng.NextFloat(0.62f, 0.9f),
            new Vector2(rng.NextFloat(-0.35f, 0.35f), rng.NextFloat(0.1f, 0.45f)));
    }
}

/// <summary>How hair is cut and worn.</summary>
internal enum HairCut
{
    Bald,
    Buzz,
    Short,
    SweptBack,
    Fringe,
    Bob,
    Long,
    Tied,
    Bun,
    Curls,
}

/// <summary>The hair of a person, or the cloth over it, which has a shape like hair.</summary>
internal sealed record HairStyle
{
    public HairCut Cut { get; init; }
    public Vector3 Root { get; init; }
    public Vector3 Tip { get; init; }
    public Vector3 Pattern { get; init; }
    public float Stripe { get; init; }
    public float Gloss { get; init; }
    public float Strand { get; init; }
    public float Curl { get; init; }
    public Vector3 Pole { get; init; }

    /// <summary>Half the length of the parting, as a tangent at the pole; 0 for a whorl.</summary>
    public float Parting { get; init; }

    /// <summary>How much of the scalp shows along the parting.</summary>
    public float Parted { get; init; }

    /// <summary>How far locks stand apart, millimetres.</summary>
    public float Locks { get; init; }

    /// <summary>A level edge instead of the hairline, as hats have it: ends where y &lt; X + Y·z.</summary>
    public Vector2? Rim { get; init; }
    public float Thickness { get; init; }
    public float EdgeThickness { get; init; }
    public float Lumps { get; init; }
    public float Fringe { get; init; }
    public float Length { get; init; }
    public float Opening { get; init; }
    public float Wave { get; init; }
    public float WaveLength { get; init; }
    public float Ragged { get; init; }
    public float Recession { get; init; }
    public float Scalp { get; init; }
    public int Layers { get; init; }
    public float Beard { get; init; }
    public float BeardSpread { get; init; }
    public Vector3 BeardColor { get; init; }
    public Vector3 NoiseAt { get; init; }

    public static HairStyle Sample(ref Rng rng, bool feminine, float age, Vector3 color)
    {
        HairCut cut = Choose(ref rng, feminine, age);
        float pole = rng.NextFloat(-0.3f, 0.35f), side = rng.NextGaussian() * 0.16f;
        bool parted = false;
        var style = new HairStyle
        {
            Thickness = rng.NextFloat(9f, 18f),
            EdgeThickness = rng.NextFloat(1f, 4f),
            Lumps = rng.NextFloat(0.15f, 0.5f),
            Fringe = rng.NextFloat(-4f, 6f),
            Length = rng.NextFloat(-6f, 10f),
            Opening = rng.NextFloat(0.85f, 1.2f),
            Ragged = rng.NextFloat(0.3f, 1f),
            Curl = rng.NextBool(0.3f) ? rng.NextFloat(0.2f, 0.8f) : 0,
            Scalp = 1,
            Layers = rng.NextBool(0.4f) ? 3 : 2,
            Recession = feminine ? 0 : MathF.Max(0, (rng.NextGaussian() * 6) + (12 * age) - 6),
        };
        switch (cut)
        {
            case HairCut.Short when rng.NextBool(0.5f):
                parted = true;
                pole = rng.NextFloat(0.1f, 0.4f);
                side = (rng.NextBool(0.5f) ? 1 : -1) * rng.NextFloat(0.25f, 0.5f);
                break;
            case HairCut.Bald:
                style = style with { Layers = 0, Scalp = rng.NextFloat(0f, 0.35f), Recession = rng.NextFloat(0f, 60f) };
                break;
            case HairCut.Buzz:
                style = style with
                {
                    Layers = 1,
                    Thickness = rng.NextFloat(1.5f, 4f),
                    EdgeThickness = 0.6f,
                    Scalp = rng.NextFloat(0.7f, 1f),
                    Lumps = 0.1f,
                    Length = -4,
                    Fringe = -3
                };
                break;
            case HairCut.SweptBack:
                pole = rng.NextFloat(0.65f, 1f);
                style = style with { EdgeThickness = rng.NextFloat(3f, 10f), Fringe = -2, Thickness = rng.NextFloat(9f, 20f) };
                break;
            case HairCut.Fringe:
                pole = rng.NextFloat(-0.35f, 0.1f);
                style = style with
                {
                    Fringe = rng.NextFloat(12f, 42f),
                    Length = rng.NextFloat(0f, 22f),
                    EdgeThickness = rng.NextFloat(3f, 8f)
                };
                break;
            case HairCut.Bob:
            case HairCut.Long:
                parted = rng.NextBool(0.7f);
                pole = parted ? rng.NextFloat(0.1f, 0.55f) : rng.NextFloat(-0.3f, 0.2f);
                style = style with
                {
                    Length = cut == HairCut.Long ? rng.NextFloat(120f, 260f) : rng.NextFloat(45f, 110f),
                    Fringe = parted ? rng.NextFloat(-3f, 8f) : rng.NextFloat(5f, 46f),
                    EdgeThickness = rng.NextFloat(3f, 11f),
                    Thickness = rng.NextFloat(9f, 20f),
                    Opening = rng.NextFloat(0.9f, 1.35f),
                    Lumps = rng.NextFloat(0.15f, 0.6f),
                };
                break;
            case HairCut.Tied:
            case HairCut.Bun:
                pole = rng.NextFloat(0.5f, 0.95f);
                style = style with
                {
                    Thickness = rng.NextFloat(5f, 11f),
                    EdgeThickness = rng.NextFloat(1.5f, 5f),
                    Length = rng.NextFloat(-6f, 2f),
                    Fringe = rng.NextBool(0.2f) ? rng.NextFloat(8f, 40f) : -2
                };
                break;
            case HairCut.Curls:
                bool large = rng.NextBool(0.5f);
                style = style with
                {
                    Curl = 1,
                    Thickness = large ? rng.NextFloat(20f, 46f) : rng.NextFloat(7f, 18f),
                    EdgeThickness = large ? rng.NextFloat(8f, 20f) : rng.NextFloat(2f, 6f),
                    Lumps = rng.NextFloat(0.4f, 1f),
                    Length = feminine ? rng.NextFloat(0f, 120f) : rng.NextFloat(-4f, 14f),
                    Fringe = rng.NextFloat(-2f, 16f),
                };
                break;
        }

        float full = cut is HairCut.Bald or HairCut.Buzz ? 0.3f : 0.2f;
        return style with
        {
            Cut = cut,
            Root = color * rng.NextFloat(0.4f, 1f),
            Tip = color * rng.NextFloat(0.9f, 1.8f),
            Parting = parted ? rng.NextFloat(0.3f, 0.75f) : rng.NextFloat(0f, 0.25f),
            Parted = parted ? rng.NextFloat(0.2f, 1f) : 0,
            Locks = rng.NextFloat(1f, 5f) * (cut == HairCut.Buzz ? 0.1f : 1),
            Gloss = rng.NextFloat(0.1f, 1f),
            Strand = rng.NextFloat(0.5f, 1f),
            Pole = Vector3.Normalize(new Vector3(
                cut is HairCut.Bob or HairCut.Long && parted ? MathF.Sign(side) * rng.NextFloat(0f, 0.35f) : side, 1, MathF.Tan(pole))),
            Wave = rng.NextFloat() * rng.NextFloat() * 12,
            WaveLength = rng.NextFloat(40f, 120f),
            Beard = !feminine && rng.NextBool(full) ? rng.NextFloat(2f, 13f) : 0,
            BeardSpread = rng.NextFloat(0f, 1f),
            BeardColor = color * rng.NextFloat(0.6f, 1.2f),
            NoiseAt = new Vector3(rng.NextFloat(), rng.NextFloat(), rng.NextFloat()),
        };
    }

    private static HairCut Choose(ref Rng rng, bool feminine, float age)
    {
        float u = rng.NextFloat();
        return feminine
            ? u switch
            {
                < 0.01f => HairCut.Bald,
                < 0.03f => HairCut.Buzz,
                < 0.09f => HairCut.Short,
                < 0.13f => HairCut.SweptBack,
                < 0.2f => HairCut.Fringe,
                < 0.4f => HairCut.Bob,
                < 0.68f => HairCut.Long,
                < 0.77f => HairCut.Tied,
                < 0.84f => HairCut.Bun,
                _ => HairCut.Curls,
            }
            : (u + (0.08f * age)) switch
            {
                < 0.05f => HairCut.Bob,
                < 0.09f => HairCut.Long,
                < 0.21f => HairCut.Curls,
                < 0.41f => HairCut.SweptBack,
                < 0.55f => HairCut.Fringe,
                < 0.78f => HairCut.Short,
                < 0.9f => HairCut.Buzz,
                _ => HairCut.Bald,
            };
    }
}

/// <summary>The kinds of necklines.</summary>
internal enum Neckline
{
    Round,
    Vee,
    Shirt,
    Suit,
    Turtleneck,
    Wide,
    Polo,
    Hoodie,
}

/// <summary>The clothes of a person, and how the shoulders stand.</summary>
internal sealed record ClothesStyle(
    Neckline Neckline, Vector3 Main, Vector3 Second, Vector3 Third, int Pattern, float PatternScale, float Depth,
        float Shoulders, float Slope, float Turn, Vector3 NoiseAt)
{
    public static ClothesStyle Sample(ref Rng rng, bool painterly) => new(
        (Neckline)rng.NextInt(painterly ? 6 : 8),
        Palette.Cloth(ref rng) * (painterly ? 0.5f : 1),
        rng.NextBool(0.5f) ? Vector3.One * rng.NextFloat(0.5f, 0.85f) : Palette.Cloth(ref rng),
        Palette.Cloth(ref rng),
        rng.NextBool(0.5f) ? 0 : 1 + rng.NextInt(4),
        rng.NextFloat(8f, 40f),
        rng.NextFloat(10f, 80f),
        rng.NextFloat(175f, 225f),
        rng.NextFloat(25f, 60f),
        rng.NextGaussian() * 0.25f,
        new Vector3(rng.NextFloat(), rng.NextFloat(), rng.NextFloat()));
}

/// <summary>Glasses.</summary>
internal sealed record GlassesStyle(Vector3 Color, float Width, float Height, float Squareness, float Wire, float Tint,
    bool Dark)
{
    public static GlassesStyle Sample(ref Rng rng)
    {
        bool dark = rng.NextBool(0.12f);
        return new GlassesStyle(
            rng.NextBool(0.5f) ? Palette.Hex(0x0B0A0A) : rng.NextBool(0.5f) ? Palette.Hex(0xA8925F) * rng.NextFloat(0.4f, 1f)
                : Palette.Cloth(ref rng) * 0.6f,
            rng.NextFloat(24f, 29f),
            rng.NextFloat(17f, 25f),
            rng.NextFloat(2f, 5f),
            rng.NextBool(0.45f) ? rng.NextFloat(0.6f, 1.1f) : rng.NextFloat(1.3f, 2.6f),
            rng.NextFloat(),
            dark);
    }
}
