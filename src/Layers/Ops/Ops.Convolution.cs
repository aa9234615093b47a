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
    /// <exception cref="ShapeException">The channels differ, or the filter is larger than the padded image.</exception>
    public static Tensor Conv2d(this Tensor x, Tensor w, Tensor? b = null, int stride = 1, int pad = 0)
    {
        ShapeException.Require(
            x.Shape.Rank == 4 && w.Shape.Rank == 4 && x.Shape[3] == w.Shape[3] && stride >= 1 && pad >= 0,
            nameof(Conv2d), "x (N, H, W, C) and w (K, R, S, C)", x.Shape, w.Shape);
        var s = new Conv2dSpec(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], w.Shape[0], w.Shape[1], w.Shape[2], stride, pad);
        ShapeException.Require(
            s.H + (2L * pad) is var height && s.W + (2L * pad) is var width
            && height >= s.R && width >= s.S && Math.Max(height, width) <= int.MaxValue,
            nameof(Conv2d), "a filter within the padded image", x.Shape, w.Shape);
        ShapeException.Require(b is null || b.Shape == [s.K], nameof(Conv2d), $"a bias ({s.K})", b?.Shape ?? default);
        var y = Conv2d(x, w, b, s);
        Trace.Current?.Add(new Operation.Convolution(s), y, b is null ? [x, w] : [x, w, b]);
        return y;
    }

    private static Tensor Conv2d(Tensor x, Tensor w, Tensor? b, Conv2dSpec s)
    {
        var y = Tensor.Empty(x.Device, [s.N, s.P, s.Q, s.K]);
        x.Device.Kernels.Conv2d(x.Buffer, w.Buffer, b?.Buffer, y.Buffer, s);
        Tape.Edge toX = (x, gy => Conv2dInputGrad(gy, w, s)), toW = (w, gy => Conv2dWeightGrad(x, gy, s));
        return b is null ? Tape.Record(y, toX, toW) : Tape.Record(y, toX, toW, (b, gy => gy.SumTo(b.Shape)));
    }

    private static Tensor Conv2dInputGrad(Tensor gy, Tensor w, Conv2dSpec s)
    {
        var gx = Tensor.Empty(gy.Device, [s.N, s.H, s.W, s.C]);
        gy.Device.Kernels.Conv2dInputGrad(gy.Buffer, w.Buffer, gx.Buffer, s);
        return Tape.Record(gx, (gy, g => Conv2d(g, w, null, s)), (w, g => Conv2dWeightGrad(g, gy, s)));
    }

    private static Tensor Conv2dWeightGrad(Tensor x, Tensor gy, Conv2dSpec s)
    {
        var gw = Tensor.Empty(x.Device, [s.K, s.R, s.S, s.C]);
        x.Device.Kernels.Conv2dWeightGrad(x.Buffer, gy.Buffer, gw.Buffer, s);
        return Tape.Record(gw, (x, g => Conv2dInputGrad(gy, g, s)), (gy, g => Conv2d(x, g, null, s)));
    }
}
