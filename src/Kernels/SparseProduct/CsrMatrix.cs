namespace Mimesh.Kernels;

/// <summary>A sparse matrix on the host, compressed by rows: row i holds entries <c>RowStart[i] .. RowStart[i + 1]</c>.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="RowStart">Rows + 1 offsets into the entries.</param>
/// <param name="Column">The column of each entry, ascending within a row.</param>
/// <param name="Value">The value of each entry.</param>
public sealed record CsrMatrix(int Rows, int Columns, int[] RowStart, int[] Column, float[] Value)
{
    /// <summary>Builds a matrix from its entries, in any order; entries at the same place are added.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="entries">Row, column and value.</param>
    public static CsrMatrix FromEntries(int rows, int columns, IEnumerable<(int Row, int Column, float Value)> entries)
    {
        var merged = entries
            .GroupBy(e => (e.Row, e.Column))
            .Select(g => (g.Key.Row, g.Key.Column, Value: g.Sum(e => e.Value)))
            .OrderBy(e => e.Row).ThenBy(e => e.Column)
            .ToArray();
        int[] rowStart = new int[rows + 1];
        foreach (var (row, column, _) in merged)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, columns);
            rowStart[row + 1]++;
        }

        for (int i = 0; i < rows; i++)
        {
            rowStart[i + 1] += rowStart[i];
        }

        return new CsrMatrix(rows, columns, rowStart, [.. merged.Select(e => e.Column)], [.. merged.Select(e => e.Value)]);
    }

    /// <summary>The transposed matrix, whose product is the adjoint of this one's.</summary>
    public CsrMatrix Transpose()
    {
        int[] rowStart = new int[Columns + 1];
        foreach (int c in Column)
        {
            rowStart[c + 1]++;
        }

        for (int i = 0; i < Columns; i++)
        {
            rowStart[i + 1] += rowStart[i];
        }

        int[] next = rowStart[..^1], column = new int[Column.Length];
        float[] value = new float[Value.Length];
        for (int row = 0; row < Rows; row++)
        {
            for (int e = RowStart[row]; e < RowStart[row + 1]; e++)
            {
                int at = next[Column[e]]++;
                column[at] = row;
                value[at] = Value[e];
            }
        }

        return new CsrMatrix(Columns, Rows, rowStart, column, value);
    }
}

/// <summary>A <see cref="CsrMatrix"/> in a device's memory, which it gives back when it is disposed.</summary>
public sealed class DeviceCsr : IDisposable
{
    private readonly Rental _rowStart, _column, _value;
    private bool _disposed;

    internal DeviceCsr(Device device, int rows, int columns, DeviceBuffer rowStart, DeviceBuffer column, DeviceBuffer value)
    {
        (Device, Rows, Columns) = (device, rows, columns);
        (_rowStart, _column, _value) = (new(rowStart), new(column), new(value));
    }

    /// <summary>Whose memory.</summary>
    public Device Device { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Rows + 1 integers.</summary>
    public DeviceBuffer RowStart => _rowStart.For(this);

    /// <summary>One integer an entry.</summary>
    public DeviceBuffer Column => _column.For(this);

    /// <summary>One float an entry.</summary>
    public DeviceBuffer Value => _value.For(this);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Device.Return(RowStart);
            Device.Return(Column);
            Device.Return(Value);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Rows}×{Columns} matrix on {Device.Name}";
}

/// <summary>
/// <c>y = Alpha·A·x + Beta·z</c> for x <c>(N, A.Columns, C)</c>, y and z <c>(N, A.Rows, C)</c>. With a Pitch, the operands are C
/// neighbouring columns each of buffers <c>(N, A.Columns or A.Rows, Pitch)</c>, which may be one and the same: terms of a
/// recurrence stand side by side. The columns of y are not those of x.
/// </summary>
/// <param name="N">Batch.</param>
/// <param name="C">Channels.</param>
/// <param name="Alpha">Factor of the product.</param>
/// <param name="Beta">Factor of z; 0 when there is no z.</param>
/// <param name="Pitch">Columns of the buffers; 0 for C.</param>
/// <param name="XAt">First column of x.</param>
/// <param name="ZAt">First column of z.</param>
/// <param name="YAt">First column of y.</param>
/// <param name="Accumulate">Whether the result is added to what y holds.</param>
public readonly record struct SparseProductSpec(
    int N, int C, float Alpha, float Beta, int Pitch = 0, int XAt = 0, int ZAt = 0, int YAt = 0, bool Accumulate = false)
{
    /// <summary>Elements from a row of an operand to the next.</summary>
    public int RowStride => Pitch == 0 ? C : Pitch;
}
