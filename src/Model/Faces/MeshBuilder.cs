using System.Numerics;

namespace Mimesh.Faces;

/// <summary>Collects vertices in mirrored pairs, and triangles that are mirror images of one another.</summary>
internal sealed class MeshBuilder
{
    private readonly List<Vector3> _positions = [];
    private readonly List<Part> _parts = [];
    private readonly List<int> _mirror = [];
    private readonly List<int> _triangles = [];

    public IReadOnlyList<Vector3> Positions => _positions;

    public IReadOnlyList<int> MirrorOf => _mirror;

    public IReadOnlyList<Part> Parts => _parts;

    public int Count => _positions.Count;

    public int[] Triangles => [.. _triangles];

    /// <summary>Adds a vertex that is its own mirror image; its x becomes 0.</summary>
    public int AddCentral(Vector3 p, Part part)
    {
        _positions.Add(p with { X = 0 });
        _parts.Add(part);
        _mirror.Add(Count - 1);
        return Count - 1;
    }

    /// <summary>Adds a vertex and its mirror image; returns the first, the second is <c>MirrorOf</c> it.</summary>
    public int AddPair(Vector3 p, Part part)
    {
        int i = Count;
        _positions.Add(p);
        _positions.Add(p with { X = -p.X });
        _parts.Add(part);
        _parts.Add(part);
        _mirror.Add(i + 1);
        _mirror.Add(i);
        return i;
    }

    /// <summary>Adds a central vertex where x is 0, and a pair elsewhere.</summary>
    public int Add(Vector3 p, Part part) => p.X == 0 ? AddCentral(p, part) : AddPair(p, part);

    public void Move(int i, Vector3 p)
    {
        _positions[i] = p;
        _positions[_mirror[i]] = p with { X = -p.X };
    }

    public void Triangle(int a, int b, int c) => _triangles.AddRange([a, b, c]);

    /// <summary>
    /// A quad seen from outside as top left, top right, bottom right, bottom left. <paramref name="falling"/> picks the
    /// diagonal from top left to bottom right; mirrored quads take the other one.
    /// </summary>
    public void Quad(int a, int b, int c, int d, bool falling)
    {
        if (falling)
        {
            _triangles.AddRange([a, d, c, a, c, b]);
        }
        else
        {
            _triangles.AddRange([a, d, b, b, d, c]);
        }
    }

    /// <summary>Adds the mirror images of all triangles from <paramref name="first"/> on.</summary>
    public void MirrorTriangles(int first)
    {
        for (int i = first, end = _triangles.Count; i < end; i += 3)
        {
            Triangle(_mirror[_triangles[i]], _mirror[_triangles[i + 2]], _mirror[_triangles[i + 1]]);
        }
    }

    public int TriangleMark => _triangles.Count;

    /// <summary>Quads between a ring of vertices and the next ring inwards; both run counter-clockwise's opposite.</summary>
    public void Bridge(ReadOnlySpan<int> outer, ReadOnlySpan<int> inner, Func<int, bool> falling)
    {
        for (int i = 0; i < outer.Length; i++)
        {
            int j = (i + 1) % outer.Length;
            Quad(outer[i], outer[j], inner[j], inner[i], falling(i));
        }
    }
}
