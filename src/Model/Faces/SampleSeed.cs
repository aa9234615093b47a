namespace Mimesh.Faces;

/// <summary>Seeds for the samples of a run, so that sample i is the same whatever was drawn before it.</summary>
public static class SampleSeed
{
    /// <summary>A seed for sample <paramref name="index"/> of a run (the finaliser of SplitMix64 over both).</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">The sample's number.</param>
    public static ulong Of(ulong seed, long index)
    {
        ulong z = (seed * 0x9E3779B97F4A7C15UL) + (ulong)index + 1UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
