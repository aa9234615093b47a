using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>
    /// 2-D convolution of x <c>(N, H, W, C)</c> with w <c>(K, R, S, C)</c> and an optional bias b <c>(K)</c>; see <see cref="Conv2dSpec"/>.
    /// </summary>
    /// <remarks>
    /// ⟨gy, conv(x, w)⟩ is linear in each of gy, x and w. Its three partial derivatives are the three convolution kernels,
    /// and so the gradient of each is written with the other two, to any order.
    /// </remarks>
    /// <param name="x">The images.</param>
    /// <param name="w">The filters.</param>
    /// <param name="b">One summand an output channel, or none.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="pad">Zeros added on every side.</param>
    /// <exception cref="ShapeException">The channels differ, the filter is larger than the padded image, or that is too large.</exception>
    public static Tensor Conv2d(this Tensor x, Tensor w, Tensor? b = null, int stride = 1, int pad = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w);
        var s = Specify(x.Shape, w, b, stride, pad);
        var y = Conv2d(x, w, b, s);
        Trace.Current?.Add(new Operation.Convolution(s), y, b is null ? [x, w] : [x, w, b]);
        return y;
    }

    private static Conv2dSpec Specify(Shape x, Tensor w, Tensor? b, int stride, int pad)
    {
        ShapeException.Require(
            x.Rank == 4 && w.Shape.Rank == 4 && x[3] == w.Shape[3] && stride >= 1 && pad >= 0,
            nameof(Conv2d), "x (N, H, W, C) and w (K, R, S, C)", x, w.Shape);
        long height = x[1] + (2L * pad), width = x[2] + (2L * pad), down = height - w.Shape[1], across = width - w.Shape[2];
        ShapeException.Require(down >= 0 && across >= 0, nameof(Conv2d), "a filter within the padded image", x, w.Shape);
        ShapeException.Require(
            Shape.Fits([Math.Max(x[0], 1), height, width, Math.Max(x[3], 1)]), nameof(Conv2d), "images whose padded size has at most 2³¹ − 1 elements", x);

        // A window that cannot move makes one output, whatever its stride.
        stride = (int)Math.Min(stride, Math.Max(down, across) + 1);
        var s = new Conv2dSpec(x[0], x[1], x[2], x[3], w.Shape[0], w.Shape[1], w.Shape[2], stride, pad);
        ShapeException.Require(b is null || b.Shape == [s.K], nameof(Conv2d), $"a bias ({s.K})", b?.Shape ?? default);
        return s;
    }

    /// <summary>
    /// <see cref="Conv2d(Tensor, Tensor, Tensor, int, int)"/> with what rides along, in one kernel, and gradients of the same kind. When
    /// a gradient is itself recorded, it is that of <see cref="Conv2dPlain"/>.
    /// </summary>
    /// <param name="x">The images; half as high and wide as the convolution sees them, if they are doubled.</param>
    /// <param name="w">The filters.</param>
    /// <param name="b">One summand an output channel, or none.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="pad">Zeros added on every side.</param>
    /// <param name="f">What rides along.</param>
    /// <exception cref="ShapeException">As without; or the residual has not the result's shape.</exception>
    public static Tensor Conv2d(this Tensor x, Tensor w, Tensor? b, int stride, int pad, in Fusion f)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w);
        if (f == default)
        {
            return x.Conv2d(w, b, stride, pad);
        }

        ShapeException.Require(x.Shape.Rank == 4, nameof(Conv2d), "x (N, H, W, C)", x.Shape);
        int doubling = f.Upsample ? 2 : 1;
        var s = Specify([x.Shape[0], doubling * x.Shape[1], doubling * x.Shape[2], x.Shape[3]], w, b, stride, pad);
        ShapeException.Require(
            f.Residual is null || (f.Residual.Shape == [s.N, s.P, s.Q, s.K] && f.OutputSlope is null),
            nameof(Conv2d), $"a residual ({s.N}, {s.P}, {s.Q}, {s.K}) and no activation after it", f.Residual?.Shape ?? default);
        if (Trace.Current is not null || f.OutputSlope < 0f)
        {
            // A trace has the operations that other systems know. And the gradient tells from the result which slope was taken, which it
            // cannot if negative numbers come out positive.
            return x.Conv2dPlain(w, b, stride, pad, f);
        }

        var device = DeviceOf(x, w, b, f.Residual);
        var statistics = f.Normalize ? x.Statistics ?? InstanceStatistics(x) : null;
        var y = Tensor.Empty(device, [s.N, s.P, s.Q, s.K]);
        var measured = f.Measure ? Tensor.Empty(device, [s.N, 2, s.K]) : null;
        var fusion = new ConvFusion
        {
            Statistics = statistics?.Buffer,
            InputSlope = f.InputSlope,
            Upsample = f.Upsample,
            OutputSlope = f.OutputSlope,
            Residual = f.Residual?.Buffer,
            OutputStatistics = measured?.Buffer,
            Epsilon = NormEpsilon,
        };
        device.Kernels.Conv2d(x.Buffer, w.Buffer, b?.Buffer, y.Buffer, s, fusion);
        y.Statistics = measured;
        if (!Tape.IsRecording)
        {
            return y;
        }

        // Its input and raw output are never materialised; views stand in for them on the tape.
        var seen = WayIn(x, statistics, f, s);
        var z = y.View(y.Shape, false);
        Tape.Edge toX = (seen, gz => Conv2dInputGrad(gz, w, s));
        Tape.Edge toW = (w, gz => seen == x ? Conv2dWeightGrad(x, gz, s) : WeightGrad(gz));
        z = b is null ? Tape.Record(z, toX, toW) : Tape.Record(z, toX, toW, (b, gz => gz.SumTo(b.Shape)));
        Tape.Edge toZ = (z, fusion.OutputSlope is { } slope ? gy => LeakyReluGrad(gy, y, slope) : gy => gy);
        var residual = f.Residual;
        return residual is null ? Tape.Record(y, toZ) : Tape.Record(y, toZ, (residual, gy => gy));

        Tensor WeightGrad(Tensor gz)
        {
            if (Tape.IsRecording)
            {
                return Conv2dWeightGrad(WayInPlain(x, fusion.Statistics is not null, fusion.InputSlope, fusion.Upsample), gz, s);
            }

            var gw = Tensor.Empty(DeviceOf(x, gz), w.Shape);
            gw.Device.Kernels.Conv2dWeightGrad(x.Buffer, gz.Buffer, gw.Buffer, s, fusion.WayIn() with { Statistics = statistics?.Buffer });
            return gw;
        }
    }

    /// <summary>The fused convolution in plain operations: its second derivative, and its oracle in tests.</summary>
    /// <param name="x">The images.</param>
    /// <param name="w">The filters.</param>
    /// <param name="b">One summand an output channel, or none.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="pad">Zeros added on every side.</param>
    /// <param name="f">What rides along.</param>
    public static Tensor Conv2dPlain(this Tensor x, Tensor w, Tensor? b, int stride, int pad, in Fusion f)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w);
        var y = WayInPlain(x, f.Normalize, f.InputSlope, f.Upsample).Conv2d(w, b, stride, pad);
        y = f.OutputSlope is { } slope ? y.LeakyRelu(slope) : y;
        return f.Residual is null ? y : f.Residual.Add(y);
    }

    private static Tensor WayInPlain(Tensor x, bool normalize, float? slope, bool upsample)
    {
        x = normalize ? x.InstanceNorm(NormEpsilon) : x;
        x = slope is { } value ? x.LeakyRelu(value) : x;
        return upsample ? x.Upsample() : x;
    }

    // x itself, or the place on the tape of what the convolution makes of it.
    private static Tensor WayIn(Tensor x, Tensor? statistics, in Fusion f, Conv2dSpec s)
    {
        var (normalize, slope, upsample) = (f.Normalize, f.InputSlope, f.Upsample);
        if (!normalize && slope is null && !upsample)
        {
            return x;
        }

        return Tape.Record(x.View([s.N, s.H, s.W, s.C], false), (x, g =>
        {
            if (Tape.IsRecording)
            {
                return Differentiation.Grad(WayInPlain(x, normalize, slope, upsample), [x], createGraph: true, seed: g)[0];
            }

            g = upsample ? BlockSum(g, new BlockSpec(s.N, s.H / 2, s.W / 2, s.C, 2, 1f)) : g;
            return statistics is not null ? InstanceNormGrad(x, statistics, g, NormEpsilon, slope ?? 1f)
                : slope is { } value ? LeakyReluGrad(g, x, value) : g;
        }
        ));
    }

    private static Tensor Conv2d(Tensor x, Tensor w, Tensor? b, Conv2dSpec s)
    {
        var y = Tensor.Empty(DeviceOf(x, w, b), [s.N, s.P, s.Q, s.K]);
        y.Device.Kernels.Conv2d(x.Buffer, w.Buffer, b?.Buffer, y.Buffer, s);
        Tape.Edge toX = (x, gy => Conv2dInputGrad(gy, w, s)), toW = (w, gy => Conv2dWeightGrad(x, gy, s));
        return b is null ? Tape.Record(y, toX, toW) : Tape.Record(y, toX, toW, (b, gy => gy.SumTo(b.Shape)));
    }

    private static Tensor Conv2dInputGrad(Tensor gy, Tensor w, Conv2dSpec s)
    {
        var gx = Tensor.Empty(DeviceOf(gy, w), [s.N, s.H, s.W, s.C]);
        gx.Device.Kernels.Conv2dInputGrad(gy.Buffer, w.Buffer, gx.Buffer, s);
        return Tape.Record(gx, (gy, g => Conv2d(g, w, null, s)), (w, g => Conv2dWeightGrad(g, gy, s)));
    }

    private static Tensor Conv2dWeightGrad(Tensor x, Tensor gy, Conv2dSpec s)
    {
        var gw = Tensor.Empty(DeviceOf(x, gy), [s.K, s.R, s.S, s.C]);
        gw.Device.Kernels.Conv2dWeightGrad(x.Buffer, gy.Buffer, gw.Buffer, s);
        return Tape.Record(gw, (x, g => Conv2dInputGrad(gy, g, s)), (gy, g => Conv2d(x, g, null, s)));
    }
}
