using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mimesh.Faces;

/// <summary>Decides per sample whether a triangle covers it; a struct, so that the test is inlined.</summary>
public interface ICoverage
{
    /// <summary>Turns to a triangle; called before its first sample.</summary>
    void Turn(int triangle);

    /// <summary>True where the triangle's surface is present, given the weights of its second and third vertex.</summary>
    bool Covers(float b, float c);
}

/// <summary>A surface without holes.</summary>
public readonly struct Opaque : ICoverage
{
    /// <inheritdoc/>
    public void Turn(int triangle)
    {
    }

    /// <inheritdoc/>
    public bool Covers(float b, float c) => true;
}

/// <summary>
/// A z-buffer over square samples that remembers which triangle each sample shows, and where on it. Larger z is nearer.
/// </summary>
public sealed class Rasterizer
{
    private Vector3[] points = [];

    /// <summary>Samples a side.</summary>
    public int Side { get; private set; }

    /// <summary>The nearest triangle of each sample, −1 for none; (Side, Side).</summary>
    public int[] Triangle { get; private set; } = [];

    /// <summary>Depth on the scale of the grid; (Side, Side).</summary>
    public float[] Depth { get; private set; } = [];

    /// <summary>Weight of the triangle's second vertex; (Side, Side).</summary>
    public float[] B { get; private set; } = [];

    /// <summary>Weight of the triangle's third vertex; (Side, Side).</summary>
    public float[] C { get; private set; } = [];

    /// <summary>Starts a picture of <paramref name="side"/>² empty samples over projected vertices.</summary>
    /// <param name="vertices">xy in the [−1, 1] grid, x right, y down, z towards the camera.</param>
    /// <param name="side">Samples a side.</param>
    public void Begin(ReadOnlySpan<Vector3> vertices, int side)
    {
        if (side != Side)
        {
            Side = side;
            Triangle = new int[side * side];
            Depth = new float[side * side];
            B = new float[side * side];
            C = new float[side * side];
        }

        Array.Fill(Triangle, -1);
        Array.Fill(Depth, float.NegativeInfinity);
        if (points.Length < vertices.Length)
        {
            points = new Vector3[vertices.Length];
        }

        var scale = new Vector3(0.5f * side, 0.5f * side, 1);
        var shift = new Vector3((0.5f * side) - 0.5f, (0.5f * side) - 0.5f, 0);
        for (int i = 0; i < vertices.Length; i++)
        {
            points[i] = (vertices[i] * scale) + shift;
        }
    }

    /// <summary>Draws triangles <c>[first, first + count)</c>, counter-clockwise ones as seen by the viewer first of
    /// all.</summary>
    /// <param name="triangles">Three vertex indices a triangle.</param>
    /// <param name="first">The first triangle.</param>
    /// <param name="count">How many.</param>
    /// <param name="twoSided">Whether triangles that face away are drawn too.</param>
    /// <param name="coverage">The per-sample test.</param>
    public void Draw<TCoverage>(ReadOnlySpan<int> triangles, int first, int count, bool twoSided, TCoverage coverage)
        where TCoverage : struct, ICoverage
    {
        int side = Side;
        float last = side - 1;
        ref int ids = ref MemoryMarshal.GetArrayDataReference(Triangle);
        ref Vector3 corners = ref MemoryMarshal.GetArrayDataReference(points);
        ref float bs = ref MemoryMarshal.GetArrayDataReference(B);
        ref float cs = ref MemoryMarshal.GetArrayDataReference(C);
        ref float depths = ref MemoryMarshal.GetArrayDataReference(Depth);
        for (int t = first; t < first + count; t++)
        {
            ReadOnlySpan<int> triangle = triangles.Slice(3 * t, 3);
            Vector3 p = Unsafe.Add(ref corners, triangle[0]), q = Unsafe.Add(ref corners, triangle[1]),
                r = Unsafe.Add(ref corners, triangle[2]);
            float area = ((q.X - p.X) * (r.Y - p.Y)) - ((r.X - p.X) * (q.Y - p.Y));
            // The grid's y points down, so what is counter-clockwise to the eye has a negative area.
            if (area == 0 || (area > 0 && !twoSided))
            {
                continue;
            }

            Vector3 low = Vector3.Max(Vector3.Min(p, Vector3.Min(q, r)), Vector3.Zero);
            Vector3 high = Vector3.Max(p, Vector3.Max(q, r));
            int x0 = (int)MathF.Ceiling(low.X), x1 = (int)MathF.Floor(MathF.Min(high.X, last));
            int y0 = (int)MathF.Ceiling(low.Y), y1 = (int)MathF.Floor(MathF.Min(high.Y, last));
            if (x0 > x1 || y0 > y1)
            {
                continue; // outside, or between samples
            }

            coverage.Turn(t);
            float inverse = 1 / area;
            float bx = (r.Y - p.Y) * inverse, by = (p.X - r.X) * inverse;
            float cx = (p.Y - q.Y) * inverse, cy = (q.X - p.X) * inverse;
            float zb = q.Z - p.Z, zc = r.Z - p.Z;
            for (int y = y0; y <= y1; y++)
            {
                float dx = x0 - p.X, dy = y - p.Y;
                float b = (bx * dx) + (by * dy), c = (cx * dx) + (cy * dy);
                int at = (y * side) + x0;
                bool entered = false;
                for (int x = x0; x <= x1; x++, at++, b += bx, c += cx)
                {
                    if (b < 0 || c < 0 || b + c > 1)
                    {
                        if (entered)
                        {
                            break; // a row crosses a triangle once
                        }

                        continue;
                    }

                    entered = true;
                    float z = p.Z + (b * zb) + (c * zc);
                    if (z > Unsafe.Add(ref depths, at) && coverage.Covers(b, c))
                    {
                        Unsafe.Add(ref depths, at) = z;
                        Unsafe.Add(ref ids, at) = t;
                        Unsafe.Add(ref bs, at) = b;
                        Unsafe.Add(ref cs, at) = c;
                    }
                }
            }
        }
    }

    /// <summary>The weights of triangle <paramref name="t"/>'s second and third vertex at any point, in sample units.</summary>
    public (float B, float C) WeightsAt(ReadOnlySpan<int> triangles, int t, float x, float y)
    {
        Vector3 p = points[triangles[3 * t]], q = points[triangles[(3 * t) + 1]], r = points[triangles[(3 * t) + 2]];
        float area = ((q.X - p.X) * (r.Y - p.Y)) - ((r.X - p.X) * (q.Y - p.Y));
        float dx = x - p.X, dy = y - p.Y;
        return (((dx * (r.Y - p.Y)) - (dy * (r.X - p.X))) / area, ((dy * (q.X - p.X)) - (dx * (q.Y - p.Y))) / area);
    }
}
