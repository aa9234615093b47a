namespace Mimesh.Kernels;

/// <summary>A box of up to four dimensions, walked in row-major order by GPU threads.</summary>
internal readonly struct Box(int d0, int d1, int d2, int d3)
{
    public readonly int Length = d0 * d1 * d2 * d3;
    private readonly Divisor _d1 = new(d1);
    private readonly Divisor _d2 = new(d2);
    private readonly Divisor _d3 = new(d3);

    /// <summary>The indices of the i-th element.</summary>
    public Place this[int i]
    {
        get
        {
            int row = i / _d3, plane = row / _d2;
            return new(plane / _d1, plane % _d1, row % _d2, i % _d3);
        }
    }

    /// <summary>Four indices.</summary>
    internal readonly record struct Place(int I0, int I1, int I2, int I3)
    {
        /// <summary>Where they point with these strides.</summary>
        public int At(int s0, int s1, int s2, int s3) => (I0 * s0) + (I1 * s1) + (I2 * s2) + (I3 * s3);
    }
}
