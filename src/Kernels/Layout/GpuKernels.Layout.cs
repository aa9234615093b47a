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
                s.D0, s.D1, s.D2, s.D3 / 4,
                s.X0 / 4, s.X1 / 4, s.X2 / 4, 1,
                s.Y0 / 4, s.Y1 / 4, s.Y2 / 4, 1,
                s.XOffset / 4, s.YOffset / 4));
        }
        else
        {
            StridedCopy<F1>(x, y, s);
        }
    }

    private void StridedCopy<T>(DeviceBuffer x, DeviceBuffer y, in StridedCopySpec s)
        where T : unmanaged
    {
        var box = new Box(s.D0, s.D1, s.D2, s.D3);
        if (box.Length > 0)
        {
            Launch(StridedCopy, Threads(box.Length), View<T>(x), Output<T>(y), s, box);
        }
    }

    internal static void StridedCopy<T>(ArrayView<T> x, ArrayView<T> y, StridedCopySpec s, Box box)
        where T : unmanaged
    {
        for (int i = First; i < box.Length; i += Step)
        {
            var place = box[i];
            y[s.YOffset + place.At(s.Y0, s.Y1, s.Y2, s.Y3)] = x[s.XOffset + place.At(s.X0, s.X1, s.X2, s.X3)];
        }
    }
}
