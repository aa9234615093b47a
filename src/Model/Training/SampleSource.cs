namespace Mimesh.Training;

/// <summary>
/// Where a training's samples come from: number i of those that are learned from, and number i of those held out for measuring.
/// Both are called from several threads at once, and give the same for the same i, whatever was asked for before: a training that
/// was stopped goes on with the samples that would have come next.
/// </summary>
/// <typeparam name="T">A sample.</typeparam>
/// <param name="Training">Sample i ≥ 0 to learn from; there is no last one.</param>
/// <param name="HeldOut">Sample i ≥ 0 to measure on.</param>
internal sealed record SampleSource<T>(Func<long, T> Training, Func<long, T> HeldOut)
{
    /// <summary>How often each sample to learn from is shown; see <see cref="EchoedSamples{T}"/>.</summary>
    public int Showings { get; init; } = 1;

    /// <summary>Samples that are kept at once, and made ahead.</summary>
    public int Window { get; init; } = 32;

    /// <summary>Varies a sample for showing number i.</summary>
    public Func<T, long, T> Vary { get; init; } = (sample, _) => sample;
}
