using System.Text.Json;
using Mimesh.Imaging;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Training;

public sealed class TrainingLogTests
{
    private TemporaryDirectory _directory = null!;

    private string Path => _directory["log.jsonl"];

    [SetUp]
    public void Create() => _directory = new TemporaryDirectory();

    [TearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void ItIsOneJsonObjectALineAndComesBack()
    {
        Write(1, 2, 3);
        string[] lines = File.ReadAllLines(Path);
        using var last = JsonDocument.Parse(lines[^1]);
        Assert.Multiple(() =>
        {
            Assert.That(lines, Has.Length.EqualTo(3));
            Assert.That(
                last.RootElement.EnumerateObject().Select(p => p.Name),
                Is.EqualTo(new[] { "step", "steps", "learning_rate", "losses", "gradient_norms", "trained_per_second", "rendered_per_second", "starved", "seconds", "held_out" }));
            Assert.That(last.RootElement.GetProperty("held_out").GetProperty("yaw°").GetSingle(), Is.EqualTo(3.5f));
            Assert.That(lines[0], Does.Not.Contain("held_out"));
            Assert.That(TrainingLog.Read(Path).Select(r => (r.Step, r.Losses["rec"], r.Seconds)), Is.EqualTo(new[] { (1, 1f, 10.0), (2, 2f, 20.0), (3, 3f, 30.0) }));
        });
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "links of Unix")]
    public void WhatKeepsALockFromBeingMadeIsSaid()
    {
        File.CreateSymbolicLink(_directory["loop.lock"], _directory["loop.lock"]);
        Assert.That(() => TrainingLog.Hold(_directory["loop.lock"], "run"), Throws.TypeOf<InputException>().With.Message.StartsWith("Cannot write into 'run': "));
        using var held = TrainingLog.Hold(_directory["a.lock"], "run");
        Assert.That(() => TrainingLog.Hold(_directory["a.lock"], "run"), Throws.TypeOf<InputException>().With.Message.StartsWith("Another training is at work in 'run'"));
    }

    [Test]
    public void ALogThatNothingCouldBeWrittenToGoesAgain()
    {
        TrainingLog.Open(Path, _directory.Root).Dispose();
        Assert.That(_directory.Entries, Is.Empty);
        File.WriteAllBytes(Path, []);
        TrainingLog.Open(Path, _directory.Root).Dispose();
        Assert.That(_directory.Entries, Is.EqualTo(new[] { "log.jsonl" }), "one that was there stays");
    }

    [TestCase(0, 0.0)]
    [TestCase(2, 20.0)]
    [TestCase(9, 30.0)]
    public void ItIsCutBackToTheStepThatATrainingGoesOnFrom(int step, double seconds)
    {
        Write(1, 2, 3);
        using (var log = TrainingLog.Open(Path, _directory.Root))
        {
            Assert.That(log.CutAfter(step), Is.EqualTo(seconds));
            log.Add(Report(step + 1));
        }

        Assert.That(TrainingLog.Read(Path).Select(r => r.Step), Is.EqualTo(Enumerable.Range(1, Math.Min(step, 3)).Append(step + 1)));
    }

    [Test]
    public void ALineThatWasNeverFinishedIsDropped()
    {
        Write(1, 2);
        byte[] whole = File.ReadAllBytes(Path);
        int first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int length = first; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            Assert.That(TrainingLog.Read(Path).Select(r => r.Step), Is.EqualTo(new[] { 1 }), $"cut at {length}");
            using (var log = TrainingLog.Open(Path, _directory.Root))
            {
                log.CutAfter(5);
                log.Add(Report(2));
            }

            Assert.That(File.ReadAllBytes(Path), Is.EqualTo(whole));
        }
    }

    [TestCase("hello\n")]
    [TestCase("hello")]
    [TestCase("{}\n")]
    [TestCase("{\"step\":1}\n{\"step\":2}\n")]
    public void AnotherFileIsRefusedAndLeftAlone(string content)
    {
        File.WriteAllText(Path, content);
        var refusal = Assert.Throws<InputException>(() => TrainingLog.Open(Path, _directory.Root));
        Assert.That(refusal!.Message, Does.Contain("is not the log of a training"));
        Assert.That(File.ReadAllText(Path), Is.EqualTo(content));
    }

    [Test]
    public void OutsideOfTheRunsFolderItNamesTheRunAndNoOtherTakesIt()
    {
        string run = _directory["run"], other = _directory["other"];
        using (var log = TrainingLog.Open(Path, run))
        {
            log.Add(Report(1));
        }

        byte[] written = File.ReadAllBytes(Path);
        Assert.Multiple(() =>
        {
            Assert.That(TrainingLog.Read(Path)[0].Run, Is.EqualTo(run));
            Assert.That(Assert.Throws<InputException>(() => TrainingLog.Open(Path, other))!.Message, Does.Contain($"of the run in '{run}'"));
            Assert.DoesNotThrow(() => TrainingLog.Open(Path, run + System.IO.Path.DirectorySeparatorChar).Dispose());
            Assert.That(File.ReadAllBytes(Path), Is.EqualTo(written));
        });

        File.Delete(Path);
        Write(1);
        Assert.That(Assert.Throws<InputException>(() => TrainingLog.Open(Path, other))!.Message, Does.Contain("of another run"));
    }

    [TestCase("", "is empty")]
    [TestCase("/dev/null", "is a device")]
    [TestCase("run/checkpoint.safetensors", "other files")]
    [TestCase("none/log.jsonl", "does not exist")]
    public void ItIsAFileOfItsOwn(string name, string says)
    {
        Directory.CreateDirectory(_directory["run"]);
        string path = name.StartsWith("run", StringComparison.Ordinal) || name.StartsWith("none", StringComparison.Ordinal) ? _directory[name] : name;
        Assert.That(Assert.Throws<InputException>(() => TrainingLog.Open(path, _directory["run"]))!.Message, Does.Contain(says));
        Assert.That(_directory.Entries, Is.EqualTo(new[] { "run" }));
    }

    [Test]
    public void TwoTrainingsDoNotShareOne()
    {
        using (TrainingLog.Open(Path, _directory["run"]))
        {
            Assert.That(Assert.Throws<InputException>(() => TrainingLog.Open(Path, _directory["other"]))!.Message, Does.Contain("Another training"));
        }

        Assert.DoesNotThrow(() => TrainingLog.Open(Path, _directory["other"]).Dispose());
    }

    [Test]
    public void ItIsReadWhileATrainingWritesIt()
    {
        using var log = TrainingLog.Open(Path, _directory.Root);
        log.Add(Report(1));
        Assert.That(TrainingLog.Read(Path), Has.Count.EqualTo(1));
    }

    private void Write(params int[] steps)
    {
        using var log = TrainingLog.Open(Path, _directory.Root);
        foreach (int step in steps)
        {
            log.Add(Report(step));
        }
    }

    private static TrainingReport Report(int step) => new(
        step, 9, 1e-3f, new Dictionary<string, float> { ["rec"] = step }, new Dictionary<string, float> { ["generator"] = 0.5f }, 12.5, 30, 0.01, 10 * step,
        step == 3 ? new Dictionary<string, float> { ["yaw°"] = 3.5f, ["psnr"] = float.PositiveInfinity } : null);
}
