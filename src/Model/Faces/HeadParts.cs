using System.Numerics;

namespace Mimesh.Faces;

/// <summary>The parts inside the head beside the teeth (<see cref="DentalArch"/>): eyeballs, mouth bag and tongue.</summary>
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
        (float Z, float X, float Y)[] shape = [(77, 29, 11), (67, 32, 20), (50, 32, 22), (33, 24, 17), (21, 12, 9)];
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

    /// <summary>Adds the tongue, a flattened closed sausage from the throat to behind the lower teeth.</summary>
    public static void AddTongue(MeshBuilder mesh)
    {
        const int sides = 14;
        (float Z, float Y, float X, float Height)[] shape =
        [
            (80.5f, -63.6f, 5, 2), (78.5f, -62.8f, 10, 3.9f), (74, -61.6f, 14, 5.8f), (68, -60.4f, 16.5f, 7.2f), (60, -59.6f, 18, 8.4f),
            (51, -59.4f, 18.5f, 9), (39, -61, 17, 9), (28, -66, 12, 7),
        ];
        int tip = mesh.AddCentral(new Vector3(0, -64.2f, 81.6f), Part.Tongue);
        int[] previous = [];
        foreach (var (z, y, halfWidth, halfHeight) in shape)
        {
            var ring = new int[sides];
            for (int i = 0; i <= sides / 2; i++)
            {
                float angle = 2 * MathF.PI * i / sides;
                // A groove along the middle, and its banks.
                float groove = halfHeight * (i == 0 ? 0.3f : i == 1 ? -0.05f : 0);
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
