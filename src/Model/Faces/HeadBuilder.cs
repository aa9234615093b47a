using System.Numerics;

namespace Mimesh.Faces;

/// <summary>Puts the built-in model together.</summary>
internal static class HeadBuilder
{
    public static FaceModel Build()
    {
        var head = new HeadMesh();
        var lids = new LidWays(head);
        var (modes, eyeCentres, eyeRadii) = IdentityModes.Build(head);
        return new FaceModel
        {
            Mean = head.Positions,
            Rough = head.Rough,
            Identity = modes,
            Expression = ExpressionShapes.Build(head, lids),
            ExpressionNames = ExpressionTable.Names,
            Triangles = head.Triangles,
            Parts = head.Parts,
            GraphVertexCount = head.GraphVertexCount,
            Mirror = head.Mirror,
            Landmarks = FaceLandmarks.Find(head.Topology),
            Eyes =
            [
                Eye(head, true, eyeCentres[0], eyeRadii[0], Closing(head, lids, modes, left: true)),
                Eye(head, false, eyeCentres[1], eyeRadii[1], Closing(head, lids, modes, left: false)),
            ],
            Regions = head.Regions,
        };
    }

    private static EyeSphere Eye(HeadMesh head, bool left, Vector3[] centreModes, float[] radiusModes, LidClosing closing)
    {
        var centre = HeadSculpture.EyeCentre * new Vector3(left ? 1 : -1, 1, 1);
        var tucked = head.Topology.LidRings[2];
        int[] lids =
        [
            .. Enumerable.Range(0, head.SkinCount).Where(i =>
                head.Positions[i].X > 0 == left && head.LidWeight[i] > 0
                && !tucked.Contains(left ? i : head.Mirror[i])),
        ];
        return new EyeSphere
        {
            Centre = centre,
            Radius = HeadSculpture.EyeRadius,
            CentreModes = centreModes,
            RadiusModes = radiusModes,
            Vertices = head.Eyeball(left),
            LidVertices = lids,
            LidClearances = [.. lids.Select(i => Clearance(head, left ? i : head.Mirror[i]))],
            Closing = closing,
        };
    }

    // Lids are about a millimetre thick, and the lower one's edge slips under the upper one's; a vertex that already lies nearer
    // may stay where it is.
    private static float Clearance(HeadMesh head, int i)
    {
        int at = Array.IndexOf(head.Topology.LidRings[0], i);
        bool isLowerEdge = at > head.Topology.LidRings[0].Length / 2;
        return MathF.Min(isLowerEdge ? 0.95f : 1.1f, Vector3.Distance(head.Positions[i], HeadSculpture.EyeCentre) - HeadSculpture.EyeRadius - 0.02f);
    }

    private static LidClosing Closing(HeadMesh head, LidWays lids, Vector3[][] modes, bool left)
    {
        string side = left ? "Left" : "Right";
        var names = ExpressionTable.Names;
        float[] Shares(Func<(float Upper, float Lower), float> lid) =>
            [.. names.Select(name => name.EndsWith(side, StringComparison.Ordinal) && ExpressionTable.LidShares.TryGetValue(name[..^side.Length], out var shares) ? lid(shares) : 0)];
        Vector3[] ways = lids.Ways(LidWays.Unfolding, LidWays.Unfolding);
        return new LidClosing
        {
            Vertices = [.. lids.Vertices.Select(i => left ? i : head.Mirror[i])],
            UpperCount = lids.UpperCount,
            Ways = left ? ways : [.. ways.Select(w => w with { X = -w.X })],
            WayModes = [.. modes.Select(mode => lids.Change(mode, left))],
            UpperShares = Shares(s => s.Upper),
            LowerShares = Shares(s => s.Lower),
            Blink = Array.IndexOf(names, "eyeBlink" + side),
        };
    }
}
