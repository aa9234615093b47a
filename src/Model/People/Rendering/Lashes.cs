using System.Numerics;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>
/// Lashes: a ribbon on the edge of each lid with gaps between its hairs. It turns with its lid, about twice as far: over an
/// open eye the upper lashes rise, on a closed one they hang over the line where the lids meet.
/// </summary>
internal static class Lashes
{
    private const int Joints = 4;

    /// <summary>Adds the lashes of both eyes.</summary>
    /// <param name="mesh">Receives them.</param>
    /// <param name="model">The head model.</param>
    /// <param name="anatomy">Where its lids are.</param>
    /// <param name="length">Of the upper lashes, millimetres.</param>
    public static void Add(GeometryBuilder mesh, FaceModel model, Anatomy anatomy, float length)
    {
        for (int side = 0; side < 2; side++)
        {
            AddRow(mesh, model, anatomy.UpperLids[side], length, 1);
            AddRow(mesh, model, anatomy.LowerLids[side], 0.45f * length, -1);
        }

        mesh.Close(Material.Lash, twoSided: true);
    }

    /// <summary>Where a joint of a lash is.</summary>
    /// <param name="root">The vertex of the lid's edge that it grows from, in view space.</param>
    /// <param name="joint">Millimetres from the root, negative on a lower lid; millimetres sideways; share of the length.</param>
    /// <param name="eye">The eye.</param>
    public static Vector3 Place(Vector3 root, Vector3 joint, in EyeView eye)
    {
        Vector3 r = Vector3.Normalize(root - eye.Centre);
        float height = Vector3.Dot(r, eye.Up);
        Vector3 flat = Vector3.Normalize(r - (height * eye.Up));
        // Lashes curl: the nearer to the tip, the more they turn up, and down on a lower lid.
        float angle = joint.X > 0 ? -0.25f + (1.9f * height) + ((0.35f + height) * joint.Z) : -0.75f + (0.4f * height);
        (float sin, float cos) = MathF.SinCos(angle);
        Vector3 along = (flat * cos) + (eye.Up * sin);
        return root + (((along * MathF.Abs(joint.X)) + (r * 0.35f) + (eye.Right * joint.Y)) * eye.Unit);
    }

    private static void AddRow(GeometryBuilder mesh, FaceModel model, int[] lid, float length, float sign)
    {
        int first = -1;
        for (int j = 0; j < Joints; j++)
        {
            float v = j / (Joints - 1f);
            for (int k = 0; k < lid.Length; k++)
            {
                // They are longest towards the outer corner, and fan out to it.
                float u = lid.Length < 2 ? 0 : k / (lid.Length - 1f);
                float size = length * (0.4f + (0.6f * Smooth(0, 0.75f, u))) * (1 - (0.25f * Smooth(0.85f, 1, u)));
                float fan = MathF.Sign(model.Mean[lid[k]].X) * size * v * ((1.1f * u) - 0.35f);
                var joint = new Vector3(sign * MathF.Max(size * v, 0.01f), fan, v);
                int i = mesh.Add(new Rig(Carrier.Lid, lid[k], joint), model.Mean[lid[k]], Vector3.Zero, new Vector4(u, v, sign, size));
                first = first < 0 ? i : first;
            }
        }

        mesh.Grid(first, Joints, lid.Length);
    }
}

/// <summary>Lashes: closed along the lid, and single hairs that taper towards their tips.</summary>
internal struct LashGaps(Geometry geometry, float density) : ICoverage
{
    private Vector4 first, second, third; // paint (across, along, which lid, millimetres) of the first vertex, and its growth

    /// <inheritdoc/>
    public void Turn(int triangle)
    {
        int[] indices = geometry.Triangles;
        first = geometry.PaintA[indices[3 * triangle]];
        second = geometry.PaintA[indices[(3 * triangle) + 1]] - first;
        third = geometry.PaintA[indices[(3 * triangle) + 2]] - first;
    }

    /// <inheritdoc/>
    public readonly bool Covers(float b, float c)
    {
        Vector4 a = first + (second * b) + (third * c);
        float at = a.X * (a.Z > 0 ? 26 : 17), hair = MathF.Floor(at);
        float long_ = 0.6f + (0.4f * Noise.Unit((uint)(hair + (a.Z > 0 ? 100 : 300))));
        float v = a.Y / long_;
        float half = density * (a.Z > 0 ? 0.5f : 0.3f) * (1.15f - v);
        // The roots stand so close that they make a line.
        return v < 1 && (a.Y * a.W < 0.95f * a.Z || MathF.Abs(at - hair - 0.5f) < half);
    }
}
