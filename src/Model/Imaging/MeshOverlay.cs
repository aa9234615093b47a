using System.Numerics;

namespace Mimesh.Imaging;

/// <summary>Draws a projected mesh over a picture: a shaded surface with its edges, hidden parts removed.</summary>
public static class MeshOverlay
{
    private const float SurfaceAlpha = 0.45f;
    private const float EdgeAlpha = 0.75f;
    private static readonly Rgb Far = new(0.15f, 0.35f, 0.75f);
    private static readonly Rgb Near = new(0.75f, 0.95f, 1f);

    /// <summary>Draws the mesh; edges get lighter the nearer they are.</summary>
    /// <param name="background">The picture, which is not changed.</param>
    /// <param name="vertices">Projected vertices: x and y in the picture's [−1, 1] grid (y down), larger z nearer.</param>
    /// <param name="triangles">Vertex indices, counter-clockwise as seen from outside; a triangle with a vertex that is not there is left out.</param>
    /// <returns>A picture of the background's size.</returns>
    public static Image Draw(Image background, ReadOnlySpan<Vector3> vertices, ReadOnlySpan<int> triangles)
    {
        ArgumentNullException.ThrowIfNull(background);
        var image = new Image(background.Width, background.Height);
        background.Pixels.CopyTo(image.Pixels.AsSpan());

        // To pixels. z keeps the scale of x, so that normals are those of the surface.
        float half = image.Width / 2f;
        var points = new Vector3[vertices.Length];
        float near = float.NegativeInfinity, far = float.PositiveInfinity;
        for (int i = 0; i < points.Length; i++)
        {
            var v = vertices[i];
            points[i] = new Vector3(((v.X + 1) * half) - 0.5f, ((v.Y + 1) * image.Height / 2f) - 0.5f, v.Z * half);
            if (float.IsFinite(points[i].Z))
            {
                (near, far) = (Math.Max(near, points[i].Z), Math.Min(far, points[i].Z));
            }
        }

        float[] depth = new float[image.Width * image.Height];
        var surface = new Rgb[depth.Length];
        float[] edge = new float[depth.Length];
        Array.Fill(depth, float.NegativeInfinity);
        for (int t = 0; t + 2 < triangles.Length; t += 3)
        {
            if (Math.Max(triangles[t], Math.Max(triangles[t + 1], triangles[t + 2])) < points.Length)
            {
                Fill(points[triangles[t]], points[triangles[t + 1]], points[triangles[t + 2]]);
            }
        }

        for (int i = 0; i < depth.Length; i++)
        {
            if (float.IsFinite(depth[i]))
            {
                float nearness = (depth[i] - far) / Math.Max(near - far, 1e-6f);
                var (x, y) = (i % image.Width, i / image.Width);
                Canvas.Blend(image, x, y, surface[i], SurfaceAlpha);
                Canvas.Blend(image, x, y, Rgb.Lerp(Far, Near, nearness), edge[i] * EdgeAlpha);
            }
        }

        return image;

        void Fill(Vector3 a, Vector3 b, Vector3 c)
        {
            // y points down, so a front face is clockwise on screen: its cross product's z is negative.
            var cross = Vector3.Cross(b - a, c - a);
            if (!(cross.Z < 0))
            {
                return;
            }

            // Lit from the upper left in front; the mirrored y axis turns the normal around.
            var normal = -Vector3.Normalize(cross);
            float light = Math.Max(0, Vector3.Dot(normal, Vector3.Normalize(new Vector3(-0.4f, -0.5f, 1))));
            var shade = Rgb.White * (0.25f + (0.75f * light));

            int left = Math.Max(0, (int)MathF.Ceiling(Math.Min(a.X, Math.Min(b.X, c.X))));
            int right = Math.Min(image.Width - 1, (int)MathF.Floor(Math.Max(a.X, Math.Max(b.X, c.X))));
            int top = Math.Max(0, (int)MathF.Ceiling(Math.Min(a.Y, Math.Min(b.Y, c.Y))));
            int bottom = Math.Min(image.Height - 1, (int)MathF.Floor(Math.Max(a.Y, Math.Max(b.Y, c.Y))));
            // A barycentric weight times twice the area over the opposite edge's length is the distance to that edge.
            float area = cross.Z;
            float perA = -area / Length(b, c), perB = -area / Length(c, a), perC = -area / Length(a, b);
            for (int y = top; y <= bottom; y++)
            {
                for (int x = left; x <= right; x++)
                {
                    float wa = (((c.X - b.X) * (y - b.Y)) - ((c.Y - b.Y) * (x - b.X))) / area;
                    float wb = (((a.X - c.X) * (y - c.Y)) - ((a.Y - c.Y) * (x - c.X))) / area;
                    float wc = 1 - wa - wb;
                    int i = (y * image.Width) + x;
                    float z = (wa * a.Z) + (wb * b.Z) + (wc * c.Z);
                    if (wa >= 0 && wb >= 0 && wc >= 0 && z > depth[i])
                    {
                        depth[i] = z;
                        surface[i] = shade;
                        edge[i] = Math.Clamp(1.2f - Math.Min(wa * perA, Math.Min(wb * perB, wc * perC)), 0, 1);
                    }
                }
            }
        }

        static float Length(Vector3 p, Vector3 q) => Math.Max(new Vector2(q.X - p.X, q.Y - p.Y).Length(), 1e-6f);
    }

    /// <summary>Marks points with dots, in place.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="points">Projected points in the picture's [−1, 1] grid (y down).</param>
    /// <param name="color">The dots' colour.</param>
    public static void Mark(Image image, IEnumerable<Vector3> points, Rgb color)
    {
        float radius = Math.Max(1f, image.Width / 170f);
        int reach = (int)radius + 1;
        foreach (var point in points.Where(p => float.IsFinite(p.X) && float.IsFinite(p.Y)))
        {
            float x = ((point.X + 1) * image.Width / 2f) - 0.5f, y = ((point.Y + 1) * image.Height / 2f) - 0.5f;
            for (int v = (int)y - reach; v <= (int)y + reach + 1; v++)
            {
                for (int u = (int)x - reach; u <= (int)x + reach + 1; u++)
                {
                    Canvas.Blend(image, u, v, color, Math.Clamp(radius + 0.5f - new Vector2(u - x, v - y).Length(), 0, 1));
                }
            }
        }
    }
}
