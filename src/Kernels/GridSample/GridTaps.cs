using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// What sixteen neighbouring samples of an output row read: four corners each (top left, top right, bottom left, bottom
/// right). A corner outside the image has weight 0, and stands where its neighbour inside does.
/// </summary>
internal unsafe struct GridTaps
{
    public const int Samples = 16;

    // (4, 16) each: the corner's pixel, its weight, and the weight's derivatives in the grid's two coordinates.
    private fixed int _pixel[4 * Samples];
    private fixed float _weight[4 * Samples];
    private fixed float _across[4 * Samples];
    private fixed float _down[4 * Samples];

    /// <summary>The first and the second row of pixels of a sample; where it reads nothing, an empty range.</summary>
    public Vector512<int> Top, Bottom;

    /// <summary>Whether a sample reads anything: a bit each.</summary>
    public uint Inside;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly nint Pixel(int corner, nint sample) => _pixel[(corner * Samples) + sample];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Weight(int corner, nint sample) => _weight[(corner * Samples) + sample];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Across(int corner, nint sample) => _across[(corner * Samples) + sample];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Down(int corner, nint sample) => _down[(corner * Samples) + sample];

    /// <summary>Finds the samples from column q of an output row on, as many as there are.</summary>
    /// <param name="grid">The row's grid <c>(Q, 2)</c>.</param>
    /// <param name="mask">The row's factors of the weights <c>(Q)</c>, or null.</param>
    /// <param name="p">The output row, within its image.</param>
    /// <param name="q">The first column.</param>
    /// <param name="s">The shapes.</param>
    /// <param name="derivatives">Whether the weights' derivatives are wanted; else they are left as they were.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(float* grid, float* mask, int p, int q, in GridSampleSpec s, bool derivatives)
    {
        int count = Math.Min(Samples, s.Q - q);
        var (across, down) = Positions(grid, p, q, s);
        Axis h = new(across, s.W, s), v = new(down, s.H, s);
        var inside = h.Inside & v.Inside;
        Inside = (uint)inside.ExtractMostSignificantBits() & ((1u << count) - 1);
        Top = Vector512.ConditionalSelect(inside, v.Low, Vector512.Create(int.MaxValue));
        Bottom = Vector512.ConditionalSelect(inside, v.High, Vector512.Create(-1));
        var factor = mask is null ? Vector512<float>.One : Tail(mask + q, count);
        fixed (int* pixel = _pixel)
        {
            (h.Low + (v.Low * s.W)).Store(pixel);
            (h.High + (v.Low * s.W)).Store(pixel + Samples);
            (h.Low + (v.High * s.W)).Store(pixel + (2 * Samples));
            (h.High + (v.High * s.W)).Store(pixel + (3 * Samples));
        }

        Vector512<float> top = factor * v.LowWeight, bottom = factor * v.HighWeight;
        fixed (float* weight = _weight)
        {
            Store(weight, top * h.LowWeight, top * h.HighWeight, bottom * h.LowWeight, bottom * h.HighWeight);
        }

        if (!derivatives)
        {
            return;
        }

        fixed (float* weight = _across)
        {
            Store(weight, top * h.LowSlope, top * h.HighSlope, bottom * h.LowSlope, bottom * h.HighSlope);
        }

        (top, bottom) = (factor * v.LowSlope, factor * v.HighSlope);
        fixed (float* weight = _down)
        {
            Store(weight, top * h.LowWeight, top * h.HighWeight, bottom * h.LowWeight, bottom * h.HighWeight);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        a.Store(to);
        b.Store(to + Samples);
        c.Store(to + (2 * Samples));
        d.Store(to + (3 * Samples));
    }

    // Sixteen numbers, zeros beyond the count.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Tail(float* from, int count)
    {
        if (count >= Samples)
        {
            return Vector512.Load(from);
        }

        return LoadSome(from, count);
    }

    private static Vector512<float> LoadSome(float* from, int count)
    {
        float* all = stackalloc float[Samples];
        for (int i = 0; i < Samples; i++)
        {
            all[i] = i < count ? from[i] : 0f;
        }

        return Vector512.Load(all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Across, Vector512<float> Down) Positions(float* grid, int p, int q, in GridSampleSpec s)
    {
        int count = 2 * (s.Q - q);
        var first = Tail(grid + (2 * q), count).AsUInt64();
        var second = Tail(grid + (2 * q) + Samples, count - Samples).AsUInt64();
        var across = Vector512.Narrow(first, second).AsSingle();
        var down = Vector512.Narrow(first >>> 32, second >>> 32).AsSingle();
        return s.Offset
            ? (across + Identity(Vector512<float>.Indices + Vector512.Create((float)q), s.Q, s), down + Identity(Vector512.Create((float)p), s.P, s))
            : (across, down);
    }

    // The places that leave an image as it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Identity(Vector512<float> i, int size, in GridSampleSpec s)
    {
        var one = Vector512<float>.One;
        return !s.AlignCorners ? (((i + i) + one) / Vector512.Create((float)size)) - one
            : size > 1 ? ((i + i) / Vector512.Create(size - 1f)) - one
            : default;
    }

    /// <summary>Sixteen samples along one axis: the two neighbours of each, their weights, and the weights' derivatives.</summary>
    private readonly struct Axis
    {
        public readonly Vector512<int> Low, High, Inside;
        public readonly Vector512<float> LowWeight, HighWeight, LowSlope, HighSlope;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Axis(Vector512<float> grid, int size, in GridSampleSpec s)
        {
            Vector512<float> zero = default, one = Vector512<float>.One;
            var slope = Vector512.Create(0.5f * (s.AlignCorners ? size - 1 : size));
            var at = (grid + one) * slope;
            at = s.AlignCorners ? at : at - Vector512.Create(0.5f);
            if (s.Padding == GridPadding.Border)
            {
                // Every comparison with NaN is false: NaN reads the first pixel.
                var last = Vector512.Create(size - 1f);
                Vector512<float> beyond = Vector512.GreaterThan(at, zero), within = beyond & Vector512.LessThan(at, last);
                slope &= within;
                at = Vector512.ConditionalSelect(within, at, last & beyond);
            }

            var inside = Vector512.GreaterThan(at, -one) & Vector512.LessThan(at, Vector512.Create((float)size));
            Inside = inside.AsInt32();
            at = Vector512.ConditionalSelect(inside, at, zero);
            var floor = Vector512.Floor(at);
            var share = at - floor;
            var low = Vector512.ConvertToInt32(floor);
            var high = low + Vector512<int>.One;
            Vector512<float> lowInside = Vector512.GreaterThanOrEqual(low, Vector512<int>.Zero).AsSingle();
            Vector512<float> highInside = Vector512.LessThan(high, Vector512.Create(size)).AsSingle();
            Low = Vector512.Max(low, Vector512<int>.Zero);
            High = Vector512.Min(high, Vector512.Create(size - 1));
            LowWeight = (one - share) & lowInside;
            HighWeight = share & highInside;
            LowSlope = -slope & lowInside;
            HighSlope = slope & highInside;
        }
    }
}
