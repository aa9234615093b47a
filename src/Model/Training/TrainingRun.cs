using System.Diagnostics;
using System.Globalization;
using Mimesh.Layers;
using Mimesh.Model.Networks;

namespace Mimesh.Model.Training;

/// <summary>What every training needs: how long, on what, and where its files go.</summary>
/// <param name="Directory">The run's folder: checkpoint, weights and previews. A checkpoint that is there is continued.</param>
/// <param name="Steps">Steps in all, those of earlier starts included.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="Seed">Decides the first weights and the data.</param>
/// <param name="LearningRate">Adam's step size, before the schedule.</param>
/// <param name="Size">Side of the pictures.</param>
/// <param name="RenderThreads">Threads that render samples ahead of the training.</param>
public sealed record TrainingOptions(
    string Directory, int Steps, int BatchSize, ulong Seed, float LearningRate, int Size, int RenderThreads)
{
    /// <summary>The checkpoint's file name in <see cref="Directory"/>.</summary>
    public const string CheckpointFile = "checkpoint.safetensors";

    /// <summary>A weights directory whose networks the training starts from, instead of random values; a checkpoint goes first.</summary>
    public string? From { get; init; }

    /// <summary>Steps between two reports.</summary>
    public int ReportEvery { get; init; } = 10;

    /// <summary>Steps between two checkpoints, previews and held-out measurements.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>
    /// The learning rate of a step: a linear rise over the first 100 steps, then half a cosine down to a twentieth.
    /// </summary>
    /// <param name="step">Steps done.</param>
    public float RateAt(int step)
    {
        float rise = Math.Min(1f, (step + 1) / 100f);
        float fall = 0.05f + (0.95f * 0.5f * (1f + MathF.Cos(MathF.PI * Math.Min(1f, step / (float)Math.Max(1, Steps)))));
        return LearningRate * rise * fall;
    }

    internal string CheckpointPath => Path.Combine(Directory, CheckpointFile);

    /// <summary>A checkpoint's metadata after a step.</summary>
    internal Dictionary<string, string> StateAt(int step) => new()
    {
        ["step"] = step.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
        ["size"] = Size.ToString(CultureInfo.InvariantCulture),
        ["batch"] = BatchSize.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Puts networks in training back to where the run's checkpoint left them, if there is one.</summary>
    /// <param name="preset">What they were built as, if there is a choice.</param>
    /// <param name="without">What is left out of them.</param>
    /// <param name="trainees">The networks.</param>
    /// <returns>Steps done.</returns>
    /// <exception cref="InputException">
    /// The checkpoint is damaged, of another preset, without something else, or of another seed, size or batch, whose samples it would mix; or there is nothing left to do.
    /// </exception>
    internal int Restore(Preset? preset, Ablation without, params ReadOnlySpan<Trainee> trainees) =>
        File.Exists(CheckpointPath) ? Restore(Weights.Read(CheckpointPath), preset, without, trainees) : 0;

    /// <summary>The same from a checkpoint that has been read.</summary>
    internal int Restore(Safetensors checkpoint, Preset? preset, Ablation without, params ReadOnlySpan<Trainee> trainees)
    {
        if (preset is not null && Weights.PresetOf(checkpoint, CheckpointPath) is var other && other != preset)
        {
            throw new InputException($"'{CheckpointPath}' is a checkpoint of preset '{other.Name}', not '{preset.Name}'; choose that preset or another folder.");
        }

        if (Weights.WithoutOf(checkpoint, CheckpointPath) is var left && left != without)
        {
            throw new InputException(
                $"'{CheckpointPath}' is a checkpoint of a training {Ablations.Phrase(left)}, not {Ablations.Phrase(without)}; choose another folder.");
        }

        int step = StepOf(checkpoint);
        foreach (var trainee in trainees)
        {
            trainee.Load(checkpoint, CheckpointPath, step);
        }

        return step;
    }

    // The step that a checkpoint was written after.
    private int StepOf(Safetensors checkpoint)
    {
        if (!int.TryParse(checkpoint.Metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out int step))
        {
            throw new InputException($"'{CheckpointPath}' is not a checkpoint; choose another folder.");
        }

        foreach (var (name, value) in StateAt(step))
        {
            if (checkpoint.Metadata.GetValueOrDefault(name) is var stored && stored != value)
            {
                throw new InputException(
                    $"'{CheckpointPath}' is of {name} {stored ?? "unknown"}, not {value}; give that {name} to go on, or another folder.");
            }
        }

        return step < Steps
            ? step
            : throw new InputException($"'{CheckpointPath}' is already at step {step}; ask for more steps than that to go on, or give another folder.");
    }
}

/// <summary>Adds losses up between two reports, and keeps time.</summary>
internal sealed class TrainingMeter(TrainingOptions options, IProgress<TrainingReport> progress)
{
    private readonly Dictionary<string, float> _sums = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _steps;

    public void Add(IEnumerable<(string Name, float Value)> losses)
    {
        _steps++;
        foreach (var (name, value) in losses)
        {
            _sums[name] = _sums.GetValueOrDefault(name) + value;
        }
    }

    public void Report(int step, IReadOnlyDictionary<string, float>? heldOut)
    {
        progress.Report(new TrainingReport(
            step,
            options.Steps,
            _sums.ToDictionary(s => s.Key, s => s.Value / Math.Max(1, _steps)),
            _steps * options.BatchSize / _clock.Elapsed.TotalSeconds,
            heldOut));
        _sums.Clear();
        _steps = 0;
        _clock.Restart();
    }
}

/// <summary>A module with its optimiser and its average: what a checkpoint holds of a network in training.</summary>
internal sealed class Trainee : IDisposable
{
    private readonly string _name;
    private readonly Module _module;
    private readonly Adam _adam;
    private readonly MovingAverage _average;

    /// <param name="name">Its name in checkpoints.</param>
    /// <param name="module">The network.</param>
    /// <param name="beta1">Adam's memory of the gradient: short for networks that train against each other.</param>
    public Trainee(string name, Module module, float beta1 = 0.5f)
    {
        _name = name;
        _module = module;
        _adam = new Adam(module.Parameters) { Beta1 = beta1 };
        _average = new MovingAverage(module.Parameters);
    }

    /// <summary>The averaged parameters by name: what is shipped.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Averaged =>
        _module.NamedParameters.Zip(_average.Average, (p, a) => (p.Name, a));

    private IEnumerable<(string Name, Tensor Tensor)> State =>
        _module.NamedParameters
            .Concat(Averaged.Select(a => ($"average.{a.Name}", a.Tensor)))
            .Concat(_module.NamedParameters.Zip(_adam.Moments, (p, o) => ($"m.{p.Name}", o.M)))
            .Concat(_module.NamedParameters.Zip(_adam.Moments, (p, o) => ($"v.{p.Name}", o.V)));

    /// <summary>One optimiser step; false, and nothing done, when the gradient is not finite.</summary>
    public bool Step(Tensor loss, float learningRate)
    {
        _adam.LearningRate = learningRate;
        bool finite = float.IsFinite(_adam.Step(Differentiation.Grad(loss, _module.Parameters)));
        if (finite)
        {
            _average.Update(_adam.StepCount);
        }

        return finite;
    }

    /// <summary>Runs with the averaged parameters in place of the current ones.</summary>
    public void WithAverage(Action action)
    {
        float[][] current = [.. _module.Parameters.Select(p => p.ToArray())];
        foreach (var (p, a) in _module.Parameters.Zip(_average.Average))
        {
            p.Assign(a.ToArray());
        }

        try
        {
            action();
        }
        finally
        {
            foreach (var (p, values) in _module.Parameters.Zip(current))
            {
                p.Assign(values);
            }
        }
    }

    public void Save(Safetensors file)
    {
        file.Add(_name, State);
        file.Metadata[$"{_name}.steps"] = _adam.StepCount.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Takes everything over from a checkpoint of this run after a step, or nothing if it is damaged.</summary>
    public void Load(Safetensors file, string path, int step)
    {
        if (!int.TryParse(file.Metadata.GetValueOrDefault($"{_name}.steps"), NumberStyles.None, CultureInfo.InvariantCulture, out int steps)
            || steps > step)
        {
            throw new InputException($"'{path}' does not say how often '{_name}' was updated; it is damaged, or not a checkpoint. Choose another folder.");
        }

        Weights.Load(file, path, _name, State);
        _adam.StepCount = steps;
    }

    public void Dispose()
    {
        _adam.Dispose();
        _average.Dispose();
    }
}
