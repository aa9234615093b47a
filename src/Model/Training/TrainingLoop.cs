using System.Globalization;
using Mimesh.Imaging;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// What every training does: go on from the checkpoint, step, report, measure, and write checkpoints. It is deterministic: the
/// checkpoint and the number of a step decide all that follows, so a run that was killed ends as one that was not.
/// </summary>
internal static class TrainingLoop
{
    /// <summary>Trains, or goes on from the run's checkpoint; nothing is left to do but its weights to write where that is the last one.</summary>
    /// <param name="stage">What is trained.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears of every report, after the checkpoint of its step is written.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint written.</param>
    /// <exception cref="InputException">The checkpoint there is damaged or of another training, another training is at work there, or a file cannot be written.</exception>
    /// <exception cref="TrainingException">A loss or gradient is not finite; the step's inputs were saved, and the last checkpoint is as it was.</exception>
    public static void Run<T>(TrainingStage<T> stage, TrainingOptions options, IProgress<TrainingReport> progress, CancellationToken cancellation)
    {
        using var held = TrainingLog.Hold(Path.Combine(options.Directory, "training.lock"), options.Directory);
        AtomicFile.DeleteUnfinished(options.Directory);
        int step = Restore(stage, options);
        using var log = TrainingLog.Open(options.LogPath, options.Directory);
        if (step == options.Steps)
        {
            // Killed after its last checkpoint, it may lack the weights.
            WriteWeights(stage, options, step);
            return;
        }

        var heldOut = new Lazy<T[]>(() =>
            [.. Enumerable.Range(0, stage.HeldOutCount).AsParallel().AsOrdered().Select(i => stage.Samples.HeldOut(i))]);
        int samples = options.BatchSize / stage.PicturesPerSample;
        using var data = new EchoedSamples<T>(stage.Samples, (long)step * samples, options.RenderThreads);

        // What cannot be learned from is said before anything else is done.
        stage.Samples.HeldOut(0);
        var meter = new TrainingMeter(options, () => data.Work with { Made = data.Work.Made * stage.PicturesPerSample }, log.CutAfter(step));
        int reported = step, saved = step;

        TrainingReport Report(bool measure)
        {
            var report = meter.Report(step);
            if (measure)
            {
                stage.Trainees[0].WithAverage(() => report = report with { HeldOut = stage.Measure(heldOut.Value, step) });
            }

            log.Add(report);
            reported = step;
            return report;
        }

        void Save()
        {
            WriteCheckpoint(stage, options, step);
            saved = step;
        }

        try
        {
            while (step < options.Steps && !cancellation.IsCancellationRequested)
            {
                T[] batch = [.. Enumerable.Range(0, samples).Select(_ => data.Next())];
                using (Tape.Start())
                {
                    var figures = stage.Step(batch, step);
                    if (figures.NotFinite is not null)
                    {
                        throw Diverged(stage, options, batch, step, saved, figures);
                    }

                    meter.Add(figures);
                }

                step++;
                bool checkpoint = step % options.CheckpointEvery == 0 || step == options.Steps;
                if (checkpoint || step % options.ReportEvery == 0)
                {
                    // Whoever hears of it may fail; the checkpoint is then written.
                    var report = Report(measure: checkpoint);
                    if (checkpoint)
                    {
                        Save();
                    }

                    progress.Report(report);
                    meter.Restart();
                }
            }
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && IsCancellation(e))
        {
            // A sample was broken off while it was made; what was learned until then is saved.
        }

        if (saved < step)
        {
            var last = reported < step ? Report(measure: false) : null;
            Save();
            if (last is not null)
            {
                progress.Report(last);
            }
        }
    }

    private static bool IsCancellation(Exception e) =>
        e is OperationCanceledException || (e is AggregateException several && several.InnerExceptions.All(IsCancellation));

    // The step of the run's checkpoint, with the networks as it holds them; 0 without one, where there must be no weights that the first
    // checkpoint would replace.
    private static int Restore<T>(TrainingStage<T> stage, TrainingOptions options)
    {
        if (File.Exists(options.CheckpointPath))
        {
            return options.Restore(Weights.Read(options.CheckpointPath), stage.Settings, [.. stage.Trainees]);
        }

        foreach (var (file, content) in (IEnumerable<(string, byte[]?)>)[(stage.WeightsFile, null), .. stage.Companions])
        {
            string path = Path.Combine(options.Directory, file);
            if (File.Exists(path) && content?.SequenceEqual(Weights.ReadBytes(path)) != true)
            {
                throw new InputException(
                    $"'{options.Directory}' has a {file} and no checkpoint to go on from; give another folder, with --from '{options.Directory}' to start from its weights.");
            }
        }

        return 0;
    }

    private static void WriteCheckpoint<T>(TrainingStage<T> stage, TrainingOptions options, int step)
    {
        var checkpoint = new Safetensors(options.StateAt(step, stage.Settings));
        foreach (var trainee in stage.Trainees)
        {
            trainee.Save(checkpoint);
        }

        AtomicFile.Write(options.CheckpointPath, stream => checkpoint.Write(stream));
        WriteWeights(stage, options, step);
    }

    private static void WriteWeights<T>(TrainingStage<T> stage, TrainingOptions options, int step)
    {
        foreach (var (file, content) in stage.Companions)
        {
            AtomicFile.Write(Path.Combine(options.Directory, file), content);
        }

        var weights = stage.ShippedWeights();
        weights.Metadata["step"] = step.ToString(CultureInfo.InvariantCulture);
        AtomicFile.Write(Path.Combine(options.Directory, stage.WeightsFile), stream => weights.Write(stream, half: true));
    }

    // The weights before the step follow from the last checkpoint; its inputs and what came of them are kept.
    private static TrainingException Diverged<T>(
        TrainingStage<T> stage, TrainingOptions options, T[] batch, int step, int saved, StepFigures figures)
    {
        var file = new Safetensors(options.StateAt(step, stage.Settings));
        foreach (var (name, value) in figures.Losses)
        {
            file.Metadata[$"loss.{name}"] = value.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in figures.GradientNorms)
        {
            file.Metadata[$"gradient_norm.{name}"] = value.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, shape, values) in stage.Arrays(batch))
        {
            file.Tensors.Add(name, (shape, values));
        }

        string path = Path.Combine(options.Directory, $"nan-step-{step:D6}.safetensors");
        AtomicFile.Write(path, stream => file.Write(stream));
        string checkpoint = saved > 0 ? $"the checkpoint of step {saved} is as it was" : "there is no checkpoint yet";
        return new TrainingException(
            $"Step {step} is not finite: {figures.NotFinite}. Its inputs are in '{path}', and {checkpoint}; try a lower --learning-rate or --clip-norm.");
    }
}
