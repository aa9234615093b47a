using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void Upsample(DeviceBuffer x, DeviceBuffer y, in BlockSpec s)
    {
        if (s.C % 4 == 0)
        {
            Upsample<F4>(x, y, s with { C = s.C / 4 });
        }
        else
        {
            Upsample<F1>(x, y, s);
        }
    }

    public void BlockSum(DeviceBuffer x, DeviceBuffer y, in BlockSpec s)
    {
        if (s.C % 4 == 0)
        {
            BlockSum<F4>(x, y, s with { C = s.C / 4 });
        }
        else
        {
            BlockSum<F1>(x, y, s);
        }
    }

    public void Resize(DeviceBuffer x, DeviceBuffer y, in ResizeSpec s)
    {
        if (s.H == 0 || s.W == 0)
        {
            Fill(y, 0f, (long)s.N * s.P * s.Q * s.C);
        }
        else if (s.C % 4 == 0)
        {
            Resize<F4>(x, y, s with { C = s.C / 4 });
        }
        else
        {
            Resize<F1>(x, y, s);
        }
    }

    public void ResizeGrad(DeviceBuffer gy, DeviceBuffer gx, in ResizeSpec s)
    {
        if (s.C % 4 == 0)
        {
            ResizeGrad<F4>(gy, gx, s with { C = s.C / 4 });
        }
        else
        {
            ResizeGrad<F1>(gy, gx, s);
        }
    }

    private void Upsample<T>(DeviceBuffer x, DeviceBuffer y, in BlockSpec s)
        where T : unmanaged, IPack<T>
    {
        var box = new Box(s.N * s.H, s.Factor, s.W * s.Factor, s.C);
        if (box.Length > 0)
        {
            Launch(Upsample, Threads(box.Length), View<T>(x), Output<T>(y), s, box, new Divisor(s.Factor));
        }
    }

    private void BlockSum<T>(DeviceBuffer x, DeviceBuffer y, in BlockSpec s)
        where T : unmanaged, IPack<T>
    {
        var box = new Box(1, s.N * s.H, s.W, s.C);
        if (box.Length > 0)
        {
            Launch(BlockSum, Threads(box.Length), View<T>(x), Output<T>(y), s, box);
        }
    }

    private void Resize<T>(DeviceBuffer x, DeviceBuffer y, in ResizeSpec s)
        where T : unmanaged, IPack<T>
    {
        var box = new Box(s.N, s.P, s.Q, s.C);
        if (box.Length > 0)
        {
            var (rows, columns) = (ResizeAxis.Of(s.H, s.P, s.AlignCorners), ResizeAxis.Of(s.W, s.Q, s.AlignCorners));
            Launch(Resize, Threads(box.Length), View<T>(x), Output<T>(y), s.C, rows, columns, box);
        }
    }

    private void ResizeGrad<T>(DeviceBuffer gy, DeviceBuffer gx, in ResizeSpec s)
        where T : unmanaged, IPack<T>
    {
        var box = new Box(s.N, s.H, s.W, s.C);
        if (box.Length > 0)
        {
            var (rows, columns) = (ResizeAxis.Of(s.H, s.P, s.AlignCorners), ResizeAxis.Of(s.W, s.Q, s.AlignCorners));
            Launch(ResizeGrad, Threads(box.Length), View<T>(gy), Output<T>(gx), s.C, rows, columns, box);
        }
    }

    // The fine rows in pairs of a coarse row and a row of its blocks.
    internal static void Upsample<T>(ArrayView<T> x, ArrayView<T> y, BlockSpec s, Box fine, Divisor factor)
        where T : unmanaged, IPack<T>
    {
        for (int i = First; i < fine.Length; i += Step)
        {
            var place = fine[i];
            y[i] = s.Scale * x[(((place.I0 * s.W) + (place.I2 / factor)) * s.C) + place.I3];
        }
    }

    internal static void BlockSum<T>(ArrayView<T> x, ArrayView<T> y, BlockSpec s, Box coarse)
        where T : unmanaged, IPack<T>
    {
        int fineW = s.W * s.Factor;
        for (int i = First; i < coarse.Length; i += Step)
        {
            // n and h together: the fine rows of image n follow those of image n − 1.
            var place = coarse[i];
            T sum = default;
            for (int dy = 0; dy < s.Factor; dy++)
            {
                int at = (((((place.I1 * s.Factor) + dy) * fineW) + (place.I2 * s.Factor)) * s.C) + place.I3;
                for (int dx = 0; dx < s.Factor; dx++)
                {
                    sum += x[at + (dx * s.C)];
                }
            }

            y[i] = s.Scale * sum;
        }
    }

    internal static void Resize<T>(ArrayView<T> x, ArrayView<T> y, int channels, ResizeAxis rows, ResizeAxis columns, Box box)
        where T : unmanaged, IPack<T>
    {
        for (int i = First; i < box.Length; i += Step)
        {
            var place = box[i];
            int n = place.I0, c = place.I3;
            int h0 = rows.Low(place.I1), w0 = columns.Low(place.I2);
            float th = rows.Share(place.I1, h0), tw = columns.Share(place.I2, w0);
            int h1 = rows.High(h0, th), w1 = columns.High(w0, tw);
            int top = (((n * rows.From) + h0) * columns.From * channels) + c;
            int bottom = (((n * rows.From) + h1) * columns.From * channels) + c;
            T above = ((1f - tw) * x[top + (w0 * channels)]) + (tw * x[top + (w1 * channels)]);
            T below = ((1f - tw) * x[bottom + (w0 * channels)]) + (tw * x[bottom + (w1 * channels)]);
            y[i] = ((1f - th) * above) + (th * below);
        }
    }

    // Every input pixel gathers from the outputs that read it, so no two threads write to one place.
    internal static void ResizeGrad<T>(ArrayView<T> gy, ArrayView<T> gx, int channels, ResizeAxis rows, ResizeAxis columns, Box box)
        where T : unmanaged, IPack<T>
    {
        for (int i = First; i < box.Length; i += Step)
        {
            var place = box[i];
            int n = place.I0, h = place.I1, w = place.I2, c = place.I3;
            T sum = default;
            for (int p = rows.FirstReader(h); p <= rows.LastReader(h); p++)
            {
                float down = rows.Weight(h, p);
                T row = default;
                for (int q = columns.FirstReader(w); q <= columns.LastReader(w); q++)
                {
                    float across = columns.Weight(w, q);
                    if (across != 0f && down != 0f)
                    {
                        row += across * gy[(((((n * rows.To) + p) * columns.To) + q) * channels) + c];
                    }
                }

                sum += down * row;
            }

            gx[i] = sum;
        }
    }
}
