using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Training;

/// <summary>Every ablation trains, is loaded as what it is, and reenacts.</summary>
public sealed class AblationTests
{
    private const int Size = 64;
    private static readonly string s_weights = Path.Combine(RepositoryRoot.Path, "weights", "small");
    private readonly CpuDevice _device = new(2);
    private TemporaryDirectory _directory = null!;
    private Image[] _pictures = [];

    public static IEnumerable<TestCaseData> Each() =>
        Ablations.All.Select(a => new TestCaseData(a.Ablation).SetName($"Two steps without {a.Name}"));

    [OneTimeSetUp]
    public void Render()
    {
        _directory = new TemporaryDirectory();
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Validation);
        _pictures = [.. Enumerable.Range(0, 2).Select(i => sampler.Single((ulong)i, Size).Image)];
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _directory.Dispose();
        _device.Dispose();
    }

    [TestCaseSource(nameof(Each))]
    public void TrainsLoadsAndReenacts(Ablation without)
    {
        string run = Ablations.Format(without);
        var listener = new Listener();
        ReenactorTraining.Run(_device, Options(run, without), listener, CancellationToken.None);

        string[] checkpoint = [.. Weights.Read(Path.Combine(_directory[run], TrainingOptions.CheckpointFile)).Tensors.Keys];
        string[] weights = [.. Weights.Read(Path.Combine(_directory[run], Weights.ReenactorFile)).Tensors.Keys];
        using var reenactor = Reenactor.Load(_device, _directory[run]);
        var result = reenactor.Reenact(_pictures[0], null, _pictures[1], null, Size);
        string[] losses = [.. new (string Name, Ablation Part)[]
        {
            ("rec", Ablation.None), ("details", Ablation.None), ("c", Ablation.Coefficients), ("flow", Ablation.FlowLoss), ("adv", Ablation.Adversarial), ("fm", Ablation.Adversarial),
            ("critic", Ablation.Adversarial), ("gp", Ablation.Adversarial),
        }.Where(l => (l.Part & without) == Ablation.None).Select(l => l.Name)];
        Assert.Multiple(() =>
        {
            Assert.That(listener.Losses, Is.EquivalentTo(losses));
            Assert.That(reenactor.Without, Is.EqualTo(without));
            Assert.That(result.Image.Pixels, Is.All.InRange(0f, 1f));
            Assert.That(checkpoint.Any(k => k.StartsWith("critic", StringComparison.Ordinal)), Is.EqualTo(without != Ablation.Adversarial));
            Assert.That(weights.Any(k => k.Contains("occlusion", StringComparison.Ordinal)), Is.True, "one of the two maps is there");
            Assert.That(result.Occlusion.All(o => o == 1f), Is.EqualTo(without == Ablation.Occlusion));
            Assert.That(result.FlowMask.All(m => m == 1f), Is.EqualTo(without == Ablation.FlowMask));
            Assert.That(result.DrivingMesh, Has.Length.EqualTo(without == Ablation.Mesh ? 68 : FaceModel.BuiltIn.GraphVertexCount));
        });
        SeesWhatTheOperationsSee(reenactor, result);
    }

    [Test]
    public void WithoutBothMapsThereIsNoOcclusionNet()
    {
        using var module = new ReenactingModule(new Initializer(_device, 1), Preset.Small, Ablation.Occlusion | Ablation.FlowMask);
        Assert.That(module.NamedParameters.Select(p => p.Name), Has.None.StartsWith("occlusion"));
    }

    [Test]
    public void TheFullSystemSaysNothingAndTheUnknownIsRefused()
    {
        using var generator = new Generator(new Initializer(_device, 1), Preset.Small, FaceModel.BuiltIn);
        var file = Weights.OfGenerator(generator, generator.NamedParameters);
        Assert.That(file.Metadata, Does.Not.ContainKey("without"));
        Assert.That(Weights.WithoutOf(file, "file"), Is.EqualTo(Ablation.None));
        file.Metadata["without"] = "swap,brakes";
        Assert.That(() => Weights.WithoutOf(file, "file"), Throws.TypeOf<InputException>().With.Message.Contains("'file'").And.Message.Contains("'brakes'"));
    }

    [TestCase(Ablation.Mesh)]
    [TestCase(Ablation.FlowMask)]
    public void WeightsOfOtherNetworksAreNoStart(Ablation without)
    {
        var options = Options("start", without);
        options = options with { Run = options.Run with { From = s_weights } };
        Assert.That(
            () => ReenactorTraining.Run(_device, options, new Listener(), CancellationToken.None),
            Throws.TypeOf<InputException>().With.Message.Contains($"not without {Ablations.Format(without)}"));
    }

    [Test]
    public void TheInputsOfAStepAreSavedWhole()
    {
        // A rate that is no rate at all spoils the second step.
        var options = Options("spoilt", Ablation.None);
        var run = options.Run with { LearningRate = float.MaxValue, ClipNorm = float.MaxValue };
        Assert.That(
            () => ReenactorTraining.Run(_device, options with { Run = run }, new Listener(), CancellationToken.None), Throws.TypeOf<TrainingException>());
        var inputs = Safetensors.Read(File.ReadAllBytes(Directory.GetFiles(run.Directory, "nan-step-*").Single()));
        Assert.That(inputs.Tensors["source_mesh"].Shape[1], Is.EqualTo(FaceModel.BuiltIn.VertexCount));
        Assert.That(inputs.Tensors.Values, Is.All.Matches<(Shape Shape, float[] Values)>(t => t.Shape.Count == t.Values.Length));
    }

    [Test]
    public void ARunDoesNotGoOnWithoutSomethingElse()
    {
        var options = Options("other", Ablation.Swap);
        ReenactorTraining.Run(_device, options with { Run = options.Run with { Steps = 1 } }, new Listener(), CancellationToken.None);
        Assert.That(
            () => ReenactorTraining.Run(_device, options with { Without = Ablation.None }, new Listener(), CancellationToken.None),
            Throws.TypeOf<InputException>().With.Message.Contains("without swap, not as the full system"));
    }

    [Test]
    public void NamesAreReadAsTheyAreWritten()
    {
        foreach (var without in new[] { Ablation.None, Ablation.Swap, Ablation.Mesh | Ablation.FlowLoss })
        {
            Assert.That(Ablations.Parse(Ablations.Format(without)), Is.EqualTo(without));
        }
    }

    // An animation against a forward pass with meshes of the regressor: the driving person's identity enters where the swap is left out.
    private void SeesWhatTheOperationsSee(Reenactor reenactor, ReenactmentResult result)
    {
        using var tape = Tape.Start();
        using var pause = Tape.NoGrad();
        Tensor source = Picture(result.Source), driving = Picture(result.Driving);
        Regression s = reenactor.Regressor.Forward(source), d = reenactor.Regressor.Forward(driving);
        bool swap = reenactor.Without != Ablation.Swap;
        float[] drivingMesh = MeshRegression.Project(
            reenactor.Model, (swap ? s : d).Identity.ToArray(), d.Expression.ToArray(), d.PictureCameras())[..(3 * result.DrivingMesh.Length)];
        Assert.That(result.DrivingMesh.SelectMany(v => new[] { v.X, v.Y, v.Z }), Is.EqualTo(drivingMesh));
        var meshes = MeshRegression.Meshes(reenactor.Model, s, d, swap);
        Assert.That(result.Image.Pixels, Is.EqualTo(reenactor.Generator.Forward(source, meshes.Source, meshes.Driving).Painting.Image.ToArray()));
    }

    private Tensor Picture(Image image) => Tensor.From(_device, [1, Size, Size, 3], image.Pixels);

    private ReenactorOptions Options(string run, Ablation without) => new(
        new TrainingOptions(_directory[run], 2, 2, 7, 1e-3f, Size, 1) { ReportEvery = 1, CheckpointEvery = 2 },
        Preset.Small,
        Path.Combine(s_weights, Weights.RegressorFile))
    {
        Without = without,
        WarmUpSteps = 1,
        AdversarialFrom = 1,
    };

    private sealed class Listener : IProgress<TrainingReport>
    {
        public HashSet<string> Losses { get; } = [];

        public void Report(TrainingReport value) => Losses.UnionWith(value.Losses.Keys);
    }
}
