using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.People;

/// <summary>Draws where a face was found.</summary>
internal static class FaceOutline
{
    /// <summary>Draws the three sides of a face's square that are not at the chin.</summary>
    /// <param name="image">What to draw on.</param>
    /// <param name="face">The face, in its pixels.</param>
    /// <param name="color">The lines' colour.</param>
    public static void Draw(Image image, FoundFace face, Rgb color)
    {
        Span<Vector2> corners = stackalloc Vector2[4];
        face.Corners(corners);
        Line(corners[3], corners[0]);
        Line(corners[0], corners[1]);
        Line(corners[1], corners[2]);

        void Line(Vector2 from, Vector2 to)
        {
            int steps = Math.Max(1, (int)MathF.Ceiling(2 * Vector2.Distance(from, to)));
            for (int i = 0; i <= steps; i++)
            {
                Vector2 p = Vector2.Lerp(from, to, (float)i / steps);
                Canvas.Blend(image, (int)MathF.Floor(p.X), (int)MathF.Floor(p.Y), color, 1);
            }
        }
    }
}
