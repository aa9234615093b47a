using System.Numerics;

namespace Mimesh.Faces;

/// <summary>Joins a few points of a plane to triangles (Delaunay 1934).</summary>
internal static class Delaunay
{
    /// <summary>
    /// Every triangle whose circumcircle holds no other point, found by this definition: n⁴ steps, for tens of points.
    /// </summary>
    /// <param name="points">In general position: no four lie on an empty circle.</param>
    /// <returns>Three indices a triangle, counter-clockwise where y points up, in ascending order of the least.</returns>
    public static int[] Triangulate(ReadOnlySpan<Vector2> points)
    {
        var triangles = new List<int>();
        for (int i = 0; i < points.Length; i++)
        {
            for (int j = i + 1; j < points.Length; j++)
            {
                for (int k = j + 1; k < points.Length; k++)
                {
                    double area = Cross(points[i], points[j], points[k]);
                    var (a, b, c) = area > 0 ? (i, j, k) : (i, k, j);
                    if (area != 0 && IsEmpty(points, a, b, c))
                    {
                        triangles.AddRange([a, b, c]);
                    }
                }
            }
        }

        return [.. triangles];
    }

    private static bool IsEmpty(ReadOnlySpan<Vector2> points, int a, int b, int c)
    {
        for (int d = 0; d < points.Length; d++)
        {
            if (d != a && d != b && d != c && InCircle(points[a], points[b], points[c], points[d]) > 0)
            {
                return false;
            }
        }

        return true;
    }

    // Twice the area, positive counter-clockwise.
    private static double Cross(Vector2 a, Vector2 b, Vector2 c) =>
        (((double)b.X - a.X) * ((double)c.Y - a.Y)) - (((double)b.Y - a.Y) * ((double)c.X - a.X));

    // Positive for a point inside the circle through three that go round counter-clockwise.
    private static double InCircle(Vector2 a, Vector2 b, Vector2 c, Vector2 d)
    {
        double ax = (double)a.X - d.X, ay = (double)a.Y - d.Y, bx = (double)b.X - d.X, by = (double)b.Y - d.Y;
        double cx = (double)c.X - d.X, cy = (double)c.Y - d.Y;
        double aa = (ax * ax) + (ay * ay), bb = (bx * bx) + (by * by), cc = (cx * cx) + (cy * cy);
        return (ax * ((by * cc) - (bb * cy))) - (ay * ((bx * cc) - (bb * cx))) + (aa * ((bx * cy) - (by * cx)));
    }
}
