using System.Numerics;

namespace Mimesh.Faces;

/// <summary>A face that was found in a picture: the square that <see cref="FaceCrop"/> cuts around it, in pixels.</summary>
/// <param name="X">The square's centre, pixels from the picture's left edge.</param>
/// <param name="Y">The square's centre, pixels from the picture's top edge.</param>
/// <param name="Side">The square's side, pixels: 184 mm on the face.</param>
/// <param name="Roll">The head's tilt, radians, counter-clockwise as seen on screen; 0 is upright.</param>
/// <param name="Score">How sure it is that this is a face, in (0, 1).</param>
public readonly record struct FoundFace(float X, float Y, float Side, float Roll, float Score)
{
    /// <summary>Quarter turns of the picture, clockwise, that bring the head upright: 0 to 3, what is left is a tilt of at most 45°.</summary>
    public int QuarterTurns => (int)MathF.Round(Roll / (MathF.PI / 2)) & 3;

    /// <summary>The face in the picture after quarter turns.</summary>
    /// <param name="quarters">Quarter turns, clockwise; at least 0.</param>
    /// <param name="width">The picture's width before, pixels.</param>
    /// <param name="height">The picture's height before, pixels.</param>
    public FoundFace Turned(int quarters, int width, int height)
    {
        var face = this;
        for (; quarters > 0; quarters--)
        {
            float roll = MathF.IEEERemainder(face.Roll - (MathF.PI / 2), 2 * MathF.PI);
            face = face with { X = height - face.Y, Y = face.X, Roll = roll };
            (width, height) = (height, width);
        }

        return face;
    }

    /// <summary>The square in the grid [−1, 1]² that spans a square part of the picture.</summary>
    /// <param name="left">The part's left edge, pixels.</param>
    /// <param name="top">The part's top edge, pixels.</param>
    /// <param name="side">The part's side, pixels.</param>
    public FaceCrop In(float left, float top, float side) =>
        new((2 * (X - left) / side) - 1, (2 * (Y - top) / side) - 1, Roll, Side / side);

    /// <summary>The area that two squares have in common, pixels².</summary>
    /// <param name="other">Another face of the same picture.</param>
    public float Intersection(FoundFace other)
    {
        // A square is convex: cut this one along the four edges of the other (Sutherland and Hodgman 1974).
        Span<Vector2> polygon = stackalloc Vector2[8], cut = stackalloc Vector2[8], edge = stackalloc Vector2[4];
        Corners(polygon);
        other.Corners(edge);
        int count = 4;
        for (int e = 0; e < 4 && count > 0; e++)
        {
            Vector2 from = edge[e], along = edge[(e + 1) % 4] - from;
            int kept = 0;
            for (int i = 0; i < count; i++)
            {
                Vector2 a = polygon[i], b = polygon[(i + 1) % count];
                float inA = Cross(along, a - from), inB = Cross(along, b - from);
                if (inA >= 0)
                {
                    cut[kept++] = a;
                }

                if (inA >= 0 != inB >= 0)
                {
                    cut[kept++] = Vector2.Lerp(a, b, inA / (inA - inB));
                }
            }

            cut[..kept].CopyTo(polygon);
            count = kept;
        }

        float area = 0;
        for (int i = 0; i < count; i++)
        {
            area += Cross(polygon[i], polygon[(i + 1) % count]);
        }

        return area / 2;
    }

    /// <summary>Intersection over union of two squares, each tilted as its face: 0 for apart, 1 for the same.</summary>
    /// <param name="other">Another face of the same picture.</param>
    public float Overlap(FoundFace other)
    {
        float common = Intersection(other);
        return common / ((Side * Side) + (other.Side * other.Side) - common);
    }

    /// <summary>The square's corners from the head's upper left, in the order in which the interior lies at positive <see cref="Cross"/>.</summary>
    public void Corners(Span<Vector2> corners)
    {
        var (sin, cos) = MathF.SinCos(Roll);
        Vector2 right = new Vector2(cos, -sin) * (Side / 2), down = new Vector2(sin, cos) * (Side / 2), centre = new(X, Y);
        (corners[0], corners[1]) = (centre - right - down, centre + right - down);
        (corners[2], corners[3]) = (centre + right + down, centre - right + down);
    }

    private static float Cross(Vector2 a, Vector2 b) => (a.X * b.Y) - (a.Y * b.X);
}
