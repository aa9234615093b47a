using System.Text.RegularExpressions;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Training;

/// <summary>Both stages, at a size that a test can afford: a training that was stopped goes on as if it never had been.</summary>
public sealed class ResumeTests
{
    private const int Steps = 4;
    private TemporaryDirectory _directory = null!;
    private Device _device = null!;

    [OneTimeSetUp]
    public void TrainARegressor()
    {
        _directory = new TemporaryDirectory();
        _device = Device.Open("cpu");
        RegressorTraining.Run(_device, Options("regressor"), new Listener(), CancellationToken.None);
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _device.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void AStoppedRegressorTrainingGoesOnToTheSameBits()
    {
        StopAfter(2, (progress, stop) => RegressorTraining.Run(_device, Options("regressor-2"), progress, stop));
        Assert.That(StepOf("regressor-2"), Is.EqualTo("2"));
        RegressorTraining.Run(_device, Options("regressor-2"), new Listener(), CancellationToken.None);
        Assert.That(Checkpoint("regressor-2"), Is.EqualTo(Checkpoint("regressor")));
    }

    [Test]
    public void AStoppedReenactorTrainingGoesOnToTheSameBits()
    {
        ReenactorTraining.Run(_device, Reenactor("reenactor"), new Listener(), CancellationToken.None);
        StopAfter(3, (progress, stop) => ReenactorTraining.Run(_device, Reenactor("reenactor-2"), progress, stop));
        Assert.That(StepOf("reenactor-2"), Is.EqualTo("3"));
        ReenactorTraining.Run(_device, Reenactor("reenactor-2"), new Listener(), CancellationToken.None);
        Assert.That(Checkpoint("reenactor-2"), Is.EqualTo(Checkpoint("reenactor")));
    }

    [Test]
    public void AStoppedFinderTrainingGoesOnToTheSameBits()
    {
        var listener = new Listener();
        FinderTraining.Run(_device, Options("finder"), listener, CancellationToken.None);
        StopAfter(2, (progress, stop) => FinderTraining.Run(_device, Options("finder-2"), progress, stop));
        Assert.That(StepOf("finder-2"), Is.EqualTo("2"));
        FinderTraining.Run(_device, Options("finder-2"), new Listener(), CancellationToken.None);
        Assert.That(Checkpoint("finder-2"), Is.EqualTo(Checkpoint("finder")));
        Assert.Multiple(() =>
        {
            Assert.That(listener.Reports.SelectMany(r => r.Losses.Keys).Distinct(), Is.EquivalentTo(new[] { "centres", "place", "size", "roll" }));
            Assert.That(listener.Reports.SelectMany(r => r.Losses.Values), Is.All.Matches<float>(float.IsFinite));
            Assert.That(listener.Reports[^1].HeldOut, Does.ContainKey("precision").And.ContainKey("recall"));
        });
        using var finder = FaceFinder.Load(_device, _directory["finder"]);
        Assert.That(finder.Find(new Mimesh.Imaging.Image(40, 30)), Is.Empty, "with the little that it has learned, no face is seen in nothing");
    }

    [Test]
    public void ARefusedTrainingLeavesTheRunsRegressorAlone()
    {
        var options = Reenactor("refused");
        ReenactorTraining.Run(_device, options, new Listener(), CancellationToken.None);
        string kept = Path.Combine(options.Run.Directory, Weights.RegressorFile), other = kept + ".other";
        byte[] before = File.ReadAllBytes(kept), changed = [.. before];
        changed[^1] ^= 1;
        File.WriteAllBytes(other, changed);
        Assert.Throws<InputException>(
            () => ReenactorTraining.Run(_device, options with { RegressorPath = other }, new Listener(), CancellationToken.None)); // no step is left
        Assert.That(File.ReadAllBytes(kept), Is.EqualTo(before));
    }

    [Test]
    public void ACheckpointHoldsBothNetworksTheirAveragesAndTheirOptimisers()
    {
        ReenactorTraining.Run(_device, Reenactor("state"), new Listener(), CancellationToken.None);
        var checkpoint = Safetensors.Read(Checkpoint("state"));
        string[] parts = ["generator", "critic"];
        Assert.Multiple(() =>
        {
            foreach (string network in parts)
            {
                var names = checkpoint.Tensors.Keys.Where(k => k.StartsWith($"{network}.", StringComparison.Ordinal)).ToArray();
                var weights = names.Where(k => !Regex.IsMatch(k, $@"^{network}\.(average|m|v)\.")).Select(k => k[(network.Length + 1)..]);
                Assert.That(names, Is.EquivalentTo(new[] { "", "average.", "m.", "v." }.SelectMany(p => weights.Select(w => $"{network}.{p}{w}"))));
                // The bias of the critic's score cancels out of every loss.
                var untrained = names.Where(k => k.StartsWith($"{network}.v.", StringComparison.Ordinal) && checkpoint.Tensors[k].Values.All(v => v == 0));
                Assert.That(untrained, Is.SubsetOf(new[] { "critic.v.patches.bias" }));
            }

            Assert.That(checkpoint.Metadata["generator.steps"], Is.EqualTo("4"));
            Assert.That(checkpoint.Metadata["critic.steps"], Is.EqualTo("3"), "the critic joins after a step");
        });
    }

    [Test]
    public void AFinishedRunWritesItsWeightsAgain()
    {
        // As if killed between the last checkpoint and the weights.
        var options = Options("finished");
        RegressorTraining.Run(_device, options, new Listener(), CancellationToken.None);
        string weights = Path.Combine(options.Directory, Weights.RegressorFile);
        byte[] before = File.ReadAllBytes(weights);
        File.Delete(weights);
        var listener = new Listener();
        RegressorTraining.Run(_device, options, listener, CancellationToken.None);
        Assert.That(File.ReadAllBytes(weights), Is.EqualTo(before));
        Assert.That(listener.Reports, Is.Empty);
        Assert.Throws<InputException>(
            () => RegressorTraining.Run(_device, options with { Log = Path.Combine(_directory["regressor"], TrainingLog.FileName) }, listener, CancellationToken.None));
    }

    [Test]
    public void FewerStepsAndOtherSamplesAreRefused()
    {
        var options = Options("regressor");
        TrainingOptions[] others = [options with { Seed = 8 }, options with { Size = options.Size / 2 }, options with { BatchSize = options.BatchSize + 1 }];
        Assert.Multiple(() =>
        {
            Assert.Throws<InputException>(() => RegressorTraining.Run(_device, options with { Steps = Steps - 1 }, new Listener(), CancellationToken.None));
            foreach (var (other, name) in others.Zip(["seed", "size", "batch"]))
            {
                var refusal = Assert.Throws<InputException>(
                    () => RegressorTraining.Run(_device, other with { Steps = 9 }, new Listener(), CancellationToken.None));
                Assert.That(refusal?.Message, Does.Contain($"is of {name} "));
            }
        });
    }

    [Test]
    public void AnotherStageRegressorOrAblationIsRefused()
    {
        var options = Reenactor("settled");
        ReenactorTraining.Run(_device, options with { Run = options.Run with { Steps = 1 } }, new Listener(), CancellationToken.None);
        RegressorTraining.Run(_device, Options("other-regressor") with { Steps = 1, Seed = 9 }, new Listener(), CancellationToken.None);
        byte[] checkpoint = Checkpoint("settled");
        string Refusal(Action run) => Assert.Throws<InputException>(() => run())!.Message;
        void Train(ReenactorOptions changed) => ReenactorTraining.Run(_device, changed, new Listener(), CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(
                Refusal(() => Train(options with { RegressorPath = Path.Combine(_directory["other-regressor"], Weights.RegressorFile) })), Does.Contain("another regressor"));
            Assert.That(Refusal(() => Train(options with { Without = Ablation.Occlusion })), Does.Contain("occlusion"));
            Assert.That(
                Refusal(() => RegressorTraining.Run(_device, Options("settled"), new Listener(), CancellationToken.None)), Does.Contain("the reenactor is trained, not the regressor"));
            Assert.That(Checkpoint("settled"), Is.EqualTo(checkpoint));
        });
    }

    [Test]
    public void TheRunsFolderIsAWeightsDirectory()
    {
        var options = Reenactor("weights");
        ReenactorTraining.Run(_device, options with { Run = options.Run with { Steps = 1 } }, new Listener(), CancellationToken.None);
        using var reenactor = Mimesh.Reenactment.Reenactor.Load(_device, _directory["weights"]);
        Assert.That(reenactor.Preset, Is.EqualTo(Preset.Small));
    }

    [Test]
    public void ATrainingStartsFromGivenWeights()
    {
        var options = Options("from") with { Steps = 1, LearningRate = 0, From = _directory["regressor"] };
        RegressorTraining.Run(_device, options, new Listener(), CancellationToken.None);
        byte[][] weights = [.. new[] { "from", "regressor" }.Select(name => File.ReadAllBytes(Path.Combine(_directory[name], Weights.RegressorFile)))];
        var (after, before) = (Safetensors.Read(weights[0]).Tensors, Safetensors.Read(weights[1]).Tensors);
        Assert.That(after.Keys, Is.EquivalentTo(before.Keys));
        Assert.That(after.Keys.Select(key => after[key].Values), Is.EqualTo(before.Keys.Select(key => before[key].Values)));
    }

    [Test]
    public void EveryLossIsReportedAndFinite()
    {
        var listener = new Listener();
        ReenactorTraining.Run(_device, Reenactor("losses"), listener, CancellationToken.None);
        var seen = listener.Reports.SelectMany(r => r.Losses).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(seen.Select(l => l.Key).Distinct(), Is.EquivalentTo(new[] { "rec", "details", "c", "flow", "adv", "fm", "critic", "gp" }));
            Assert.That(seen.Select(l => l.Value), Is.All.Matches<float>(float.IsFinite));
            Assert.That(listener.Reports[^1].HeldOut, Does.ContainKey("psnr"));
        });
    }

    // One step of the warm-up alone, then the critic as well, then without the warm-up: every stage.
    private ReenactorOptions Reenactor(string name) => new(Options(name), Preset.Small, Path.Combine(_directory["regressor"], Weights.RegressorFile))
    {
        WarmUpSteps = 2,
        AdversarialFrom = 1,
    };

    private TrainingOptions Options(string name) => new(_directory[name], Steps, 2, 7, 1e-3f, 32, 1) { ReportEvery = 1, CheckpointEvery = Steps };

    private byte[] Checkpoint(string name) => File.ReadAllBytes(Path.Combine(_directory[name], TrainingOptions.CheckpointFile));

    private string StepOf(string name) => Safetensors.Read(Checkpoint(name)).Metadata["step"];

    private static void StopAfter(int steps, Action<IProgress<TrainingReport>, CancellationToken> train)
    {
        using var stop = new CancellationTokenSource();
        var listener = new Listener(report =>
        {
            if (report.Step == steps)
            {
                stop.Cancel();
            }
        });
        train(listener, stop.Token);
        Assert.That(listener.Reports[^1].Step, Is.EqualTo(steps));
    }

    private sealed class Listener(Action<TrainingReport>? hear = null) : IProgress<TrainingReport>
    {
        public List<TrainingReport> Reports { get; } = [];

        public void Report(TrainingReport value)
        {
            Reports.Add(value);
            hear?.Invoke(value);
        }
    }
}
