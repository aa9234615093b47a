using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;
using NUnit.Framework;

namespace Mimesh.Tests.Networks;

public sealed class MeshMotionTests
{
    private const int Side = 8;

    // A square of two triangles that face the viewer, y down.
    private static readonly int[] s_square = [0, 2, 1, 0, 3, 2];
    private readonly CpuDevice _device = new(1);

    [OneTimeTearDown]
    public void Dispose() => _device.Dispose();

    [Test]
    public void AShiftedSquareMovesByItsShift()
    {
        var source = Square(-0.5f, -0.5f, 0.5f, 0.5f, 0f);
        var drawn = Draw(s_square, source, [.. source.Select(v => v + new Vector3(0.25f, -0.5f, 0f))]);
        for (int i = 0; i < Side * Side; i++)
        {
            int x = i % Side, y = i / Side;
            float covered = x is >= 3 and < 7 && y is >= 0 and < 4 ? 1f : 0f;
            string where = $"{x}, {y}";
            Assert.That(drawn(i, MeshMotion.Covered), Is.EqualTo(covered), where);
            Assert.That(drawn(i, MeshMotion.Seen), Is.EqualTo(covered), where);
            if (covered > 0f)
            {
                Assert.That(drawn(i, MeshMotion.Offset), Is.EqualTo(-0.25f).Within(1e-5f), where);
                Assert.That(drawn(i, MeshMotion.Offset + 1), Is.EqualTo(0.5f).Within(1e-5f), where);
                Assert.That(drawn(i, MeshMotion.Normal), Is.Zero.Within(1e-6f), "it faces the viewer");
                Assert.That(drawn(i, MeshMotion.Depth), Is.Zero.Within(1e-6f), where);
            }
        }
    }

    [Test]
    public void AroundTheMeshTheHeadsMotionFades()
    {
        // Far smaller than the picture, so that there is much around it.
        var source = Square(-0.1f, -0.1f, 0.1f, 0.1f, 0f);
        Vector3[] driving = [.. source.Select(v => v + new Vector3(0.25f, 0f, 0f))];
        var (moving, still) = (Draw(s_square, source, driving), Draw(s_square, source, driving, Ablation.Surroundings));
        float[] row = [.. Enumerable.Range(0, Side).Select(x => moving((Side / 2 * Side) + x, MeshMotion.Offset))];
        Assert.Multiple(() =>
        {
            Assert.That(row[0], Is.Zero, "far away nothing moves");
            Assert.That(row.Min(), Is.EqualTo(-0.25f).Within(1e-5f), "near it all does");
            Assert.That(row, Is.All.InRange(-0.2501f, 0f));
            Assert.That(Enumerable.Range(0, Side * Side).Where(i => still(i, MeshMotion.Covered) == 0f).Select(i => still(i, MeshMotion.Offset)), Is.All.Zero);
        });
    }

    [Test]
    public void WhatIsBehindSomethingInTheSourceIsNotSeen()
    {
        // A large square, and a small one that stands before its middle in the source and has moved away in the driving mesh.
        int[] triangles = [.. s_square, .. s_square.Select(i => i + 4)];
        var behind = Square(-0.5f, -0.5f, 0.5f, 0.5f, 0f);
        var drawn = Draw(
            triangles,
            [.. behind, .. Square(-0.25f, -0.25f, 0.25f, 0.25f, 0.9f)],
            [.. behind, .. Square(0.75f, 0.75f, 1.25f, 1.25f, 0.9f)]);
        for (int y = 2; y < 6; y++)
        {
            for (int x = 2; x < 6; x++)
            {
                Assert.That(drawn((y * Side) + x, MeshMotion.Seen), Is.EqualTo(x is 3 or 4 && y is 3 or 4 ? 0f : 1f), $"{x}, {y}");
            }
        }
    }

    [Test]
    public void WhatTheSourceHidesMayBeSeenInTheMirror()
    {
        // Two squares side by side, each the other's mirror image; in the source a third stands before the right one.
        int[] triangles = [.. s_square, .. s_square.Select(i => i + 4), .. s_square.Select(i => i + 8)];
        int[] mirror = [5, 4, 7, 6, 1, 0, 3, 2, 9, 8, 11, 10];
        Vector3[] face = [.. Square(-0.5f, -0.25f, 0f, 0.25f, 0f), .. Square(0f, -0.25f, 0.5f, 0.25f, 0f)];
        Vector3[] source = [.. face, .. Square(0f, -0.25f, 0.5f, 0.25f, 0.9f)], driving = [.. face, .. Square(2f, 2f, 3f, 3f, 0.9f)];
        var (drawn, without) = (Draw(triangles, source, driving, mirror: mirror), Draw(triangles, source, driving, Ablation.Mirror, mirror));
        for (int x = 2; x < 6; x++)
        {
            int i = (Side / 2 * Side) + x;
            float u = (((2 * x) + 1f) / Side) - 1f;
            Assert.That(drawn(i, MeshMotion.Seen), Is.EqualTo(x < 4 ? 1f : 0f), $"{x}");
            Assert.That(drawn(i, MeshMotion.MirrorSeen), Is.EqualTo(x < 4 ? 0f : 1f), $"{x}");
            Assert.That(u + drawn(i, MeshMotion.MirrorOffset), Is.EqualTo(-u).Within(1e-5f), $"{x}");
            Assert.That(without(i, MeshMotion.MirrorSeen), Is.Zero);
        }
    }

    [Test]
    public void EveryPartOfTheHeadHasItsChannel()
    {
        // An open mouth and eyes, seen from the front.
        var model = FaceModel.BuiltIn;
        float[] expression = new float[model.Expression.Length];
        foreach (string name in (string[])["jawOpen", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthSmileLeft", "mouthSmileRight", "noseSneerLeft", "noseSneerRight"])
        {
            expression[Array.IndexOf(model.ExpressionNames, name)] = name == "jawOpen" ? 0.5f : 1f;
        }

        float[] mesh = MeshRegression.Project(model, [], expression, new Pose(0f, 0f, 0f, 0.009f, 0f, 0f).ToMatrix());
        using var tape = Tape.Start();
        var vertices = Tensor.From(_device, [1, model.VertexCount, 3], mesh);
        float[] pixels = new MeshMotion(model).Draw(vertices, vertices, 128).ToArray();
        int[] counts = [.. Enumerable.Range(0, MeshMotion.Channels).Select(c => pixels.Where((v, i) => i % MeshMotion.Channels == c && v == 1f).Count())];
        Assert.Multiple(() =>
        {
            Assert.That(counts[MeshMotion.Parts..], Is.All.GreaterThan(10), "sclera, iris, teeth, gums, tongue, inside of the mouth");
            Assert.That(counts[MeshMotion.Covered], Is.EqualTo(counts[MeshMotion.Seen]), "nothing has moved");
            Assert.That(counts[MeshMotion.Covered], Is.GreaterThan(2 * counts[MeshMotion.Parts..].Sum()), "skin");
        });
    }

    [Test]
    public void TheNecksFootGoesWithWhatIsAroundIt()
    {
        // A head that turns: below the mesh's edge the motion goes on as it was above it, and only there.
        const int Size = 128;
        var model = FaceModel.BuiltIn;
        float[] identity = new float[model.Identity.Length], expression = new float[model.Expression.Length];
        Tensor At(float yaw) => Tensor.From(
            _device, [1, model.VertexCount, 3], MeshRegression.Project(model, identity, expression, new Pose(yaw, 0, 0, 0.006f, 0, -0.2f).ToMatrix()));
        using var tape = Tape.Start();
        Tensor source = At(0f), driving = At(0.6f);
        double Step(Ablation without)
        {
            float[] drawn = new MeshMotion(model, without).Draw(source, driving, Size).ToArray();
            float Value(int x, int y, int channel) => drawn[(((y * Size) + x) * MeshMotion.Channels) + channel];
            return Enumerable.Range(0, Size).Average(x =>
            {
                int foot = Enumerable.Range(0, Size).LastOrDefault(y => Value(x, y, MeshMotion.Covered) > 0f, -1);
                bool isNeck = foot is > Size * 3 / 4 and < Size - 1;
                return isNeck ? Math.Abs(Value(x, foot, MeshMotion.Offset) - Value(x, foot + 1, MeshMotion.Offset)) * Size / 2 : 0f;
            });
        }

        TestContext.Out.WriteLine($"{Step(Ablation.None):F3} pixels; {Step(Ablation.Surroundings):F3} where nothing is drawn around it");
        Assert.That(Step(Ablation.Surroundings), Is.GreaterThan(0.5));
        Assert.That(Step(Ablation.None), Is.LessThan(0.1));
    }

    [Test]
    public void OutsideThePictureNothingIsSeen()
    {
        var driving = Square(-0.5f, -0.5f, 0.5f, 0.5f, 0f);
        var drawn = Draw(s_square, [.. driving.Select(v => v + new Vector3(2f, 0f, 0f))], driving);
        Assert.That(Enumerable.Range(0, Side * Side).Sum(i => drawn(i, MeshMotion.Covered)), Is.EqualTo(16f));
        Assert.That(Enumerable.Range(0, Side * Side).Sum(i => drawn(i, MeshMotion.Seen)), Is.Zero);
    }

    [Test]
    public void MeshesThatAreNowhereDrawNothing()
    {
        foreach (float where in (float[])[float.NaN, float.PositiveInfinity, 1e30f])
        {
            Vector3[] nowhere = [.. Enumerable.Repeat(new Vector3(where), 4)];
            var drawn = Draw(s_square, nowhere, nowhere);
            Assert.That(Enumerable.Range(0, Side * Side * MeshMotion.Channels).Select(i => drawn(i / MeshMotion.Channels, i % MeshMotion.Channels)), Is.All.Zero, $"{where}");
        }
    }

    // Pixel by pixel it is the true flow but for the few at whose edge another surface begins, and for the neck, which bends.
    [TestCase(3ul, 0.001, 0.0003)]
    [TestCase(5ul, 0.005, 0.0003)]
    public void OfAFaceItIsTheTrueFlow(ulong seed, double mean, double median)
    {
        const int Size = 128;
        var model = FaceModel.BuiltIn;
        var pair = new ClipSampler(model, Split.Validation).Pair(seed, Size);
        using var tape = Tape.Start();
        float[] pixels = new MeshMotion(model).Draw(Mesh(model, pair.Source), Mesh(model, pair.Driving), Size).ToArray();
        List<double> errors = [];
        double motion = 0;
        for (int i = 0; i < Size * Size; i++)
        {
            var pixel = pixels.AsSpan(i * MeshMotion.Channels, MeshMotion.Channels);
            if (pair.Driving.Parts[i] == Part.Skin && pair.Flow.Visible[i] > 0f && pixel[MeshMotion.Covered] == 1f
                && 3 * pair.Driving.Triangle[i] < model.Triangles.Length
                && model.Regions![Region.Neck][model.Triangles[3 * pair.Driving.Triangle[i]]] == 0f)
            {
                var truth = new Vector2(pair.Flow.Offset[2 * i], pair.Flow.Offset[(2 * i) + 1]);
                errors.Add(Vector2.Distance(truth, new Vector2(pixel[MeshMotion.Offset], pixel[MeshMotion.Offset + 1])));
                motion += truth.Length();
            }
        }

        errors.Sort();
        Assert.That(errors, Has.Count.GreaterThan(1000));
        Assert.That(motion / errors.Count, Is.GreaterThan(0.05));
        Assert.That(errors.Average(), Is.LessThan(mean), "grid units");
        Assert.That(errors[errors.Count / 2], Is.LessThan(median), "grid units");
    }

    private static Vector3[] Square(float x0, float y0, float x1, float y1, float z) =>
        [new(x0, y0, z), new(x1, y0, z), new(x1, y1, z), new(x0, y1, z)];

    private Tensor Mesh(FaceModel model, Frame frame) => Tensor.From(
        _device, [1, model.VertexCount, 3], MemoryMarshal.Cast<Vector3, float>(frame.Projected.AsSpan()).ToArray());

    // A channel of a pixel.
    private Func<int, int, float> Draw(
        int[] triangles, Vector3[] source, Vector3[] driving, Ablation without = Ablation.None, int[]? mirror = null)
    {
        using var tape = Tape.Start();
        Tensor Upload(Vector3[] mesh) => Tensor.From(_device, [1, mesh.Length, 3], MemoryMarshal.Cast<Vector3, float>(mesh.AsSpan()).ToArray());
        var model = new FaceModel
        {
            Mean = new Vector3[source.Length],
            Identity = [],
            Expression = [],
            ExpressionNames = [],
            Triangles = triangles,
            Parts = [.. Enumerable.Repeat(Part.Skin, source.Length)],
            GraphVertexCount = source.Length,
            Mirror = mirror ?? [.. Enumerable.Range(0, source.Length)],
            Landmarks = [],
        };
        float[] pixels = new MeshMotion(model, without).Draw(Upload(source), Upload(driving), Side).ToArray();
        return (pixel, channel) => pixels[(pixel * MeshMotion.Channels) + channel];
    }
}
