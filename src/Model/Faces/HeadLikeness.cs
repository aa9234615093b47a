using System.Numerics;
using static Mimesh.Faces.Brush;

namespace Mimesh.Faces;

/// <summary>
/// The strokes that turn the rough head, cast from <see cref="HeadSculpture"/>, into an average of people's: millimetres, on the
/// left side or the midline, mirrored to the other. They were fitted by least squares to a mean of scans, and change nothing
/// of the grid, so vertices and triangles keep their numbers.
/// </summary>
internal static class HeadLikeness
{
    /// <summary>Least distance of the lids' edges from the eyeball, millimetres.</summary>
    private const float LidThickness = 1.12f;

    private static readonly Brush[] s_strokes =
    [
        // Forehead and skull.
        Push3(59, 90, 35.8f, 44, 26, 34, 1.6f, -0.8f, 0.2f),
        Push3(11, 72, 92, 68, 40, 41.6f, -2.3f, -1.6f, -1.8f),
        Push3(29, 45, 91, 13.8f, 11, 13, 0.3f, -0.3f, 1),
        // Brows and eyes.
        Push3(34, 32, 85.2f, 19, 11, 14, 0.7f, -1.1f, 1.1f),
        Push3(43, 26, 80, 8, 6.2f, 6, 1.8f, -1.2f, -1.1f),
        Push3(29, 21, 82, 5, 5, 6, 0.2f, 0.2f, 0.6f),
        Push3(45, 20.8f, 78, 11, 11, 13, -2.1f, 0.3f, 2.7f),
        Push3(20.4f, 12, 79, 7, 7, 8, 1.5f, 0.3f, 0.3f),
        Push3(37, 10, 80, 8, 5, 6, -0.4f, 1, -0.4f),
        Push3(44, 4, 75, 6.2f, 5, 6, 1.2f, -0.2f, 0.8f),
        Push3(31, 3, 79, 8, 5, 6, 1.3f, -0.3f, 1.2f),
        // Nose.
        Push3(0, 27.6f, 98, 7, 12, 9, 0, 0.4f, -1.3f),
        Push3(7, 17, 94, 8.8f, 12, 9, -1, -1.2f, -2.4f),
        Push3(4, -19, 116, 12, 8.8f, 9, -1, -0.4f, -0.8f),
        Push3(8, -23, 102, 17, 17, 20, 1.5f, 1.5f, -0.4f),
        Push3(4, -30, 101, 8.8f, 12, 9, -1.8f, -0.4f, 1),
        // Cheeks.
        Push3(34.2f, -14, 84, 11, 19, 14, -1.1f, 0.1f, -1.3f),
        Push3(46, -42, 74, 11, 13.8f, 13, -2.2f, 0.5f, -2),
        Push3(37, -43, 81, 5, 10, 6, -1.1f, 0.4f, -0.7f),
        Push3(42.6f, -54, 71, 7, 7, 8, -1, 0.3f, -0.8f),
        Push3(44, -63, 61, 8.8f, 11, 13, -0.1f, -0.4f, -0.2f),
        Push3(36, -79, 62, 19, 11, 17.5f, 1.7f, -1.1f, 0.6f),
        // Mouth.
        Push3(18, -43.4f, 90, 12, 7, 9, 0.1f, 1.3f, 1.3f),
        Push3(4, -48, 102, 8, 5, 6, 0.2f, 1.1f, -0.9f),
        Push3(23, -49, 85, 8, 5, 6, 0.9f, 0.3f, 2.5f),
        Push3(22, -53, 89, 5, 5, 6, -1.6f, 0.1f, -1.7f),
        Push3(11, -55.4f, 99, 12, 7, 9, -1.2f, -0.3f, -3.5f),
        Push3(5.6f, -61, 99, 8, 5, 6, 1.1f, -1.8f, -0.1f),
        Push3(5.4f, -65, 92, 12, 7, 9, -0.1f, -1.3f, 0.7f),
        Push3(14, -67, 89, 8.8f, 7, 8, 0.8f, -1.1f, -0.3f),
        // Chin.
        Push3(29, -70, 77, 7, 12, 7.2f, 0.5f, -0.2f, 0.3f),
        Push3(18, -84.2f, 89, 11, 11, 13, -0.1f, -0.3f, -1.4f),
        Push3(4, -94, 96, 11, 13.8f, 13, -0.2f, 0.7f, -1.9f),
        Push3(27, -95, 70, 11, 11, 10.4f, 0.5f, -0.5f, 0.8f),
        // Sides: temple, cheekbone, jaw.
        Push3(70, 34, 28.2f, 26, 44, 34, 1.2f, -2.5f, 0.1f),
        Push3(54, 32, 74, 11, 13.8f, 13, 0.8f, -1.1f, -0.4f),
        Push3(51, 22, 72, 5, 5, 6, 1.4f, -0.5f, -1.1f),
        Push3(71, 13.8f, 18, 11, 19, 14, 1.4f, -0.4f, 0.7f),
        Push3(52, 4, 71, 19, 13.8f, 14, -1.3f, -0.8f, -0.7f),
        Push3(66, -5, 53, 11, 11, 16.2f, -0.9f, -0.6f, -0.5f),
        Push3(52, -14, 72, 29, 17, 27.5f, 1.3f, -1.1f, -0.9f),
        Push3(61, -25, 34, 19, 13.8f, 14, 1.3f, -0.8f, 0.1f),
        Push3(58, -39, 9, 11, 23.8f, 14, 3.8f, -2.1f, 0.5f),
        Push3(56, -48, 42.4f, 68, 40, 52, 7, -2.6f, -0.2f),
        Push3(51, -48.8f, 57, 11, 11, 13, -1.8f, 0.3f, -0.9f),
        Push3(54, -64, 8, 29, 17, 27.5f, -1.2f, -0.1f, 0),
        Push3(45, -74, 37, 11, 11, 16.2f, 1.5f, -1.2f, -0.7f),
        Push3(48, -83.2f, 7, 11, 19, 14, 1.2f, 0.4f, -2.2f),
        // Neck and throat.
        Push3(13, -105, 66, 35.2f, 26, 34, -2.5f, 2.3f, -7.6f),
        Push3(24, -108, 39.6f, 11, 11, 13, -1.3f, 1, -3.7f),
        Push3(46, -109, 4.2f, 11, 19, 14, 2, 0.4f, -1.4f),
        Push3(38, -119.8f, 23, 17, 29, 22, -3.1f, 3.3f, -8.9f),
    ];

    /// <summary>The mean head: the rough one with all strokes.</summary>
    public static Vector3[] Shape(HeadMesh head)
    {
        var d = new Vector3[head.Rough.Length];
        Parallel.For(0, head.SkinCount, i =>
        {
            if (head.Rough[i].X < 0)
            {
                return; // its mirror image does both
            }

            foreach (var stroke in s_strokes)
            {
                d[i] += stroke.AtBothSides(head.Rough[i], 1);
            }

            d[head.Mirror[i]] = d[i] with { X = -d[i].X };
        });
        int[][] lips = head.Topology.LipRings;
        foreach (int[] ring in lips.AsSpan(1))
        {
            for (int i = 0; i < ring.Length; i++)
            {
                d[ring[i]] = d[lips[0][i]];
            }
        }

        head.CarryMouth(d);
        Vector3[] shape = [.. head.Rough.Zip(d, (p, v) => p + v)];
        LayLids(head, shape);
        for (int i = 0; i < shape.Length; i++)
        {
            int m = head.Mirror[i];
            shape[m] = m == i ? shape[i] with { X = 0 } : shape[i] with { X = -shape[i].X };
        }

        return shape;
    }

    // The eyeball stays: the lids' edges keep a lid's thickness off it, and the inner rings their distance from its centre, under
    // the edge.
    private static void LayLids(HeadMesh head, Vector3[] shape)
    {
        int[][] rings = head.Topology.LidRings;
        for (int i = 0; i < rings[0].Length; i++)
        {
            var outward = shape[rings[0][i]] - HeadSculpture.EyeCentre;
            float edge = MathF.Max(outward.Length(), HeadSculpture.EyeRadius + LidThickness);
            foreach (int[] ring in rings)
            {
                float radius = ring == rings[0] ? edge : Vector3.Distance(head.Rough[ring[i]], HeadSculpture.EyeCentre);
                shape[ring[i]] = HeadSculpture.EyeCentre + (radius * Vector3.Normalize(outward));
            }
        }
    }
}
