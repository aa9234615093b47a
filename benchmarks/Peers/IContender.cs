namespace Mimesh.Benchmarks.Peers;

/// <summary>One side of a comparison: work that is ready to be measured.</summary>
internal interface IContender : IDisposable
{
    /// <summary>What it computes, in Mimesh's layout; null where there is nothing to compare.</summary>
    float[]? Answer { get; }

    /// <summary>Whether it is measured once a sample, without a warm-up.</summary>
    bool IsOneShot => false;

    /// <summary>Runs some times in a row.</summary>
    /// <param name="times">How often.</param>
    /// <returns>The mean of what is measured: milliseconds, if the case does not say otherwise.</returns>
    double Measure(int times);
}

/// <summary>A figure that is known without measuring, or measured elsewhere.</summary>
/// <param name="figure">The figure.</param>
internal sealed class Mark(Func<double> figure) : IContender
{
    public float[]? Answer => null;

    public bool IsOneShot => true;

    public double Measure(int times) => figure();

    public void Dispose()
    {
    }
}
