using System.Numerics;
using Mimesh.Faces;
using Mimesh.Reenactment;
using NUnit.Framework;

namespace Mimesh.Tests.Faces;

public sealed class LandmarkModelTests
{
    private static readonly FaceModel s_dense = FaceModel.BuiltIn, s_sparse = FaceModel.BuiltInLandmarks;

    [Test]
    public void ItsVerticesAreTheLandmarksOfTheDenseModel()
    {
        var rng = new Rng(3);
        float[] identity = [.. s_dense.Identity.Select(_ => rng.NextGaussian(1f, 3f))], expression = [.. s_dense.Expression.Select(_ => rng.NextFloat(0f, 1f))];
        Vector3[] all = new Vector3[s_dense.VertexCount], few = new Vector3[s_sparse.VertexCount];
        s_dense.Shape(identity, expression, all);
        s_sparse.Shape(identity, expression, few);
        Assert.That(few, Has.Length.EqualTo(68).And.EqualTo(s_dense.Landmarks.Select(v => all[v])));
    }

    [Test]
    public void ItsMirrorIsItsOwn()
    {
        for (int i = 0; i < s_sparse.VertexCount; i++)
        {
            var mirrored = s_sparse.Mean[s_sparse.Mirror[i]];
            Assert.That(Vector3.Distance(mirrored, s_sparse.Mean[i] * new Vector3(-1, 1, 1)), Is.LessThan(1e-3));
        }
    }

    [Test]
    public void ItsTrianglesCoverTheFaceOnceAndLeaveTheMouthOpen()
    {
        var open = new Vector3[68];
        float[] jaw = new float[s_sparse.Expression.Length];
        jaw[Array.IndexOf(s_sparse.ExpressionNames, "jawOpen")] = 1;
        s_sparse.Shape([], jaw, open);
        double covered = 0;
        foreach (int[] t in s_sparse.Triangles.Chunk(3))
        {
            double area = Area([.. t.Select(i => open[i])]);
            Assert.That(area, Is.GreaterThan(-1), "counter-clockwise, but for slivers at the outline");
            covered += area;
        }

        // iBUG's outline: along the jaw from ear to ear, and back over the brows; each inner lip once.
        double outline = Area([.. Enumerable.Range(0, 17).Concat([26, 25, 24, 19, 18, 17]).Select(i => open[i])]);
        double mouth = -Area([.. Enumerable.Range(60, 8).Select(i => open[i])]);
        Assert.Multiple(() =>
        {
            Assert.That(s_sparse.Triangles.Distinct().Count(), Is.EqualTo(68));
            Assert.That(mouth, Is.GreaterThan(300));
            Assert.That(covered, Is.EqualTo(outline - mouth).Within(2).Percent);
        });
    }

    [Test]
    public void ItsHierarchyEndsLikeTheDenseOneAndHasANameOfItsOwn()
    {
        MeshLevel[] dense = MeshHierarchy.Build(s_dense, MotionNet.Levels), sparse = MeshHierarchy.Build(s_sparse, MotionNet.Levels);
        Assert.Multiple(() =>
        {
            Assert.That(sparse.Select(l => l.VertexCount), Is.EqualTo(new[] { 68, 17, 15, 15, 15 }));
            Assert.That(dense[^1].VertexCount, Is.EqualTo(15));
            Assert.That(sparse.SelectMany(l => Enumerable.Range(0, l.VertexCount).Select(i => l.Laplacian.RowStart[i + 1] - l.Laplacian.RowStart[i])), Is.All.Positive, "no point is alone");
            Assert.That(MeshHierarchy.Fingerprint(sparse), Is.Not.EqualTo(MeshHierarchy.Fingerprint(dense)));
        });
    }

    [Test]
    public void PointsOfAGridAreJoinedByTheirShorterDiagonals()
    {
        // A rhombus: two triangles over its short diagonal, and no other.
        Assert.That(Delaunay.Triangulate([new(0, 0), new(2, 1), new(4, 0), new(2, -1)]), Is.EqualTo(new[] { 0, 3, 1, 1, 3, 2 }));
    }

    // Positive counter-clockwise, y up.
    private static double Area(Vector3[] polygon)
    {
        double sum = 0;
        for (int i = 0; i < polygon.Length; i++)
        {
            Vector3 a = polygon[i], b = polygon[(i + 1) % polygon.Length];
            sum += ((double)a.X * b.Y) - ((double)b.X * a.Y);
        }

        return sum / 2;
    }
}
