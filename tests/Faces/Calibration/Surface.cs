using System.Numerics;

namespace Mimesh.Tests.Faces.Calibration;

/// <summary>A place on a mesh: a triangle's corners, their weights, and how far it is.</summary>
internal readonly record struct SurfacePlace(int A, int B, int C, Vector3 Weights, float Distance, bool OnEdge)
{
    /// <summary>What a field over the mesh's vertices is there.</summary>
    public Vector3 Of(ReadOnlySpan<Vector3> field) => (Weights.X * field[A]) + (Weights.Y * field[B]) + (Weights.Z * field[C]);
}

/// <summary>Finds the nearest place of a triangle mesh with a tree of boxes.</summary>
internal sealed class Surface
{
    private const int LeafSize = 4;

    private readonly Vector3[] _vertices, _normals;
    private readonly int[] _triangles, _order;
    private readonly HashSet<(int, int)> _open;
    private readonly List<(Vector3 Low, Vector3 High, int First, int Count, int Right)> _boxes = [];

    public Surface(Vector3[] vertices, int[] triangles)
    {
        (_vertices, _triangles) = (vertices, triangles);
        _order = [.. Enumerable.Range(0, triangles.Length / 3)];
        _normals = [.. _order.Select(t => Vector3.Normalize(Cross(vertices, triangles, t)))];
        var middles = _order.Select(t => (vertices[triangles[3 * t]] + vertices[triangles[(3 * t) + 1]] + vertices[triangles[(3 * t) + 2]]) / 3).ToArray();
        Split(middles, 0, _order.Length);
        _open = OpenEdges(triangles);
    }

    /// <summary>The edges that one triangle alone has, in its direction.</summary>
    public static HashSet<(int From, int To)> OpenEdges(int[] triangles)
    {
        var edges = new HashSet<(int, int)>();
        for (int t = 0; t < triangles.Length; t += 3)
        {
            for (int e = 0; e < 3; e++)
            {
                edges.Add((triangles[t + e], triangles[t + ((e + 1) % 3)]));
            }
        }

        return [.. edges.Where(e => !edges.Contains((e.Item2, e.Item1)))];
    }

    /// <summary>Normals and areas (a third of the triangles') of the vertices.</summary>
    public static (Vector3[] Normals, float[] Areas) Orient(Vector3[] vertices, int[] triangles)
    {
        var normals = new Vector3[vertices.Length];
        var areas = new float[vertices.Length];
        for (int t = 0; t < triangles.Length / 3; t++)
        {
            var cross = Cross(vertices, triangles, t);
            for (int e = 0; e < 3; e++)
            {
                normals[triangles[(3 * t) + e]] += cross;
                areas[triangles[(3 * t) + e]] += cross.Length() / 6;
            }
        }

        return ([.. normals.Select(Vector3.Normalize)], areas);
    }

    /// <summary>The nearest place whose surface faces within 75° of a direction.</summary>
    public SurfacePlace Nearest(Vector3 p, Vector3 facing)
    {
        var best = new SurfacePlace(-1, 0, 0, default, float.MaxValue, true);
        Search(0, p, facing, ref best);
        return best with { OnEdge = best.A < 0 || OnOpenEdge(best) };
    }

    private static Vector3 Cross(Vector3[] v, int[] triangles, int t)
    {
        Vector3 a = v[triangles[3 * t]], b = v[triangles[(3 * t) + 1]], c = v[triangles[(3 * t) + 2]];
        return Vector3.Cross(b - a, c - a);
    }

    private bool OnOpenEdge(in SurfacePlace s) =>
        (s.Weights.Z < 1e-4f && IsOpen(s.A, s.B)) || (s.Weights.X < 1e-4f && IsOpen(s.B, s.C)) || (s.Weights.Y < 1e-4f && IsOpen(s.C, s.A));

    private bool IsOpen(int a, int b) => _open.Contains((a, b)) || _open.Contains((b, a));

    private int Split(Vector3[] middles, int first, int count)
    {
        Vector3 low = new(float.MaxValue), high = new(float.MinValue);
        foreach (int t in _order.AsSpan(first, count))
        {
            for (int e = 0; e < 3; e++)
            {
                low = Vector3.Min(low, _vertices[_triangles[(3 * t) + e]]);
                high = Vector3.Max(high, _vertices[_triangles[(3 * t) + e]]);
            }
        }

        int box = _boxes.Count;
        _boxes.Add((low, high, first, count, -1));
        if (count > LeafSize)
        {
            var size = high - low;
            int axis = size.X > size.Y && size.X > size.Z ? 0 : size.Y > size.Z ? 1 : 2;
            _order.AsSpan(first, count).Sort((s, t) => middles[s][axis].CompareTo(middles[t][axis]));
            Split(middles, first, count / 2);
            int right = Split(middles, first + (count / 2), count - (count / 2));
            _boxes[box] = (low, high, first, 0, right);
        }

        return box;
    }

    private void Search(int box, Vector3 p, Vector3 facing, ref SurfacePlace best)
    {
        var (low, high, first, count, right) = _boxes[box];
        if (Vector3.Distance(p, Vector3.Clamp(p, low, high)) >= best.Distance)
        {
            return;
        }

        foreach (int t in _order.AsSpan(first, count))
        {
            if (Vector3.Dot(_normals[t], facing) < 0.26f)
            {
                continue;
            }

            int a = _triangles[3 * t], b = _triangles[(3 * t) + 1], c = _triangles[(3 * t) + 2];
            var weights = Weights(p, _vertices[a], _vertices[b], _vertices[c]);
            float distance = Vector3.Distance(p, (weights.X * _vertices[a]) + (weights.Y * _vertices[b]) + (weights.Z * _vertices[c]));
            if (distance < best.Distance)
            {
                best = new SurfacePlace(a, b, c, weights, distance, false);
            }
        }

        if (right >= 0)
        {
            // The nearer half first.
            int left = box + 1;
            bool swap = Outside(right, p) < Outside(left, p);
            Search(swap ? right : left, p, facing, ref best);
            Search(swap ? left : right, p, facing, ref best);
        }
    }

    private float Outside(int box, Vector3 p) => Vector3.DistanceSquared(p, Vector3.Clamp(p, _boxes[box].Low, _boxes[box].High));

    // Weights of the corners at the nearest point of a triangle (Ericson, Real-Time Collision Detection, 5.1.5).
    private static Vector3 Weights(Vector3 p, Vector3 a, Vector3 b, Vector3 c)
    {
        Vector3 ab = b - a, ac = c - a, ap = p - a, bp = p - b, cp = p - c;
        float d1 = Vector3.Dot(ab, ap), d2 = Vector3.Dot(ac, ap), d3 = Vector3.Dot(ab, bp), d4 = Vector3.Dot(ac, bp);
        float d5 = Vector3.Dot(ab, cp), d6 = Vector3.Dot(ac, cp);
        float va = (d3 * d6) - (d5 * d4), vb = (d5 * d2) - (d1 * d6), vc = (d1 * d4) - (d3 * d2);
        if (d1 <= 0 && d2 <= 0)
        {
            return Vector3.UnitX;
        }

        if (d3 >= 0 && d4 <= d3)
        {
            return Vector3.UnitY;
        }

        if (d6 >= 0 && d5 <= d6)
        {
            return Vector3.UnitZ;
        }

        if (vc <= 0 && d1 >= 0 && d3 <= 0)
        {
            float t = d1 / (d1 - d3);
            return new(1 - t, t, 0);
        }

        if (vb <= 0 && d2 >= 0 && d6 <= 0)
        {
            float t = d2 / (d2 - d6);
            return new(1 - t, 0, t);
        }

        if (va <= 0 && d4 >= d3 && d5 >= d6)
        {
            float t = (d4 - d3) / (d4 - d3 + d5 - d6);
            return new(0, 1 - t, t);
        }

        float sum = va + vb + vc;
        return new(va / sum, vb / sum, vc / sum);
    }
}
