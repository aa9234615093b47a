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
        if (s.C % 4 == 0)
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
        long length = (long)s.N * s.H * s.Factor * s.W * s.Factor * s.C;
        if (length > 0)
        {
            Launch(Upsample, Threads(length), View<T>(x), View<T>(y), s);
        }
    }

    private void BlockSum<T>(DeviceBuffer x, DeviceBuffer y, in BlockSpec s)
        where T : unmanaged, IPack<T>
    {
        long length = (long)s.N * s.H * s.W * s.C;
        if (length > 0)
        {
            Launch(BlockSum, Threads(length), View<T>(x), View<T>(y), s);
        }
    }

    private void Resize<T>(DeviceBuffer x, DeviceBuffer y, in ResizeSpec s)
        where T : unmanaged, IPack<T>
    {
        long length = (long)s.N * s.P * s.Q * s.C;
        if (length > 0)
        {
            var (rows, columns) = (ResizeAxis.Of(s.H, s.P, s.AlignCorners), ResizeAxis.Of(s.W, s.Q, s.AlignCorners));
            Launch(Resize, Threads(length), View<T>(x), View<T>(y), s.C, rows, columns, (int)length);
        }
    }

    private void ResizeGrad<T>(DeviceBuffer gy, DeviceBuffer gx, in ResizeSpec s)
        where T : unmanaged, IPack<T>
    {
        long length = (long)s.N * s.H * s.W * s.C;
        if (length > 0)
        {
            var (rows, columns) = (ResizeAxis.Of(s.H, s.P, s.AlignCorners), ResizeAxis.Of(s.W, s.Q, s.AlignCorners));
            Launch(ResizeGrad, Threads(length), View<T>(gy), View<T>(gx), s.C, rows, columns, (int)length);
        }
    }

    internal static void Upsample<T>(ArrayView<T> x, ArrayView<T> y, BlockSpec s)
        where T : unmanaged, IPack<T>
    {
        int fineH = s.H * s.Factor, fineW = s.W * s.Factor;
        for (int i = First; i < s.N * fineH * fineW * s.C; i += Step)
        {
            int c = i % s.C, w = i / s.C % fineW, h = i / s.C / fineW % fineH, n = i / s.C / fineW / fineH;
            y[i] = s.Scale * x[(((((n * s.H) + (h / s.Factor)) * s.W) + (w / s.Factor)) * s.C) + c];
        }
    }

    internal static void BlockSum<T>(ArrayView<T> x, ArrayView<T> y, BlockSpec s)
        where T : unmanaged, IPack<T>
    {
        int fineW = s.W * s.Factor;
        for (int i = First; i < s.N * s.H * s.W * s.C; i += Step)
        {
            // n and h together: the fine rows of image n follow those of image n − 1.
            int c = i % s.C, w = i / s.C % s.W, row = i / s.C / s.W;
            T sum = default;
            for (int dy = 0; dy < s.Factor; dy++)
            {
                int at = (((((row * s.Factor) + dy) * fineW) + (w * s.Factor)) * s.C) + c;
                for (int dx = 0; dx < s.Factor; dx++)
                {
                    sum += x[at + (dx * s.C)];
                }
            }

            y[i] = s.Scale * sum;
        }
    }

    internal static void Resize<T>(ArrayView<T> x, ArrayView<T> y, int channels, ResizeAxis rows, ResizeAxis columns, int length)
        where T : unmanaged, IPack<T>
    {
        for (int i = First; i < length; i += Step)
        {
            int c = i % channels, q = i / channels % columns.To, p = i / channels / columns.To % rows.To;
            int n = i / channels / columns.To / rows.To;
            int h0 = rows.Low(p), w0 = columns.Low(q);
            int h1 = Math.Min(h0 + 1, rows.From - 1), w1 = Math.Min(w0 + 1, columns.From - 1);
            float th = rows.Share(p), tw = columns.Share(q);
            int top = (((n * rows.From) + h0) * columns.From * channels) + c;
            int bottom = (((n * rows.From) + h1) * columns.From * channels) + c;
            T above = ((1f - tw) * x[top + (w0 * channels)]) + (tw * x[top + (w1 * channels)]);
            T below = ((1f - tw) * x[bottom + (w0 * channels)]) + (tw * x[bottom + (w1 * channels)]);
            y[i] = ((1f - th) * above) + (th * below);
        }
    }

    // Every input pixel gathers from the outputs that read it, so no two threads write to one place.
    internal static void ResizeGrad<T>(ArrayView<T> gy, ArrayView<T> gx, int channels, ResizeAxis rows, ResizeAxis columns, int length)
        where T : unmanaged, IPack<T>
    {
        for (int i = First; i < length; i += Step)
        {
            int c = i % channels, w = i / channels % columns.From, h = i / channels / columns.From % rows.From;
            int n = i / channels / columns.From / rows.From;
            T sum = default;
            for (int p = rows.FirstReader(h); p <= rows.LastReader(h); p++)
            {
                T row = default;
                for (int q = columns.FirstReader(w); q <= columns.LastReader(w); q++)
                {
                    row += columns.Weight(w, q) * gy[(((((n * rows.To) + p) * columns.To) + q) * channels) + c];
                }

                sum += rows.Weight(h, p) * row;
            }

            gx[i] = sum;
        }
    }

    /// <summary>
    /// One axis of a bilinear resize: output i reads at <c>max(0, Scale·i + Shift)/Unit</c>. In integers, so that positions
    /// are exact and the pixels that read one another are found exactly in both directions.
    /// </summary>
    internal readonly record struct ResizeAxis(int From, int To, int Scale, int Shift, int Unit)
    {
        public static ResizeAxis Of(int from, int to, bool alignCorners) => alignCorners
            ? new(from, to, to > 1 ? from - 1 : 0, 0, Math.Max(1, to - 1))
            : new(from, to, 2 * from, from - to, 2 * to);

        // The input pixel at or before the position, and how far the position lies towards the next.
        public int Low(int i) => Math.Min(Position(i) / Unit, From - 1);

        public float Share(int i) => (Position(i) - (Low(i) * Unit)) / (float)Unit;

        // The first and last output whose position lies within one pixel of j.
        public int FirstReader(int j)
        {
            int from = ((j - 1) * Unit) - Shift;
            return Scale == 0 || from <= 0 ? 0 : from / Scale;
        }

        public int LastReader(int j)
        {
            int to = ((j + 1) * Unit) - Shift;
            return Scale == 0 ? To - 1 : Math.Min(To - 1, to / Scale);
        }

        // What output i takes of input j.
        public float Weight(int j, int i)
        {
            int low = Low(i);
            float share = Share(i);
            return (j == low ? 1f - share : 0f) + (j == Math.Min(low + 1, From - 1) ? share : 0f);
        }

        private int Position(int i) => Math.Max(0, (Scale * i) + Shift);
    }
}
