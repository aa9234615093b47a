using System.Numerics;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>What is worn on the head.</summary>
internal enum HeadwearKind
{
    /// <summary>Cloth round the head and down to the shoulders, the hair under it.</summary>
    Scarf,

    /// <summary>Thin cloth from the crown down over the hair, open in front.</summary>
    Veil,

    /// <summary>Cloth wound round the head; its end may hang behind.</summary>
    Turban,

    /// <summary>A knitted cap.</summary>
    Beanie,

    /// <summary>A hat with a brim all round.</summary>
    Hat,

    /// <summary>A cap with a peak in front.</summary>
    Cap,
}

/// <summary>A hat, a cap or a cloth.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Sheet">Its shape and colours; hair-like, see <see cref="HairBuilder"/>.</param>
/// <param name="Brim">Width of the brim or the peak, millimetres.</param>
/// <param name="Droop">How far its outer edge lies below the inner one, as a share of the width.</param>
internal sealed record Headwear(HeadwearKind Kind, HairStyle Sheet, float Brim, float Droop)
{
    private bool HidesHair => Kind is HeadwearKind.Scarf or HeadwearKind.Turban;

    /// <summary>Something for the head now and then; in paintings mostly cloth.</summary>
    public static Headwear? Sample(ref Rng rng, bool feminine, bool painterly)
    {
        if (!rng.NextBool(painterly ? 0.55f : 0.14f))
        {
            return null;
        }

        float u = rng.NextFloat();
        HeadwearKind kind = painterly
            ? u < (feminine ? 0.5f : 0.1f) ? HeadwearKind.Veil : u < 0.65f ? HeadwearKind.Turban : u < 0.8f ? HeadwearKind.Hat : HeadwearKind.Scarf
            : (HeadwearKind)rng.NextInt(6);
        Vector3 cloth = kind == HeadwearKind.Veil && rng.NextBool(0.6f)
            ? Palette.Warmth(rng.NextFloat(0f, 1.2f)) * rng.NextFloat(0.15f, 0.7f) : Palette.Cloth(ref rng);
        float turn = rng.NextGaussian() * 0.1f, back = rng.NextFloat(-0.15f, 0.25f);
        var sheet = new HairStyle
        {
            Layers = 1,
            Root = cloth,
            Pattern = rng.NextBool(0.5f) ? Palette.Cloth(ref rng) : cloth * rng.NextFloat(0.4f, 1.5f),
            Stripe = rng.NextBool(0.3f) ? rng.NextFloat(2f, 16f) : 0,
            Pole = Vector3.Normalize(new Vector3(turn, 1, back)),
            Opening = rng.NextFloat(0.7f, 1.1f),
            Lumps = rng.NextFloat(0.15f, 0.5f),
            Wave = rng.NextFloat(0f, 8f),
            WaveLength = rng.NextFloat(40f, 120f),
            NoiseAt = new Vector3(rng.NextFloat(), rng.NextFloat(), rng.NextFloat()),
        };
        float tilt = rng.NextFloat(0.08f, 0.3f);
        sheet = kind switch
        {
            HeadwearKind.Scarf => sheet with
            {
                Thickness = rng.NextFloat(5f, 22f),
                EdgeThickness = rng.NextFloat(3f, 9f),
                Fringe = rng.NextFloat(-6f, 24f),
                Length = rng.NextBool(0.6f) ? rng.NextFloat(120f, 240f) : rng.NextFloat(-2f, 8f),
            },
            HeadwearKind.Veil => sheet with
            {
                Thickness = rng.NextFloat(15f, 24f),
                EdgeThickness = rng.NextFloat(14f, 20f),
                Lumps = 0.15f,
                Locks = rng.NextFloat(4f, 12f),
                Fringe = rng.NextFloat(-34f, -4f),
                Length = rng.NextFloat(140f, 260f),
                Opening = rng.NextFloat(1f, 1.4f),
            },
            HeadwearKind.Turban => sheet with
            {
                Thickness = rng.NextFloat(12f, 34f),
                EdgeThickness = rng.NextFloat(6f, 12f),
                Lumps = rng.NextFloat(0.3f, 0.6f),
                Rim = new Vector2(rng.NextFloat(24f, 50f), rng.NextFloat(0.2f, 0.5f)),
            },
            HeadwearKind.Beanie => sheet with
            {
                Thickness = rng.NextFloat(11f, 22f),
                EdgeThickness = rng.NextFloat(8f, 11f),
                Stripe = rng.NextBool(0.4f) ? rng.NextFloat(4f, 16f) : 0,
                Rim = new Vector2(rng.NextFloat(30f, 62f), tilt),
            },
            HeadwearKind.Hat => sheet with
            {
                Thickness = rng.NextFloat(16f, 36f),
                EdgeThickness = 9,
                Lumps = 0.12f,
                Stripe = 0,
                Rim = new Vector2(rng.NextFloat(48f, 66f), tilt),
            },
            _ => sheet with
            {
                Thickness = rng.NextFloat(10f, 16f),
                EdgeThickness = 8,
                Lumps = 0.1f,
                Stripe = 0,
                Rim = new Vector2(rng.NextFloat(44f, 62f), tilt),
            },
        };
        float brim = kind == HeadwearKind.Hat ? rng.NextFloat(25f, 85f) : kind == HeadwearKind.Cap ? rng.NextFloat(45f, 70f) : 0;
        return new Headwear(kind, sheet, brim, rng.NextFloat(-0.15f, 0.4f));
    }

    /// <summary>What a person's hair is like under it: flat, or out of sight.</summary>
    public HairStyle Press(HairStyle hair) => HidesHair
        ? hair with { Layers = 0, Scalp = Kind == HeadwearKind.Turban ? 0 : hair.Scalp }
        : hair with
        {
            Thickness = MathF.Min(hair.Thickness, 5),
            EdgeThickness = MathF.Min(hair.EdgeThickness, 4),
            Lumps = MathF.Min(hair.Lumps, 0.3f),
            Locks = MathF.Min(hair.Locks, 2),
            Layers = Math.Min(hair.Layers, 2),
            Cut = hair.Cut is HairCut.Bun ? HairCut.Tied : hair.Cut,
        };

    /// <summary>Adds it to a person's mesh.</summary>
    public void Add(GeometryBuilder mesh, Skull skull, Shoulders shoulders)
    {
        Vector3[] edge = HairBuilder.AddSheets(mesh, Sheet, skull, shoulders, Material.Headcloth);
        if (Kind == HeadwearKind.Turban && Sheet.NoiseAt.X > 0.4f)
        {
            HairBuilder.AddTail(mesh, Sheet, skull);
        }

        if (Brim > 0)
        {
            AddBrim(mesh, edge);
        }

        mesh.Close(Material.Headcloth, twoSided: true, casts: true);
    }

    // A ring from the lower edge outwards; a peak is its front alone.
    private void AddBrim(GeometryBuilder mesh, Vector3[] edge)
    {
        const int rows = 4;
        int first = -1;
        for (int r = 0; r < rows; r++)
        {
            float t = (float)r / (rows - 1);
            for (int s = 0; s <= edge.Length; s++)
            {
                Vector3 inner = edge[s % edge.Length];
                var out_ = Vector3.Normalize(new Vector3(inner.X, 0, inner.Z - Anatomy.SkullCentre.Z));
                float width = Brim * (Kind == HeadwearKind.Cap ? Smooth(0.45f, 0.85f, out_.Z) : 1);
                // Brims curl up at the sides, peaks bend down there.
                float side = out_.X * out_.X * (Kind == HeadwearKind.Cap ? -0.45f : 0.25f);
                Vector3 p = inner + (out_ * (width * t)) + new Vector3(0, width * t * ((side * t) - Droop), 0);
                int i = mesh.Add(new Rig(Carrier.Head, -1, p), p, Vector3.UnitX, new Vector4((float)s / edge.Length, t * 0.1f, 0, 0.9f));
                first = first < 0 ? i : first;
            }
        }

        mesh.Grid(first, rows, edge.Length + 1);
    }
}
