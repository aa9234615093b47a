using System.Numerics;

namespace Mimesh.Model.Faces;

/// <summary>The parts inside the head: eyeballs, mouth bag, teeth and tongue.</summary>
internal static class HeadParts
{
    // Polar angles from the optical axis, degrees: pupil at 10, iris edge at 29.
    private static readonly float[] s_eyeRings = [5, 10, 16, 23, 29, 33, 42, 56, 75, 100, 130];

    private const int EyeSides = 12;

    /// <summary>Adds both eyeballs; returns each vertex's angle from the optical axis in radians, from the first eye vertex on.</summary>
    public static float[] AddEyes(MeshBuilder mesh)
    {
        var angles = new List<float>();
        int mark = mesh.TriangleMark;
        int front = mesh.AddPair(Point(0, 0), Part.Eye);
        angles.AddRange([0, 0]);
        int[] previous = [];
        foreach (float degrees in s_eyeRings)
        {
            float polar = degrees * MathF.PI / 180;
            var ring = new int[EyeSides];
            for (int i = 0; i < EyeSides; i++)
            {
                ring[i] = mesh.AddPair(Point(polar, 2 * MathF.PI * i / EyeSides), Part.Eye);
                angles.AddRange([polar, polar]);
            }

            if (previous.Length == 0)
            {
                Fan(mesh, front, ring, outwards: true);
            }
            else
            {
                mesh.Bridge(ring, previous, _ => true);
            }

            previous = ring;
        }

        int back = mesh.AddPair(Point(MathF.PI, 0), Part.Eye);
        angles.AddRange([MathF.PI, MathF.PI]);
        Fan(mesh, back, previous, outwards: false);
        mesh.MirrorTriangles(mark);
        return [.. angles];

        // Clockwise from the top as seen from the front, like every ring whose inside is to be bridged.
        static Vector3 Point(float polar, float around) =>
            HeadSculpture.EyeCentre + (HeadSculpture.EyeRadius * new Vector3(
                MathF.Sin(polar) * MathF.Sin(around), MathF.Sin(polar) * MathF.Cos(around), MathF.Cos(polar)));
    }

    /// <summary>Rings of the mouth bag; the first repeats the innermost ring of the lips.</summary>
    public static int[][] AddMouthBag(MeshBuilder mesh, int[] lips)
    {
        // Depth, half width and half height of the rings behind the lips.
        (float Z, float X, float Y)[] shape = [(76, 27, 8), (66, 26, 14), (50, 23, 16), (32, 18, 14), (20, 9, 8)];
        int n = lips.Length, corner = n / 4;
        var rings = new List<int[]>();
        for (int k = -1; k < shape.Length; k++)
        {
            var ring = new int[n];
            for (int i = corner; i <= 3 * corner; i++)
            {
                float angle = MathF.PI * (i - corner) / (2 * corner); // 0 at the top, π at the bottom
                var p = k < 0
                    ? mesh.Positions[lips[i]]
                    : new Vector3(shape[k].X * MathF.Sin(angle), -54 + (shape[k].Y * MathF.Cos(angle)), shape[k].Z);
                ring[i] = mesh.Add(i == corner || i == 3 * corner ? p with { X = 0 } : p, Part.MouthBag);
                ring[((2 * corner) - i + n) % n] = mesh.MirrorOf[ring[i]];
            }

            if (k >= 0)
            {
                mesh.Bridge(rings[^1], ring, i => i >= corner && i < 3 * corner);
            }

            rings.Add(ring);
        }

        int end = mesh.AddCentral(new Vector3(0, -54, 16), Part.MouthBag);
        Fan(mesh, end, rings[^1], outwards: true);
        return [.. rings, [end]];
    }

    /// <summary>Adds an arch of twelve teeth, each a bulge of three columns; <paramref name="sign"/> is +1 for the upper jaw.</summary>
    public static void AddTeeth(MeshBuilder mesh, float sign)
    {
        const int teeth = 6, perTooth = 3; // on one side
        float edge = sign > 0 ? -57f : -56f, front = sign > 0 ? 88.5f : 86f, breadth = sign > 0 ? 25 : 23.5f;
        // Across the tooth: gum, neck, bulge, cutting edge, behind it, gum again. (height from the edge, depth inwards)
        (float Height, float Depth)[] section = [(14, 2.4f), (9.5f, 0.5f), (4.5f, 0), (0, 0.8f), (0.2f, 2.4f), (9, 5)];
        var columns = new int[(2 * teeth * perTooth) + 1][];
        for (int c = 0; c <= teeth * perTooth; c++)
        {
            float t = c / (float)(teeth * perTooth);
            // A parabola-like arch, a little denser at the incisors.
            float angle = t * 1.32f;
            float x = breadth * MathF.Sin(angle), z = front - (38 * (1 - MathF.Cos(angle)));
            var inwards = -Vector3.Normalize(new Vector3(MathF.Sin(angle), 0, MathF.Cos(angle)));
            bool gap = c % perTooth == 0;
            float tooth = MathF.Min(c / perTooth, teeth - 1);
            var column = new int[section.Length];
            for (int r = 0; r < section.Length; r++)
            {
                float height = section[r].Height + (r is 3 or 4 ? (gap ? 0.5f : 0) + (tooth == 1 ? 0.5f : 0) : 0);
                var p = new Vector3(x, edge + (sign * height), z) + ((section[r].Depth + (gap && r is > 0 and < 5 ? 0.8f : 0)) * inwards);
                column[r] = mesh.Add(c == 0 ? p with { X = 0 } : p, Part.Teeth);
            }

            columns[(teeth * perTooth) + c] = column;
            columns[(teeth * perTooth) - c] = [.. column.Select(i => mesh.MirrorOf[i])];
        }

        for (int c = 0; c < columns.Length - 1; c++)
        {
            bool falling = c >= teeth * perTooth;
            for (int r = 0; r < section.Length - 1; r++)
            {
                int a = columns[c][r], b = columns[c + 1][r], d = columns[c][r + 1], e = columns[c + 1][r + 1];
                if (sign > 0)
                {
                    mesh.Quad(a, b, e, d, falling);
                }
                else
                {
                    mesh.Quad(d, e, b, a, falling);
                }
            }
        }
    }

    /// <summary>Adds the tongue, a flattened closed sausage from the throat to behind the lower teeth.</summary>
    public static void AddTongue(MeshBuilder mesh)
    {
        const int sides = 12;
        (float Z, float Y, float X, float Height)[] shape =
            [(83, -62.5f, 4, 1.6f), (80, -62, 10, 3.2f), (73, -61, 15, 4.6f), (62, -60, 18, 6), (50, -60, 19, 7.5f), (38, -62, 17, 8), (28, -66, 12, 7)];
        int tip = mesh.AddCentral(new Vector3(0, -62.6f, 84.4f), Part.Tongue);
        int[] previous = [];
        foreach (var (z, y, halfWidth, halfHeight) in shape)
        {
            var ring = new int[sides];
            for (int i = 0; i <= sides / 2; i++)
            {
                float angle = 2 * MathF.PI * i / sides;
                float groove = i == 0 ? 0.25f * halfHeight : 0;
                var p = new Vector3(halfWidth * MathF.Sin(angle), y + (halfHeight * MathF.Cos(angle)) - groove, z);
                ring[i] = mesh.Add(i is 0 or sides / 2 ? p with { X = 0 } : p, Part.Tongue);
                ring[(sides - i) % sides] = mesh.MirrorOf[ring[i]];
            }

            if (previous.Length == 0)
            {
                Fan(mesh, tip, ring, outwards: true);
            }
            else
            {
                mesh.Bridge(ring, previous, i => i < sides / 2);
            }

            previous = ring;
        }

        int root = mesh.AddCentral(new Vector3(0, -68, 24), Part.Tongue);
        Fan(mesh, root, previous, outwards: false);
    }

    // Rings run clockwise as seen by whoever looks at their capped side when the cap faces outwards.
    private static void Fan(MeshBuilder mesh, int centre, int[] ring, bool outwards)
    {
        for (int i = 0; i < ring.Length; i++)
        {
            int j = (i + 1) % ring.Length;
            if (outwards)
            {
                mesh.Triangle(ring[i], centre, ring[j]);
            }
            else
            {
                mesh.Triangle(ring[j], centre, ring[i]);
            }
        }
    }
}
