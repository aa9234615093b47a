using System.Numerics;
using Mimesh.Faces;
using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Faces;

public class MeshHierarchyTests
{
    private static readonly MeshLevel[] s_levels = MeshHierarchy.Build(FaceModel.BuiltIn, 4);

    [Test]
    public void EachLevelKeepsAQuarter()
    {
        Assert.That(s_levels, Has.Length.EqualTo(5));
        Assert.That(s_levels[0].VertexCount, Is.EqualTo(FaceModel.BuiltIn.GraphVertexCount));
        for (int l = 1; l < s_levels.Length; l++)
        {
            Assert.That(s_levels[l].VertexCount, Is.EqualTo((s_levels[l - 1].VertexCount + 3) / 4));
            Assert.That(s_levels[l].Kept, Has.Length.EqualTo(s_levels[l].VertexCount));
            Assert.That(s_levels[l].Kept, Is.Ordered.And.Unique);
            Assert.That(s_levels[l].Kept, Is.All.InRange(0, s_levels[l - 1].VertexCount - 1));
        }
    }

    [Test]
    public void LaplaciansAreSymmetricWithSpectrumInTheUnitInterval()
    {
        foreach (var level in s_levels)
        {
            var l = level.Laplacian;
            Assert.That((l.Rows, l.Columns), Is.EqualTo((level.VertexCount, level.VertexCount)));
            var entries = Entries(l).ToDictionary(e => (e.Row, e.Column), e => e.Value);
            foreach (var ((row, column), value) in entries)
            {
                Assert.That(row, Is.Not.EqualTo(column), "L̃ has an empty diagonal");
                Assert.That(value, Is.Negative);
                Assert.That(entries[(column, row)], Is.EqualTo(value));
            }

            // D^½·1 is the eigenvector of L̃ with eigenvalue −1 on every component.
            float[] x = [.. Enumerable.Range(0, l.Rows).Select(i => MathF.Sqrt(l.RowStart[i + 1] - l.RowStart[i]))];
            float[] y = Multiply(l, x);
            for (int i = 0; i < x.Length; i++)
            {
                Assert.That(y[i], Is.EqualTo(-x[i]).Within(1e-5));
            }
        }
    }

    [Test]
    public void TheCoarsestLevelStillHasHeadAndEyes()
    {
        int[] kept = s_levels[0].Kept;
        for (int l = 1; l < s_levels.Length; l++)
        {
            kept = [.. s_levels[l].Kept.Select(i => kept[i])];
        }

        var parts = kept.Select(i => FaceModel.BuiltIn.Parts[i]).ToArray();
        Assert.That(parts, Does.Contain(Part.Skin));
        var mean = kept.Select(i => FaceModel.BuiltIn.Mean[i]).ToArray();
        Assert.That(mean.Max(v => v.Y) - mean.Min(v => v.Y), Is.GreaterThan(150));
    }

    [Test]
    public void BuildsTheSameTwice()
    {
        var again = MeshHierarchy.Build(FaceModel.BuiltIn, 4);
        for (int l = 0; l < s_levels.Length; l++)
        {
            Assert.That(again[l].Kept, Is.EqualTo(s_levels[l].Kept));
            Assert.That(again[l].Laplacian.Value, Is.EqualTo(s_levels[l].Laplacian.Value));
        }
    }

    [Test]
    public void TheBuiltInHeadKeepsTheGraphThatWeightsWereTrainedOn()
    {
        // Another graph makes trained weights useless: HeadLikeness may change, the rough head under it may not.
        Assert.That(MeshHierarchy.Fingerprint(s_levels), Is.EqualTo("966927728c7a8afd"));
        Assert.That(FaceModel.BuiltIn.Rough, Is.Not.EqualTo(FaceModel.BuiltIn.Mean));
    }

    [Test]
    public void IsolatedVerticesSurviveWithEmptyRows()
    {
        Vector3[] vertices = [new(0, 0, 0), new(1, 0, 0), new(0, 1, 0), new(5, 5, 5), new(9, 9, 9)];
        var levels = MeshHierarchy.Build(vertices, [0, 1, 2], 2);
        Assert.That(levels[0].Laplacian.RowStart, Is.EqualTo((int[])[0, 2, 4, 6, 6, 6]));
        // The triangle collapses to a point; the two that have no edge cannot go.
        Assert.That(levels[1].VertexCount, Is.EqualTo(3));
        Assert.That(levels[1].Laplacian.Value, Is.Empty);
    }

    [Test]
    public void KeepsFlatOutlines()
    {
        // A flat 9×9 grid keeps its four corners: the boundary planes forbid cutting them.
        const int n = 9;
        var vertices = new Vector3[n * n];
        var triangles = new List<int>();
        for (int i = 0; i < vertices.Length; i++)
        {
            vertices[i] = new Vector3(i % n, i / n, 0);
            if (i % n < n - 1 && i / n < n - 1)
            {
                triangles.AddRange([i, i + 1, i + n, i + 1, i + n + 1, i + n]);
            }
        }

        var levels = MeshHierarchy.Build(vertices, [.. triangles], 1);
        Assert.That(levels[1].Kept, Is.SupersetOf((int[])[0, n - 1, n * (n - 1), (n * n) - 1]));
    }

    private static IEnumerable<(int Row, int Column, float Value)> Entries(CsrMatrix m)
    {
        for (int row = 0; row < m.Rows; row++)
        {
            for (int e = m.RowStart[row]; e < m.RowStart[row + 1]; e++)
            {
                yield return (row, m.Column[e], m.Value[e]);
            }
        }
    }

    private static float[] Multiply(CsrMatrix m, float[] x)
    {
        var y = new float[m.Rows];
        foreach (var (row, column, value) in Entries(m))
        {
            y[row] += value * x[column];
        }

        return y;
    }
}
