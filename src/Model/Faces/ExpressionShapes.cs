using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.Faces;

/// <summary>
/// The 52 ARKit expressions of the built-in head as displacements at weight 1: a hinged jaw, lids that slide on their
/// eyeball, turning eyes, and the strokes of <see cref="ExpressionTable"/>.
/// </summary>
internal sealed class ExpressionShapes
{
    private const float JawOpenPeak = 42;

    private static readonly Vector3 s_hinge = new(0, 2, -19);

    private readonly HeadMesh _head;
    private readonly LidWays _lids;
    private readonly float[] _jaw;

    private ExpressionShapes(HeadMesh head, LidWays lids)
    {
        (_head, _lids) = (head, lids);
        _jaw = JawWeights(head);
    }

    /// <summary>One displacement a vertex for each of <see cref="ExpressionTable.Names"/>.</summary>
    public static Vector3[][] Build(HeadMesh head, LidWays lids)
    {
        var shapes = new ExpressionShapes(head, lids);
        string[] names = [.. ExpressionTable.Names.Select(WithoutSide).Distinct()];
        var drawn = new Vector3[names.Length][];
        Parallel.For(0, names.Length, i => drawn[i] = shapes.Draw(names[i]));
        return [.. ExpressionTable.Names.Select(name =>
        {
            var shape = drawn[Array.IndexOf(names, WithoutSide(name))];
            return name.EndsWith("Right", StringComparison.Ordinal) ? shapes.Mirrored(shape) : shape;
        })];
    }

    private static string WithoutSide(string name) =>
        name.EndsWith("Left", StringComparison.Ordinal) ? name[..^4] : name.EndsWith("Right", StringComparison.Ordinal) ? name[..^5] : name;

    private Vector3[] Draw(string name) => name switch
    {
        "jaw" => Jaw(name, _ => new Vector3(9, 0, -0.4f)),
        "jawForward" => Jaw(name, _ => new Vector3(0, -1, 10.4f)),
        "jawOpen" => JawOpen(),
        "mouthClose" => MouthClose(JawOpen()),
        "tongueOut" => TongueOut(),
        "eyeBlink" => Lids(name, LidWays.Unfolding, LidWays.Unfolding),
        "eyeSquint" => Lids(name, LidWays.Unfolding, LidWays.Whole),
        "eyeWide" => Lids(name, LidWays.Whole, LidWays.Unfolding),
        "eyeLookDown" => Gaze(name, 0, 30),
        "eyeLookUp" => Gaze(name, 0, -25),
        "eyeLookOut" => Gaze(name, 30, 0),
        "eyeLookIn" => Gaze(name, -30, 0),
        _ => Soft(ExpressionTable.Soft.Single(strokes => strokes.Name == name)),
    };

    // One-sided expressions fade out across the midline, and both sides together make the whole.
    private static float LeftHalf(float x) => Smooth(0.5f + (x / 16));

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

    private Vector3[] Soft(ExpressionTable.Strokes strokes)
    {
        var d = new Vector3[_head.Positions.Length];
        Add(d, strokes);
        float peak = 0;
        for (int i = 0; i < _head.SkinCount; i++)
        {
            peak = MathF.Max(peak, d[i].Length());
        }

        for (int i = 0; i < _head.SkinCount; i++)
        {
            d[i] *= strokes.Peak / peak;
        }

        FollowWithBag(d, (_, _) => Vector3.Zero);
        return d;
    }

    private void AddTissue(Vector3[] d, string name)
    {
        foreach (var strokes in ExpressionTable.Tissue.Where(strokes => strokes.Name == name))
        {
            Add(d, strokes);
        }
    }

    // The edges of the lids answer to lid motions alone: a lifted cheek must not part closed lids.
    private void Add(Vector3[] d, ExpressionTable.Strokes strokes)
    {
        for (int i = 0; i < _head.SkinCount; i++)
        {
            var p = _head.Rough[i];
            var sum = Vector3.Zero;
            foreach (var brush in strokes.Brushes)
            {
                sum += brush.Share(_head.Lower[i]) * (strokes.Side == ExpressionTable.Side.Both ? brush.AtBothSides(p, 1) : brush.At(p));
            }

            d[i] += (1 - _lids.Hold[i]) * (strokes.Side == ExpressionTable.Side.Left ? LeftHalf(p.X) : 1) * sum;
        }
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

    private Vector3[] Jaw(string name, Func<Vector3, Vector3> motion)
    {
        var d = new Vector3[_head.Positions.Length];
        for (int i = 0; i < _head.SkinCount; i++)
        {
            d[i] = _jaw[i] * motion(_head.Positions[i]);
        }

        AddTissue(d, name);
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
        return Jaw("jawOpen", p => Vector3.Transform(p - s_hinge, turn) - (p - s_hinge));
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

        AddTissue(d, "mouthClose");
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
            d[i] = t * new Vector3(0, 10 - (2 * t), 30); // over the lower teeth and the lip
        }

        return d;
    }

    // The left lids take their shares of their ways; the rows behind the edges follow.
    private Vector3[] Lids(string name, float[] upperFollowing, float[] lowerFollowing)
    {
        var d = new Vector3[_head.Positions.Length];
        var (upper, lower) = ExpressionTable.LidShares.GetValueOrDefault(name);
        int[] vertices = _lids.Vertices;
        var ways = _lids.Ways(upperFollowing, lowerFollowing);
        for (int i = 0; i < vertices.Length; i++)
        {
            d[vertices[i]] = (i < _lids.UpperCount ? upper : lower) * ways[i];
        }

        AddTissue(d, name);
        return d;
    }

    // Turns the left eyeball by degrees to the left and down, and moves its lids along.
    private Vector3[] Gaze(string name, float left, float down)
    {
        var d = Lids(name, LidWays.Whole, LidWays.Unfolding);
        var turn = Matrix4x4.CreateRotationX(down * MathF.PI / 180) * Matrix4x4.CreateRotationY(left * MathF.PI / 180);
        foreach (int i in _head.Eyeball(left: true))
        {
            var r = _head.Positions[i] - HeadSculpture.EyeCentre;
            d[i] = Vector3.Transform(r, turn) - r;
        }

        return d;
    }
}
