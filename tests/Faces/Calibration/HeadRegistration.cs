using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.Tests.Faces.Calibration;

/// <summary>
/// The built-in head laid onto another: a rigid alignment of that head (by the open loops at eyes and mouth, then by nearest
/// points whose surfaces face the same way), then a smooth deformation that brings each vertex of ours to its place on it.
/// </summary>
internal sealed class HeadRegistration
{
    private const int AlignmentSteps = 30;

    // Farther than that, in millimetres, nothing of one head is the other's.
    private const float Reach = 15;

    private readonly FaceModel _model;
    private readonly int[] _skin, _outside;
    private readonly (Vector3 X, Vector3 Y, Vector3 Z, Vector3 Shift) _rigid;

    public HeadRegistration(FaceModel model, StatisticalHead head)
    {
        (_model, Head) = (model, head);
        _skin = [.. model.Triangles.Chunk(3).Where(t => model.Parts[t[0]] == Part.Skin).SelectMany(t => t)];
        SkinTriangles = _skin;
        var rings = OpenLoops(model.Mean, _skin).Where(l => !IsNeck(model.Mean, l)).SelectMany(l => l).ToHashSet();
        float[] ears = model.Regions![Region.Ears];
        // Lips and lids roll inwards to their loops; what is behind the first ring from the loop inclusive is no face.
        var inside = rings.Concat(model.GraphTriangles.Chunk(3).Where(t => t.Any(rings.Contains)).SelectMany(t => t)).ToHashSet();
        _outside = [.. Enumerable.Range(0, model.VertexCount).Where(i => model.Parts[i] == Part.Skin && ears[i] < 0.5f && !inside.Contains(i))];
        Face = [.. _outside.Where(i => IdentityModes.IsFace(model.Mean[i]))];
        (_, float[] areas) = Surface.Orient(model.Mean, _skin);
        Areas = areas;
        _rigid = Align();
        Mean = [.. head.Mean.Select(v => Turn(v) + _rigid.Shift)];
        MeanSurface = new Surface(Mean, head.Triangles);
        Registered = Deform();
        var (normals, _) = Surface.Orient(Registered, _skin);
        Places = [.. Registered.Select((p, i) => model.Parts[i] == Part.Skin ? MeanSurface.Nearest(p, normals[i]) : default)];
    }

    public StatisticalHead Head { get; }

    /// <summary>Triangles of our skin.</summary>
    public int[] SkinTriangles { get; }

    /// <summary>Our vertices that the figures count: the skin from the hairline to below the chin, before the ears.</summary>
    public int[] Face { get; }

    /// <summary>Areas of our vertices, the weights of all figures.</summary>
    public float[] Areas { get; }

    /// <summary>The other head's mean, aligned with ours.</summary>
    public Vector3[] Mean { get; }

    public Surface MeanSurface { get; }

    /// <summary>Our vertices on the other head's surface.</summary>
    public Vector3[] Registered { get; }

    /// <summary>Where on the other head each vertex of ours belongs.</summary>
    public SurfacePlace[] Places { get; }

    /// <summary>A displacement of the other head, in our axes.</summary>
    public Vector3 Turn(Vector3 v) => (v.X * _rigid.X) + (v.Y * _rigid.Y) + (v.Z * _rigid.Z);

    /// <summary>A displacement field of the other head at our vertices.</summary>
    public Vector3[] Transfer(Vector3[] field) =>
        [.. Places.Select((place, i) => _model.Parts[i] == Part.Skin && place.A >= 0 ? Turn(place.Of(field)) : Vector3.Zero)];

    /// <summary>
    /// Mean distances (area-weighted) of our face to another and of that face to ours; where either ends, nothing is counted.
    /// </summary>
    public (double There, double Back) Distances(Vector3[] ours, Vector3[] theirs)
    {
        int[] triangles = Head.Triangles;
        double there = Distance(ours, _skin, Face, new Surface(theirs, triangles));
        int[] face = [.. Enumerable.Range(0, theirs.Length).Where(i => IdentityModes.IsFace(Mean[i]) && IsOuter(i))];
        return (there, Distance(theirs, triangles, face, new Surface(ours, _skin)));
    }

    private HashSet<int>? _outer;

    // What of the other head lies near our face: not the inside of nose, mouth and sockets.
    private bool IsOuter(int i)
    {
        if (_outer is null)
        {
            var face = Face.ToHashSet();
            var (normals, _) = Surface.Orient(Mean, Head.Triangles);
            var registered = new Surface(Registered, _skin);
            _outer = [.. Enumerable.Range(0, Mean.Length).Where(k =>
            {
                var place = registered.Nearest(Mean[k], normals[k]);
                return place is { OnEdge: false, Distance: < 1 } && face.Contains(place.A) && face.Contains(place.B) && face.Contains(place.C);
            })];
        }

        return _outer.Contains(i);
    }

    private static double Distance(Vector3[] from, int[] triangles, int[] counted, Surface to)
    {
        var (normals, areas) = Surface.Orient(from, triangles);
        double sum = 0, weight = 0;
        foreach (int i in counted)
        {
            var place = to.Nearest(from[i], normals[i]);
            if (!place.OnEdge)
            {
                sum += areas[i] * place.Distance;
                weight += areas[i];
            }
        }

        return sum / weight;
    }

    private (Vector3, Vector3, Vector3, Vector3) Align()
    {
        var from = Features(Head.Mean, Head.Triangles);
        var to = Features(_model.Mean, _skin);
        var rigid = Rigid(from, to);
        var (normals, _) = Surface.Orient(_model.Mean, _skin);
        var surface = new Surface(Head.Mean, Head.Triangles);
        for (int step = 0; step < AlignmentSteps; step++)
        {
            var back = Quaternion.Conjugate(rigid.Rotation);
            from.Clear();
            to.Clear();
            foreach (int i in Face)
            {
                var place = surface.Nearest(Vector3.Transform(_model.Mean[i] - rigid.Translation, back), Vector3.Transform(normals[i], back));
                if (!place.OnEdge)
                {
                    from.Add(place.Of(Head.Mean));
                    to.Add(_model.Mean[i]);
                }
            }

            rigid = Rigid(from, to);
        }

        Vector3 Axis(Vector3 v) => Vector3.Transform(v, rigid.Rotation);
        return (Axis(Vector3.UnitX), Axis(Vector3.UnitY), Axis(Vector3.UnitZ), rigid.Translation);
    }

    private static Similarity Rigid(List<Vector3> from, List<Vector3> to)
    {
        var s = Similarity.Between(from.ToArray(), to.ToArray());
        Vector3 x = Middle(from), y = Middle(to);
        return new Similarity(1, s.Rotation, y - Vector3.Transform(x, s.Rotation));

        static Vector3 Middle(List<Vector3> points) => points.Aggregate(Vector3.Zero, (sum, p) => sum + p) / points.Count;
    }

    // Each vertex goes to its nearest place, and takes its neighbours along less and less.
    private Vector3[] Deform()
    {
        var places = new Vector3[_model.VertexCount];
        var weights = new float[_model.VertexCount];
        var loops = LoopTargets();
        var moved = (Vector3[])_model.Mean.Clone();
        foreach (float stiffness in (ReadOnlySpan<float>)[30, 30, 15, 15, 8, 8, 4, 4, 2, 2, 1, 1, 0.5f, 0.5f, 0.5f])
        {
            var (normals, _) = Surface.Orient(moved, _skin);
            Array.Clear(weights);
            foreach (int i in _outside)
            {
                var place = MeanSurface.Nearest(moved[i], normals[i]);
                if (!place.OnEdge && place.Distance < Reach)
                {
                    (places[i], weights[i]) = (place.Of(Mean) - _model.Mean[i], 1);
                }
            }

            foreach (var (i, target) in loops)
            {
                (places[i], weights[i]) = (target - _model.Mean[i], 2);
            }

            var d = Smooth(places, weights, stiffness);
            moved = [.. _model.Mean.Zip(d, (p, v) => p + v)];
        }

        return moved;
    }

    // Minimises Σ wᵢ|dᵢ − placeᵢ|² + stiffness·Σ_edges |dᵢ − dⱼ|² by conjugate gradients.
    private Vector3[] Smooth(Vector3[] places, float[] weights, float stiffness)
    {
        int n = places.Length;
        (int, int)[] edges = [.. _skin.Chunk(3).SelectMany(t => new[] { (t[0], t[1]), (t[1], t[2]), (t[2], t[0]) }).Select(e => e.Item1 < e.Item2 ? e : (e.Item2, e.Item1)).Distinct()];
        Vector3[] Apply(Vector3[] x)
        {
            var y = new Vector3[n];
            for (int i = 0; i < n; i++)
            {
                y[i] = (weights[i] + 1e-5f) * x[i];
            }

            foreach (var (a, b) in edges)
            {
                var gap = stiffness * (x[a] - x[b]);
                y[a] += gap;
                y[b] -= gap;
            }

            return y;
        }

        static double Dot(Vector3[] a, Vector3[] b) => a.Zip(b, (p, q) => (double)Vector3.Dot(p, q)).Sum();
        var solution = new Vector3[n];
        Vector3[] residual = [.. places.Select((p, i) => weights[i] * p)];
        var direction = (Vector3[])residual.Clone();
        double error = Dot(residual, residual), first = error;
        for (int step = 0; step < 300 && error > 1e-8 * first; step++)
        {
            var y = Apply(direction);
            float along = (float)(error / Dot(direction, y));
            for (int i = 0; i < n; i++)
            {
                solution[i] += along * direction[i];
                residual[i] -= along * y[i];
            }

            double next = Dot(residual, residual);
            float keep = (float)(next / error);
            error = next;
            for (int i = 0; i < n; i++)
            {
                direction[i] = residual[i] + (keep * direction[i]);
            }
        }

        return solution;
    }

    private List<Vector3> Features(Vector3[] vertices, int[] triangles) =>
        [.. FaceLoops(vertices, triangles).SelectMany(loop => Halves(vertices, loop).SelectMany(half => Resample(vertices, half, 20)))];

    // The lips' inner loop goes to the other's, and the edges of the lids to the opening that is seen from the front.
    private List<(int, Vector3)> LoopTargets()
    {
        var targets = new List<(int, Vector3)>();
        var (ours, theirs) = (FaceLoops(_model.Mean, _skin), FaceLoops(Mean, Head.Triangles));
        foreach (var (half, other) in Halves(_model.Mean, ours[0]).Zip(Halves(Mean, theirs[0])))
        {
            var at = Lengths(_model.Mean, half);
            var dense = Resample(Mean, other, 200);
            targets.AddRange(half.Select((v, k) => (v, dense[(int)MathF.Round(199 * at[k] / at[^1])])));
        }

        foreach (var loop in theirs.Skip(1))
        {
            var centre = loop.Aggregate(Vector3.Zero, (sum, i) => sum + Mean[i]) / loop.Count;
            var opening = Opening(centre);
            float[] rims = _model.Regions![Region.LidRims];
            int[] edge = [.. Enumerable.Range(0, _model.VertexCount).Where(i => rims[i] == 0.5f && _model.Mean[i].X > 0 == centre.X > 0)];
            targets.AddRange(edge.Select(i => (i, opening[Sector(_model.Mean[i] - centre)])));
        }

        return targets;
    }

    private const int Sectors = 48;

    private static int Sector(Vector3 d) => (int)(Sectors * (MathF.Atan2(d.Y, d.X) + MathF.PI) / (2 * MathF.PI)) % Sectors;

    // For each direction from an eye's middle, seen from the front, the nearest point of the lids around it.
    private Vector3[] Opening(Vector3 centre)
    {
        var nearest = new Vector3[Sectors];
        var far = new float[Sectors];
        Array.Fill(far, 25);
        foreach (int[] t in Head.Triangles.Chunk(3).Where(t => Vector3.Distance(Mean[t[0]], centre) < 25))
        {
            for (int k = 0; k < 24; k++)
            {
                var p = Vector3.Lerp(Mean[t[k % 3]], Mean[t[(k + 1) % 3]], k / 24f);
                float distance = new Vector2(p.X - centre.X, p.Y - centre.Y).Length();
                if (distance < far[Sector(p - centre)])
                {
                    (far[Sector(p - centre)], nearest[Sector(p - centre)]) = (distance, p);
                }
            }
        }

        return nearest;
    }

    // The open loops of mouth, left eye and right eye: not the largest one, which ends the head.
    private static List<List<int>> FaceLoops(Vector3[] vertices, int[] triangles) =>
        [.. OpenLoops(vertices, triangles).Where(l => !IsNeck(vertices, l)).OrderBy(l =>
        {
            float x = l.Average(i => vertices[i].X);
            return MathF.Abs(x) < 8 ? 0 : x > 0 ? 1 : 2;
        })];

    private static bool IsNeck(Vector3[] vertices, List<int> loop) => loop.Max(i => vertices[i].X) - loop.Min(i => vertices[i].X) > 80;

    private static List<List<int>> OpenLoops(Vector3[] vertices, int[] triangles)
    {
        var next = Surface.OpenEdges(triangles).ToDictionary(e => e.From, e => e.To);
        var loops = new List<List<int>>();
        while (next.Count > 0)
        {
            int start = next.Keys.Min(), v = start;
            var loop = new List<int>();
            while (next.Remove(v, out int to))
            {
                loop.Add(v);
                v = to;
            }

            loops.Add(loop);
        }

        return loops;
    }

    // Upper and lower half of a loop, both from its smallest x to its largest.
    private static IEnumerable<int[]> Halves(Vector3[] vertices, List<int> loop)
    {
        int low = Enumerable.Range(0, loop.Count).MinBy(k => vertices[loop[k]].X), high = Enumerable.Range(0, loop.Count).MaxBy(k => vertices[loop[k]].X);
        int[] Walk(int step) => [.. Enumerable.Range(0, loop.Count).Select(k => (low + (step * k) + loop.Count) % loop.Count).TakeWhile(k => k != high).Append(high).Select(k => loop[k])];
        return new[] { Walk(1), Walk(-1) }.OrderByDescending(half => half.Average(v => vertices[v].Y));
    }

    private static float[] Lengths(Vector3[] vertices, int[] line)
    {
        var lengths = new float[line.Length];
        for (int k = 1; k < line.Length; k++)
        {
            lengths[k] = lengths[k - 1] + Vector3.Distance(vertices[line[k - 1]], vertices[line[k]]);
        }

        return lengths;
    }

    private static Vector3[] Resample(Vector3[] vertices, int[] line, int count)
    {
        var lengths = Lengths(vertices, line);
        return [.. Enumerable.Range(0, count).Select(k =>
        {
            float at = lengths[^1] * k / (count - 1);
            int b = Math.Max(1, Array.FindIndex(lengths, l => l >= at - 1e-4f));
            float t = (at - lengths[b - 1]) / (lengths[b] - lengths[b - 1]);
            return Vector3.Lerp(vertices[line[b - 1]], vertices[line[b]], t);
        })];
    }
}
