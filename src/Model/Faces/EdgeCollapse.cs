using System.Numerics;

namespace Mimesh.Faces;

/// <summary>
/// Simplifies a mesh by collapsing edges onto one of their ends, cheapest quadric error first, so that the vertices that are
/// left are a subset of the first ones. The same mesh always gives the same subset.
/// </summary>
internal sealed class EdgeCollapse
{
    // An open edge is held by a plane across it, this much stiffer than the surface.
    private const double BoundaryWeight = 10;

    // Flat regions cost nothing, so longer edges cost a little: the subset stays even.
    private const double LengthWeight = 1e-3;

    private readonly Vector3[] _positions;
    private readonly Quadric[] _quadrics;
    private readonly List<int>[] _neighbours; // ascending
    private readonly int[] _version;
    private readonly bool[] _gone;
    private readonly PriorityQueue<(int From, int To, int Version), double> _queue = new();

    /// <summary>Starts from the triangles over the first vertices.</summary>
    public EdgeCollapse(ReadOnlySpan<Vector3> vertices, ReadOnlySpan<int> triangles)
    {
        _positions = vertices.ToArray();
        _quadrics = new Quadric[vertices.Length];
        _neighbours = new List<int>[vertices.Length];
        _version = new int[vertices.Length];
        _gone = new bool[vertices.Length];
        Count = vertices.Length;
        for (int i = 0; i < vertices.Length; i++)
        {
            _neighbours[i] = new List<int>(8);
        }

        AddPlanes(triangles);
        for (int i = 0; i < vertices.Length; i++)
        {
            Enqueue(i);
        }
    }

    /// <summary>Vertices left.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a vertex is left.</summary>
    public bool Has(int i) => !_gone[i];

    /// <summary>The vertices joined to a vertex by an edge, ascending.</summary>
    public IReadOnlyList<int> Neighbours(int i) => _neighbours[i];

    /// <summary>Collapses edges until so many vertices are left, or no edge is.</summary>
    public void CollapseTo(int count)
    {
        while (Count > count && _queue.TryDequeue(out var edge, out _))
        {
            if (!_gone[edge.From] && !_gone[edge.To] && edge.Version == _version[edge.From] + _version[edge.To])
            {
                Collapse(edge.From, edge.To);
            }
        }
    }

    private void AddPlanes(ReadOnlySpan<int> triangles)
    {
        var edges = new Dictionary<(int, int), int>();
        for (int t = 0; t < triangles.Length; t += 3)
        {
            for (int e = 0; e < 3; e++)
            {
                int a = triangles[t + e], b = triangles[t + ((e + 1) % 3)];
                if (a == b)
                {
                    continue; // a triangle that names a vertex twice is an edge
                }

                Join(a, b);
                var key = (Math.Min(a, b), Math.Max(a, b));
                edges[key] = edges.GetValueOrDefault(key) + 1;
            }
        }

        for (int t = 0; t < triangles.Length; t += 3)
        {
            int a = triangles[t], b = triangles[t + 1], c = triangles[t + 2];
            var cross = Vector3.Cross(_positions[b] - _positions[a], _positions[c] - _positions[a]);
            float doubleArea = cross.Length();
            if (doubleArea == 0)
            {
                continue;
            }

            var normal = cross / doubleArea;
            foreach (int i in (ReadOnlySpan<int>)[a, b, c])
            {
                _quadrics[i].AddPlane(normal, _positions[a], doubleArea / 6);
            }

            for (int e = 0; e < 3; e++)
            {
                int i = triangles[t + e], j = triangles[t + ((e + 1) % 3)];
                if (edges[(Math.Min(i, j), Math.Max(i, j))] == 1)
                {
                    var along = _positions[j] - _positions[i];
                    var across = Vector3.Normalize(Vector3.Cross(along, normal));
                    _quadrics[i].AddPlane(across, _positions[i], BoundaryWeight * along.LengthSquared());
                    _quadrics[j].AddPlane(across, _positions[i], BoundaryWeight * along.LengthSquared());
                }
            }
        }
    }

    private void Join(int a, int b)
    {
        Insert(_neighbours[a], b);
        Insert(_neighbours[b], a);

        static void Insert(List<int> sorted, int i)
        {
            int at = sorted.BinarySearch(i);
            if (at < 0)
            {
                sorted.Insert(~at, i);
            }
        }
    }

    private void Enqueue(int i)
    {
        foreach (int j in _neighbours[i])
        {
            Enqueue(i, j);
            Enqueue(j, i);
        }
    }

    private void Enqueue(int from, int to)
    {
        var q = _quadrics[from];
        q.Add(_quadrics[to]);
        double cost = q.At(_positions[to]) + (LengthWeight * Vector3.DistanceSquared(_positions[from], _positions[to]));
        _queue.Enqueue((from, to, _version[from] + _version[to]), cost);
    }

    private void Collapse(int from, int to)
    {
        _gone[from] = true;
        Count--;
        _quadrics[to].Add(_quadrics[from]);
        foreach (int n in _neighbours[from])
        {
            _neighbours[n].Remove(from);
            if (n != to)
            {
                Join(n, to);
            }
        }

        _neighbours[from].Clear();
        _version[to]++;
        Enqueue(to);
    }
}
