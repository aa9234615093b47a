using System.Globalization;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// The second stage: motion net and reenacting module learn from two frames of one person's clip, with the losses of the paper
/// and, from <see cref="ReenactorOptions.AdversarialFrom"/> on, the WGAN-GP critic. The regressor is frozen.
/// </summary>
public static class ReenactorTraining
{
    /// <summary>Trains, or goes on from the run's checkpoint, and writes <see cref="Weights.ReenactorFile"/>, a log and previews to the run's folder.</summary>
    /// <param name="device">Where.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears of losses and of held-out errors.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint written.</param>
    /// <exception cref="InputException">The regressor or the checkpoint is missing or damaged, or the folder cannot be written.</exception>
    /// <exception cref="TrainingException">A loss or a gradient is not finite.</exception>
    public static void Run(Device device, ReenactorOptions options, IProgress<TrainingReport> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Data?.Contains(options.Run.Directory) == true)
        {
            throw new InputException(
                $"The run '{options.Run.Directory}' would lie among the clips of '{options.Data.Path}', and its pictures be taken for one; give it a folder elsewhere.");
        }

        using var directory = OutputDirectory.Create(options.Run.Directory);
        using var stage = new ReenactorStage(device, options, ReenactorStage.SamplesOf(options, cancellation));
        TrainingLoop.Run(stage, options.Run, progress, cancellation);
    }
}

/// <summary>The reenactor's networks, samples, step and measurement.</summary>
internal sealed class ReenactorStage : TrainingStage<FramePair>
{
    private const int PreviewRows = 6;
    private readonly ReenactorOptions _options;
    private readonly Device _device;
    private readonly FaceModel _model;
    private readonly Regressor _regressor;
    private readonly Generator _generator;
    private readonly Critic? _critic;
    private readonly ReenactorLearner _learner;
    private readonly FittedMotion _fitted;
    private readonly byte[] _regressorFile;

    public ReenactorStage(Device device, ReenactorOptions options, SampleSource<FramePair> samples)
        : base(samples)
    {
        _device = device;
        _options = options;
        _model = Ablations.FaceOf(options.Without);
        var init = new Initializer(device, options.Run.Seed);
        _regressor = new Regressor(init, _model.Identity.Length, _model.Expression.Length);
        _regressorFile = Weights.ReadBytes(options.RegressorPath);
        Weights.Load(Weights.Parse(_regressorFile, options.RegressorPath), options.RegressorPath, "regressor", _regressor.NamedParameters);
        Settings = new Dictionary<string, string>(base.Settings)
        {
            ["preset"] = options.Preset.Name,
            [Weights.WithoutKey] = Ablations.Format(options.Without),
            ["regressor"] = Weights.Checksum(_regressorFile),
            ["data"] = options.Data?.Checksum() ?? "rendered",
            ["rendered"] = options.RenderedShare.ToString(CultureInfo.InvariantCulture),
        };
        _generator = new Generator(init, options.Preset, _model, options.Without);
        _critic = options.HasCritic ? new Critic(init, options.Preset) : null;
        if (options.Run.Start(Weights.ReenactorFile, "generator") is var (weights, path))
        {
            if (Weights.PresetOf(weights, path) == options.Preset)
            {
                Weights.LoadGenerator(weights, path, _generator);
                if (_critic is not null)
                {
                    options.Run.StartHelper("critic", _critic);
                }
            }
            else
            {
                Widening.Load(weights, path, _generator);
            }
        }

        _learner = new ReenactorLearner(options, _model, _regressor, _generator, _critic);
        _fitted = new FittedMotion(_model, _regressor, _generator.Swaps);
    }

    public override int HeldOutCount => 24;

    public override IReadOnlyList<Trainee> Trainees => _learner.Trainees;

    public override string WeightsFile => Weights.ReenactorFile;

    public override IReadOnlyDictionary<string, string> Settings { get; }

    // The run's folder is a complete weights directory from its first checkpoint on.
    public override IReadOnlyList<(string File, byte[] Content)> Companions => [(Weights.RegressorFile, _regressorFile)];

    public override Safetensors ShippedWeights() => Weights.OfGenerator(_generator, _learner.Generator.Averaged);

    public override StepFigures Step(FramePair[] batch, int step) =>
        _learner.Step(_options.Flow > 0f ? _fitted.Complete(batch) : batch, step);

    /// <summary>Pairs of frames of rendered people, of the clips that were given, or some of both.</summary>
    public static SampleSource<FramePair> SamplesOf(ReenactorOptions options, CancellationToken cancellation = default)
    {
        var run = options.Run;
        var rendered = Rendered(options);
        if (options.Data is not { } folder)
        {
            return rendered;
        }

        string cache = Path.Combine(run.Directory, ReenactorOptions.VideoFramesDirectory);
        var clips = new ClipSamples(folder, run.Size, cache, new UnreadableFiles(run.Directory), cancellation).Source(run.Seed);
        return clips with
        {
            Training = i => new Rng(SampleSeed.Of(~run.Seed, i)).NextBool(options.RenderedShare) ? rendered.Training(i) : clips.Training(i),
        };
    }

    /// <summary>Pairs of frames of rendered people.</summary>
    private static SampleSource<FramePair> Rendered(ReenactorOptions options) => new(
        i => FramePair.Render(Ablations.FaceOf(options.Without), Split.Training, options.Run.Seed, i, options.Run.Size),
        i => FramePair.Render(Ablations.FaceOf(options.Without), Split.Validation, 0, i, options.Run.Size));

    public override IEnumerable<(string Name, Shape Shape, float[] Values)> Arrays(FramePair[] batch)
    {
        batch = _fitted.Complete(batch);
        int n = batch.Length, size = _options.Run.Size, vertices = _model.VertexCount;
        return
        [
            ("source", [n, size, size, 3], Batch.Join(batch, p => p.Source)),
            ("driving", [n, size, size, 3], Batch.Join(batch, p => p.Driving)),
            ("source_mesh", [n, vertices, 3], Batch.Join(batch, p => p.SourceMesh)),
            ("driving_mesh", [n, vertices, 3], Batch.Join(batch, p => p.DrivingMesh)),
            ("flow", [n, size / 4, size / 4, 2], Batch.Join(batch, p => p.Flow)),
            ("flow_mask", [n, size / 4, size / 4, 2], Batch.Join(batch, p => p.FlowMask)),
            ("details", [n, size, size, 1], Batch.Join(batch, p => p.Details)),
        ];
    }

    // On people never trained on, with the regressor's meshes: as the finished system runs.
    public override IReadOnlyDictionary<string, float> Measure(FramePair[] heldOut, int step)
    {
        int size = _options.Run.Size;
        double psnr = 0, flowOnly = 0, copy = 0;
        var details = new RegionErrors();
        var preview = new Image(4 * size, PreviewRows * size);
        for (int i = 0; i < heldOut.Length; i++)
        {
            var pair = heldOut[i];
            using var tape = Tape.Start();
            using var pause = Tape.NoGrad();
            var source = Tensor.From(_device, [1, size, size, 3], pair.Source);
            var seen = _regressor.Forward(source);
            var (sourceMesh, drivingMesh) = MeshRegression.Meshes(
                _model, seen, _regressor.Forward(Tensor.From(_device, [1, size, size, 3], pair.Driving)), _generator.Swaps);
            var painting = _generator.Forward(source, sourceMesh, drivingMesh).Painting;
            float[] painted = painting.Image.ToArray(), warped = painting.Warped.ToArray();
            psnr += PictureQuality.Psnr(painted, pair.Driving);
            flowOnly += PictureQuality.Psnr(warped, pair.Driving);
            copy += PictureQuality.Psnr(pair.Source, pair.Driving);
            details.Add(painted, pair.Driving, pair.Regions, size);
            if (i < PreviewRows)
            {
                float[][] row = [pair.Source, pair.Driving, warped, painted];
                for (int column = 0; column < row.Length; column++)
                {
                    Canvas.Paste(preview, Image.From(size, size, row[column]), column * size, i * size);
                }
            }
        }

        ImageFile.Save(preview, Path.Combine(_options.Run.Directory, $"preview-{step:D6}.png"), DigitalSource.TrainedAlgorithmicMedia);
        int count = heldOut.Length;
        return new Dictionary<string, float>(details.Figures())
        {
            ["psnr"] = (float)(psnr / count),
            ["flow only"] = (float)(flowOnly / count),
            ["copy source"] = (float)(copy / count),
        };
    }

    public override void Dispose()
    {
        _learner.Dispose();
        _regressor.Dispose();
        _generator.Dispose();
        _critic?.Dispose();
    }
}
