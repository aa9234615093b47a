namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void StridedCopy(DeviceBuffer x, DeviceBuffer y, in StridedCopySpec s)
    {
        var parts = new BoxParts(s.D0, s.D1, s.D2, s.D3, ElementsPerPart);
        pool.For(parts.Count, new CopyWork { X = Pointer(x) + s.XOffset, Y = Output(y) + s.YOffset, S = s, Parts = parts });
    }

    private struct CopyWork : IWork
    {
        public float* X, Y;
        public StridedCopySpec S;
        public BoxParts Parts;

        public readonly void Run(int index, int worker)
        {
            for (var run = Parts.First(index); run.Rows > 0; run = Parts.Next(run))
            {
                float* x = X + run.At(S.X0, S.X1, S.X2, S.X3), y = Y + run.At(S.Y0, S.Y1, S.Y2, S.Y3);
                if (S.Y3 == 1 && S.X3 is 0 or 1)
                {
                    CopyRows(x, S.X2, S.X3 == 0, y, S.Y2, run.Rows, run.Columns);
                }
                else if (run.Rows <= run.Columns)
                {
                    CopyElements(x, S.X2, S.X3, y, S.Y2, S.Y3, run.Rows, run.Columns);
                }
                else
                {
                    CopyElements(x, S.X3, S.X2, y, S.Y3, S.Y2, run.Columns, run.Rows);
                }
            }
        }

        private static void CopyElements(float* x, nint xPitch, nint sx, float* y, nint yPitch, nint sy, int rows, int columns)
        {
            for (int row = 0; row < rows; row++, x += xPitch, y += yPitch)
            {
                for (int i = 0; i < columns; i++)
                {
                    y[i * sy] = x[i * sx];
                }
            }
        }
    }

    // Copies rows of neighbouring numbers; where they repeat, a row is its first number again and again.
    private static void CopyRows(float* x, nint xPitch, bool repeated, float* y, nint yPitch, int rows, int columns)
    {
        var work = new RowsWork { X = x, Y = y, XPitch = xPitch, YPitch = yPitch, Rows = rows, Columns = columns };
        Lanes.Run(work, columns, repeated ? 1 : 0);
    }

    // Every row in vectors as wide as it fills; the last one ends where the row ends, over the one before.
    private struct RowsWork : IChannelWork
    {
        public float* X, Y;
        public nint XPitch, YPitch;
        public int Rows, Columns;

        public readonly void Run<TLanes, TVector>(int repeated)
            where TLanes : ILanes<TVector>
            where TVector : unmanaged
        {
            float* x = X, y = Y;
            nint xPitch = XPitch, yPitch = YPitch;
            int rows = Rows, last = Columns - TLanes.Count;
            if (repeated != 0)
            {
                for (; rows > 0; rows--, x += xPitch, y += yPitch)
                {
                    var value = TLanes.Broadcast(*x);
                    for (nint i = 0; i < last; i += TLanes.Count)
                    {
                        TLanes.Store(value, y + i);
                    }

                    TLanes.Store(value, y + last);
                }
            }
            else
            {
                for (; rows > 0; rows--, x += xPitch, y += yPitch)
                {
                    for (nint i = 0; i < last; i += TLanes.Count)
                    {
                        TLanes.Store(TLanes.Load(x + i), y + i);
                    }

                    TLanes.Store(TLanes.Load(x + last), y + last);
                }
            }
        }
    }
}
