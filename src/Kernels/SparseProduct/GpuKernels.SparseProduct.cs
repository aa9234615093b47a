using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void SparseProduct(DeviceCsr a, DeviceBuffer x, DeviceBuffer? z, DeviceBuffer y, in SparseProductSpec s)
    {
        if (s.C % 4 == 0)
        {
            SparseProduct<F4>(a, x, z, y, s with { C = s.C / 4 });
        }
        else
        {
            SparseProduct<F1>(a, x, z, y, s);
        }
    }

    private void SparseProduct<T>(DeviceCsr a, DeviceBuffer x, DeviceBuffer? z, DeviceBuffer y, in SparseProductSpec s)
        where T : unmanaged, IPack<T>
    {
        long length = (long)s.N * a.Rows * s.C;
        if (length > 0)
        {
            var shape = new SparseShape(s.N, a.Rows, a.Columns, s.C, s.Alpha, s.Beta, z is null ? 0 : 1);
            Launch(
                SparseProduct, Threads(length),
                View<int>(a.RowStart), View<int>(a.Column), View(a.Value), View<T>(x), View<T>(z ?? y), View<T>(y), shape);
        }
    }

    // A thread for every row and pack of channels; neighbouring threads read neighbouring channels of the same rows of x.
    internal static void SparseProduct<T>(
        ArrayView<int> rowStart, ArrayView<int> column, ArrayView<float> value,
        ArrayView<T> x, ArrayView<T> z, ArrayView<T> y, SparseShape s)
        where T : unmanaged, IPack<T>
    {
        for (int i = First; i < s.N * s.Rows * s.C; i += Step)
        {
            int c = i % s.C, row = i / s.C % s.Rows, n = i / s.C / s.Rows;
            T sum = default;
            for (int e = rowStart[row]; e < rowStart[row + 1]; e++)
            {
                sum += value[e] * x[(((n * s.Columns) + column[e]) * s.C) + c];
            }

            sum = s.Alpha * sum;
            if (s.HasZ != 0)
            {
                sum += s.Beta * z[i];
            }

            y[i] = sum;
        }
    }

    /// <summary>The product's shape, channels counted in packs; HasZ is 1 or 0.</summary>
    internal readonly record struct SparseShape(int N, int Rows, int Columns, int C, float Alpha, float Beta, int HasZ);
}
