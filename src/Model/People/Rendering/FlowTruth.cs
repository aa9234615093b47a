using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.People;

/// <summary>The true motion between two frames of one person.</summary>
/// <param name="Offset">
/// Backward flow, (H, W, 2): add it to a driving pixel's place in the [−1, 1] grid to find the same surface point in the
/// source frame. 0 on the background.
/// </param>
/// <param name="Visible">1 where that point is seen in the source frame (background: where both show background), else 0; (H,
/// W).</param>
public sealed record FlowTruth(float[] Offset, float[] Visible)
{
    // A point counts as seen if nothing is this much nearer, in grid units; about 2.5 mm of a face.
    private const float Tolerance = 0.018f;

    /// <summary>The flow that takes the source picture to the driving one.</summary>
    /// <param name="source">A frame of a person.</param>
    /// <param name="driving">A frame of the same person and size.</param>
    /// <exception cref="ArgumentException">The frames differ in person or size.</exception>
    public static FlowTruth Between(Frame source, Frame driving)
    {
        if (source.Person.Seed != driving.Person.Seed || source.Parts.Length != driving.Parts.Length)
        {
            throw new ArgumentException("Flow is defined between two frames of one person and one size.", nameof(driving));
        }

        int size = driving.Image.Width;
        int[] triangles = driving.Person.Geometry.Triangles;
        var offset = new float[size * size * 2];
        var visible = new float[size * size];
        for (int y = 0, i = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++, i++)
            {
                int t = driving.Triangle[i];
                if (t < 0)
                {
                    visible[i] = source.Triangle[i] < 0 ? 1 : 0;
                    continue;
                }

                Vector3 p = source.Screen[triangles[3 * t]], q = source.Screen[triangles[(3 * t) + 1]],
                    r = source.Screen[triangles[(3 * t) + 2]];
                Vector2 w = driving.Barycentric[i];
                Vector3 at = p + ((q - p) * w.X) + ((r - p) * w.Y);
                offset[2 * i] = at.X - (((x + 0.5f) * 2 / size) - 1);
                offset[(2 * i) + 1] = at.Y - (((y + 0.5f) * 2 / size) - 1);
                visible[i] = IsSeen(source, driving.Parts[i], at, size) ? 1 : 0;
            }
        }

        return new FlowTruth(offset, visible);
    }

    /// <summary>A source picture moved by the flow, bilinearly, its border repeated; where no flow is known it stays as it is.</summary>
    /// <param name="source">The source frame's picture.</param>
    public Image Warp(Image source)
    {
        ArgumentNullException.ThrowIfNull(source);
        int size = source.Width;
        ArgumentOutOfRangeException.ThrowIfNotEqual(size * size, Visible.Length);
        var warped = new Image(size, size);
        for (int i = 0; i < Visible.Length; i++)
        {
            float half = size / 2f;
            Resample.Bilinear(
                source, (i % size) + (Offset[2 * i] * half), (i / size) + (Offset[(2 * i) + 1] * half), warped.Pixels.AsSpan(3 * i, 3));
        }

        return warped;
    }

    private static bool IsSeen(Frame source, Part part, Vector3 at, int size)
    {
        int x = (int)MathF.Floor((at.X + 1) * size / 2), y = (int)MathF.Floor((at.Y + 1) * size / 2);
        if (x < 0 || y < 0 || x >= size || y >= size)
        {
            return false;
        }

        int i = (y * size) + x;
        // A pixel of a steep surface spans some depth of its own.
        return source.Parts[i] == part && source.Depth[i] - at.Z < Tolerance + (1.5f / size);
    }
}
