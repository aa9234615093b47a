using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// The first stage: the regressor learns coefficients from rendered people. The loss is the squared error of the coefficients
/// and of the camera, of the vertices that the coefficients make, in mm², and of where these lie in the picture
/// (<see cref="ProjectedFace"/>). Glance and look learn side by side: the crops to look at are the true ones, as far off as a
/// trained glance's.
/// </summary>
public static class RegressorTraining
{
    /// <summary>Trains, or goes on from the run's checkpoint, and writes <see cref="Weights.RegressorFile"/> and a log to the run's folder.</summary>
    /// <param name="device">Where.</param>
    /// <param name="options">How; <see cref="TrainingOptions.Size"/> is the rendered size.</param>
    /// <param name="progress">Hears of losses and of held-out errors.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint written.</param>
    /// <exception cref="InputException">The checkpoint there is damaged, or the folder cannot be written.</exception>
    /// <exception cref="TrainingException">A loss or a gradient is not finite.</exception>
    public static void Run(Device device, TrainingOptions options, IProgress<TrainingReport> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var directory = OutputDirectory.Create(options.Directory);
        using var stage = new RegressorStage(device, options, RegressorStage.Rendered(options));
        TrainingLoop.Run(stage, options, progress, cancellation);
    }
}

/// <summary>The regressor's network, samples, step and measurement.</summary>
internal sealed class RegressorStage : TrainingStage<Portrait>
{
    private readonly Device _device;
    private readonly TrainingOptions _options;
    private readonly FaceModel _model = FaceModel.BuiltIn;
    private readonly Regressor _regressor;
    private readonly Trainee _trainee;
    private readonly Tensor _metric;
    private readonly ProjectedFace _face;

    public RegressorStage(Device device, TrainingOptions options, SampleSource<Portrait> samples)
        : base(samples)
    {
        _device = device;
        _options = options;
        _regressor = new Regressor(new Initializer(device, options.Seed), _model.Identity.Length, _model.Expression.Length);
        if (options.Start(Weights.RegressorFile, "regressor") is var (weights, path))
        {
            Weights.Load(weights, path, "regressor", _regressor.NamedParameters);
        }

        _trainee = new Trainee("regressor", _regressor, options.ClipNorm, beta1: 0.9f);
        var gram = VertexMetric(_model); // (K, K), K = identities + expressions
        _metric = Tensor.Parameter(device, [gram.GetLength(0), gram.GetLength(1)], gram.Cast<float>().ToArray());
        _face = new ProjectedFace(device, _model);
    }

    public override int HeldOutCount => 64;

    public override IReadOnlyList<Trainee> Trainees => [_trainee];

    public override string WeightsFile => Weights.RegressorFile;

    public override Safetensors ShippedWeights()
    {
        var weights = new Safetensors();
        weights.Add("regressor", _trainee.Averaged);
        return weights;
    }

    public override StepFigures Step(Portrait[] batch, int step)
    {
        var errors = RegressorErrors.Of(_regressor, Portrait.Upload(_device, batch), _metric.Detach(), _face);
        float norm = _trainee.Step(errors.Total, _options.RateAt(step));
        return new StepFigures(
            [
                ("glance", errors.Glance.Item()), ("identity", errors.Identity.Item()), ("expression", errors.Expression.Item()),
                ("camera", errors.Camera.Item()), ("projected", errors.Projected.Item()), ("vertices mm", MathF.Sqrt(MathF.Max(0f, errors.Vertices.Item()))),
            ],
            [(_trainee.Name, norm)]);
    }

    /// <summary>Portraits of rendered people, each shown several times with another glance.</summary>
    public static SampleSource<Portrait> Rendered(TrainingOptions options) => new(
        i => Portrait.Render(Split.Training, options.Seed, i, options.Size),
        i => Portrait.Render(Split.Validation, options.Seed, i, options.Size))
    {
        Window = 512,
        Showings = 4, // a picture costs about three times what learning from it does
        Vary = (portrait, i) => portrait.Glanced(SampleSeed.Of(~options.Seed, i)),
    };

    public override IEnumerable<(string Name, Shape Shape, float[] Values)> Arrays(Portrait[] batch)
    {
        int n = batch.Length, size = _options.Size;
        return
        [
            ("image", [n, size, size, 3], Batch.Join(batch, p => p.Image)),
            ("identity", [n, _model.Identity.Length], Batch.Join(batch, p => p.Identity)),
            ("expression", [n, _model.Expression.Length], Batch.Join(batch, p => p.Expression)),
            ("camera", [n, Pose.MatrixLength], Batch.Join(batch, p => p.Pose.ToMatrix())),
            ("crop", [n, 4], Batch.Join(batch, p => [p.Crop.X, p.Crop.Y, p.Crop.Roll, p.Crop.HalfSide])),
            ("wide", [n, Regressor.GlanceSize, Regressor.GlanceSize, 3], Batch.Join(batch, p => p.Wide)),
            ("wide_camera", [n, Pose.MatrixLength], Batch.Join(batch, p => p.WidePose.ToMatrix())),
        ];
    }

    // Held-out errors as a person would state them.
    public override IReadOnlyDictionary<string, float> Measure(Portrait[] heldOut, int step)
    {
        var report = RegressorEvaluation.Measure(_model, _regressor, heldOut);
        return new Dictionary<string, float>
        {
            ["found"] = (float)report.Found,
            ["yaw°"] = (float)report.Pose.Yaw,
            ["pitch°"] = (float)report.Pose.Pitch,
            ["roll°"] = (float)report.Pose.Roll,
            ["expression"] = (float)report.Expression.MeanAbsoluteError,
            ["explained"] = (float)report.Expression.Explained,
            ["vertices mm"] = (float)report.Mesh.Total,
            ["aligned mm"] = (float)report.Mesh.Aligned,
        };
    }

    public override void Dispose()
    {
        _metric.Dispose();
        _face.Dispose();
        _trainee.Dispose();
        _regressor.Dispose();
    }

    // G with ΔᵀGΔ = mean over the graph's vertices of |Σ Δᵢ·basisᵢ|².
    private static float[,] VertexMetric(FaceModel model)
    {
        Vector3[][] basis = [.. model.Identity, .. model.Expression];
        float[,] gram = new float[basis.Length, basis.Length];
        for (int i = 0; i < basis.Length; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int v = 0; v < model.GraphVertexCount; v++)
                {
                    sum += Vector3.Dot(basis[i][v], basis[j][v]);
                }

                gram[i, j] = gram[j, i] = (float)(sum / model.GraphVertexCount);
            }
        }

        return gram;
    }
}
