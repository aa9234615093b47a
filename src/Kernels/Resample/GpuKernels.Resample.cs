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
        var box = new Box(s.N * s.H, s.Factor, s.W * s.Factor, s.C);
        if (box.Length > 0)
        {
            Launch(Upsample, Threads(box.Length), View<T>(x), View<T>(y), s, box, new Divisor(s.Factor));
        }
    }

    private void BlockSum<T>(DeviceBuffer x, DeviceBuffer y, in BlockSpec s)
        where T : unmanaged, IPack<T>
    {
        var box = new Box(1, s.N * s.H, s.W, s.C);
        if (box.Length > 0)
        {
            Launch(BlockSum, Threads(box.Length), View<T>(x), View<T>(y), s, box);
        }
    }

    private void Resize<T>(DeviceBuffer x, DeviceBuffer y, in ResizeSpec s)
        where T : unmanaged, IPack<T>
    {
        var box = new Box(s.N, s.P, s.Q, s.C);
        if (box.Length > 0)
        {
            var (rows, columns) = (ResizeAxis.Of(s.H, s.P, s.AlignCorners), ResizeAxis.Of(s.W, s.Q, s.AlignCorners));
            Launch(Resize, Threads(box.Length), View<T>(x), View<T>(y), s.C, rows, columns, box);
        }
    }

    private void ResizeGrad<T>(DeviceBuffer gy, DeviceBuffer gx, in ResizeSpec s)
        where T : unmanaged, IPack<T>
    {
        var box = new Box(s.N, s.H, s.W, s.C);
        if (box.Length > 0)
        {
            var (rows, columns) = (ResizeAxis.Of(s.H, s.P, s.AlignCorners), ResizeAxis.Of(s.W, s.Q, s.AlignCorners));
            Launch(ResizeGrad, Threads(box.Length), View<T>(gy), View<T>(gx), s.C, rows, columns, box);
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
            int h1 = Math.Min(h0 + 1, rows.From - 1), w1 = Math.Min(w0 + 1, columns.From - 1);
            float th = rows.Share(place.I1, h0), tw = columns.Share(place.I2, w0);
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
    internal readonly record struct ResizeAxis(int From, int To, int Scale, int Shift, Divisor Unit, Divisor Reach)
    {
        public static ResizeAxis Of(int from, int to, bool alignCorners) => alignCorners
            ? Of(from, to, to > 1 ? from - 1 : 0, 0, Math.Max(1, to - 1))
            : Of(from, to, 2 * from, from - to, 2 * to);

        private static ResizeAxis Of(int from, int to, int scale, int shift, int unit) =>
            new(from, to, scale, shift, new Divisor(unit), new Divisor(Math.Max(1, scale)));

        // The input pixel at or before the position, and how far the position lies from it towards the next.
        public int Low(int i) => Math.Min(Position(i) / Unit, From - 1);

        public float Share(int i, int low) => (Position(i) - (low * Unit.Value)) / (float)Unit.Value;

        // The first and last output whose position lies within one pixel of j.
        public int FirstReader(int j)
        {
            int from = ((j - 1) * Unit.Value) - Shift;
            return Scale == 0 || from <= 0 ? 0 : from / Reach;
        }

        public int LastReader(int j)
        {
            int to = ((j + 1) * Unit.Value) - Shift;
            return Scale == 0 ? To - 1 : to < 0 ? -1 : Math.Min(To - 1, to / Reach);
        }

        // What output i takes of input j.
        public float Weight(int j, int i)
        {
            int low = Low(i);
            float share = Share(i, low);
            return (j == low ? 1f - share : 0f) + (j == Math.Min(low + 1, From - 1) ? share : 0f);
        }

        private int Position(int i) => Math.Max(0, (Scale * i) + Shift);
    }
}
