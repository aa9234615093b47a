using System.Numerics;

namespace Mimesh.Model.Faces;

/// <summary>
/// The 52 ARKit expressions of the built-in head as displacements at weight 1: a hinged jaw, lids that slide on their
/// eyeball, turning eyes, and the strokes of <see cref="ExpressionTable"/>.
/// </summary>
internal sealed class ExpressionShapes
{
    private const float JawOpenPeak = 42;

    private static readonly Vector3 s_hinge = new(0, -6, 9);

    private readonly HeadMesh _head;
    private readonly float[] _jaw;

    private ExpressionShapes(HeadMesh head)
    {
        _head = head;
        _jaw = JawWeights(head);
    }

    /// <summary>One displacement a vertex for each of <see cref="ExpressionTable.Names"/>.</summary>
    public static Vector3[][] Build(HeadMesh head)
    {
        var shapes = new ExpressionShapes(head);
        var all = new Dictionary<string, Vector3[]>();
        void AddPair(string name, Vector3[] left)
        {
            all[name + "Left"] = left;
            all[name + "Right"] = shapes.Mirrored(left);
        }

        foreach (var strokes in ExpressionTable.OneSided)
        {
            AddPair(strokes.Name, shapes.Stroke(strokes, (brush, p) => LeftHalf(p.X) * brush.At(p)));
        }

        foreach (var strokes in ExpressionTable.TwoSided)
        {
            all[strokes.Name] = shapes.Stroke(strokes, (brush, p) => brush.AtBothSides(p, 1));
        }

        AddPair("mouth", shapes.Stroke(ExpressionTable.MouthLeft, (brush, p) => brush.At(p)));
        AddPair("jaw", shapes.Jaw(p => new Vector3(10, 0, -0.4f)));
        all["jawForward"] = shapes.Jaw(p => new Vector3(0, -0.8f, 8));
        all["jawOpen"] = shapes.JawOpen();
        all["mouthClose"] = shapes.MouthClose(all["jawOpen"]);
        all["tongueOut"] = shapes.TongueOut();
        // Shares of the way that upper and lower lid go towards their meeting line, then the eyeball's turn.
        AddPair("eyeBlink", shapes.Lids(0.86f, 0.14f));
        AddPair("eyeSquint", shapes.Lids(0.16f, 0.30f));
        AddPair("eyeWide", shapes.Lids(-0.26f, -0.05f));
        AddPair("eyeLookDown", shapes.Gaze(0.42f, -0.1f, 0, 30));
        AddPair("eyeLookUp", shapes.Gaze(-0.22f, 0.1f, 0, -25));
        AddPair("eyeLookOut", shapes.Gaze(0, 0, 30, 0));
        AddPair("eyeLookIn", shapes.Gaze(0, 0, -30, 0));
        return [.. ExpressionTable.Names.Select(name => all[name])];
    }

    // One-sided expressions fade out across the midline, and both sides together make the whole.
    private static float LeftHalf(float x)
    {
        float t = Math.Clamp(0.5f + (x / 16), 0, 1);
        return t * t * (3 - (2 * t));
    }

    private Vector3[] Mirrored(Vector3[] d)
    {
        var m = new Vector3[d.Length];
        for (int i = 0; i < d.Length; i++)
        {
            var v = d[_head.Mirror[i]];
            m[i] = v with { X = -v.X };
        }

        return m;
    }

    private Vector3[] Stroke(ExpressionTable.Strokes strokes, Func<Brush, Vector3, Vector3> apply)
    {
        var d = new Vector3[_head.Positions.Length];
        float peak = 0;
        for (int i = 0; i < _head.SkinCount; i++)
        {
            foreach (var brush in strokes.Brushes)
            {
                d[i] += brush.Share(_head.Lower[i]) * apply(brush, _head.Positions[i]);
            }

            // Lids answer to lid motions alone: a lifted cheek must not lift them off the eyeball.
            d[i] *= 1 - _head.LidWeight[i];
            peak = MathF.Max(peak, d[i].Length());
        }

        for (int i = 0; i < _head.SkinCount; i++)
        {
            d[i] *= strokes.Peak / peak;
        }

        FollowWithBag(d, (_, _) => Vector3.Zero);
        return d;
    }

    // The bag's front goes with the lips; its depth goes with the jaw or stays.
    private void FollowWithBag(Vector3[] d, Func<Vector3, float, Vector3> depth)
    {
        int[] lips = _head.Topology.LipRings[2];
        int n = lips.Length;
        for (int k = 0; k < _head.BagRings.Length; k++)
        {
            float t = MathF.Min(1, k / 4f);
            int[] ring = _head.BagRings[k];
            for (int i = 0; i < ring.Length; i++)
            {
                // 0 over the tongue, 1 under it; the rings run from the corner over the top.
                float lower = ring.Length == 1 ? 0 : 0.5f - (0.5f * MathF.Sin(2 * MathF.PI * i / n));
                d[ring[i]] = FlatVectors.Lerp(d[lips[i]], depth(_head.Positions[ring[i]], lower * (1 - (0.12f * k))), t);
            }
        }
    }

    private Vector3[] Jaw(Func<Vector3, Vector3> motion)
    {
        var d = new Vector3[_head.Positions.Length];
        for (int i = 0; i < _head.SkinCount; i++)
        {
            d[i] = _jaw[i] * motion(_head.Positions[i]);
        }

        FollowWithBag(d, (p, lower) => lower * motion(p));
        for (int i = _head.LowerTeeth; i < d.Length; i++)
        {
            float root = i < _head.Tongue ? 1 : Math.Clamp((_head.Positions[i].Z - 10) / 40, 0, 1);
            d[i] = root * motion(_head.Positions[i]);
        }

        return d;
    }

    private Vector3[] JawOpen()
    {
        // The chord of the chin's turn about the hinge is the wanted peak.
        float reach = 0;
        for (int i = 0; i < _head.SkinCount; i++)
        {
            reach = MathF.Max(reach, _jaw[i] * (_head.Positions[i] - s_hinge with { X = _head.Positions[i].X }).Length());
        }

        var turn = Matrix4x4.CreateRotationX(2 * MathF.Asin(JawOpenPeak / (2 * reach)));
        return Jaw(p => Vector3.Transform(p - s_hinge, turn) - (p - s_hinge));
    }

    // What the turning jaw takes along: all below a line from the hinge to the mouth's corner, sharply cut at the lips.
    private static float[] JawWeights(HeadMesh head)
    {
        var corner = head.Positions[head.Topology.LipRings[0][2 * HeadGrid.MouthCorner]];
        var w = new float[head.SkinCount];
        for (int i = 0; i < w.Length; i++)
        {
            var p = head.Positions[i];
            float slope = (corner.Y - s_hinge.Y) / (corner.Z - s_hinge.Z);
            float line = p.Z < corner.Z ? s_hinge.Y + (slope * (p.Z - s_hinge.Z)) : corner.Y;
            float cheek = Smooth(0.5f + ((line - p.Y - 4) / 46));
            // Towards the midline the lips part; the lower lip's side hangs between both jaws.
            float aside = Smooth((MathF.Abs(p.X) - (0.35f * corner.X)) / (0.95f * corner.X));
            float lip = head.Lower[i] + ((0.5f - head.Lower[i]) * MathF.Pow(MathF.Min(1, MathF.Abs(p.X) / corner.X), 3) * MathF.Exp(-MathF.Pow((p.Y - corner.Y) / 12, 2)));
            float jaw = lip + ((cheek - lip) * aside);
            float neck = Smooth((p.Y + 158) / 55);
            float back = Smooth((p.Z + 6 - (0.35f * MathF.Max(0, -60 - p.Y))) / 34);
            w[i] = jaw * neck * back;
        }

        return w;
    }

    // Lips meet again over an open jaw: the lower one comes most of the way, and the chin's skin follows a little.
    private Vector3[] MouthClose(Vector3[] jawOpen)
    {
        var d = new Vector3[_head.Positions.Length];
        var topology = _head.Topology;
        for (int column = -HeadGrid.MouthCorner; column <= HeadGrid.MouthCorner; column++)
        {
            int upper = topology.At(HeadGrid.LipRow, column), lower = topology.At(HeadGrid.LipRow, column, below: true);
            var gap = jawOpen[upper] - jawOpen[lower];
            for (int k = 0; k <= 9; k++)
            {
                int above = topology.At(HeadGrid.LipRow - k, column), below = topology.At(HeadGrid.LipRow + k, column, below: true);
                d[above] = -0.22f * Fade(_head.Positions[above].Y - _head.Positions[upper].Y, 9) * gap;
                d[below] = 0.78f * Fade(_head.Positions[lower].Y - _head.Positions[below].Y, 17) * gap;
            }
        }

        var slit = topology.LipRings[0];
        foreach (int[] ring in topology.LipRings.AsSpan(1))
        {
            for (int i = 0; i < ring.Length; i++)
            {
                d[ring[i]] = d[slit[i]];
            }
        }

        FollowWithBag(d, (_, _) => Vector3.Zero);
        return d;

        static float Fade(float distance, float width) => MathF.Exp(-MathF.Pow(distance / width, 2));
    }

    private Vector3[] TongueOut()
    {
        var d = new Vector3[_head.Positions.Length];
        for (int i = _head.Tongue; i < d.Length; i++)
        {
            float t = Smooth((_head.Positions[i].Z - 30) / 54);
            d[i] = t * new Vector3(0, 3 - (7 * t), 30);
        }

        return d;
    }

    // The left lids travel by shares of the way between their edges; the skin above and below follows less and less.
    private Vector3[] Lids(float upperShare, float lowerShare)
    {
        var d = new Vector3[_head.Positions.Length];
        var topology = _head.Topology;
        ReadOnlySpan<float> following = [1, 0.8f, 0.57f, 0.34f, 0.13f];
        for (int column = HeadGrid.InnerCanthus + 1; column < HeadGrid.OuterCanthus; column++)
        {
            var upper = _head.Positions[topology.At(HeadGrid.LidRow, column)];
            var lower = _head.Positions[topology.At(HeadGrid.LidRow, column, below: true)];
            for (int k = 0; k < following.Length; k++)
            {
                Slide(d, topology.At(HeadGrid.LidRow - k, column), following[k] * upperShare * (lower - upper));
                Slide(d, topology.At(HeadGrid.LidRow + k, column, below: true), following[k] * lowerShare * (upper - lower));
            }
        }

        // The inner edges keep under their outer edge.
        int[][] rings = topology.LidRings;
        for (int k = 1; k < rings.Length; k++)
        {
            for (int i = 0; i < rings[k].Length; i++)
            {
                var outer = _head.Positions[rings[0][i]] + d[rings[0][i]] - HeadSculpture.EyeCentre;
                var inner = _head.Positions[rings[k][i]];
                float radius = Vector3.Distance(inner, HeadSculpture.EyeCentre);
                d[rings[k][i]] = d[rings[0][i]] == Vector3.Zero
                    ? Vector3.Zero
                    : HeadSculpture.EyeCentre + (radius * Vector3.Normalize(outer)) - inner;
            }
        }

        return d;
    }

    // A displacement that keeps the vertex's distance from the eyeball.
    private void Slide(Vector3[] d, int i, Vector3 way)
    {
        var r = _head.Positions[i] - HeadSculpture.EyeCentre;
        d[i] = (r.Length() * Vector3.Normalize(r + way)) - r;
    }

    // Turns the left eyeball by degrees to the left and down, and moves its lids along.
    private Vector3[] Gaze(float upperShare, float lowerShare, float left, float down)
    {
        var d = Lids(upperShare, lowerShare);
        var turn = Matrix4x4.CreateRotationX(down * MathF.PI / 180) * Matrix4x4.CreateRotationY(left * MathF.PI / 180);
        foreach (int i in _head.Eyeball(left: true))
        {
            var r = _head.Positions[i] - HeadSculpture.EyeCentre;
            d[i] = Vector3.Transform(r, turn) - r;
        }

        return d;
    }

    private static float Smooth(float x)
    {
        x = Math.Clamp(x, 0, 1);
        return x * x * (3 - (2 * x));
    }
}
