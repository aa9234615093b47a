using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void SparseProduct(DeviceCsr a, DeviceBuffer x, DeviceBuffer? z, DeviceBuffer y, in SparseProductSpec s)
    {
        int rowsPerPart = Math.Clamp(4096 / Math.Max(1, s.C), 1, Math.Max(1, a.Rows)), parts = Parts(a.Rows, rowsPerPart);
        pool.For(s.N * parts, new SparseWork
        {
            RowStart = (int*)Pointer(a.RowStart),
            Column = (int*)Pointer(a.Column),
            Value = Pointer(a.Value),
            Rows = a.Rows,
            Columns = a.Columns,
            X = Pointer(x),
            Z = Pointer(z, null),
            Y = Pointer(y),
            S = s,
            RowsPerPart = rowsPerPart,
            RowParts = parts,
        });
    }

    // Part: a range of rows of one of the batch.
    private struct SparseWork : IWork
    {
        public int* RowStart, Column;
        public float* Value, X, Z, Y;
        public int Rows, Columns, RowsPerPart, RowParts;
        public SparseProductSpec S;

        public readonly void Run(int index, int worker)
        {
            int n = index / RowParts, first = index % RowParts * RowsPerPart;
            float* x = X + ((nint)n * Columns * S.C);
            for (int row = first; row < Math.Min(first + RowsPerPart, Rows); row++)
            {
                int from = RowStart[row], to = RowStart[row + 1];
                nint at = (((nint)n * Rows) + row) * S.C;
                int c = 0;
                for (; c + 16 <= S.C; c += 16)
                {
                    var sum = Vector512<float>.Zero;
                    for (int e = from; e < to; e++)
                    {
                        sum = Vector512.MultiplyAddEstimate(
                            Vector512.Create(Value[e]), Vector512.Load(x + ((nint)Column[e] * S.C) + c), sum);
                    }

                    sum *= S.Alpha;
                    if (Z is not null)
                    {
                        sum += S.Beta * Vector512.Load(Z + at + c);
                    }

                    sum.Store(Y + at + c);
                }

                for (; c < S.C; c++)
                {
                    float sum = 0;
                    for (int e = from; e < to; e++)
                    {
                        sum += Value[e] * x[((nint)Column[e] * S.C) + c];
                    }

                    Y[at + c] = (S.Alpha * sum) + (Z is null ? 0f : S.Beta * Z[at + c]);
                }
            }
        }
    }
}
