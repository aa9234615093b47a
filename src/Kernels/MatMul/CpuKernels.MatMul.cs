namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void MatMul(DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, in MatMulSpec s)
    {
        if (s.Batch == 0 || s.M == 0 || s.N == 0)
        {
            return;
        }

        // B is packed, unless it is read but a few times and lies as a kernel can read it: transposed as single columns of a
        // dot product, or else with rows of whole vectors.
        bool few = s.M <= 24;
        bool dots = s.K >= ProductKernel.Lanes && ((few && s.TransposeB && !s.TransposeA) || (DotKernel.Suits(s.N, 1, s.K) && !s.TransposeA));
        bool direct = dots ? s.TransposeB : few && !s.TransposeB && s.N % ProductKernel.Lanes == 0;
        nint perMatrix = direct ? (nint)s.K * s.N : (nint)s.K * ProductKernel.Padded(s.N);
        float* packed = _packed.Reserve((direct ? 0 : s.Batch * perMatrix) + ProductKernel.Padded(s.N));
        float* zeros = packed + (direct ? 0 : s.Batch * perMatrix);
        new Span<float>(zeros, ProductKernel.Padded(s.N)).Clear();
        for (int batch = 0; batch < s.Batch && s.K > 0 && !direct; batch++)
        {
            // Cut along K, so that the parts of one tall matrix can be packed side by side.
            int outer = s.K % 16 == 0 ? 16 : 1, inner = s.K / outer;
            nint along = s.TransposeB ? 1 : s.N;
            var pack = new PackWork
            {
                Source = Pointer(b) + ((nint)batch * s.K * s.N),
                D0 = outer,
                D1 = 1,
                D2 = inner,
                Columns = s.N,
                S0 = inner * along,
                S1 = 0,
                S2 = along,
                SColumn = s.TransposeB ? s.K : 1,
                Target = packed + (batch * perMatrix),
                Single = dots,
            };
            pool.For(pack.Parts, pack);
        }

        // Rows first; where those are few, columns too.
        // Each part reads all of its columns of B from a farther cache, so its rows are not too few; but there is work for many threads.
        int blocks = PackWork.Blocks(s.N), rowParts = Math.Min(32, Parts(s.M, s.M >= 512 ? 96 : 24));
        int columnParts = Math.Clamp(16 / Math.Max(1, s.Batch * rowParts), 1, blocks);
        // Rows a multiple of a kilobyte apart compete for the same few cache lines: such rows are read from a copy.
        bool padded = !dots && !s.TransposeA && s.K % 256 == 0 && blocks >= 4;
        pool.For(s.Batch * rowParts * columnParts, new MatMulWork
        {
            Scratch = padded ? Bands(((s.M / rowParts) + 1) * (long)(s.K + ProductKernel.Lanes)) : null,
            A = Pointer(a),
            B = direct ? Pointer(b) : packed,
            Dots = dots,
            Direct = direct,
            Zeros = zeros,
            C = Output(c),
            S = s,
            PerMatrix = perMatrix,
            RowParts = rowParts,
            ColumnParts = columnParts,
            Blocks = blocks,
        });
    }

    // Part: a range of rows and of column blocks of one product.
    private struct MatMulWork : IWork
    {
        public float* A, B, Zeros, C;
        public float** Scratch;
        public bool Dots, Direct;
        public MatMulSpec S;
        public nint PerMatrix;
        public int RowParts, ColumnParts, Blocks;

        public readonly void Run(int index, int worker)
        {
            int columnPart = index % ColumnParts, rowPart = index / ColumnParts % RowParts, batch = index / (ColumnParts * RowParts);
            int row = (int)((long)S.M * rowPart / RowParts), rows = (int)((long)S.M * (rowPart + 1) / RowParts) - row;
            float* a = A + ((nint)batch * S.M * S.K), c = C + ((nint)batch * S.M * S.N) + ((nint)row * S.N);
            nint aRow = S.TransposeA ? 1 : S.K, aInner = S.TransposeA ? S.M : 1;
            if (Dots && Direct && S.M <= 24 && FewRowsKernel.IsSupported)
            {
                int from = Blocks * columnPart / ColumnParts * ProductKernel.Block, to = Blocks * (columnPart + 1) / ColumnParts * ProductKernel.Block;
                FewRowsKernel.Run(
                    a + (row * aRow), aRow, rows, B + (batch * PerMatrix) + ((nint)from * S.K), S.K, Math.Min(to, S.N) - from, S.K, c + from, S.N);
                return;
            }

            float* x = a + (row * aRow);
            if (Scratch is not null)
            {
                float* from = x;
                x = Scratch[worker];
                aRow = S.K + ProductKernel.Lanes;
                for (int i = 0; i < rows; i++)
                {
                    new ReadOnlySpan<float>(from + ((nint)i * S.K), S.K).CopyTo(new Span<float>(x + (i * aRow), S.K));
                }
            }

            for (int block = Blocks * columnPart / ColumnParts; block < Blocks * (columnPart + 1) / ColumnParts; block++)
            {
                int column = block * ProductKernel.Block, width = ProductKernel.Width(column, S.N);
                var tile = new ProductTile
                {
                    X = x,
                    XRow = aRow,
                    XInner = aInner,
                    Outer = 1,
                    Inner = S.K,
                    W = B + (batch * PerMatrix) + (Direct && !Dots ? column : (nint)column * S.K),
                    WInner = Dots ? S.K : Direct ? S.N : width,
                    Init = Zeros,
                    Y = c + column,
                    YRow = S.N,
                };
                if (Dots)
                {
                    DotKernel.Run(tile, rows, Math.Min(width, S.N - column));
                }
                else
                {
                    ProductKernel.Run(tile, rows, width, Math.Min(width, S.N - column));
                }
            }
        }
    }
}
