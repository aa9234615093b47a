using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>Glasses and the clothed torso.</summary>
internal static class Wardrobe
{
    /// <summary>Height of the torso's origin, the pit of the neck, on the mean head.</summary>
    public static Vector3 NeckPit { get; } = new(0, -146, -14);

    /// <summary>Adds glasses that rest on the nose and the ears of a neutral face.</summary>
    /// <returns>The middle of the left lens.</returns>
    public static Vector3 AddGlasses(GeometryBuilder mesh, GlassesStyle style, Anatomy anatomy, ReadOnlySpan<Vector3> neutral)
    {
        const int segments = 36, sides = 6;
        Vector3 eye = anatomy.LeftEye;
        float front = float.MinValue;
        for (int i = 0; i < neutral.Length; i++)
        {
            Vector3 p = neutral[i];
            bool rim = MathF.Abs(MathF.Abs(p.X) - eye.X) < style.Width && MathF.Abs(p.Y - eye.Y) < style.Height;
            if (rim && MathF.Abs(p.X) > 14)
            {
                front = MathF.Max(front, p.Z);
            }
        }

        float z = front + 3;
        var tint = new Vector4(style.Color, 1);
        var shape = new Shaper(mesh, Carrier.Head, tint);
        foreach (int side in (ReadOnlySpan<int>)[1, -1])
        {
            var centre = new Vector3(side * (eye.X + 2), eye.Y - 3, z);
            Vector3 Rim(float a)
            {
                float c = MathF.Cos(a), s = MathF.Sin(a);
                float squircle = MathF.Pow(MathF.Pow(MathF.Abs(c), style.Squareness)
                    + MathF.Pow(MathF.Abs(s), style.Squareness), -1 / style.Squareness);
                float x = style.Width * c * squircle, y = style.Height * s * squircle;
                return centre + new Vector3(side * x, y, -0.12f * MathF.Max(x, 0) * (1 + (x / style.Width)));
            }

            var rim = new Vector3[segments + 1];
            for (int i = 0; i <= segments; i++)
            {
                rim[i] = Rim(i * MathF.Tau / segments);
            }

            shape.Tube(rim, style.Wire, sides);
            Vector3 hinge = Rim(0.35f);
            shape.Tube([hinge, hinge + new Vector3(side * 4, 1, -6), new Vector3(side * 76, eye.Y + 6, 25),
                new Vector3(side * 78, eye.Y - 2, 0), new Vector3(side * 76, eye.Y - 26, -14)], style.Wire, sides);
        }

        Vector3 nose = new(eye.X + 2 - style.Width, eye.Y, z);
        shape.Tube([nose, new(nose.X * 0.5f, eye.Y + 3.5f, z + 2), new(0, eye.Y + 4.5f, z + 3),
            new(-nose.X * 0.5f, eye.Y + 3.5f, z + 2), nose with { X = -nose.X }], style.Wire, sides);
        mesh.Close(Material.Frame, twoSided: true, casts: true);
        if (style.Dark)
        {
            foreach (int side in (ReadOnlySpan<int>)[1, -1])
            {
                var centre = new Vector3(side * (eye.X + 2), eye.Y - 3, z + 1.5f);
                int hub = Lens(mesh, centre, tint), previous = -1;
                for (int i = 0; i <= segments; i++)
                {
                    float a = i * MathF.Tau / segments, c = MathF.Cos(a), s = MathF.Sin(a);
                    float squircle = MathF.Pow(MathF.Pow(MathF.Abs(c), style.Squareness)
                        + MathF.Pow(MathF.Abs(s), style.Squareness), -1 / style.Squareness);
                    int next = Lens(mesh, centre + new Vector3(style.Width * c * squircle, style.Height * s * squircle, -2),
                        tint);
                    if (previous >= 0)
                    {
                        mesh.Triangle(hub, previous, next);
                    }

                    previous = next;
                }
            }

            mesh.Close(Material.Lens, twoSided: true, casts: true);
        }

        return new Vector3(eye.X + 2, eye.Y - 3, z + 1.5f);
    }

    /// <summary>
    /// Adds the torso in its own space: origin in the pit of the neck, millimetres. It is a stack of rounded rings from a
    /// collar round the neck over the shoulders down the chest. Paint: (x, y) of the unturned torso, height of cloth over skin,
    /// occlusion.
    /// </summary>
    public static void AddTorso(GeometryBuilder mesh, ClothesStyle style)
    {
        const int rings = 18, columns = 44;
        float turtle = style.Neckline == Neckline.Turtleneck ? 1 : 0;
        int first = -1;
        for (int r = 0; r < rings; r++)
        {
            float t = (float)r / (rings - 1);
            for (int c = 0; c <= columns; c++)
            {
                Vector3 p = TorsoAt(style, t, c * MathF.Tau / columns);
                float shade = 0.75f + (0.25f * Smooth(0, 0.3f, t));
                int i = mesh.Add(new Rig(Carrier.Torso, -1, p), p, Vector3.Zero, new Vector4(p.X, p.Y, p.Z, shade));
                first = first < 0 ? i : first;
            }
        }

        mesh.Grid(first, rings, columns + 1);
        if (style.Neckline is Neckline.Turtleneck or Neckline.Shirt or Neckline.Suit or Neckline.Polo)
        {
            AddCollar(mesh, style, turtle);
        }

        mesh.Close(Material.Cloth, twoSided: true);
        if (style.Neckline is Neckline.Hoodie)
        {
            AddHood(mesh, style);
        }
    }

    /// <summary>The torso's surface: t from the collar (0) over the shoulder down the chest (1), and the angle from the front.</summary>
    public static Vector3 TorsoAt(ClothesStyle style, float t, float angle)
    {
        // Out from the neck over the trapezius, then down from the shoulder.
        float over = Smooth(0, 0.55f, t), down = MathF.Max(0, (t - 0.45f) / 0.55f);
        float half = float.Lerp(57, style.Shoulders, MathF.Pow(over, 1.15f)) + (14 * down);
        float depth = float.Lerp(58, 105, over) + (10 * down);
        float height = 34 - (MathF.Pow(over, 0.8f) * style.Slope) - (16 * over) - (down * down * 330);
        float power = float.Lerp(2, 2.6f, over);
        (float sx, float cz) = MathF.SinCos(angle);
        float round = MathF.Pow(MathF.Pow(MathF.Abs(sx), power) + MathF.Pow(MathF.Abs(cz), power), -1 / power);
        // The chest lies lower than the shoulders, the nape higher than both.
        float sag = cz > 0 ? -26 * cz * cz * (0.35f + over) * (1 - (0.5f * down)) : 22 * cz * cz * (1 - over);
        var p = new Vector3(half * sx * round, height + sag, (depth * cz * round) - (18 * over) + (cz > 0 ? 8 * down : 0));
        return p + (3.5f * over * Direction(Noise.Sample(style.NoiseAt + (p * 0.006f))));
    }

    // A band round the neck; a shirt's has a gap in front and leans outwards.
    private static void AddCollar(GeometryBuilder mesh, ClothesStyle style, float turtle)
    {
        const int rows = 5, columns = 48;
        int first = -1;
        for (int r = 0; r < rows; r++)
        {
            float t = (float)r / (rows - 1);
            for (int c = 0; c <= columns; c++)
            {
                float gap = turtle > 0 ? 0 : 0.28f;
                float a = gap + (c * (MathF.Tau - (2 * gap)) / columns), sx = MathF.Sin(a), cz = MathF.Cos(a);
                float front = 0.5f + (0.5f * cz);
                float top = turtle > 0 ? 52 - (10 * front) : 38 - (24 * front);
                float low = turtle > 0 ? -12 - (14 * front) : 4 - (52 * front * front);
                float flare = turtle > 0 ? MathF.Sin(t * MathF.PI) * 3 : t * (9 + (4 * front));
                float radius = 61 + flare + (turtle > 0 ? 0 : 2);
                var p = new Vector3(radius * sx, float.Lerp(top, low, t),
                    (radius * cz * 1.04f) - 4 + (turtle > 0 ? 0 : front * t * 16));
                int i = mesh.Add(new Rig(Carrier.Torso, -1, p), p, Vector3.Zero, new Vector4(p.X, p.Y, 900, 0.95f));
                first = first < 0 ? i : first;
            }
        }

        mesh.Grid(first, rows, columns + 1);
    }

    // A hood that lies on the back: a roll round the neck, thick behind, with two cords in front.
    private static void AddHood(GeometryBuilder mesh, ClothesStyle style)
    {
        const int rows = 9, columns = 40;
        int first = -1;
        for (int r = 0; r < rows; r++)
        {
            (float sin, float cos) = MathF.SinCos(r * MathF.Tau / (rows - 1));
            for (int c = 0; c <= columns; c++)
            {
                float a = c * MathF.Tau / columns, front = 0.5f + (0.5f * MathF.Cos(a));
                float width = float.Lerp(30, 11, front), height = float.Lerp(34, 15, front);
                float radius = 66 + (width * (0.7f + cos));
                var p = new Vector3(radius * MathF.Sin(a), float.Lerp(14, -26, front * front) + (height * sin), (radius * MathF.Cos(a) * 1.05f) - 4);
                Vector4 lump = Noise.Sample(style.NoiseAt + (p * 0.007f));
                p += Direction(lump) * 9;
                int i = mesh.Add(new Rig(Carrier.Torso, -1, p), p, Vector3.Zero, new Vector4(style.Main, 0.8f + (0.2f * sin)));
                first = first < 0 ? i : first;
            }
        }

        mesh.Grid(first, rows, columns + 1);
        mesh.Close(Material.Drape, twoSided: true, casts: true);
        var cord = new Shaper(mesh, Carrier.Torso, new Vector4(style.Second, 1));
        foreach (int side in (ReadOnlySpan<int>)[1, -1])
        {
            var path = new Vector3[7];
            for (int k = 0; k < path.Length; k++)
            {
                path[k] = TorsoAt(style, 0.2f + (0.055f * k), side * (0.24f - (0.004f * k))) + new Vector3(0, 0, k == 0 ? 12 : 6);
            }

            cord.Tube(path, 2.2f, 5);
        }

        mesh.Close(Material.Drape, twoSided: true);
    }

    private static Vector3 Direction(Vector4 n) => new(n.X, n.Y, n.Z);

    private static int Lens(GeometryBuilder mesh, Vector3 p, Vector4 tint) =>
        mesh.Add(new Rig(Carrier.Head, -1, p), p, Vector3.Zero, tint);
}
