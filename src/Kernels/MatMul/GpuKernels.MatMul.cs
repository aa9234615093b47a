namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void MatMul(DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, in MatMulSpec s)
    {
        if (s.TransposeA)
        {
            MatMulOf(a, b, c, s, new MatrixAlongRows(s.M, s.M, s.M * s.K));
        }
        else
        {
            MatMulOf(a, b, c, s, new MatrixAlongDepth(s.M, s.K, s.M * s.K));
        }
    }

    private void MatMulOf<TA>(DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, in MatMulSpec s, TA opA)
        where TA : unmanaged, IOperand
    {
        var plan = new MatrixPlan(s.M, s.N, s.N, 1, s.M * s.N, s.K, 0);
        var size = new ProductSize(s.M, s.N, s.Batch);
        bool quads = (s.TransposeA ? s.M : s.K) % 4 == 0 && (s.TransposeB ? s.K : s.N) % 4 == 0;
        if (s.TransposeB)
        {
            Product(a, b, null, c, opA, new MatrixAlongDepth(s.N, s.K, s.N * s.K), plan, size, quads);
        }
        else
        {
            Product(a, b, null, c, opA, new MatrixAlongRows(s.N, s.N, s.N * s.K), plan, size, quads);
        }
    }

    /// <summary>Element (row, k) at <c>z·Step + row·Stride + k</c>.</summary>
    internal readonly struct MatrixAlongDepth(int rows, int stride, int step) : IOperand
    {
        private readonly int _rows = rows;
        private readonly int _stride = stride;
        private readonly int _step = step;

        public static bool AlongDepth => true;

        public Cursor Row(int row, int z) => row < _rows ? new((z * _step) + (row * _stride), 0, 0, 0) : Cursor.None;

        public int Offset(Cursor at, int k) => at.Start < 0 ? -1 : at.Start + k;
    }

    /// <summary>Element (row, k) at <c>z·Step + k·Stride + row</c>.</summary>
    internal readonly struct MatrixAlongRows(int rows, int stride, int step) : IOperand
    {
        private readonly int _rows = rows;
        private readonly int _stride = stride;
        private readonly int _step = step;

        public static bool AlongDepth => false;

        public Cursor Row(int row, int z) => row < _rows ? new((z * _step) + row, 0, 0, 0) : Cursor.None;

        public int Offset(Cursor at, int k) => at.Start < 0 ? -1 : at.Start + (k * _stride);
    }

    /// <summary>
    /// The result's element at <c>z·Step + row·RowStride + column·ColumnStride</c>; every product over the whole depth, or,
    /// with a Chunk, the z-th over the z-th chunk of it.
    /// </summary>
    internal readonly struct MatrixPlan(int rows, int columns, int rowStride, int columnStride, int step, int depth, int chunk) : IPlan
    {
        private readonly int _rows = rows;
        private readonly int _columns = columns;
        private readonly int _rowStride = rowStride;
        private readonly int _columnStride = columnStride;
        private readonly int _step = step;
        private readonly int _depth = depth;
        private readonly int _chunk = chunk;

        public int Columns => _columns;

        public int ColumnStride => _columnStride;

        public int Begin(int z) => z * _chunk;

        public int End(int z) => _chunk == 0 ? _depth : Math.Min(_depth, (z + 1) * _chunk);

        public int Row(int row, int z) => row < _rows ? (z * _step) + (row * _rowStride) : -1;
    }
}
