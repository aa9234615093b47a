using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Rendering;

/// <summary>Meshes, flows and pictures with numbers that nobody means: they spoil their own pixels, and no others.</summary>
public class AdversarialRenderingTests
{
    private const int Side = 24;

    private static readonly Vector3[] s_strange =
    [
        new(float.NaN, 0, 0), new(0, float.NaN, 0), new(0, 0, float.NaN), new(float.PositiveInfinity, 0, 0), new(0, float.NegativeInfinity, 0),
        new(0, 0, float.PositiveInfinity), new(1e30f, -1e30f, 1e30f), new(float.MaxValue, float.MinValue, 0), new(float.NaN, float.NaN, float.NaN),
        new(1e-30f, 1e-38f, 0),
    ];

    // Counter-clockwise as seen, in the left half of the picture.
    private static readonly Vector3[] s_good = [new(-0.9f, 0.8f, 0.1f), new(-0.1f, 0.7f, 0.2f), new(-0.5f, -0.9f, 0.3f)];

    /// <summary>Triangles without area, in every way that there is, draw nothing and leave the good one as it is.</summary>
    [Test]
    public void DegenerateTrianglesDrawNothing([Values] bool twoSided)
    {
        Vector3[] points = [.. s_good, new(0.5f, 0.5f, 0.5f), new(0.5f, 0.5f, 0.5f), new(0.5f, 0.5f, 0.5f), new(0.1f, 0.1f, 0), new(0.3f, 0.3f, 0), new(0.8f, 0.8f, 0)];
        int[] degenerate = [3, 4, 5, 3, 3, 3, 6, 7, 8, 8, 7, 6, 6, 6, 8, 6, 8, 8];
        var raster = new Rasterizer();
        raster.Begin(points, Side);
        raster.Draw(degenerate, 0, degenerate.Length / 3, twoSided, default(Opaque));
        Assert.That(raster.Triangle, Has.All.EqualTo(-1));
        AssertGoodTriangle(raster, points, degenerate, twoSided);
    }

    [Test]
    public void TrianglesThatAreNotFiniteDrawNoDepthThatIsNot([Values] bool twoSided)
    {
        Vector3[] points = [.. s_good, new(0.2f, 0.8f, 0.1f), new(0.9f, 0.8f, 0.2f), .. s_strange];
        var triangles = new List<int>();
        for (int i = 5; i < points.Length; i++)
        {
            triangles.AddRange([3, 4, i, 4, 3, i, i, 3, i, i, i, i, i, 5 + ((i - 4) % s_strange.Length), 3]);
        }

        var raster = new Rasterizer();
        raster.Begin(points, Side);
        raster.Draw([.. triangles], 0, triangles.Count / 3, twoSided, default(Opaque));
        for (int i = 0; i < Side * Side; i++)
        {
            Assert.That(raster.Triangle[i], Is.InRange(-1, (triangles.Count / 3) - 1));
            Assert.That(raster.Triangle[i] < 0 || !float.IsNaN(raster.Depth[i] + raster.B[i] + raster.C[i]), $"sample {i}");
        }
    }

    [Test]
    public void AStrangeVertexSpoilsItsOwnTrianglesOfAnOverlay()
    {
        var background = new Image(40, 40);
        int[] triangles = [0, 1, 2, 3, 4, 5];
        Vector3[] clean = [.. s_good, new(0.2f, 0.8f, 0.1f), new(0.9f, 0.8f, 0.2f), new(0.5f, 0.1f, 0.25f)];
        var expected = MeshOverlay.Draw(background, clean, triangles);
        foreach (var strange in s_strange.Where(v => !float.IsFinite(v.X + v.Y + v.Z)))
        {
            var points = (Vector3[])clean.Clone();
            points[5] = strange;
            var drawn = MeshOverlay.Draw(background, points, triangles);
            Assert.That(drawn.Pixels, Has.All.Matches<float>(float.IsFinite), $"{strange}");

            // The left half shows the good triangle, lighter or darker by the depths that are left.
            for (int i = 0; i < drawn.Pixels.Length; i++)
            {
                bool left = i / 3 % 40 < 20;
                Assert.That(left && expected.Pixels[i] > 0, Is.EqualTo(left && drawn.Pixels[i] > 0), $"{strange}, number {i}");
            }
        }
    }

    [Test]
    public void AStrangeOffsetLeavesTheColoursOfTheOthers([Values(float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -1e30f)] float value)
    {
        float[] flow = [.. Enumerable.Range(0, 40 * 40 * 2).Select(i => MathF.Sin(i))];
        var expected = FlowColors.Draw(flow, 40, 40);
        foreach (int at in (int[])[0, 1])
        {
            float[] strange = [.. flow];
            strange[at] = value;
            Assert.That(FlowColors.Draw(strange, 40, 40).Pixels[3..], Is.EqualTo(expected.Pixels[3..]));
        }
    }

    [TestCase(20, 20, 0)]
    [TestCase(40, 10, 2)]
    [TestCase(7, 31, 2)]
    public void ResizingSpreadsANaNNoFurtherThanTheFilter(int width, int height, int reach)
    {
        var image = new Image(20, 20);
        image.Pixels[((9 * 20) + 11) * 3] = float.NaN;
        var resized = Resample.Resize(image, width, height);
        float scaleX = 20f / width, scaleY = 20f / height;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool near = Math.Abs(((x + 0.5f) * scaleX) - 11.5f) <= (reach * Math.Max(1, scaleX)) + 0.01f
                    && Math.Abs(((y + 0.5f) * scaleY) - 9.5f) <= (reach * Math.Max(1, scaleY)) + 0.01f;
                Assert.That(!float.IsNaN(resized.Pixels[((y * width) + x) * 3]) || near, $"{x}, {y}");
                Assert.That(float.IsNaN(resized.Pixels[(((y * width) + x) * 3) + 1]), Is.False, "the other channels");
            }
        }

        Assert.That(resized.Pixels, Has.Some.NaN);
    }

    [Test]
    public void ACameraThatIsNotFiniteMakesACropThatIsNot([Values(float.NaN, float.PositiveInfinity, 0f)] float value)
    {
        float[] camera = [.. Enumerable.Repeat(value, Pose.MatrixLength)], grid = new float[2 * 8 * 8];
        Assert.That(() => FaceCrop.Around(camera).Grid(8, grid), Throws.Nothing);
        Assert.That(() => Pose.FromMatrix(camera).ToMatrix(), Throws.Nothing);
    }

    private static void AssertGoodTriangle(Rasterizer raster, Vector3[] points, int[] degenerate, bool twoSided)
    {
        raster.Begin(points, Side);
        raster.Draw([0, 1, 2], 0, 1, twoSided, default(Opaque));
        var alone = (Triangle: (int[])raster.Triangle.Clone(), Depth: (float[])raster.Depth.Clone());
        Assert.That(alone.Triangle, Has.Some.EqualTo(0));
        int[] all = [0, 1, 2, .. degenerate];
        raster.Begin(points, Side);
        raster.Draw(all, 0, all.Length / 3, twoSided, default(Opaque));
        Assert.That(raster.Triangle, Is.EqualTo(alone.Triangle));
        Assert.That(raster.Depth, Is.EqualTo(alone.Depth));
    }
}
