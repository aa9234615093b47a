using System.Numerics;

namespace Mimesh.Faces;

/// <summary>A face model at its landmarks alone: the sparse key points that the paper sets its dense mesh against.</summary>
internal static class LandmarkModel
{
    // The landmarks from here on are the inner lips.
    private const int InnerLips = 60;

    /// <summary>The vertices of a model's landmarks, with the model's own coefficients, as a model of that many vertices.</summary>
    /// <param name="model">A model of 68 landmarks and the 52 ARKit expressions.</param>
    public static FaceModel Of(FaceModel model)
    {
        int[] kept = model.Landmarks;
        int[] index = new int[model.VertexCount];
        Array.Fill(index, -1);
        for (int i = 0; i < kept.Length; i++)
        {
            index[kept[i]] = i;
        }

        Vector3[] Pick(Vector3[] values) => [.. kept.Select(v => values[v])];
        return new FaceModel
        {
            Mean = Pick(model.Mean),
            Rough = Pick(model.Rough),
            Identity = [.. model.Identity.Select(Pick)],
            Expression = [.. model.Expression.Select(Pick)],
            ExpressionNames = model.ExpressionNames,
            Triangles = Triangulate(model),
            Parts = [.. kept.Select(v => model.Parts[v])],
            GraphVertexCount = kept.Length,
            Mirror = [.. kept.Select(v => index[model.Mirror[v]])],
            Landmarks = [.. Enumerable.Range(0, kept.Length)],
            Eyes = [.. model.Eyes.Select(eye => Restrict(eye, index))],
        };
    }

    // On the face seen from the front. An open jaw keeps the lips apart, and the mouth stays open: what is in it moves with nothing.
    private static int[] Triangulate(FaceModel model)
    {
        var open = model.Expression[Array.IndexOf(model.ExpressionNames, "jawOpen")];
        Vector2[] points = [.. model.Landmarks.Select(v => model.Mean[v] + open[v]).Select(Lean)];
        return [.. Delaunay.Triangulate(points).Chunk(3).Where(t => t.Min() < InnerLips).SelectMany(t => t)];
    }

    // A face is symmetric, so points and their mirror images lie on circles by fours; leaning a little they do not.
    private static Vector2 Lean(Vector3 v) => new(v.X + (0.01f * v.Y), v.Y);

    private static EyeSphere Restrict(EyeSphere eye, int[] index)
    {
        var lids = eye.LidVertices.Zip(eye.LidClearances).Where(lid => index[lid.First] >= 0).ToArray();
        return new EyeSphere
        {
            Centre = eye.Centre,
            Radius = eye.Radius,
            CentreModes = eye.CentreModes,
            RadiusModes = eye.RadiusModes,
            Vertices = [.. eye.Vertices.Where(v => index[v] >= 0).Select(v => index[v])],
            LidVertices = [.. lids.Select(lid => index[lid.First])],
            LidClearances = [.. lids.Select(lid => lid.Second)],
            Closing = eye.Closing is { } closing ? Restrict(closing, index) : null,
        };
    }

    private static LidClosing Restrict(LidClosing closing, int[] index)
    {
        int[] kept = [.. Enumerable.Range(0, closing.Vertices.Length).Where(i => index[closing.Vertices[i]] >= 0)];
        Vector3[] Pick(Vector3[] values) => [.. kept.Select(i => values[i])];
        return new LidClosing
        {
            Vertices = [.. kept.Select(i => index[closing.Vertices[i]])],
            UpperCount = kept.Count(i => i < closing.UpperCount),
            Ways = Pick(closing.Ways),
            WayModes = [.. closing.WayModes.Select(Pick)],
            UpperShares = closing.UpperShares,
            LowerShares = closing.LowerShares,
            Blink = closing.Blink,
        };
    }
}
