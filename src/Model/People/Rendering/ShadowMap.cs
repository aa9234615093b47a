using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>The depth of the scene as the dominant light sees it.</summary>
internal sealed class ShadowMap
{
    private const int Side = 112;
    private readonly Rasterizer raster = new();
    private Vector3[] turned = [];
    private Vector3 right, up, direction, centre;
    private float scale, spread;

    /// <summary>Two unit vectors that complete a direction to a right-handed frame.</summary>
    public static (Vector3 Right, Vector3 Up) Frame(Vector3 d)
    {
        Vector3 helper = MathF.Abs(d.Y) > 0.9f ? Vector3.UnitZ : Vector3.UnitY;
        var right = Vector3.Normalize(Vector3.Cross(helper, d));
        return (right, Vector3.Cross(d, right));
    }

    /// <summary>Draws the map.</summary>
    /// <param name="view">Vertices in view space, y up.</param>
    /// <param name="geometry">Their triangles.</param>
    /// <param name="towards">Unit vector towards the light.</param>
    /// <param name="softness">Width of the shadows' edges, in [0, 1].</param>
    /// <param name="middle">Centre of the head in view space.</param>
    /// <param name="unit">Grid units per millimetre.</param>
    public void Draw(ReadOnlySpan<Vector3> view, Geometry geometry, Vector3 towards, float softness, Vector3 middle, float unit)
    {
        direction = towards;
        (right, up) = Frame(direction);
        centre = middle;
        scale = 1 / (190 * unit);
        spread = 0.6f + (2.2f * softness);
        if (turned.Length < view.Length)
        {
            turned = new Vector3[view.Length];
        }

        for (int i = 0; i < view.Length; i++)
        {
            turned[i] = Turn(view[i]);
        }

        raster.Begin(turned.AsSpan(0, view.Length), Side);
        foreach (Chunk chunk in geometry.Chunks)
        {
            if (chunk.Casts)
            {
                raster.Draw(geometry.Triangles, chunk.First, chunk.Count, twoSided: false, default(Opaque));
            }
        }
    }

    /// <summary>How much of the light reaches a point in view space, in [0, 1].</summary>
    public float At(Vector3 p, Vector3 normal)
    {
        Vector3 q = Turn(p) + new Vector3(0, 0, 0.012f);
        q += new Vector3(Vector3.Dot(normal, right), -Vector3.Dot(normal, up), 0) * 0.015f;
        float x = ((q.X + 1) * (Side / 2f)) - 0.5f, y = ((q.Y + 1) * (Side / 2f)) - 0.5f;
        float lit = Tap(x - spread, y - (0.4f * spread), q.Z);
        lit += Tap(x + (0.4f * spread), y - spread, q.Z);
        lit += Tap(x + spread, y + (0.4f * spread), q.Z);
        lit += Tap(x - (0.4f * spread), y + spread, q.Z);
        return lit * 0.25f;
    }

    private Vector3 Turn(Vector3 p)
    {
        p = (p - centre) * scale;
        return new Vector3(Vector3.Dot(p, right), -Vector3.Dot(p, up), Vector3.Dot(p, direction));
    }

    private float Tap(float x, float y, float z)
    {
        int x0 = (int)x, y0 = (int)y;
        if (x < 0 || y < 0 || x0 >= Side - 1 || y0 >= Side - 1)
        {
            return 1;
        }

        float fx = x - x0, fy = y - y0;
        float[] depth = raster.Depth;
        int at = (y0 * Side) + x0;
        // The test is soft in depth too, or every texel would show as a step.
        float Lit(int i) => Math.Clamp(1 - ((depth[i] - z) * 40), 0, 1);
        float top = float.Lerp(Lit(at), Lit(at + 1), fx), bottom = float.Lerp(Lit(at + Side), Lit(at + Side + 1), fx);
        return float.Lerp(top, bottom, fy);
    }
}
