using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>Earrings, which hang from the lobes and go with the head, and necklaces, which lie on the torso and stay with it.</summary>
internal static class Jewellery
{
    /// <summary>Adds what a person wears of it, if anything.</summary>
    /// <param name="mesh">Receives it.</param>
    /// <param name="rng">Decides.</param>
    /// <param name="feminine">Whether they wear much of it.</param>
    /// <param name="clothes">What a necklace lies on.</param>
    /// <param name="lobe">An ear lobe, millimetres.</param>
    public static void Add(GeometryBuilder mesh, ref Rng rng, bool feminine, ClothesStyle clothes, Vector3 lobe)
    {
        Rng ears = rng.Fork(1), neck = rng.Fork(2);
        if (ears.NextBool(feminine ? 0.4f : 0.05f))
        {
            AddEarrings(mesh, ref ears, lobe);
        }

        bool open = clothes.Neckline is Neckline.Round or Neckline.Vee or Neckline.Wide;
        if (neck.NextBool((feminine ? 0.32f : 0.1f) * (open ? 1 : 0.25f)))
        {
            AddNecklace(mesh, ref neck, clothes);
        }
    }

    private static Vector3 Metal(ref Rng rng) => rng.NextFloat() switch
    {
        < 0.4f => Palette.Hex(0xD9B868),
        < 0.75f => Palette.Hex(0xD8D8DA),
        < 0.9f => Palette.Hex(0xF0E8DC),
        _ => Palette.Cloth(ref rng),
    };

    private static void AddEarrings(GeometryBuilder mesh, ref Rng rng, Vector3 lobe)
    {
        var shape = new Shaper(mesh, Carrier.Head, new Vector4(Metal(ref rng), 1));
        float kind = rng.NextFloat(), size = rng.NextFloat(0f, 1f);
        foreach (int side in (ReadOnlySpan<int>)[1, -1])
        {
            var at = new Vector3(side * (MathF.Abs(lobe.X) + 1), lobe.Y + 2, lobe.Z + 1);
            if (kind < 0.35f)
            {
                shape.Ball(at, new Vector3(1.8f + (2.5f * size)));
            }
            else if (kind < 0.7f)
            {
                float radius = 6 + (18 * size);
                var hoop = new Vector3[17];
                for (int k = 0; k < hoop.Length; k++)
                {
                    (float sin, float cos) = MathF.SinCos(k * MathF.Tau / (hoop.Length - 1));
                    hoop[k] = at + new Vector3(side * 0.25f * radius * (1 - cos), -radius * (1 - cos), radius * 0.9f * sin);
                }

                shape.Tube(hoop, 0.9f + size, 5);
            }
            else
            {
                float length = 8 + (34 * size), drop = 2.5f + (4 * (1 - size));
                Vector3 low = at + new Vector3(side * 2, -length, 0);
                shape.Tube([at, low], 0.7f, 5);
                shape.Ball(low, new Vector3(drop, drop * 1.5f, drop));
            }
        }

        mesh.Close(Material.Jewel, twoSided: true, casts: true);
    }

    private static void AddNecklace(GeometryBuilder mesh, ref Rng rng, ClothesStyle clothes)
    {
        var shape = new Shaper(mesh, Carrier.Torso, new Vector4(Metal(ref rng), 1));
        bool beads = rng.NextBool(0.3f);
        const int links = 44;
        float length = rng.NextFloat(), thick = beads ? rng.NextFloat(2.5f, 5f) : rng.NextFloat(0.8f, 2.2f);
        var chain = new Vector3[links + 1];
        for (int i = 0; i <= links; i++)
        {
            float a = i * MathF.Tau / links, front = 0.5f + (0.5f * MathF.Cos(a));
            Vector3 p = Wardrobe.TorsoAt(clothes, 0.07f + ((0.08f + (0.3f * length)) * front * front), a);
            chain[i] = p + (Vector3.Normalize(p with { Y = 20 }) * (1 + thick));
        }

        shape.Tube(chain, beads ? 0.4f * thick : thick, 6);
        for (int i = 0; beads && i < links; i++)
        {
            shape.Ball(chain[i], new Vector3(thick));
        }

        if (!beads && rng.NextBool(0.6f))
        {
            float size = rng.NextFloat(3f, 9f);
            shape.Ball(chain[0] + new Vector3(0, -size, 2), new Vector3(size * 0.8f, size, 2.5f));
        }

        mesh.Close(Material.Jewel, twoSided: true);
    }
}
