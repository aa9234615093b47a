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
            Y = Output(y),
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
            int done = 0;
            Run<Lanes16, Vector512<float>>(index, ref done);
            Run<Lanes8, Vector256<float>>(index, ref done);
            Run<Lanes4, Vector128<float>>(index, ref done);
            Run<Lanes2, Vector128<float>>(index, ref done);
            Run<Lanes1, float>(index, ref done);
        }

        // As many of the channels that are left as fill whole vectors.
        private readonly void Run<TLanes, TVector>(int index, ref int done)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            int n = index / RowParts, first = index % RowParts * RowsPerPart, end = Math.Min(first + RowsPerPart, Rows);
            nint pitch = S.RowStride;
            TVector alpha = TLanes.Broadcast(S.Alpha), beta = TLanes.Broadcast(S.Beta);
            for (; done + TLanes.Count <= S.C; done += TLanes.Count)
            {
                float* x = X + ((nint)n * Columns * pitch) + S.XAt + done;
                nint rows = ((nint)n * Rows * pitch) + done;
                float* z = Z is null ? null : Z + rows + S.ZAt, y = Y + rows + S.YAt;
                for (int row = first; row < end; row++)
                {
                    TVector even = TLanes.Broadcast(0f), odd = even;
                    int e = RowStart[row], to = RowStart[row + 1];
                    for (; e + 2 <= to; e += 2)
                    {
                        even = TLanes.MultiplyAdd(TLanes.Broadcast(Value[e]), TLanes.Load(x + (Column[e] * pitch)), even);
                        odd = TLanes.MultiplyAdd(TLanes.Broadcast(Value[e + 1]), TLanes.Load(x + (Column[e + 1] * pitch)), odd);
                    }

                    if (e < to)
                    {
                        even = TLanes.MultiplyAdd(TLanes.Broadcast(Value[e]), TLanes.Load(x + (Column[e] * pitch)), even);
                    }

                    var sum = TLanes.Multiply(alpha, TLanes.Add(even, odd));
                    sum = z is null ? sum : TLanes.MultiplyAdd(beta, TLanes.Load(z + (row * pitch)), sum);
                    TLanes.Store(S.Accumulate ? TLanes.Add(TLanes.Load(y + (row * pitch)), sum) : sum, y + (row * pitch));
                }
            }
        }
    }
}
