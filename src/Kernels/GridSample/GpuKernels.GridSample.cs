using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    // The bits of +∞.
    private const int Infinity = 0x7F800000;

    public void GridSample(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer y, in GridSampleSpec s)
    {
        if (s.C % 4 == 0)
        {
            GridSample<F4>(x, grid, y, GridShape.Of(s, 4));
        }
        else
        {
            GridSample<F1>(x, grid, y, GridShape.Of(s, 1));
        }

        if (mask is not null)
        {
            Zip(default(Mul), y, mask, y, Masking(s));
        }
    }

    public void GridSampleInputGrad(DeviceBuffer gy, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer gx, in GridSampleSpec s)
    {
        if (mask is not null)
        {
            var masked = Masked(gy, mask, s);
            GridSampleInputGrad(masked, grid, null, gx, s);
            device.Return(masked);
            return;
        }

        int outputs = s.N * s.P * s.Q * s.C, inputs = s.N * s.H * s.W * s.C;
        if (inputs == 0)
        {
            return;
        }

        // Any sample may fall on any pixel. Sums of integers are the same in any order, so the terms are added as 64-bit
        // multiples of a unit that the largest finite |gy| sets: no sum overflows, and 2⁻⁴⁰ of that largest value still counts.
        // What is not finite has no such multiple, and marks the pixels it falls on.
        var shape = GridShape.Of(s, 1);
        var largest = device.Rent(1);
        var sums = device.Rent(2L * inputs); // (N, H, W, C) of 64 bits
        Fill(largest, 0f, 1);
        Fill(sums, 0f, 2L * inputs);
        Fill(gx, 0f, inputs);
        Launch(LargestMagnitude, Threads(outputs), View(gy), Output<int>(largest), outputs);
        Launch(GridScatter, Threads(outputs), View(gy), View(grid), View<int>(largest), Output<long>(sums), Output(gx), shape, shape.Elements);
        Launch(FromFixedPoint, Threads(inputs), View<long>(sums), View<int>(largest), Output(gx), shape.P * shape.Q, inputs);
        device.Return(sums);
        device.Return(largest);
    }

    public void GridSampleGridGrad(
        DeviceBuffer x, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer gy, DeviceBuffer ggrid, in GridSampleSpec s)
    {
        if (mask is not null)
        {
            var masked = Masked(gy, mask, s);
            GridSampleGridGrad(x, grid, null, masked, ggrid, s);
            device.Return(masked);
        }
        else if (s.C % 4 == 0)
        {
            GridSampleGridGrad<F4>(x, grid, gy, ggrid, GridShape.Of(s, 4));
        }
        else
        {
            GridSampleGridGrad<F1>(x, grid, gy, ggrid, GridShape.Of(s, 1));
        }
    }

    public void GridSampleMaskGrad(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer gmask, in GridSampleSpec s)
    {
        int samples = s.N * s.P * s.Q;
        var products = device.Rent((long)samples * s.C); // (N, P, Q, C)
        GridSample(x, grid, null, products, s);
        Zip(default(Mul), products, gy, products, new BroadcastSpec(1, 1, 1, samples * s.C, 0, 0, 0, 1, 0, 0, 0, 1));
        Sum(products, gmask, new SumSpec(samples, 1, 1, s.C));
        device.Return(products);
    }

    // Every channel of a sample times the sample's factor.
    private static BroadcastSpec Masking(in GridSampleSpec s) => new(1, 1, s.N * s.P * s.Q, s.C, 0, 0, s.C, 1, 0, 0, 1, 0);

    private DeviceBuffer Masked(DeviceBuffer gy, DeviceBuffer mask, in GridSampleSpec s)
    {
        var masked = device.Rent((long)s.N * s.P * s.Q * s.C);
        Zip(default(Mul), gy, mask, masked, Masking(s));
        return masked;
    }

    private void GridSample<T>(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer y, in GridShape s)
        where T : unmanaged, IPack<T>
    {
        if (s.Samples * s.C > 0)
        {
            Launch(GridSample, Threads(s.Samples * s.C), View<T>(x), View(grid), Output<T>(y), s, s.Elements);
        }
    }

    private void GridSampleGridGrad<T>(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer ggrid, in GridShape s)
        where T : unmanaged, IPack<T>
    {
        if (s.Samples > 0)
        {
            // Side lanes for a sample, Side samples for a group.
            var config = Groups(CeilDiv(s.Samples, device.Side));
            Launch(GridSampleGridGrad, config, View<T>(x), View(grid), View<T>(gy), Output(ggrid), s, device.Side);
        }
    }

    internal static void GridSample<T>(ArrayView<T> x, ArrayView<float> grid, ArrayView<T> y, GridShape s, Box box)
        where T : unmanaged, IPack<T>
    {
        for (int i = First; i < box.Length; i += Step)
        {
            var place = box[i];
            int n = place.I1, c = place.I3, sample = (n * s.P * s.Q) + place.I2;
            var (h, w) = Taps(grid, sample, s);
            T above = ((1f - w.Share) * Corner(x, n, h.Low, w.Low, c, s)) + (w.Share * Corner(x, n, h.Low, w.Low + 1, c, s));
            T below = ((1f - w.Share) * Corner(x, n, h.Low + 1, w.Low, c, s)) + (w.Share * Corner(x, n, h.Low + 1, w.Low + 1, c, s));
            y[i] = ((1f - h.Share) * above) + (h.Share * below);
        }
    }

    // A row of lanes shares the channels of one sample; lane 0 adds their sums in order.
    internal static void GridSampleGridGrad<T>(
        ArrayView<T> x, ArrayView<float> grid, ArrayView<T> gy, ArrayView<float> ggrid, GridShape s, int lanes)
        where T : unmanaged, IPack<T>
    {
        var sharedX = SharedMemory.Allocate<float>(MaxGroupSize);
        var sharedY = SharedMemory.Allocate<float>(MaxGroupSize);
        int t = Group.IdxX, lane = t % lanes, slots = Group.DimX / lanes;
        for (int start = Grid.IdxX * slots; start < s.Samples; start += Grid.DimX * slots)
        {
            int sample = start + (t / lanes);
            float slopeX = 0f, slopeY = 0f, dx = 0f, dy = 0f;
            if (sample < s.Samples)
            {
                var (h, w) = Taps(grid, sample, s);
                int n = sample / (s.P * s.Q);
                slopeX = w.Slope;
                slopeY = h.Slope;
                for (int c = lane; c < s.C; c += lanes)
                {
                    T g = gy[(sample * s.C) + c];
                    float g00 = T.Dot(g, Corner(x, n, h.Low, w.Low, c, s));
                    float g01 = T.Dot(g, Corner(x, n, h.Low, w.Low + 1, c, s));
                    float g10 = T.Dot(g, Corner(x, n, h.Low + 1, w.Low, c, s));
                    float g11 = T.Dot(g, Corner(x, n, h.Low + 1, w.Low + 1, c, s));
                    dx += ((1f - h.Share) * (g01 - g00)) + (h.Share * (g11 - g10));
                    dy += ((1f - w.Share) * (g10 - g00)) + (w.Share * (g11 - g01));
                }
            }

            sharedX[t] = dx;
            sharedY[t] = dy;
            Group.Barrier();
            if (lane == 0 && sample < s.Samples)
            {
                for (int j = 1; j < lanes; j++)
                {
                    dx += sharedX[t + j];
                    dy += sharedY[t + j];
                }

                ggrid[2 * sample] = slopeX * dx;
                ggrid[(2 * sample) + 1] = slopeY * dy;
            }

            Group.Barrier();
        }
    }

    // The largest finite |v| as the bits of a float, which order as integers; those of infinity and NaN come after all numbers.
    internal static void LargestMagnitude(ArrayView<float> v, ArrayView<int> largest, int length)
    {
        var shared = SharedMemory.Allocate<int>(MaxGroupSize);
        int t = Group.IdxX, mine = 0;
        for (int i = First; i < length; i += Step)
        {
            int magnitude = (int)(Interop.FloatAsInt(v[i]) & 0x7FFFFFFFU);
            mine = magnitude < Infinity ? Math.Max(mine, magnitude) : mine;
        }

        shared[t] = mine;
        Group.Barrier();
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            if (t < half)
            {
                shared[t] = Math.Max(shared[t], shared[t + half]);
            }

            Group.Barrier();
        }

        if (t == 0)
        {
            Atomic.Max(ref largest[0], shared[0]);
        }
    }

    internal static void GridScatter(
        ArrayView<float> gy, ArrayView<float> grid, ArrayView<int> largest, ArrayView<long> sums, ArrayView<float> gx, GridShape s, Box box)
    {
        float scale = PowerOfTwo(FixedPointBits(largest[0], s.P * s.Q));
        for (int i = First; i < box.Length; i += Step)
        {
            var place = box[i];
            int n = place.I1, c = place.I3, sample = (n * s.P * s.Q) + place.I2;
            var (h, w) = Taps(grid, sample, s);
            float g = gy[i];
            if ((int)(Interop.FloatAsInt(g) & 0x7FFFFFFFU) < Infinity)
            {
                g *= scale;
                Scatter(sums, n, h.Low, w.Low, c, (1f - h.Share) * (1f - w.Share) * g, s);
                Scatter(sums, n, h.Low, w.Low + 1, c, (1f - h.Share) * w.Share * g, s);
                Scatter(sums, n, h.Low + 1, w.Low, c, h.Share * (1f - w.Share) * g, s);
                Scatter(sums, n, h.Low + 1, w.Low + 1, c, h.Share * w.Share * g, s);
            }
            else
            {
                Mark(gx, n, h.Low, w.Low, c, s);
                Mark(gx, n, h.Low, w.Low + 1, c, s);
                Mark(gx, n, h.Low + 1, w.Low, c, s);
                Mark(gx, n, h.Low + 1, w.Low + 1, c, s);
            }
        }
    }

    // gx holds 0, or NaN where it is marked.
    internal static void FromFixedPoint(ArrayView<long> sums, ArrayView<int> largest, ArrayView<float> gx, int terms, int length)
    {
        float unit = PowerOfTwo(-FixedPointBits(largest[0], terms));
        for (int i = First; i < length; i += Step)
        {
            gx[i] += unit * sums[i];
        }
    }

    // e such that 2ᵉ·|sum of `terms` values up to the largest| < 2⁶²; at most 120, so that 2ᵉ and 2⁻ᵉ are normal floats.
    private static int FixedPointBits(int largest, int terms)
    {
        int bits = 62 - ((largest >> 23) - 126);
        for (int count = 1; count < terms; count *= 2)
        {
            bits--;
        }

        return Math.Min(bits, 120);
    }

    private static float PowerOfTwo(int exponent) => Interop.IntAsFloat((uint)((exponent + 127) << 23));

    private static void Scatter(ArrayView<long> sums, int n, int h, int w, int c, float term, GridShape s)
    {
        if (h >= 0 && h < s.H && w >= 0 && w < s.W)
        {
            Atomic.Add(ref sums[(((((n * s.H) + h) * s.W) + w) * s.C) + c], (long)term);
        }
    }

    private static void Mark(ArrayView<float> gx, int n, int h, int w, int c, GridShape s)
    {
        if (h >= 0 && h < s.H && w >= 0 && w < s.W)
        {
            gx[(((((n * s.H) + h) * s.W) + w) * s.C) + c] = float.NaN;
        }
    }

    private static (GridTap H, GridTap W) Taps(ArrayView<float> grid, int sample, GridShape s)
    {
        float x = grid[2 * sample], y = grid[(2 * sample) + 1];
        if (s.Offset != 0)
        {
            x += Identity(sample % s.Q, s.Q, s);
            y += Identity(sample / s.Q % s.P, s.P, s);
        }

        return (GridTap.Of(y, s.H, s), GridTap.Of(x, s.W, s));
    }

    // The place that leaves an image as it is.
    private static float Identity(int i, int size, GridShape s) =>
        s.AlignCorners == 0 ? ((float)((2 * i) + 1) / size) - 1f : size > 1 ? ((float)(2 * i) / (size - 1)) - 1f : 0f;

    private static T Corner<T>(ArrayView<T> x, int n, int h, int w, int c, GridShape s)
        where T : unmanaged, IPack<T>
    {
        T corner = default;
        if (h >= 0 && h < s.H && w >= 0 && w < s.W)
        {
            corner = x[(((((n * s.H) + h) * s.W) + w) * s.C) + c];
        }

        return corner;
    }

    /// <summary>The shape of a sampling, channels counted in packs; AlignCorners, Border and Offset are 1 or 0.</summary>
    internal readonly record struct GridShape(int N, int H, int W, int C, int P, int Q, int AlignCorners, int Border, int Offset)
    {
        public int Samples => N * P * Q;

        /// <summary>Every channel of every sample: (1, N, P·Q, C).</summary>
        public Box Elements => new(1, N, P * Q, C);

        public static GridShape Of(in GridSampleSpec s, int pack) => new(
            s.N, s.H, s.W, s.C / pack, s.P, s.Q, s.AlignCorners ? 1 : 0, s.Padding == GridPadding.Border ? 1 : 0, s.Offset ? 1 : 0);
    }

    /// <summary>Along one axis: the pixel at or before a sample, how far it lies towards the next, and d(pixels)/d(grid).</summary>
    internal readonly record struct GridTap(int Low, float Share, float Slope)
    {
        public static GridTap Of(float grid, int size, GridShape s)
        {
            float slope = s.AlignCorners != 0 ? 0.5f * (size - 1) : 0.5f * size;
            float at = ((grid + 1f) * slope) - (s.AlignCorners != 0 ? 0f : 0.5f);
            if (s.Border != 0)
            {
                // Every comparison with NaN is false: NaN reads the first pixel.
                if (!(at > 0f))
                {
                    return new GridTap(0, 0f, 0f);
                }

                if (at >= size - 1)
                {
                    return new GridTap(size - 1, 0f, 0f);
                }
            }
            else if (!(at >= -1f && at < size))
            {
                return new GridTap(-2, 0f, 0f);
            }

            int low = at < 0f ? -1 : (int)at;
            return new GridTap(low, at - low, slope);
        }
    }
}
