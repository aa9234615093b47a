using System.Numerics;
using Mimesh.Cli;
using Mimesh.Evaluation;
using Mimesh.Imaging;
using Mimesh.Onnx;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>Models whose embedding is the picture that they are given.</summary>
public sealed class OnnxFaceEmbedderTests
{
    private static readonly Vector2[] Usual =
        [new(38.2946f, 51.6963f), new(73.5318f, 51.5014f), new(56.0252f, 71.7366f), new(41.5493f, 92.3655f), new(70.7299f, 92.2041f)];

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [TestCase(OnnxGraph.Batch, 3, 112, 112)]
    [TestCase(1, 112, 112, 3)]
    public void TheModelSeesTheAlignedFaceAsArcFaceWould(int a, int b, int c, int d)
    {
        using var embedder = OnnxFaceEmbedder.Load(Model("faces.onnx", a, b, c, d));
        var image = Ramp(112);
        float[] seen = embedder.Embed(image, Face(112, p => p));
        Assert.That(embedder.Name, Is.EqualTo("faces.onnx"));
        Assert.That(seen, Has.Length.EqualTo(3 * 112 * 112));
        for (int i = 0; i < seen.Length; i += 997)
        {
            int from = d == 3 ? i : (i % (112 * 112) * 3) + (i / (112 * 112));
            Assert.That(seen[i], Is.EqualTo(((image.Pixels[from] * 255) - 127.5) / 128).Within(1e-3));
        }
    }

    [Test]
    public void AFaceAnywhereIsBroughtToTheUsualPlaces()
    {
        // The picture shows the usual face turned, larger and elsewhere; its crop must be as if it never had been.
        var turn = Matrix3x2.CreateRotation(0.3f) * Matrix3x2.CreateScale(1.4f) * Matrix3x2.CreateTranslation(60, 10);
        Assert.That(Matrix3x2.Invert(turn, out var back));
        var image = new Image(256, 256);
        for (int i = 0; i < 256 * 256; i++)
        {
            var at = Vector2.Transform(new Vector2(i % 256, i / 256), back);
            (image.Pixels[3 * i], image.Pixels[(3 * i) + 1]) = (at.X / 112, at.Y / 112);
        }

        using var embedder = OnnxFaceEmbedder.Load(Model("small.onnx", 1, 3, 28, 28));
        float[] seen = embedder.Embed(image, Face(256, p => Vector2.Transform(p, turn)));
        for (int i = 0; i < 28 * 28; i += 45)
        {
            float x = (((i % 28) + 0.5f) * 4) - 0.5f, y = (((i / 28) + 0.5f) * 4) - 0.5f;
            Assert.That(seen[i], Is.EqualTo(((x / 112 * 255) - 127.5) / 128).Within(0.01));
            Assert.That(seen[(28 * 28) + i], Is.EqualTo(((y / 112 * 255) - 127.5) / 128).Within(0.01));
        }
    }

    [Test]
    public void WhatIsNoSuchModelIsRefused()
    {
        _directory.Write("text.onnx", "hello"u8.ToArray());
        Assert.Multiple(() =>
        {
            foreach (string path in new[] { _directory["none.onnx"], _directory["text.onnx"], Model("flat.onnx", 1, 10), Model("grey.onnx", 1, 1, 8, 8), Model("wide.onnx", 1, 3, 8, 9) })
            {
                var refusal = Assert.Throws<InputException>(() => OnnxFaceEmbedder.Load(path), path);
                Assert.That(refusal?.Message, Does.Contain(path).And.Not.Contain("\n"));
            }
        });
    }

    [Test]
    public void TheCommandTakesIt()
    {
        var run = CliRun.Of(
            "evaluate", "--weights", Path.Combine(RepositoryRoot.Path, "weights"), "--count", "1", "--size", "64",
            "--csim-model", Model("tiny.onnx", 1, 3, 16, 16), "--json", _directory["a.json"]);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("CSIM by tiny.onnx"));
        Assert.That(File.ReadAllText(_directory["a.json"]), Does.Contain("tiny.onnx"));
    }

    private string Model(string name, params int[] sizes)
    {
        var graph = new OnnxGraph("embedder");
        graph.AddInput("data", sizes);
        graph.AddOutput(graph.Node("Flatten", ["data"], "embedding", ("axis", 1)), OnnxGraph.Batch, sizes[1..].Aggregate((x, y) => x * y));
        using var file = File.Create(_directory[name]);
        graph.Write(file, []);
        return _directory[name];
    }

    private static SeenFace Face(int side, Func<Vector2, Vector2> place)
    {
        Vector2[] points = [.. Usual.Select(p => ((place(p) + new Vector2(0.5f)) * (2f / side)) - Vector2.One)], landmarks = new Vector2[68];
        landmarks.AsSpan(36, 6).Fill(points[0]);
        landmarks.AsSpan(42, 6).Fill(points[1]);
        (landmarks[30], landmarks[48], landmarks[54]) = (points[2], points[3], points[4]);
        return new SeenFace(default, default, [], landmarks);
    }

    private static Image Ramp(int side)
    {
        var image = new Image(side, side);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = ((i % 3) + (i / 3 % side) + (i / 3 / side)) / (2f * side);
        }

        return image;
    }
}
