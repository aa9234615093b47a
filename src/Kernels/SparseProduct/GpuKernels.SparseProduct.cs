using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void SparseProduct(DeviceCsr a, DeviceBuffer x, DeviceBuffer? z, DeviceBuffer y, in SparseProductSpec s)
    {
        if ((s.C | s.Pitch | s.XAt | s.ZAt | s.YAt) % 4 == 0)
        {
            SparseProduct<F4>(a, x, z, y, s with { C = s.C / 4, Pitch = s.Pitch / 4, XAt = s.XAt / 4, ZAt = s.ZAt / 4, YAt = s.YAt / 4 });
        }
        else
        {
            SparseProduct<F1>(a, x, z, y, s);
        }
    }

    private void SparseProduct<T>(DeviceCsr a, DeviceBuffer x, DeviceBuffer? z, DeviceBuffer y, in SparseProductSpec s)
        where T : unmanaged, IPack<T>
    {
        var box = new Box(1, s.N, a.Rows, s.C);
        if (box.Length > 0)
        {
            var shape = new SparseShape(
                a.Rows, a.Columns, s.RowStride, s.XAt, s.ZAt, s.YAt, s.Alpha, s.Beta, z is null ? 0 : 1, s.Accumulate ? 1 : 0);
            Launch(
                SparseProduct, Threads(box.Length),
                View<int>(a.RowStart), View<int>(a.Column), View(a.Value), View<T>(x), View<T>(z ?? y), Output<T>(y), shape, box);
        }
    }

    // A thread for every row and pack of channels; neighbouring threads read neighbouring channels of the same rows of x.
    internal static void SparseProduct<T>(
        ArrayView<int> rowStart, ArrayView<int> column, ArrayView<float> value,
        ArrayView<T> x, ArrayView<T> z, ArrayView<T> y, SparseShape s, Box box)
        where T : unmanaged, IPack<T>
    {
        for (int i = First; i < box.Length; i += Step)
        {
            var place = box[i];
            int row = place.I2, end = rowStart[row + 1];
            T sum = default;
            for (int e = rowStart[row]; e < end; e++)
            {
                sum += value[e] * x[(((place.I1 * s.Columns) + column[e]) * s.Pitch) + s.XAt + place.I3];
            }

            sum = s.Alpha * sum;
            int at = (((place.I1 * s.Rows) + row) * s.Pitch) + place.I3;
            if (s.HasZ != 0)
            {
                sum += s.Beta * z[at + s.ZAt];
            }

            if (s.Accumulate != 0)
            {
                sum += y[at + s.YAt];
            }

            y[at + s.YAt] = sum;
        }
    }

    /// <summary>The product's shape, columns counted in packs; HasZ and Accumulate are 1 or 0.</summary>
    internal readonly record struct SparseShape(
        int Rows, int Columns, int Pitch, int XAt, int ZAt, int YAt, float Alpha, float Beta, int HasZ, int Accumulate);
}
