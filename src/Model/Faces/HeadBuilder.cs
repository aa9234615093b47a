using System.Numerics;

namespace Mimesh.Model.Faces;

/// <summary>Puts the built-in model together.</summary>
internal static class HeadBuilder
{
    public static FaceModel Build()
    {
        var head = new HeadMesh();
        var (modes, eyeCentres, eyeRadii) = IdentityModes.Build(head);
        return new FaceModel
        {
            Mean = head.Positions,
            Identity = modes,
            Expression = ExpressionShapes.Build(head),
            ExpressionNames = ExpressionTable.Names,
            Triangles = head.Triangles,
            Parts = head.Parts,
            GraphVertexCount = head.GraphVertexCount,
            Mirror = head.Mirror,
            Landmarks = FaceLandmarks.Find(head.Topology),
            Eyes = [Eye(head, true, eyeCentres[0], eyeRadii[0]), Eye(head, false, eyeCentres[1], eyeRadii[1])],
            Regions = head.Regions,
        };
    }

    private static EyeSphere Eye(HeadMesh head, bool left, Vector3[] centreModes, float[] radiusModes)
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
            // Lids are about a millimetre thick; a vertex that already lies nearer may stay where it is.
            LidClearances = [.. lids.Select(i =>
                MathF.Min(1.1f, Vector3.Distance(head.Positions[i], centre) - HeadSculpture.EyeRadius - 0.02f))],
        };
    }
}
