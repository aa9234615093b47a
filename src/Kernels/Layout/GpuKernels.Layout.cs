using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void StridedCopy(DeviceBuffer x, DeviceBuffer y, in StridedCopySpec s)
    {
        int others = s.D3 | s.X0 | s.X1 | s.X2 | s.Y0 | s.Y1 | s.Y2 | s.XOffset | s.YOffset;
        if (s.X3 == 1 && s.Y3 == 1 && others % 4 == 0)
        {
            StridedCopy<F4>(x, y, new StridedCopySpec(
                s.D0, s.D1, s.D2, s.D3 / 4, s.X0 / 4, s.X1 / 4, s.X2 / 4, 1, s.Y0 / 4, s.Y1 / 4, s.Y2 / 4, 1, s.XOffset / 4, s.YOffset / 4));
        }
        else
        {
            StridedCopy<F1>(x, y, s);
        }
    }

    private void StridedCopy<T>(DeviceBuffer x, DeviceBuffer y, in StridedCopySpec s)
        where T : unmanaged
    {
        long length = (long)s.D0 * s.D1 * s.D2 * s.D3;
        if (length > 0)
        {
            Launch(StridedCopy, Threads(length), View<T>(x), View<T>(y), s);
        }
    }

    internal static void StridedCopy<T>(ArrayView<T> x, ArrayView<T> y, StridedCopySpec s)
        where T : unmanaged
    {
        for (int i = First; i < s.D0 * s.D1 * s.D2 * s.D3; i += Step)
        {
            int i3 = i % s.D3, row = i / s.D3;
            int i2 = row % s.D2, i1 = row / s.D2 % s.D1, i0 = row / s.D2 / s.D1;
            y[s.YOffset + (i0 * s.Y0) + (i1 * s.Y1) + (i2 * s.Y2) + (i3 * s.Y3)] =
                x[s.XOffset + (i0 * s.X0) + (i1 * s.X1) + (i2 * s.X2) + (i3 * s.X3)];
        }
    }
}
