using System.Globalization;
using Mimesh.Imaging;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

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
    /// <summary>The name under which a checkpoint says what is trained.</summary>
    internal const string StageKey = "stage";

    private const string StepKey = "step";

    // Longer values are checksums; they are not printed.
    private const int Longest = 24;

    /// <summary>The checkpoint's file name in <see cref="Directory"/>.</summary>
    public const string CheckpointFile = "checkpoint.safetensors";

    /// <summary>
    /// A weights directory, or another run's folder, whose networks the training starts from instead of random values: the averages
    /// in the other run's checkpoint, which are float32, else its weight file. A checkpoint of this run goes first.
    /// </summary>
    public string? From { get; init; }

    /// <summary>Gradients of a larger global norm, taken over a network's parameters, are scaled down to it.</summary>
    public float ClipNorm { get; init; } = 5f;

    /// <summary>Where <see cref="TrainingLog"/> writes to; a file in <see cref="Directory"/> unless given.</summary>
    public string? Log { get; init; }

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

    /// <summary>The file that <see cref="Log"/> stands for.</summary>
    public string LogPath => Log ?? Path.Combine(Directory, TrainingLog.FileName);

    internal string CheckpointPath => Path.Combine(Directory, CheckpointFile);

    /// <summary>A checkpoint's metadata after a step.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="settings">The stage's own; see <see cref="TrainingStage{T}.Settings"/>.</param>
    internal Dictionary<string, string> StateAt(int step, IReadOnlyDictionary<string, string> settings) => new(settings)
    {
        [StepKey] = step.ToString(CultureInfo.InvariantCulture),
        ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
        ["size"] = Size.ToString(CultureInfo.InvariantCulture),
        ["batch"] = BatchSize.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Puts networks in training back to where the run's checkpoint left them.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="settings">What decides what is learned; see <see cref="TrainingStage{T}.Settings"/>.</param>
    /// <param name="trainees">The networks.</param>
    /// <returns>Steps done.</returns>
    /// <exception cref="InputException">
    /// The checkpoint is damaged, or of other settings, whose networks or samples it would mix; or it is beyond <see cref="Steps"/>.
    /// </exception>
    internal int Restore(Safetensors checkpoint, IReadOnlyDictionary<string, string> settings, params ReadOnlySpan<Trainee> trainees)
    {
        if (!int.TryParse(checkpoint.Metadata.GetValueOrDefault(StepKey), NumberStyles.None, CultureInfo.InvariantCulture, out int step))
        {
            throw new InputException($"'{CheckpointPath}' is not a checkpoint; choose another folder.");
        }

        CheckSettings(checkpoint.Metadata, StateAt(step, settings));
        if (step > Steps)
        {
            throw new InputException($"'{CheckpointPath}' is already at step {step}, beyond {Steps}; ask for more steps to go on, or give another folder.");
        }

        foreach (var trainee in trainees)
        {
            trainee.Load(checkpoint, CheckpointPath, step);
        }

        return step;
    }

    private void CheckSettings(IDictionary<string, string> stored, Dictionary<string, string> wanted)
    {
        if (stored.TryGetValue(StageKey, out string? stage) && stage != wanted[StageKey])
        {
            throw new InputException($"In '{Directory}' the {stage} is trained, not the {wanted[StageKey]}; give another folder.");
        }

        foreach (var (name, value) in wanted)
        {
            if (stored.TryGetValue(name, out string? other) && other == value)
            {
                continue;
            }

            string found = name == Weights.WithoutKey
                ? $"a training {Phrase(other)}, not {Phrase(value)}"
                : other is null ? $"an unknown {name}" : Math.Max(other.Length, value.Length) > Longest ? $"another {name}" : $"{name} {other}, not {value}";
            string same = name == Weights.WithoutKey ? $"--{name}" : name;
            throw new InputException(
                $"'{CheckpointPath}' is of {found}; give the same {same} to go on, or another folder, with --from '{Directory}' to start from its weights.");
        }

        static string Phrase(string? without) => Ablations.Phrase(Ablations.Parse(without ?? ""));
    }

    /// <summary>The weights to start from, if any: a weight file of <see cref="From"/>, in full precision where a checkpoint is beside it.</summary>
    /// <param name="file">The file's name there.</param>
    /// <param name="name">The network's name in it.</param>
    /// <exception cref="InputException">The file or the checkpoint is missing or damaged.</exception>
    internal (Safetensors Weights, string Path)? Start(string file, string name)
    {
        if (From is null)
        {
            return null;
        }

        string path = Path.Combine(From, file);
        var weights = Weights.Read(path);
        if (OtherCheckpoint() is { } checkpoint)
        {
            Trainee.CopyAverage(checkpoint, name, weights);
        }

        return (weights, path);
    }

    /// <summary>Starts a network that only checkpoints hold; without one in <see cref="From"/> it stays as it is.</summary>
    /// <param name="name">The network's name in the checkpoint.</param>
    /// <param name="network">The network.</param>
    /// <exception cref="InputException">The checkpoint is damaged, or of another network.</exception>
    internal void StartHelper(string name, Module network)
    {
        if (OtherCheckpoint() is { } checkpoint && Trainee.IsIn(checkpoint, name))
        {
            Trainee.LoadAverage(checkpoint, Path.Combine(From!, CheckpointFile), name, network);
        }
    }

    private Safetensors? OtherCheckpoint() =>
        From is not null && Path.Combine(From, CheckpointFile) is var path && File.Exists(path) ? Weights.Read(path) : null;
}
