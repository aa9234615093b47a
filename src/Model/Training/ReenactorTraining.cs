using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Model.Evaluation;
using Mimesh.Model.Faces;
using Mimesh.Model.Imaging;
using Mimesh.Model.Networks;
using Mimesh.Model.Rendering;

namespace Mimesh.Model.Training;

/// <summary>
/// The second stage: motion net and reenacting module learn from two frames of one person's clip, with the losses of the paper
/// and, from <see cref="ReenactorOptions.AdversarialFrom"/> on, the WGAN-GP critic. The regressor is frozen.
/// </summary>
public sealed class ReenactorTraining : IDisposable
{
    private const int HeldOutCount = 24;
    private const int PreviewRows = 6;
    private readonly ReenactorOptions _options;
    private readonly Device _device;
    private readonly FaceModel _model;
    private readonly Regressor _regressor;
    private readonly Generator _generator;
    private readonly Critic? _critic;
    private readonly ReenactorLearner _learner;
    private readonly Lazy<FramePair[]> _heldOut;
    private int _step;

    private ReenactorTraining(Device device, ReenactorOptions options)
    {
        _device = device;
        _options = options;
        _model = Ablations.FaceOf(options.Without);
        var init = new Initializer(device, options.Run.Seed);
        _regressor = new Regressor(init, _model.Identity.Length, _model.Expression.Length);
        Weights.Load(Weights.Read(options.RegressorPath), options.RegressorPath, "regressor", _regressor.NamedParameters);
        _generator = new Generator(init, options.Preset, _model, options.Without);
        if (options.Run.From is not null)
        {
            string path = Path.Combine(options.Run.From, Weights.ReenactorFile);
            var weights = Weights.Read(path);
            if (Weights.PresetOf(weights, path) == options.Preset)
            {
                Weights.LoadGenerator(weights, path, _generator);
            }
            else
            {
                Widening.Load(weights, path, _generator);
            }
        }

        _critic = options.HasCritic ? new Critic(init, options.Preset) : null;
        _learner = new ReenactorLearner(options, _model, _regressor, _generator, _critic);
        _heldOut = new Lazy<FramePair[]>(() =>
            [.. Enumerable.Range(0, HeldOutCount).AsParallel().AsOrdered().Select(i => FramePair.Render(_model, Split.Validation, 0, i, options.Run.Size))]);
    }

    /// <summary>Trains, or goes on from the run's checkpoint, and writes <see cref="Weights.ReenactorFile"/> and previews to the run's folder.</summary>
    /// <param name="device">Where.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears of losses and of held-out errors.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint written.</param>
    /// <exception cref="InputException">The regressor or the checkpoint is missing or damaged, or the folder cannot be written.</exception>
    public static void Run(Device device, ReenactorOptions options, IProgress<TrainingReport> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(options.Run.Directory);
        using var training = new ReenactorTraining(device, options);

        // The run's folder is a complete weights directory from its first checkpoint on.
        AtomicFile.Write(Path.Combine(options.Run.Directory, Weights.RegressorFile), File.ReadAllBytes(options.RegressorPath));
        training.Run(progress, cancellation);
    }

    private void Run(IProgress<TrainingReport> progress, CancellationToken cancellation)
    {
        var run = _options.Run;
        _step = run.Restore(_options.Preset, _options.Without, _learner.Trainees);
        using var data = new OrderedProducer<FramePair>(
            i => FramePair.Render(_model, Split.Training, run.Seed, i, run.Size), (long)_step * run.BatchSize, run.RenderThreads, 4 * run.BatchSize);
        var meter = new TrainingMeter(run, progress);
        while (_step < run.Steps && !cancellation.IsCancellationRequested)
        {
            FramePair[] batch = [.. Enumerable.Range(0, run.BatchSize).Select(_ => data.Next())];
            using (var tape = Tape.Start())
            {
                meter.Add(_learner.Step(batch, _step));
            }

            _step++;
            bool save = _step % run.CheckpointEvery == 0 || _step == run.Steps || cancellation.IsCancellationRequested;
            if (save)
            {
                Save();
            }

            if (save || _step % run.ReportEvery == 0)
            {
                Dictionary<string, float>? measured = null;
                if (save && !cancellation.IsCancellationRequested)
                {
                    _learner.Generator.WithAverage(() => measured = MeasureAndPreview());
                }

                meter.Report(_step, measured);
            }
        }
    }

    private void Save()
    {
        var checkpoint = new Safetensors(_options.Run.StateAt(_step)) { Metadata = { ["preset"] = _options.Preset.Name } };
        Weights.SetWithout(checkpoint, _options.Without);
        foreach (var trainee in _learner.Trainees)
        {
            trainee.Save(checkpoint);
        }

        AtomicFile.Write(_options.Run.CheckpointPath, stream => checkpoint.Write(stream));

        var weights = Weights.OfGenerator(_generator, _learner.Generator.Averaged);
        weights.Metadata["step"] = checkpoint.Metadata["step"];
        AtomicFile.Write(Path.Combine(_options.Run.Directory, Weights.ReenactorFile), stream => weights.Write(stream, half: true));
    }

    // On people never trained on, with the regressor's meshes: as the finished system runs.
    private Dictionary<string, float> MeasureAndPreview()
    {
        int size = _options.Run.Size;
        double psnr = 0, flowOnly = 0, copy = 0;
        var preview = new Image(4 * size, PreviewRows * size);
        for (int i = 0; i < _heldOut.Value.Length; i++)
        {
            var pair = _heldOut.Value[i];
            using var tape = Tape.Start();
            using var pause = Tape.NoGrad();
            var source = Tensor.From(_device, [1, size, size, 3], pair.Source);
            var seen = _regressor.Forward(source);
            var (sourceMesh, drivingMesh) = MeshRegression.Meshes(
                _model, seen, _regressor.Forward(Tensor.From(_device, [1, size, size, 3], pair.Driving)), _generator.Swaps);
            var painting = _generator.Forward(source, sourceMesh, drivingMesh).Painting;
            float[] painted = painting.Image.ToArray(), warped = painting.Warped.ToArray();
            psnr += Metrics.Psnr(painted, pair.Driving);
            flowOnly += Metrics.Psnr(warped, pair.Driving);
            copy += Metrics.Psnr(pair.Source, pair.Driving);
            if (i < PreviewRows)
            {
                float[][] row = [pair.Source, pair.Driving, warped, painted];
                for (int column = 0; column < row.Length; column++)
                {
                    Canvas.Paste(preview, Image.From(size, size, row[column]), column * size, i * size);
                }
            }
        }

        ImageFile.Save(preview, Path.Combine(_options.Run.Directory, $"preview-{_step:D6}.png"), DigitalSource.TrainedAlgorithmicMedia);
        int count = _heldOut.Value.Length;
        return new Dictionary<string, float>
        {
            ["psnr"] = (float)(psnr / count),
            ["flow only"] = (float)(flowOnly / count),
            ["copy source"] = (float)(copy / count),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _learner.Dispose();
        _regressor.Dispose();
        _generator.Dispose();
        _critic?.Dispose();
    }
}
