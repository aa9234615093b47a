using System.Numerics;
using Mimesh.Faces;
using Mimesh.People;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Finder;

/// <summary>The scenes that the finder learns from.</summary>
public sealed class SceneTests
{
    [Test]
    public void ASceneDependsOnItsNumberAlone()
    {
        SceneSampler one = new(Split.Validation, 3, 64, pool: 8), other = new(Split.Validation, 3, 64, pool: 8);
        float[][] forth = [.. Enumerable.Range(0, 6).Select(i => one.Make(i).Pixels)];
        float[][] back = [.. Enumerable.Range(0, 6).Reverse().AsParallel().AsOrdered().Select(i => other.Make(i).Pixels).Reverse()];
        Assert.That(back, Is.EqualTo(forth));
        Assert.That(forth[1], Is.Not.EqualTo(forth[0]));
    }

    [Test]
    public void SplitsShareNobody() =>
        Assert.That(
            new SceneSampler(Split.Test, 3, 64, pool: 4).Make(0).Pixels, Is.Not.EqualTo(new SceneSampler(Split.Validation, 3, 64, pool: 4).Make(0).Pixels));

    [Test]
    public void ScenesHaveNoFaceOneOrMany()
    {
        var sampler = new SceneSampler(Split.Validation, 5, 64, pool: 16);
        int[] faces = [.. Enumerable.Range(0, 60).Select(i => sampler.Make(i).Faces.Length)];
        Assert.Multiple(() =>
        {
            Assert.That(faces, Has.Some.EqualTo(0));
            Assert.That(faces, Has.Some.EqualTo(1));
            Assert.That(faces, Has.Some.GreaterThan(2));
        });
    }

    [Test]
    public void PixelsAreColours() =>
        Assert.That(new SceneSampler(Split.Validation, 6, 64, pool: 4).Make(2).Pixels, Is.All.InRange(0f, 1f));

    [Test]
    public void APlacementBringsAPartWhereItIsAsked()
    {
        var part = new FaceCrop(0.2f, -0.4f, 0.1f, 0.3f);
        var place = Placement.Bring(part, 70, 50, 24, 2.2f);
        Assert.Multiple(() =>
        {
            Assert.That(Vector2.Distance(place.Apply(new(part.X, part.Y)), new(70, 50)), Is.LessThan(1e-3f));
            Assert.That(2 * part.HalfSide * place.Half, Is.EqualTo(24).Within(1e-3));
            Assert.That(Vector2.Distance(place.Invert(place.Apply(new(0.7f, -0.2f))), new(0.7f, -0.2f)), Is.LessThan(1e-5f));
        });
    }

    [Test]
    public void WhatCoversAFaceHidesIt()
    {
        var person = Square(new FaceCrop(0, 0, 0, 0.5f));
        var cover = Square(null);
        SceneFace Hidden(float x)
        {
            var canvas = new SceneCanvas(64);
            canvas.Draw(person, new Placement(32, 32, 0, 24), Vector4.One);
            canvas.Draw(cover, new Placement(x, 32, 0, 12), Vector4.One);
            return canvas.Faces().Single();
        }

        Assert.Multiple(() =>
        {
            Assert.That(Hidden(32).Visible, Is.Zero);
            Assert.That(Hidden(20).Visible, Is.EqualTo(0.5f).Within(0.1));
            Assert.That(Hidden(0).Visible, Is.EqualTo(1));
            Assert.That(Hidden(0).Side, Is.EqualTo(24));
        });
    }

    [Test]
    public void WhatLiesBeyondTheBorderIsHidden()
    {
        var canvas = new SceneCanvas(64);
        canvas.Draw(Square(new FaceCrop(0, 0, 0, 0.5f)), new Placement(0, 32, 0, 24), Vector4.One);
        var face = canvas.Faces().Single();
        Assert.That(face.Visible, Is.EqualTo(0.5f).Within(0.1));
    }

    [Test]
    public void MostRenderedPeopleHaveAFace()
    {
        Sprite[] people = [.. Enumerable.Range(0, 40).Select(k => PeopleSprites.Render(Split.Validation, SampleSeed.Of(1, k)))];
        Assert.That(people.Count(p => p.Face is not null), Is.InRange(20, 39));
        foreach (var face in people.Where(p => p.Face is not null).Select(p => p.Face!.Value))
        {
            Assert.That(MathF.Abs(face.X) + face.HalfSide, Is.LessThan(1.1f), "it is on the sprite");
        }
    }

    [Test]
    public void TheReportCountsWhatIsFoundMissedAndMadeUp()
    {
        var scene = new Scene(100, [], [new(20, 20, 20, 0, 1), new(70, 70, 30, 1, 1), new(20, 80, 20, 0, 0.1f)]);
        FoundFace[] found = [new(21, 20, 20, 0.1f, 0.9f), new(80, 20, 20, 0, 0.8f), new(20, 80, 20, 0, 0.7f)];
        var report = FinderEvaluation.Report(100, [(scene, found)]);
        Assert.Multiple(() =>
        {
            Assert.That(report.Faces, Is.EqualTo(2), "the hidden one need not be found");
            Assert.That(report.Recall, Is.EqualTo(0.5));
            Assert.That(report.Precision, Is.EqualTo(0.5), "nor is it wrong to find it");
            Assert.That(report.FalseAlarms, Is.EqualTo(1));
            Assert.That(report.RollError, Is.EqualTo(0.1 * 180 / Math.PI).Within(1e-3));
        });
    }

    private static Sprite Square(FaceCrop? face)
    {
        float[] pixels = new float[32 * 32 * 4];
        Array.Fill(pixels, 1f);
        return new Sprite(pixels, 32) { Face = face };
    }
}
