namespace Mimesh.Faces;

/// <summary>
/// A small counter-based random generator (SplitMix64, Steele et al. 2014): the n-th number is a hash of
/// <c>seed + n·γ</c>, so a seed gives the same numbers on every machine, and <see cref="Fork"/> gives streams that do
/// not depend on how many numbers another stream used. A mutable struct: pass it by <c>ref</c>.
/// </summary>
/// <param name="seed">Any number; neighbouring seeds give unrelated streams.</param>
public struct Rng(ulong seed)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15UL;

    private ulong _state = Mix(seed + Gamma);

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += Gamma);

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float NextFloat() => (NextBits() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [<paramref name="min"/>, <paramref name="max"/>).</summary>
    public float NextFloat(float min, float max) => min + ((max - min) * NextFloat());

    /// <summary>Uniform in [0, <paramref name="count"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public int NextInt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return (int)(((NextBits() >> 32) * (ulong)count) >> 32);
    }

    /// <summary>True with the given probability.</summary>
    public bool NextBool(float probability) => NextFloat() < probability;

    /// <summary>Standard normal, by Box–Muller.</summary>
    public float NextGaussian()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - (double)NextFloat()));
        return (float)(radius * Math.Cos(2 * Math.PI * NextFloat()));
    }

    /// <summary>Normal with mean 0 and deviation <paramref name="sigma"/>, clamped to ±<paramref name="limit"/>.</summary>
    public float NextGaussian(float sigma, float limit) => Math.Clamp(sigma * NextGaussian(), -limit, limit);

    /// <summary>An independent stream for a numbered purpose; this stream does not advance.</summary>
    public readonly Rng Fork(ulong purpose) => new(_state ^ Mix(purpose + Gamma));

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
