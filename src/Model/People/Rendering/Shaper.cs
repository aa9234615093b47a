using System.Numerics;

namespace Mimesh.People;

/// <summary>Adds tubes and balls of one colour to a mesh.</summary>
/// <param name="Mesh">The mesh.</param>
/// <param name="Carrier">What carries them.</param>
/// <param name="Paint">Their paint.</param>
internal readonly record struct Shaper(GeometryBuilder Mesh, Carrier Carrier, Vector4 Paint)
{
    /// <summary>A tube along a path, open at its ends.</summary>
    public void Tube(ReadOnlySpan<Vector3> path, float radius, int sides)
    {
        int first = -1;
        for (int i = 0; i < path.Length; i++)
        {
            Vector3 along = Vector3.Normalize(path[Math.Min(i + 1, path.Length - 1)] - path[Math.Max(i - 1, 0)]);
            Vector3 helper = MathF.Abs(along.Z) > 0.8f ? Vector3.UnitY : Vector3.UnitZ;
            var u = Vector3.Normalize(Vector3.Cross(along, helper));
            var v = Vector3.Cross(along, u);
            for (int s = 0; s <= sides; s++)
            {
                (float sin, float cos) = MathF.SinCos(s * MathF.Tau / sides);
                int vertex = Add(path[i] + (((u * cos) + (v * sin)) * radius));
                first = first < 0 ? vertex : first;
            }
        }

        Mesh.Grid(first, path.Length, sides + 1);
    }

    /// <summary>An ellipsoid.</summary>
    public void Ball(Vector3 centre, Vector3 radii)
    {
        const int rows = 8, columns = 12;
        int first = -1;
        for (int r = 0; r < rows; r++)
        {
            (float ring, float height) = MathF.SinCos(MathF.PI * r / (rows - 1));
            for (int c = 0; c <= columns; c++)
            {
                (float sin, float cos) = MathF.SinCos(c * MathF.Tau / columns);
                int vertex = Add(centre + (new Vector3(ring * sin, height, ring * cos) * radii));
                first = first < 0 ? vertex : first;
            }
        }

        Mesh.Grid(first, rows, columns + 1);
    }

    private int Add(Vector3 p) => Mesh.Add(new Rig(Carrier, -1, p), p, Vector3.Zero, Paint);
}
