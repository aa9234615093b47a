using System.Numerics;
using System.Runtime.InteropServices;

namespace Mimesh.Faces;

/// <summary>
/// Turns the sculpt fields into orthogonal modes: the principal axes of faces whose fields have independent unit
/// coefficients, with the strength of each axis set to what scans of people show.
/// </summary>
internal static class IdentityModes
{
    /// <summary>How many modes the built-in model has.</summary>
    public const int Count = 50;

    /// <summary>
    /// RMS displacement of a mode over the face (<see cref="IsFace"/>), millimetres: the first eight as measured on ICT-FaceKit, then falling so
    /// that all of them together make 6.2 mm.
    /// </summary>
    public static float TargetRms(int mode)
    {
        ReadOnlySpan<float> measured = [3.9f, 2.25f, 1.68f, 1.52f, 1.46f, 1.26f, 1.25f, 0.86f];
        return mode < measured.Length ? measured[mode] : 0.8467f * MathF.Pow(0.951f, mode - measured.Length);
    }

    /// <summary>Builds the modes, (50) of (V), and the motion of the eye spheres in each.</summary>
    public static (Vector3[][] Modes, Vector3[][] EyeCentres, float[][] EyeRadii) Build(HeadMesh head)
    {
        var fields = new Vector3[IdentityFields.Table.Length][];
        var eyes = new (Vector3 Shift, float Growth)[2][];
        eyes[0] = new (Vector3, float)[fields.Length];
        eyes[1] = new (Vector3, float)[fields.Length];
        Parallel.For(0, fields.Length, f => fields[f] = Sculpt(head, IdentityFields.Table[f], out eyes[0][f], out eyes[1][f]));

        // Scans are of faces; the back of the head, the ears and the neck must not decide which modes come first.
        int[] face = [.. Enumerable.Range(0, head.SkinCount).Where(i => IsFace(head.Positions[i]))];
        var faces = new Vector3[fields.Length][];
        Parallel.For(0, fields.Length, f => faces[f] = [.. face.Select(i => fields[f][i])]);
        int n = fields.Length;
        var gram = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                gram[i, j] = gram[j, i] = FlatVectors.Dot(faces[i], faces[j]);
            }
        }

        (double[] variances, double[,] axes) = SymmetricEigen.Solve(gram);
        var modes = new Vector3[Count][];
        var centres = new Vector3[2][] { new Vector3[Count], new Vector3[Count] };
        var radii = new float[2][] { new float[Count], new float[Count] };
        Parallel.For(0, Count, k =>
        {
            // Axes come without a sign; the largest field counts positive.
            int largest = Enumerable.Range(0, n).MaxBy(f => Math.Abs(axes[f, k]));
            double scale = TargetRms(k) / Math.Sqrt(variances[k] / face.Length) * Math.Sign(axes[largest, k]);
            modes[k] = new Vector3[head.Positions.Length];
            var mode = MemoryMarshal.Cast<Vector3, float>(modes[k].AsSpan());
            for (int f = 0; f < n; f++)
            {
                float w = (float)(scale * axes[f, k]);
                FlatVectors.AddScaled(mode, MemoryMarshal.Cast<Vector3, float>(fields[f].AsSpan()), w);
                for (int side = 0; side < 2; side++)
                {
                    centres[side][k] += w * eyes[side][f].Shift;
                    radii[side][k] += w * eyes[side][f].Growth * HeadSculpture.EyeRadius;
                }
            }
        });

        return (modes, centres, radii);
    }

    /// <summary>Whether the mode strengths count a point: from the hairline to below the chin, before the ears.</summary>
    public static bool IsFace(Vector3 p) => p.Z > 22 && p.Y is > -116 and < 92;

    private static Vector3[] Sculpt(HeadMesh head, IdentityField field, out (Vector3, float) left, out (Vector3, float) right)
    {
        float sign = field.Kind == FieldKind.Antisymmetric ? -1 : 1;
        var d = new Vector3[head.Positions.Length];
        for (int i = 0; i < head.SkinCount; i++)
        {
            foreach (var brush in field.Brushes)
            {
                d[i] += brush.AtBothSides(head.Rough[i], sign);
            }
        }

        left = right = default;
        if (field.Kind != FieldKind.Lids)
        {
            left = MoveEye(head, d, isLeft: true);
            right = MoveEye(head, d, isLeft: false);
        }

        head.CarryMouth(d);
        return d;
    }

    // The eyeball takes the similarity (shift and growth) that fits its lids best, and the lids then follow the eyeball.
    private static (Vector3 Shift, float Growth) MoveEye(HeadMesh head, Vector3[] d, bool isLeft)
    {
        var centre = HeadSculpture.EyeCentre * new Vector3(isLeft ? 1 : -1, 1, 1);
        int[] ring = head.Topology.LidRings[0];
        var shift = Vector3.Zero;
        foreach (int i in ring)
        {
            shift += d[isLeft ? i : head.Mirror[i]] / ring.Length;
        }

        float along = 0, square = 0;
        var middle = Vector3.Zero;
        foreach (int i in ring)
        {
            middle += head.Positions[isLeft ? i : head.Mirror[i]] / ring.Length;
        }

        foreach (int i in ring)
        {
            int v = isLeft ? i : head.Mirror[i];
            var r = head.Positions[v] - middle;
            along += Vector3.Dot(d[v] - shift, r);
            square += r.LengthSquared();
        }

        float growth = along / square;
        shift += growth * (centre - middle);
        for (int i = 0; i < head.SkinCount; i++)
        {
            if (head.LidWeight[i] > 0 && head.Positions[i].X > 0 == isLeft)
            {
                d[i] = FlatVectors.Lerp(d[i], shift + (growth * (head.Positions[i] - centre)), head.LidWeight[i]);
            }
        }

        foreach (int i in head.Eyeball(isLeft))
        {
            d[i] = shift + (growth * (head.Positions[i] - centre));
        }

        return (shift, growth);
    }
}
