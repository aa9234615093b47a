using System.Numerics;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>Things about head and neck that hide some of them now and then.</summary>
internal enum PropKind
{
    /// <summary>Headphones, with a microphone on a boom; go with the head.</summary>
    Headset,

    /// <summary>A microphone held before the chin; stays with the body.</summary>
    Microphone,

    /// <summary>A hand at the chin or the cheek; stays with the body.</summary>
    Hand,

    /// <summary>A thick ring round the neck: a scarf, or the collar of a suit.</summary>
    Scarf,

    /// <summary>A pleated collar.</summary>
    Ruff,
}

/// <summary>One thing that a person wears or holds.</summary>
/// <param name="Kind">What.</param>
/// <param name="Color">Its colour.</param>
/// <param name="Size">Its size among its kind, in [0, 1].</param>
/// <param name="Side">Where across, in [−1, 1].</param>
/// <param name="NoiseAt">Place in the noise.</param>
internal sealed record Prop(PropKind Kind, Vector3 Color, float Size, float Side, Vector3 NoiseAt)
{
    /// <summary>Something now and then.</summary>
    public static Prop? Sample(ref Rng rng, bool painterly)
    {
        if (!rng.NextBool(0.28f))
        {
            return null;
        }

        float u = rng.NextFloat();
        PropKind kind = painterly
            ? u < 0.6f ? PropKind.Ruff : u < 0.8f ? PropKind.Scarf : PropKind.Hand
            : u < 0.18f ? PropKind.Headset : u < 0.4f ? PropKind.Microphone : u < 0.65f ? PropKind.Hand : PropKind.Scarf;
        Vector3 color = kind switch
        {
            PropKind.Headset or PropKind.Microphone => Vector3.One * (0.01f + (0.5f * rng.NextFloat() * rng.NextFloat())),
            PropKind.Ruff => Palette.Warmth(rng.NextFloat(0f, 0.6f)) * rng.NextFloat(0.5f, 0.85f),
            _ => Palette.Cloth(ref rng),
        };
        return new Prop(kind, color, rng.NextFloat(), rng.NextFloat(-1f, 1f), new Vector3(rng.NextFloat(), rng.NextFloat(), rng.NextFloat()));
    }

    /// <summary>Adds it to a person's mesh.</summary>
    public void Add(GeometryBuilder mesh, Skull skull)
    {
        switch (Kind)
        {
            case PropKind.Headset:
                AddHeadset(mesh, skull);
                break;
            case PropKind.Microphone:
                AddMicrophone(mesh);
                break;
            case PropKind.Hand:
                AddHand(mesh);
                break;
            default:
                AddRing(mesh);
                break;
        }
    }

    private void AddHeadset(GeometryBuilder mesh, Skull skull)
    {
        var shape = new Shaper(mesh, Carrier.Head, new Vector4(Color, 1));
        const int arc = 16;
        float top = Anatomy.SkullCentre.Y + skull.RadiusAt(Vector3.UnitY) + 12;
        var band = new Vector3[arc + 1];
        for (int i = 0; i <= arc; i++)
        {
            (float sin, float cos) = MathF.SinCos(MathF.PI * i / arc);
            band[i] = new Vector3(90 * cos, 5 + ((top - 5) * sin), -6);
        }

        shape.Tube(band, 3 + (4 * Size), 6);
        float cup = 20 + (14 * Size);
        shape.Ball(new Vector3(86, 2, -2), new Vector3(11, cup, cup));
        shape.Ball(new Vector3(-86, 2, -2), new Vector3(11, cup, cup));
        if (Side > -0.3f)
        {
            shape.Tube([new(88, -10, 8), new(84, -45, 50), new(62, -66, 88), new(34, -70, 106)], 1.6f, 5);
            shape.Ball(new Vector3(32, -70, 107), new Vector3(8, 6, 6));
        }

        mesh.Close(Material.Prop, twoSided: true, casts: true);
    }

    private void AddMicrophone(GeometryBuilder mesh)
    {
        var shape = new Shaper(mesh, Carrier.Torso, new Vector4(Color, 1));
        var head = new Vector3(45 * Side, 15 + (40 * Size), 128);
        var foot = new Vector3(head.X + (40 * Side), -190, 150);
        shape.Ball(head, new Vector3(21, 24, 21));
        shape.Tube([head, Vector3.Lerp(head, foot, 0.3f), foot], 11, 10);
        mesh.Close(Material.Prop, twoSided: true, casts: true);
        Fist(mesh, Vector3.Lerp(head, foot, 0.55f), foot - head, MathF.Sign(Side));
    }

    private void AddHand(GeometryBuilder mesh)
    {
        var cheek = new Vector3(62 * Side, 30 + (40 * Size), 112 - (34 * MathF.Abs(Side)));
        Fist(mesh, cheek + new Vector3(18 * Side, -34, 4), new Vector3(0.25f * Side, -1, -0.1f), MathF.Sign(Side));
    }

    // Four bent fingers across a palm, a thumb, and a forearm that goes down from it.
    private static void Fist(GeometryBuilder mesh, Vector3 at, Vector3 down, int side)
    {
        var shape = new Shaper(mesh, Carrier.Torso, new Vector4(0, 0, 0, 1));
        down = Vector3.Normalize(down);
        var across = Vector3.Normalize(Vector3.Cross(down, Vector3.UnitZ)) * -side;
        var forward = Vector3.Cross(across, down) * -side;
        forward = forward.Z < 0 ? -forward : forward;
        shape.Ball(at - (forward * 6), new Vector3(33, 38, 17));
        for (int k = 0; k < 4; k++)
        {
            Vector3 root = at + (down * ((k * 17) - 28)) + (across * 26);
            Vector3 knuckle = root + (forward * 14) - (across * 8), tip = root + (forward * 17) - (across * 46);
            shape.Tube([root, knuckle, Vector3.Lerp(knuckle, tip, 0.5f) + (forward * 4), tip], 8.5f - (0.4f * k), 8);
            shape.Ball(tip, new Vector3(9, 8, 8));
            shape.Ball(knuckle, new Vector3(9, 8.5f, 9));
        }

        shape.Tube([at - (across * 22) + (down * 20), at - (across * 30) - (down * 8) + (forward * 12), at - (across * 12) - (down * 32) + (forward * 16)], 9.5f, 8);
        shape.Ball(at - (across * 12) - (down * 32) + (forward * 16), new Vector3(9.5f));
        shape.Tube([at + (down * 22), at + (down * 75) - (forward * 6), at + (down * 260) - (forward * 30)], 26, 12);
        mesh.Close(Material.Limb, twoSided: true, casts: true);
    }

    // A lumpy ring, or a flat one in pleats.
    private void AddRing(GeometryBuilder mesh)
    {
        bool ruff = Kind == PropKind.Ruff, suit = !ruff && Side > 0.6f;
        const int rows = 9;
        int columns = ruff ? 96 : 40, first = -1;
        float width = ruff ? 22 + (30 * Size) : 15 + (12 * Size), height = ruff ? 9 + (9 * Size) : suit ? width : 18 + (16 * Size);
        float radius = suit ? 96 : 62 + width - (ruff ? 4 : 10);
        for (int r = 0; r < rows; r++)
        {
            (float sin, float cos) = MathF.SinCos(r * MathF.Tau / (rows - 1));
            for (int c = 0; c <= columns; c++)
            {
                float a = c * MathF.Tau / columns, front = MathF.Cos(a);
                float pleat = ruff ? MathF.Sin(a * 24) * height * 0.6f * Smooth(-0.6f, 1, cos) : 0;
                float rho = radius + (width * cos);
                var p = new Vector3(rho * MathF.Sin(a), (suit ? -6 : 14) + (height * sin) + pleat - (24 * front), (rho * front * 1.02f) - 4);
                Vector4 lump = Noise.Sample(NoiseAt + (p * 0.006f));
                p += new Vector3(lump.X, lump.Y, lump.Z) * (ruff || suit ? 2 : 16);
                int i = mesh.Add(new Rig(Carrier.Torso, -1, p), p, Vector3.Zero, new Vector4(Color, 0.85f + (0.15f * sin)));
                first = first < 0 ? i : first;
            }
        }

        mesh.Grid(first, rows, columns + 1);
        mesh.Close(suit ? Material.Prop : Material.Drape, twoSided: true, casts: true);
    }
}
