using Mimesh.Layers;

namespace Mimesh.Training;

/// <summary>One training: its networks, samples, step and measurement. <see cref="TrainingLoop"/> does what all trainings share.</summary>
/// <typeparam name="T">A sample.</typeparam>
/// <param name="samples">What it learns from, and is measured on.</param>
internal abstract class TrainingStage<T>(SampleSource<T> samples) : IDisposable
{
    /// <summary>What it learns from, and is measured on.</summary>
    public SampleSource<T> Samples => samples;

    /// <summary>Samples that are measured on.</summary>
    public abstract int HeldOutCount { get; }

    /// <summary>The networks that learn; the first one is what is made, others help it.</summary>
    public abstract IReadOnlyList<Trainee> Trainees { get; }

    /// <summary>What decides, beside <see cref="TrainingOptions"/>, what is learned, by name: a checkpoint only goes on with the same.</summary>
    public virtual IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { [TrainingOptions.StageKey] = Path.GetFileNameWithoutExtension(WeightsFile) };

    /// <summary>Pictures in a sample, as <see cref="TrainingOptions.BatchSize"/> counts them.</summary>
    public virtual int PicturesPerSample => 1;

    /// <summary>The weight file's name in the run's folder.</summary>
    public abstract string WeightsFile { get; }

    /// <summary>The averaged weights: what is shipped.</summary>
    public abstract Safetensors ShippedWeights();

    /// <summary>What else the run's folder needs to be a weights directory: files that are written beside a checkpoint.</summary>
    public virtual IReadOnlyList<(string File, byte[] Content)> Companions => [];

    /// <summary>Learns from a batch.</summary>
    /// <param name="batch">Samples.</param>
    /// <param name="step">Steps done.</param>
    /// <returns>The losses before the step, and the gradients' norms.</returns>
    public abstract StepFigures Step(T[] batch, int step);

    /// <summary>Measures the first network, which has its averaged weights meanwhile.</summary>
    /// <param name="heldOut">The held-out samples.</param>
    /// <param name="step">Steps done.</param>
    /// <returns>Figures by name.</returns>
    public abstract IReadOnlyDictionary<string, float> Measure(T[] heldOut, int step);

    /// <summary>The arrays of a batch by name, to find out what went wrong in its step.</summary>
    /// <param name="batch">Samples.</param>
    public abstract IEnumerable<(string Name, Shape Shape, float[] Values)> Arrays(T[] batch);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>What a step found: every loss by name, and the global norm of every network's gradient before clipping.</summary>
/// <param name="Losses">Before the step.</param>
/// <param name="GradientNorms">By the network's name.</param>
internal sealed record StepFigures(
    IReadOnlyList<(string Name, float Value)> Losses, IReadOnlyList<(string Name, float Value)> GradientNorms)
{
    /// <summary>The first figure that is not finite, if there is one.</summary>
    public string? NotFinite => Losses.Select(l => (Name: $"the loss '{l.Name}'", l.Value))
        .Concat(GradientNorms.Select(g => (Name: $"the gradient of the {g.Name}", g.Value)))
        .Where(f => !float.IsFinite(f.Value)).Select(f => f.Name).FirstOrDefault();
}
