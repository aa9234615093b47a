namespace Mimesh.Model.Faces;

/// <summary>Puts the built-in model together.</summary>
internal static class HeadBuilder
{
    public static FaceModel Build()
    {
        var mesh = new MeshBuilder();
        var topology = new HeadTopology(mesh);
        float[] angles = HeadParts.AddEyes(mesh);
        int graphVertexCount = mesh.Count;
        HeadParts.AddMouthBag(mesh, topology.LipRings[2]);
        HeadParts.AddTeeth(mesh, 1);
        HeadParts.AddTeeth(mesh, -1);
        HeadParts.AddTongue(mesh);
        return new FaceModel
        {
            Mean = [.. mesh.Positions],
            Identity = [],
            Expression = [],
            ExpressionNames = [],
            Triangles = mesh.Triangles,
            Parts = [.. mesh.Parts],
            GraphVertexCount = graphVertexCount,
            Mirror = [.. mesh.MirrorOf],
            Landmarks = [],
            Regions = RegionPainter.Paint(mesh, topology, angles),
        };
    }
}
