using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Model.Faces;
using Mimesh.Model.Networks;
using Mimesh.Model.Rendering;
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
    public void AShiftedSquareMovesByItsShiftInsideAndAround()
    {
        var source = Square(-0.5f, -0.5f, 0.5f, 0.5f, 0f);
        float[] cells = Draw(s_square, source, [.. source.Select(v => v + new Vector3(0.25f, -0.5f, 0f))]);
        for (int i = 0; i < Side * Side; i++)
        {
            int x = i % Side, y = i / Side;
            float covered = x is >= 3 and < 7 && y is >= 0 and < 4 ? 1f : 0f;
            Assert.That(cells[4 * i], Is.EqualTo(-0.25f).Within(1e-5f), $"x offset of {x}, {y}");
            Assert.That(cells[(4 * i) + 1], Is.EqualTo(0.5f).Within(1e-5f), $"y offset of {x}, {y}");
            Assert.That(cells[(4 * i) + 2], Is.EqualTo(covered).Within(1e-5f), $"coverage of {x}, {y}");
            Assert.That(cells[(4 * i) + 3], Is.EqualTo(covered).Within(1e-5f), $"what is seen of {x}, {y}");
        }
    }

    [Test]
    public void WhatIsBehindSomethingInTheSourceIsNotSeen()
    {
        // A large square, and a small one that stands before its middle in the source and has moved away in the driving mesh.
        int[] triangles = [.. s_square, .. s_square.Select(i => i + 4)];
        var behind = Square(-0.5f, -0.5f, 0.5f, 0.5f, 0f);
        float[] cells = Draw(
            triangles,
            [.. behind, .. Square(-0.25f, -0.25f, 0.25f, 0.25f, 0.9f)],
            [.. behind, .. Square(0.75f, 0.75f, 1.25f, 1.25f, 0.9f)]);
        float[] seen = [.. cells.Where((_, i) => i % 4 == 3)];
        for (int y = 2; y < 6; y++)
        {
            for (int x = 2; x < 6; x++)
            {
                Assert.That(seen[(y * Side) + x], Is.EqualTo(x is 3 or 4 && y is 3 or 4 ? 0f : 1f), $"{x}, {y}");
            }
        }
    }

    [Test]
    public void OutsideThePictureNothingIsSeen()
    {
        var driving = Square(-0.5f, -0.5f, 0.5f, 0.5f, 0f);
        float[] cells = Draw(s_square, [.. driving.Select(v => v + new Vector3(2f, 0f, 0f))], driving);
        Assert.That(cells.Where((_, i) => i % 4 == 2).Sum(), Is.EqualTo(16f).Within(1e-4f));
        Assert.That(cells.Where((_, i) => i % 4 == 3).Sum(), Is.Zero);
    }

    [Test]
    public void MeshesThatAreNowhereDrawNothing()
    {
        foreach (float where in (float[])[float.NaN, float.PositiveInfinity, 1e30f])
        {
            Vector3[] nowhere = [.. Enumerable.Repeat(new Vector3(where), 4)];
            Assert.That(Draw(s_square, nowhere, nowhere), Is.All.Zero);
        }
    }

    // A cell holds one motion for all of its pixels, so that the finer the cells, the closer it is: pixel by pixel it is the true flow but
    // for the few cells at whose edge another surface begins.
    [TestCase(3ul, 4, 0.01, 0.005)]
    [TestCase(5ul, 4, 0.02, 0.015)]
    [TestCase(3ul, 1, 0.001, 0.0003)]
    [TestCase(5ul, 1, 0.005, 0.0003)]
    public void OfAFaceItIsTheTrueFlow(ulong seed, int pixelsACell, double mean, double median)
    {
        const int Size = 128;
        int side = Size / pixelsACell;
        var model = FaceModel.BuiltIn;
        var pair = new ClipSampler(model, Split.Validation).Pair(seed, Size);
        using var tape = Tape.Start();
        float[] cells = new MeshMotion(model.GraphTriangles).Draw(Mesh(model, pair.Source), Mesh(model, pair.Driving), side).ToArray();
        List<double> errors = [];
        double motion = 0;
        for (int i = 0; i < Size * Size; i++)
        {
            int cell = (i / Size / pixelsACell * side) + (i % Size / pixelsACell);
            if (pair.Driving.Parts[i] == Part.Skin && pair.Flow.Visible[i] > 0f && cells[(4 * cell) + 2] == 1f)
            {
                var truth = new Vector2(pair.Flow.Offset[2 * i], pair.Flow.Offset[(2 * i) + 1]);
                errors.Add(Vector2.Distance(truth, new Vector2(cells[4 * cell], cells[(4 * cell) + 1])));
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
        _device, [1, model.GraphVertexCount, 3], MemoryMarshal.Cast<Vector3, float>(frame.Projected.AsSpan(0, model.GraphVertexCount)).ToArray());

    private float[] Draw(int[] triangles, Vector3[] source, Vector3[] driving)
    {
        using var tape = Tape.Start();
        Tensor Upload(Vector3[] mesh) => Tensor.From(_device, [1, mesh.Length, 3], MemoryMarshal.Cast<Vector3, float>(mesh.AsSpan()).ToArray());
        return new MeshMotion(triangles).Draw(Upload(source), Upload(driving), Side).ToArray();
    }
}
