namespace Mimesh.Kernels;

/// <summary>
/// A box <c>(D0, D1, D2, D3)</c> that the processor walks in row-major order, cut into parts of about as many elements: some
/// rows (of D3) each, or a piece of a long row.
/// </summary>
internal readonly struct BoxParts
{
    private readonly int _d1, _d2, _d3, _pieces, _columns, _rowsPerPart;
    private readonly long _rows;

    public BoxParts(int d0, int d1, int d2, int d3, int elementsPerPart)
    {
        (_d1, _d2, _d3) = (d1, d2, d3);
        _rows = d3 == 0 ? 0 : (long)d0 * d1 * d2;
        _pieces = Math.Max(1, (int)(((long)d3 + elementsPerPart - 1) / elementsPerPart));
        _columns = (((d3 + _pieces - 1) / _pieces) + 15) / 16 * 16;
        _rowsPerPart = Math.Max(1, elementsPerPart / Math.Max(1, d3));
        Count = checked((int)((_rows + _rowsPerPart - 1) / _rowsPerPart * _pieces));
    }

    /// <summary>Number of parts.</summary>
    public int Count { get; }

    /// <summary>The first run of a part.</summary>
    public Run First(int index)
    {
        long row = (long)(index / _pieces) * _rowsPerPart;
        int column = index % _pieces * _columns;
        return At(row, Math.Min(row + _rowsPerPart, _rows), column, Math.Min(_columns, _d3 - column));
    }

    /// <summary>The run of the part after this one; it has no rows when there is none.</summary>
    public Run Next(in Run run) => At(run.Row + run.Rows, run.End, run.Column, run.Columns);

    private Run At(long row, long end, int column, int columns)
    {
        long plane = row / _d2;
        int i2 = (int)(row - (plane * _d2));
        return new(row, end, (int)(plane / _d1), (int)(plane % _d1), i2, (int)Math.Min(_d2 - i2, end - row), column, columns);
    }

    /// <summary>Rows that are neighbours along D2, from <c>(I0, I1, I2, Column)</c> on.</summary>
    internal readonly record struct Run(long Row, long End, int I0, int I1, int I2, int Rows, int Column, int Columns)
    {
        /// <summary>Where it begins with these strides.</summary>
        public nint At(int s0, int s1, int s2, int s3) =>
            ((nint)I0 * s0) + ((nint)I1 * s1) + ((nint)I2 * s2) + ((nint)Column * s3);
    }
}
