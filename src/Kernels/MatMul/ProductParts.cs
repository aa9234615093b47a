namespace Mimesh.Kernels;

/// <summary>
/// Where a tiled product <c>c[row, column] = Σ_k a[row, k]·b[column, k]</c> finds one of its operands. Matrices,
/// convolutions and their gradients are all this product; only the addresses differ.
/// </summary>
internal interface IOperand
{
    /// <summary>Whether neighbours in memory are neighbours in k (else in the row).</summary>
    static abstract bool AlongDepth { get; }

    /// <summary>What is worked out once for a row (for b: a column of the result) of the z-th product.</summary>
    Cursor Row(int row, int z);

    /// <summary>
    /// The element's offset, or −1 where the operand is zero: beyond its rows, or in the padding. It is asked beyond the last k too,
    /// where any answer will do.
    /// </summary>
    int Offset(Cursor at, int k);
}

/// <summary>What the product's parts are, and where its result goes.</summary>
internal interface IPlan
{
    /// <summary>Columns of the result.</summary>
    int Columns { get; }

    /// <summary>Distance of neighbouring columns.</summary>
    int ColumnStride { get; }

    /// <summary>The first k of the z-th product.</summary>
    int Begin(int z);

    /// <summary>One past its last k.</summary>
    int End(int z);

    /// <summary>The offset of the result's row, or −1 beyond the last.</summary>
    int Row(int row, int z);
}

/// <summary>How wide memory is read: four neighbours at once, where their count is a multiple of four, or singly.</summary>
internal interface IAccess
{
    /// <summary>Four at once.</summary>
    static abstract bool Quads { get; }
}

/// <summary>The threads of a group: Side × Side.</summary>
internal interface IGroup
{
    /// <summary>2, 4, 8 or 16.</summary>
    static abstract int Side { get; }
}

internal readonly struct Quads : IAccess
{
    static bool IAccess.Quads => true;
}

internal readonly struct Singles : IAccess
{
    static bool IAccess.Quads => false;
}

/// <summary>The group of a GPU: a tile of 128 × 64.</summary>
internal readonly struct Group16 : IGroup
{
    public static int Side => 16;
}

/// <summary>The group of the simulator, where a thread costs a thread of the processor: a tile of 16 × 8.</summary>
internal readonly struct Group2 : IGroup
{
    public static int Side => 2;
}

/// <summary>A row's place in an operand: an offset or image number (−1 for no row), a position, and one more number.</summary>
internal readonly struct Cursor(int start, int y, int x, int taps)
{
    public readonly int Start = start;
    public readonly int Y = y;
    public readonly int X = x;
    public readonly int Taps = taps;

    public static Cursor None => new(-1, 0, 0, 1);
}
