using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Training;

/// <summary>The loop of every training, around a network of two numbers.</summary>
public sealed class TrainingLoopTests
{
    private TemporaryDirectory _directory = null!;
    private CpuDevice _device = null!;

    private TrainingOptions Options => new(_directory.Root, 20, 2, 1, 0.1f, 32, 2) { ReportEvery = 2, CheckpointEvery = 6 };

    [SetUp]
    public void Create() => (_directory, _device) = (new TemporaryDirectory(), new CpuDevice(1));

    [TearDown]
    public void Delete()
    {
        _device.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void ItReportsMeasuresAndLogs()
    {
        var reports = Run(Options);
        Assert.Multiple(() =>
        {
            Assert.That(reports.Select(r => r.Step), Is.EqualTo(new[] { 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 }));
            Assert.That(reports.Where(r => r.HeldOut is not null).Select(r => r.Step), Is.EqualTo(new[] { 6, 12, 18, 20 }));
            Assert.That(reports.Select(r => r.LearningRate), Is.EqualTo(reports.Select(r => Options.RateAt(r.Step - 1))));
            Assert.That(reports[^1].GradientNorms.Keys, Is.EqualTo(new[] { "line" }));
            Assert.That(reports.Select(r => r.TrainedPerSecond), Is.All.GreaterThan(0));
            Assert.That(reports.Select(r => r.RenderedPerSecond), Is.All.GreaterThan(0));
            Assert.That(reports.Select(r => r.Starved), Is.All.InRange(0, 1));
            Assert.That(reports.Select(r => r.Seconds), Is.Ordered);
            Assert.That(TrainingLog.Read(Options.LogPath).Select(r => (r.Step, r.Losses["square"])), Is.EqualTo(reports.Select(r => (r.Step, r.Losses["square"]))));
        });
    }

    [Test]
    public void ATrainingThatWaitsForItsSamplesSaysSo()
    {
        var reports = Run(Options with { Steps = 6, RenderThreads = 1 }, make: i =>
        {
            Thread.Sleep(20);
            return i;
        });
        Assert.Multiple(() =>
        {
            Assert.That(reports[^1].Starved, Is.GreaterThan(0.5));
            Assert.That(reports[^1].RenderedPerSecond, Is.InRange(5, 50), "50 at most");
        });
    }

    [Test]
    public void StoppedItWritesACheckpointAndGoesOnFromThere()
    {
        var through = Run(Options with { Directory = Folder("through") });
        var options = Options with { Directory = Folder("stopped") };
        var first = Run(options, stopAt: 8);
        Assert.That(first[^1].Step, Is.EqualTo(8));
        var second = Run(options);
        Assert.Multiple(() =>
        {
            Assert.That(second[0].Step, Is.EqualTo(10));
            Assert.That(second[0].Seconds, Is.GreaterThan(first[^1].Seconds));
            Assert.That(Checkpoint("stopped"), Is.EqualTo(Checkpoint("through")));
            Assert.That(TrainingLog.Read(options.LogPath).Select(r => (r.Step, r.Losses["square"])), Is.EqualTo(through.Select(r => (r.Step, r.Losses["square"]))));
        });
    }

    [Test]
    [CancelAfter(30_000)]
    public void StoppedWhileASampleIsMadeItWritesACheckpointToo()
    {
        // Sample 7 never comes by itself, as the frames of a film that is still being decoded.
        using var stop = new CancellationTokenSource();
        using var stage = new LineStage(_device, Options, i =>
        {
            if (i == 7)
            {
                stop.Token.WaitHandle.WaitOne();
                stop.Token.ThrowIfCancellationRequested();
            }

            return i % 7;
        });
        stop.CancelAfter(500);
        TrainingLoop.Run(stage, Options, new Listener(_ => { }), stop.Token);
        Assert.That(Safetensors.Read(File.ReadAllBytes(_directory[TrainingOptions.CheckpointFile])).Metadata["step"], Is.EqualTo("3"));
    }

    [Test]
    public void AFigureThatIsNotFiniteStopsItWithTheInputsSavedAndTheCheckpointKept()
    {
        Run(Options with { Steps = 6 });
        byte[] checkpoint = File.ReadAllBytes(_directory[TrainingOptions.CheckpointFile]);
        var stop = Assert.Throws<TrainingException>(() => Run(Options, make: i => i == 17 ? float.NaN : i));
        var saved = Safetensors.Read(File.ReadAllBytes(_directory["nan-step-000008.safetensors"]));
        Assert.Multiple(() =>
        {
            Assert.That(stop!.Message, Does.Contain("Step 8").And.Contain("'square'").And.Contain("nan-step-000008").And.Contain("step 6"));
            Assert.That(stop!.Message, Does.Not.Contain("\n"));
            Assert.That(File.ReadAllBytes(_directory[TrainingOptions.CheckpointFile]), Is.EqualTo(checkpoint));
            Assert.That(saved.Tensors["x"].Values, Is.EqualTo(new[] { 16f, float.NaN }));
            Assert.That(saved.Metadata["step"], Is.EqualTo("8"));
            Assert.That(saved.Metadata["loss.square"], Is.EqualTo("NaN"));
            Assert.That(saved.Metadata["gradient_norm.line"], Is.EqualTo("NaN"));
        });

        // Repaired, it goes on from the checkpoint.
        Assert.That(Run(Options)[^1].Step, Is.EqualTo(20));
    }

    [Test]
    public void TwoTrainingsDoNotShareAFolder()
    {
        using var stage = new LineStage(_device, Options, i => i);
        var refusals = new List<InputException?>();
        TrainingLoop.Run(stage, Options with { Steps = 2 }, new Listener(_ => refusals.Add(Assert.Throws<InputException>(() => Run(Options)))), CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(refusals, Has.Count.EqualTo(1));
            Assert.That(refusals[0]?.Message, Does.Contain("Another training is at work"));
            Assert.That(_directory.Entries, Does.Not.Contain("training.lock"));
        });
    }

    [Test]
    public void WeightsWithoutACheckpointAreNotReplaced()
    {
        _directory.Write("line.safetensors", [1, 2, 3]);
        Assert.That(Assert.Throws<InputException>(() => Run(Options))!.Message, Does.Contain("line.safetensors").And.Contain("--from"));
        Assert.That(_directory.Entries, Is.EqualTo(new[] { "line.safetensors" }));
    }

    [Test]
    public void AReportThatCannotBeHeardDoesNotCostTheCheckpoint()
    {
        using var stage = new LineStage(_device, Options, i => i % 7);
        Assert.Throws<InputException>(() => TrainingLoop.Run(
            stage, Options, new Listener(r => _ = r.HeldOut is null ? 0 : throw new InputException("no page")), CancellationToken.None));
        Assert.That(Safetensors.Read(File.ReadAllBytes(_directory[TrainingOptions.CheckpointFile])).Metadata["step"], Is.EqualTo("6"));
        Assert.That(Run(Options)[0].Step, Is.EqualTo(8));
    }

    [Test]
    public void WhatAKilledTrainingLeftIsRemoved()
    {
        string stale = $".checkpoint.safetensors.{Guid.NewGuid():N}.tmp";
        _directory.Write(stale, [1]);
        _directory.Write(".mine.tmp", [1]);
        Run(Options with { Steps = 1 });
        Assert.That(_directory.Entries, Does.Not.Contain(stale).And.Contain(".mine.tmp"));
    }

    [Test]
    public void GradientsAreClippedToTheNormThatIsAskedFor()
    {
        var gentle = Run(Options with { Directory = Folder("clipped"), ClipNorm = 1e-12f, Steps = 1 });
        float norm = Safetensors.Read(Checkpoint("clipped")).Tensors["line.m.weight"].Values.Sum(MathF.Abs);
        Assert.Multiple(() =>
        {
            Assert.That(gentle[0].GradientNorms["line"], Is.GreaterThan(1e-3f), "the norm is the one before clipping");
            Assert.That(norm, Is.LessThan(1e-12f));
        });
    }

    private string Folder(string name) => Directory.CreateDirectory(_directory[name]).FullName;

    private byte[] Checkpoint(string name) => File.ReadAllBytes(Path.Combine(_directory[name], TrainingOptions.CheckpointFile));

    private List<TrainingReport> Run(TrainingOptions options, Func<long, float>? make = null, int stopAt = -1)
    {
        using var stop = new CancellationTokenSource();
        using var stage = new LineStage(_device, options, make ?? (i => i % 7));
        var reports = new List<TrainingReport>();
        TrainingLoop.Run(stage, options, new Listener(report =>
        {
            reports.Add(report);
            if (report.Step == stopAt)
            {
                stop.Cancel();
            }
        }), stop.Token);
        return reports;
    }

    // Learns y = 2x.
    private sealed class LineStage : TrainingStage<float>
    {
        private readonly CpuDevice _device;
        private readonly TrainingOptions _options;
        private readonly Linear _line;
        private readonly Trainee _trainee;

        public LineStage(CpuDevice device, TrainingOptions options, Func<long, float> make)
            : base(new SampleSource<float>(make, i => i))
        {
            _device = device;
            _options = options;
            _line = new Linear(new Initializer(device, options.Seed), 1, 1);
            _trainee = new Trainee("line", _line, options.ClipNorm);
        }

        public override int HeldOutCount => 3;

        public override IReadOnlyList<Trainee> Trainees => [_trainee];

        public override string WeightsFile => "line.safetensors";

        public override Safetensors ShippedWeights()
        {
            var weights = new Safetensors();
            weights.Add("line", _trainee.Averaged);
            return weights;
        }

        public override StepFigures Step(float[] batch, int step)
        {
            var x = Tensor.From(_device, [batch.Length, 1], batch);
            var loss = _line.Forward(x).Sub(x.Mul(2f)).Square().Mean();
            float norm = _trainee.Step(loss, _options.RateAt(step));
            return new StepFigures([("square", loss.Item())], [("line", norm)]);
        }

        public override IReadOnlyDictionary<string, float> Measure(float[] heldOut, int step) =>
            new Dictionary<string, float> { ["count"] = heldOut.Length };

        public override IEnumerable<(string Name, Shape Shape, float[] Values)> Arrays(float[] batch) => [("x", [batch.Length, 1], batch)];

        public override void Dispose()
        {
            _trainee.Dispose();
            _line.Dispose();
        }
    }

    private sealed class Listener(Action<TrainingReport> hear) : IProgress<TrainingReport>
    {
        public void Report(TrainingReport value) => hear(value);
    }
}
