namespace Mimesh.Kernels;

/// <summary>
/// Counter-based random numbers (Philox 4×32-10, Salmon et al. 2011): element i is word <c>i mod 4</c> of the block with
/// counter <c>(Offset + i)/4</c> and key <c>Seed</c>, so a seed gives the same numbers on every device, in any order.
/// Uniform numbers are the top 24 bits times 2⁻²⁴, in [0, 1). Normal numbers are made of the uniform pair (even element, next) by
/// Box–Muller: <c>√(−2 ln(1 − u₀))·cos 2πu₁</c> for the even, <c>… sin 2πu₁</c> for the odd element.
/// </summary>
/// <param name="Length">How many numbers.</param>
/// <param name="Seed">The key.</param>
/// <param name="Offset">Number of the first element, a multiple of 4.</param>
/// <param name="Normal">N(0, 1) instead of uniform.</param>
/// <exception cref="ArgumentException">The offset is not such a number.</exception>
public readonly record struct RandomSpec(long Length, ulong Seed, long Offset, bool Normal)
{
    private readonly long _offset = Blocks(Offset);

    /// <summary>Number of the first element, a multiple of 4.</summary>
    public long Offset
    {
        get => _offset;
        init => _offset = Blocks(value);
    }

    private static long Blocks(long offset) => offset >= 0 && offset % 4 == 0
        ? offset
        : throw new ArgumentException($"Numbers are made four at a time: an offset is a multiple of 4 and not negative, not {offset}.", nameof(offset));
}
