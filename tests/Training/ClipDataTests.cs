using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Tests.Cli;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Training;

/// <summary>Real clips: where they are found, which pairs of frames they give, and a training on them.</summary>
public sealed class ClipDataTests
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void Create() => _directory = new TemporaryDirectory();

    [TearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void ClipsAreFoundInEveryLayout()
    {
        Clip("id1/abc", 0);
        Clip("id1/def/00001", 0);
        Clip("id2#abc#0#9.mp4", 0);
        Clip("id2#def#0#9", 0);
        Clip("id3", 0);
        Clip("id4/one", 0, frames: 1);
        File.WriteAllBytes(_directory["id4/one/._0.png"], [1]);
        File.WriteAllText(_directory["id4/notes.txt"], "no clip");
        var folder = ClipFolder.Open(_directory.Root);
        var people = folder.Training.Concat(folder.HeldOut).ToDictionary(p => p.Name, p => p.Clips.Select(c => c.Name));
        Assert.Multiple(() =>
        {
            Assert.That(people.Keys, Is.EquivalentTo(new[] { "id1", "id2", "id3" }));
            Assert.That(people["id1"], Is.EqualTo(new[] { "id1/abc", "id1/def/00001" }));
            Assert.That(people["id2"], Is.EqualTo(new[] { "id2#abc#0#9.mp4", "id2#def#0#9" }));
            Assert.That((folder.Clips, folder.Videos, folder.TrainingPeople, folder.HeldOutPeople), Is.EqualTo((5, 0, 2, 1)));
        });
    }

    [Test]
    public void OnePersonInTwentyIsHeldOutByName()
    {
        string[] names = [.. Enumerable.Range(0, 60).Select(i => $"id{i}")];
        foreach (string name in names)
        {
            Directory.CreateDirectory(_directory[$"{name}/clip"]);
            File.WriteAllBytes(_directory[$"{name}/clip/0.jpg"], []);
            File.WriteAllBytes(_directory[$"{name}/clip/1.jpg"], []);
        }

        ClipFolder first = ClipFolder.Open(_directory.Root), again = ClipFolder.Open(_directory.Root);
        string[] heldOut = [.. first.HeldOut.Select(p => p.Name)];
        Assert.Multiple(() =>
        {
            Assert.That(heldOut, Has.Length.EqualTo(3));
            Assert.That(heldOut.Concat(first.Training.Select(p => p.Name)), Is.EquivalentTo(names));
            Assert.That(again.HeldOut.Select(p => p.Name), Is.EqualTo(heldOut));
            Assert.That(heldOut, Is.Not.EqualTo(names[..3]), "not simply the first");
        });
    }

    [Test]
    public void APairIsTwoFramesOfOneClipAndDependsOnItsNumberAlone()
    {
        for (int clip = 0; clip < 6; clip++)
        {
            Clip($"id{clip / 2}/{clip}", clip, frames: 4);
        }

        var folder = ClipFolder.Open(_directory.Root);
        SampleSource<FramePair> one = Samples(folder).Source(3), other = Samples(folder).Source(3), seed = Samples(folder).Source(4);
        FramePair[] pairs = [.. Enumerable.Range(0, 40).Select(i => one.Training(i))];
        FramePair[] backwards = [.. Enumerable.Range(0, 40).Reverse().Select(i => other.Training(i)).Reverse()];
        FramePair[] heldOut = [.. Enumerable.Range(0, 10).Select(i => one.HeldOut(i))];
        static (float, float, float, float) Look(FramePair p) => (p.Source[0], p.Source[1], p.Driving[0], p.Driving[1]);
        Assert.Multiple(() =>
        {
            Assert.That(pairs.Select(p => p.Source.Length), Is.All.EqualTo(32 * 32 * 3));
            Assert.That(pairs.Select(p => p.HasTruth), Is.All.False);
            Assert.That(pairs.Select(p => p.Driving[0]), Is.EqualTo(pairs.Select(p => p.Source[0])), "red is the clip");
            Assert.That(pairs.Select(p => p.Driving[1] == p.Source[1]), Is.All.False, "green is the frame");
            Assert.That(pairs.Select(p => p.Source[0]).Distinct().Count(), Is.EqualTo(4), "every clip of those who are not held out");
            Assert.That(backwards.Select(Look), Is.EqualTo(pairs.Select(Look)));
            Assert.That(Enumerable.Range(0, 40).Select(i => Look(seed.Training(i))), Is.Not.EqualTo(pairs.Select(Look)));
            Assert.That(heldOut.Select(p => p.Source[0]).Intersect(pairs.Select(p => p.Source[0])), Is.Empty);
        });
    }

    [Test]
    public void OfAFrameTheMiddleIsSeen()
    {
        var wide = new Image(96, 48);
        for (int i = 0; i < wide.Pixels.Length; i += 3)
        {
            wide.Pixels[i] = i / 3 % 96 is >= 24 and < 72 ? 1 : 0; // red in the middle
        }

        Directory.CreateDirectory(_directory["id/clip"]);
        ImageFile.Save(wide, _directory["id/clip/0.png"], DigitalSource.AlgorithmicMedia);
        ImageFile.Save(wide, _directory["id/clip/1.png"], DigitalSource.AlgorithmicMedia);
        var pair = Samples(ClipFolder.Open(_directory.Root)).Source(0).Training(0);
        Assert.That(pair.Source.Where((_, i) => i % 3 == 0), Is.All.EqualTo(1).Within(1e-3));
    }

    [Test]
    public void WhatCannotBeReadIsNamedAndPassedOver()
    {
        Clip("id/clip", 0, frames: 4);
        File.WriteAllBytes(_directory["id/clip/2.png"], [1, 2, 3]);
        var folder = ClipFolder.Open(_directory.Root);
        float[][] greens = [.. new[] { 0, 1 }.Select(_ =>
        {
            var source = Samples(folder).Source(1);
            return Enumerable.Range(0, 30).Select(i => source.Training(i)).SelectMany(p => new[] { p.Source[1], p.Driving[1] }).ToArray();
        })];
        var named = UnreadableFiles.Of(_directory.Root);
        Assert.Multiple(() =>
        {
            Assert.That(greens[0].Distinct().Count(), Is.EqualTo(3), "all that can be read");
            Assert.That(greens[1], Is.EqualTo(greens[0]));
            Assert.That(named, Has.Count.EqualTo(1), "however often it was asked for");
            Assert.That(named[0], Does.Contain("2.png"));
        });
    }

    [Test]
    public void WithHardlyAnythingToReadWhatThereIsIsFound()
    {
        for (int person = 0; person < 60; person++)
        {
            Clip($"id{person}/clip", person, frames: 3);
            File.WriteAllBytes(_directory[$"id{person}/clip/0.png"], [1]);
            File.WriteAllBytes(_directory[$"id{person}/clip/1.png"], [1]);
        }

        var folder = ClipFolder.Open(_directory.Root);
        Assert.Throws<InputException>(() => Samples(folder).Source(1).Training(0), "one frame of each is not enough");
        Clip($"{folder.Training[7].Clips[0].Name}", 7, frames: 3);
        var pair = Samples(folder).Source(1).Training(0);
        Assert.That(pair.Driving[0], Is.EqualTo(pair.Source[0]));
        Assert.That(pair.Driving[1], Is.Not.EqualTo(pair.Source[1]));
    }

    [Test]
    public void LinksMayLeadBack()
    {
        Clip("id0/clip", 0);
        Directory.CreateSymbolicLink(_directory["loop"], _directory.Root);
        Directory.CreateSymbolicLink(_directory["id0/loop"], "..");
        Assert.That(ClipFolder.Open(_directory.Root).Clips, Is.EqualTo(1));
    }

    [Test]
    public void TheMotionOfFittedMeshesIsNearTheTrueOne()
    {
        using var device = Device.Open("cpu");
        using var regressor = Weights.LoadRegressor(device, FaceModel.BuiltIn, Path.Combine(RepositoryRoot.Path, "weights"));
        FramePair[] rendered = [.. Enumerable.Range(0, 4).Select(i => FramePair.Render(FaceModel.BuiltIn, Split.Test, 1, i, 128))];
        var batch = new FittedMotion(FaceModel.BuiltIn, regressor).Complete(
            [rendered[0], .. rendered.Skip(1).Select(p => FramePair.Of(p.Source, p.Driving))]);
        double error = 0, motion = 0, covered = 0;
        for (int i = 1; i < batch.Length; i++)
        {
            var (truth, fitted) = (rendered[i], batch[i]);
            for (int cell = 0; 2 * cell < truth.FlowMask.Length; cell++)
            {
                double weight = (truth.FlowMask[2 * cell] + truth.FlowMask[(2 * cell) + 1]) * fitted.FlowMask[2 * cell];
                covered += weight;
                for (int c = 0; c < 2; c++)
                {
                    error += weight * Math.Abs(truth.Flow[(2 * cell) + c] - fitted.Flow[(2 * cell) + c]);
                    motion += weight * Math.Abs(truth.Flow[(2 * cell) + c]);
                }
            }
        }

        Assert.Multiple(() =>
        {
            Assert.That(batch[0], Is.SameAs(rendered[0]), "what is known stays");
            Assert.That(covered, Is.GreaterThan(3 * 50), "cells of the face");
            Assert.That(error, Is.LessThan(0.5 * motion));
        });
    }

    [Test]
    public void ATrainingLearnsFromClips()
    {
        for (int person = 0; person < 3; person++)
        {
            Assert.That(CliRun.Of("synth", "clip", "--output", _directory[$"clips/id{person}/0"], "--frames", "3", "--size", "32", "--seed", $"{person}").Code, Is.Zero);
        }

        File.WriteAllBytes(_directory["clips/id0/0/frame_0001.png"], [1]);
        File.WriteAllBytes(_directory["clips/id1/0/frame_0001.png"], [1]);
        File.WriteAllBytes(_directory["clips/id2/0/frame_0001.png"], [1]);
        string[] Train(string data, string run, int steps = 2) =>
        [
            "train", "reenactor", "--data", _directory[data], "--rendered", "0.3", "--regressor", Path.Combine(RepositoryRoot.Path, "weights"),
            "--output", _directory[run], "--steps", $"{steps}", "--batch", "4", "--size", "32", "--warm-up", "1", "--critic-from", "1",
        ];
        CliRun one = CliRun.Of(Train("clips", "one")), two = CliRun.Of([.. Train("clips", "two"), "--render-threads", "3"]);
        Assert.Multiple(() =>
        {
            Assert.That(one.Code, Is.Zero, one.Error);
            Assert.That(one.Error, Does.Contain("3 clips, 0 of them videos, of 2 people and 1 held out"));
            Assert.That(one.Error, Does.Contain("held out: ").And.Contain("flow "));
            Assert.That(one.Error, Does.Contain("skipped").And.Contain("frame_0001.png"));
            Assert.That(File.ReadAllBytes(_directory["two/checkpoint.safetensors"]), Is.EqualTo(File.ReadAllBytes(_directory["one/checkpoint.safetensors"])));
        });

        foreach (string picture in Directory.GetFiles(_directory["clips"], "*.png", SearchOption.AllDirectories))
        {
            File.WriteAllBytes(picture, [1]);
        }

        // In a run that is there, other clips are refused before any is read.
        Directory.CreateDirectory(_directory["other"]);
        Directory.Move(_directory["clips/id0"], _directory["other/id0"]);
        string[] named = [.. UnreadableFiles.Of(_directory["one"])];
        var other = CliRun.Of(Train("other", "one", steps: 4));
        Assert.Multiple(() =>
        {
            Assert.That(other.Code, Is.EqualTo(2));
            Assert.That(other.Error, Does.Contain("another data"));
            Assert.That(UnreadableFiles.Of(_directory["one"]), Is.EqualTo(named));
        });

        var inside = CliRun.Of(Train("clips", "clips/run"));
        Assert.That((inside.Code, inside.ErrorLines[^1]), Is.EqualTo((2, inside.ErrorLines.Single(l => l.Contains("among the clips")))));
        Assert.That(Directory.Exists(_directory["clips/run"]), Is.False);
        var none = CliRun.Of(Train("clips", "none"));
        var missing = CliRun.Of(Train("nowhere", "nothing/here"));
        Assert.Multiple(() =>
        {
            Assert.That((none.Code, missing.Code), Is.EqualTo((2, 2)));
            Assert.That(none.ErrorLines[^1], Does.Contain("two frames that can be read"));
            Assert.That(missing.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(Directory.Exists(_directory["nothing"]), Is.False, "no empty folder is left");
            Assert.That(File.Exists(_directory["none/checkpoint.safetensors"]), Is.False);
        });
    }

    // Frames that all look different: red says which clip, green which frame.
    private void Clip(string name, int red, int frames = 2)
    {
        Directory.CreateDirectory(_directory[name]);
        for (int frame = 0; frame < frames; frame++)
        {
            var image = new Image(32, 32);
            Canvas.Fill(image, new Rgb(red / 64f, frame / 8f, 0.5f));
            ImageFile.Save(image, _directory[$"{name}/{frame}.png"], DigitalSource.AlgorithmicMedia);
        }
    }

    private ClipSamples Samples(ClipFolder folder) => new(folder, 32, _directory["cache"], new UnreadableFiles(_directory.Root));
}
