using System.Text.Json;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Reenactment;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>The regressor's two commands, with the shipped weights.</summary>
public sealed class MeshTests
{
    private TemporaryDirectory _directory = null!;

    [OneTimeSetUp]
    public void Create() => _directory = new TemporaryDirectory();

    [OneTimeTearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void AMeshIsDrawnOverAPictureAndWrittenDown()
    {
        // Wide, with the head on one side: the square that is cut does not begin at the picture's corner.
        var portrait = ImageFile.Load(Path.Combine(RepositoryRoot.Path, "samples", "source.png"));
        var wide = new Image(2 * portrait.Width, portrait.Height);
        Canvas.Fill(wide, Rgb.Grey(0.4f));
        Canvas.Paste(wide, portrait, portrait.Width, 0);
        ImageFile.Save(wide, _directory["wide.png"], DigitalSource.AlgorithmicMedia);

        var run = CliRun.Of(
            "mesh", "--picture", Path.Combine(RepositoryRoot.Path, "samples", "source.png"), _directory["wide.png"],
            "--output", _directory["mesh.png"], "--json", _directory["mesh.json"], "--size", "128");
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.Zero, run.Error);
            Assert.That(run.Error, Is.Empty);
            Assert.That(ImageFile.Load(_directory["mesh.png"]).Width, Is.EqualTo((2 * 128) + (3 * 5)));
        });

        using var facts = JsonDocument.Parse(File.ReadAllText(_directory["mesh.json"]));
        JsonElement[] frames = [.. facts.RootElement.GetProperty("frames").EnumerateArray()];
        float[][] landmarks = [.. frames.Select(f => f.GetProperty("landmarks")[30].EnumerateArray().Select(x => x.GetSingle()).ToArray())];
        Assert.Multiple(() =>
        {
            Assert.That(frames, Has.Length.EqualTo(2));
            Assert.That(frames.Select(f => f.GetProperty("hasFace").GetBoolean()), Is.All.True);
            Assert.That(frames.Select(f => f.GetProperty("found").GetProperty("score").GetSingle()), Is.All.InRange(FaceFinder.LeastScore, 1f));
            Assert.That(frames.Select(f => f.GetProperty("landmarks").GetArrayLength()), Is.All.EqualTo(68));
            Assert.That(frames.Select(f => f.GetProperty("expression").EnumerateObject().Count()), Is.All.EqualTo(52));
            Assert.That(frames[1].GetProperty("square").GetProperty("left").GetInt32(), Is.GreaterThan(0));
            float near = 0.08f * portrait.Width;
            Assert.That(landmarks[1][0] - portrait.Width, Is.EqualTo(landmarks[0][0]).Within(near), "the nose's tip, wherever the square was cut");
            Assert.That(landmarks[1][1], Is.EqualTo(landmarks[0][1]).Within(near));
        });
    }

    [Test]
    public void AFitSaysWhereItsLandmarksAreInThePicture()
    {
        var model = FaceModel.BuiltIn;
        var mesh = new System.Numerics.Vector3[model.GraphVertexCount];
        mesh[model.Landmarks[0]] = new(-1, 1, 0);
        var fit = new MeshFit(null, (10, 20, 100), [], [], new Pose(0.5f, 0, 0, 0.007f, 0, 0).ToMatrix(), mesh, true);
        using var facts = JsonDocument.Parse(MeshFit.ToJson(model, [("a.png", fit)]));
        var frame = facts.RootElement.GetProperty("frames")[0];
        Assert.Multiple(() =>
        {
            Assert.That(frame.GetProperty("landmarks")[0].EnumerateArray().Select(x => x.GetSingle()), Is.EqualTo(new[] { 9.5f, 119.5f }).Within(1e-3f));
            Assert.That(frame.GetProperty("landmarks")[1].EnumerateArray().Select(x => x.GetSingle()), Is.EqualTo(new[] { 59.5f, 69.5f }).Within(1e-3f));
            Assert.That(frame.GetProperty("pose").GetProperty("yaw").GetSingle(), Is.EqualTo(0.5f * 180 / MathF.PI).Within(1e-3f));
        });
    }

    [TestCase("nothing.png", "never.png", "nothing.png")]
    [TestCase("", "never.tiff", "never.tiff")]
    public void WhatCannotBeReadOrWrittenIsSaidAtOnce(string picture, string output, string says)
    {
        string source = picture.Length > 0 ? _directory[picture] : Path.Combine(RepositoryRoot.Path, "samples", "source.png");
        var run = CliRun.Of("mesh", "--picture", source, "--output", _directory[output]);
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Error, Does.Contain(says));
            Assert.That(File.Exists(_directory[output]), Is.False);
        });
    }

    [Test]
    public void TheRegressorIsMeasured()
    {
        var run = CliRun.Of(
            "evaluate", "regressor", "--count", "4", "--size", "64", "--json", _directory["figures.json"], "--markdown", _directory["figures.md"]);
        Assert.That(run.Code, Is.Zero, run.Error);
        using var figures = JsonDocument.Parse(File.ReadAllText(_directory["figures.json"]));
        var root = figures.RootElement;
        string[] tables = File.ReadAllLines(_directory["figures.md"]);
        Assert.Multiple(() =>
        {
            Assert.That(root.GetProperty("people").GetInt32(), Is.EqualTo(4));
            Assert.That(root.GetProperty("pose").EnumerateObject().Select(a => a.Value.GetDouble()), Is.All.GreaterThan(0).And.LessThan(45));
            Assert.That(root.GetProperty("expression").GetProperty("shapes").GetArrayLength(), Is.EqualTo(52));
            Assert.That(tables, Has.Some.StartsWith("| yaw | "));
            Assert.That(tables, Has.Some.StartsWith("| jawOpen | "));
            Assert.That(run.Output, Does.Contain("jawOpen"));
        });
    }
}
