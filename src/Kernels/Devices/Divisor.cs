namespace Mimesh.Kernels;

/// <summary>
/// A divisor for many non-negative dividends: a GPU has no integer division, and this takes three instructions instead of
/// about twenty. With 2^(s−1) &lt; d ≤ 2^s and m = ⌈2^(31+s)/d⌉, n/d is ⌊n·m/2^(31+s)⌋ for every n below 2³¹, because
/// m·d exceeds 2^(31+s) by less than 2^s.
/// </summary>
internal readonly struct Divisor
{
    public readonly int Value;
    private readonly uint _multiplier;
    private readonly int _shift;

    public Divisor(int value)
    {
        Value = value;
        _shift = 31;
        while (1L << (_shift - 31) < value)
        {
            _shift++;
        }

        _multiplier = value > 0 ? (uint)((((UInt128)1 << _shift) + (UInt128)value - 1) / (UInt128)value) : 0;
    }

    public static int operator /(int n, Divisor d) => (int)(((ulong)(uint)n * d._multiplier) >> d._shift);

    public static int operator %(int n, Divisor d) => n - (n / d * d.Value);
}
