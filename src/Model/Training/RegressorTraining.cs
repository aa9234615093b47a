using System.Numerics;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Model.Faces;
using Mimesh.Model.Networks;
using Mimesh.Model.Rendering;

namespace Mimesh.Model.Training;

/// <summary>
/// The first stage: the regressor learns coefficients from rendered people. The loss is the squared error of the coefficients
/// and of the camera, and of the vertices that the coefficients make, in mm². Glance and look learn side by side: the crops to
/// look at are the true ones, as far off as a trained glance's.
/// </summary>
public static class RegressorTraining
{
    private const int HeldOutCount = 64;

    // A picture costs about three times what learning from it does.
    private const int EchoWindow = 512;
    private const int Echoes = 4;

    /// <summary>Trains, or goes on from the run's checkpoint, and writes <see cref="Weights.RegressorFile"/> to the run's folder.</summary>
    /// <param name="device">Where.</param>
    /// <param name="options">How; <see cref="TrainingOptions.Size"/> is the rendered size.</param>
    /// <param name="progress">Hears of losses and of held-out errors.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint written.</param>
    /// <exception cref="InputException">The checkpoint there is damaged, or the folder cannot be written.</exception>
    public static void Run(Device device, TrainingOptions options, IProgress<TrainingReport> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var model = FaceModel.BuiltIn;
        Directory.CreateDirectory(options.Directory);
        using var regressor = new Regressor(new Initializer(device, options.Seed), model.Identity.Length, model.Expression.Length);
        if (options.From is not null)
        {
            string path = Path.Combine(options.From, Weights.RegressorFile);
            Weights.Load(Weights.Read(path), path, "regressor", regressor.NamedParameters);
        }

        using var trainee = new Trainee("regressor", regressor, beta1: 0.9f);
        int step = options.Restore(null, Ablation.None, trainee);

        var gram = VertexMetric(model); // (K, K), K = identities + expressions
        using var metric = Tensor.Parameter(device, [gram.GetLength(0), gram.GetLength(1)], gram.Cast<float>().ToArray());
        var heldOut = new Lazy<Portrait[]>(() => [.. Enumerable.Range(0, HeldOutCount).AsParallel().AsOrdered().Select(i => Portrait.Render(Split.Validation, options.Seed, i, options.Size))]);
        using var data = new EchoedSamples<Portrait>(
            i => Portrait.Render(Split.Training, options.Seed, i, options.Size),
            (portrait, i) => portrait.Glanced(SampleSeed.Of(~options.Seed, i)),
            (long)step * options.BatchSize,
            EchoWindow,
            Echoes,
            options.RenderThreads);
        var meter = new TrainingMeter(options, progress);
        while (step < options.Steps && !cancellation.IsCancellationRequested)
        {
            Portrait[] batch = [.. Enumerable.Range(0, options.BatchSize).Select(_ => data.Next())];
            using (var tape = Tape.Start())
            {
                var errors = RegressorErrors.Of(regressor, Portrait.Upload(device, batch), metric.Detach());
                trainee.Step(errors.Total, options.RateAt(step));
                meter.Add([
                    ("glance", errors.Glance.Item()), ("identity", errors.Identity.Item()), ("expression", errors.Expression.Item()),
                    ("camera", errors.Camera.Item()), ("vertices mm", MathF.Sqrt(Math.Max(0f, errors.Vertices.Item())))]);
            }

            step++;
            bool save = step % options.CheckpointEvery == 0 || step == options.Steps || cancellation.IsCancellationRequested;
            if (save)
            {
                Save(options, regressor, trainee, step);
            }

            if (save || step % options.ReportEvery == 0)
            {
                Dictionary<string, float>? measured = null;
                if (save && !cancellation.IsCancellationRequested)
                {
                    trainee.WithAverage(() => measured = Measure(model, regressor, heldOut.Value));
                }

                meter.Report(step, measured);
            }
        }
    }

    // Held-out errors as a person would state them.
    private static Dictionary<string, float> Measure(FaceModel model, Regressor regressor, Portrait[] portraits)
    {
        var report = RegressorEvaluation.Measure(model, regressor, portraits);
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

    private static void Save(TrainingOptions options, Regressor regressor, Trainee trainee, int step)
    {
        var checkpoint = new Safetensors(options.StateAt(step));
        trainee.Save(checkpoint);
        AtomicFile.Write(options.CheckpointPath, stream => checkpoint.Write(stream));

        var weights = new Safetensors();
        weights.Metadata["step"] = checkpoint.Metadata["step"];
        weights.Add("regressor", trainee.Averaged);
        AtomicFile.Write(Path.Combine(options.Directory, Weights.RegressorFile), stream => weights.Write(stream, half: true));
    }
}
