using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// The face finder learns from made scenes of rendered people and of things that are no faces; see <see cref="SceneSampler"/> and
/// <see cref="FinderTargets"/>.
/// </summary>
public static class FinderTraining
{
    /// <summary>Trains, or goes on from the run's checkpoint, and writes <see cref="Weights.FinderFile"/> and a log to the run's folder.</summary>
    /// <param name="device">Where.</param>
    /// <param name="options">How; <see cref="TrainingOptions.Size"/> is the scenes' side.</param>
    /// <param name="progress">Hears of losses, and of precision, recall and tilt on held-out scenes.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint written.</param>
    /// <exception cref="InputException">The checkpoint there is damaged, or the folder cannot be written.</exception>
    /// <exception cref="TrainingException">A loss or a gradient is not finite.</exception>
    public static void Run(Device device, TrainingOptions options, IProgress<TrainingReport> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var directory = OutputDirectory.Create(options.Directory);
        using var stage = new FinderStage(device, options, FinderStage.Made(options));
        TrainingLoop.Run(stage, options, progress, cancellation);
    }
}

/// <summary>The finder's network, samples, step and measurement.</summary>
internal sealed class FinderStage : TrainingStage<FinderSample>
{
    private readonly Device _device;
    private readonly TrainingOptions _options;
    private readonly PyramidLayout _layout;
    private readonly FinderNet _net;
    private readonly Trainee _trainee;

    public FinderStage(Device device, TrainingOptions options, SampleSource<FinderSample> samples)
        : base(samples)
    {
        (_device, _options, _layout) = (device, options, new PyramidLayout(options.Size, options.Size));
        _net = new FinderNet(new Initializer(device, options.Seed));
        if (options.Start(Weights.FinderFile, "finder") is var (weights, path))
        {
            Weights.Load(weights, path, "finder", _net.NamedParameters);
        }

        _trainee = new Trainee("finder", _net, options.ClipNorm, beta1: 0.9f);
    }

    public override int HeldOutCount => 256;

    public override IReadOnlyList<Trainee> Trainees => [_trainee];

    public override string WeightsFile => Weights.FinderFile;

    public override Safetensors ShippedWeights()
    {
        var weights = new Safetensors();
        weights.Add("finder", _trainee.Averaged);
        return weights;
    }

    /// <summary>Scenes of rendered people.</summary>
    public static SampleSource<FinderSample> Made(TrainingOptions options)
    {
        var training = new SceneSampler(Split.Training, options.Seed, options.Size);
        var heldOut = new SceneSampler(Split.Validation, options.Seed, options.Size, pool: 128);
        var layout = new PyramidLayout(options.Size, options.Size);
        return new(i => FinderSample.Of(training.Make(i), layout), i => FinderSample.Of(heldOut.Make(i), layout)) { Window = 64 };
    }

    public override StepFigures Step(FinderSample[] batch, int step)
    {
        var (centres, place, size, roll) = FinderTargets.Losses(Cells(batch), [.. batch.Select(s => s.Targets)]);
        float norm = _trainee.Step(centres.Add(place).Add(size).Add(roll), _options.RateAt(step));
        return new StepFigures(
            [("centres", centres.Item()), ("place", place.Item()), ("size", size.Item()), ("roll", roll.Item())], [(_trainee.Name, norm)]);
    }

    public override IEnumerable<(string Name, Shape Shape, float[] Values)> Arrays(FinderSample[] batch)
    {
        int n = batch.Length, height = _layout.Height / FinderNet.Stride, width = _layout.Width / FinderNet.Stride;
        return
        [
            ("image", [n, _layout.Height, _layout.Width, 3], Batch.Join(batch, s => s.Pyramid)),
            ("centre", [n, height, width, 1], Batch.Join(batch, s => s.Targets.Centre)),
            ("elsewhere", [n, height, width, 1], Batch.Join(batch, s => s.Targets.Elsewhere)),
            ("box", [n, height, width, FinderNet.Outputs - 1], Batch.Join(batch, s => s.Targets.Box)),
            ("box_weight", [n, height, width, 1], Batch.Join(batch, s => s.Targets.BoxWeight)),
        ];
    }

    public override IReadOnlyDictionary<string, float> Measure(FinderSample[] heldOut, int step)
    {
        var report = FinderEvaluation.Report(_options.Size, heldOut.Select(sample =>
        {
            using var tape = Tape.Start();
            using var pause = Tape.NoGrad();
            var found = new List<FoundFace>();
            FinderCells.Decode(_layout, Cells([sample]).ToArray(), FaceFinder.LeastScore, found);
            return (sample.Scene, (IReadOnlyList<FoundFace>)found);
        }));
        var figures = new Dictionary<string, float>
        {
            ["precision"] = (float)report.Precision,
            ["recall"] = (float)report.Recall,
            ["roll°"] = (float)report.RollError,
            ["false alarms a scene"] = (float)report.FalseAlarms,
        };
        foreach (var band in report.Bands)
        {
            figures[FormattableString.Invariant($"recall from {band.LeastSide} px")] = (float)band.Recall;
        }

        return figures;
    }

    private Tensor Cells(FinderSample[] batch) =>
        _net.Forward(Batch.Upload(_device, [batch.Length, _layout.Height, _layout.Width, 3], batch, s => s.Pyramid));

    public override void Dispose()
    {
        _trainee.Dispose();
        _net.Dispose();
    }
}

/// <summary>A scene, its pyramid, and what should be said of it.</summary>
internal sealed record FinderSample(Scene Scene, float[] Pyramid, FinderTargets Targets)
{
    public static FinderSample Of(Scene scene, PyramidLayout layout)
    {
        float[] pyramid = new float[layout.Height * layout.Width * 3];
        layout.Fill(scene.Pixels, pyramid);
        return new FinderSample(scene, pyramid, FinderTargets.Of(scene, layout));
    }
}
