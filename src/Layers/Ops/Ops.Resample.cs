using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>Nearest up-sampling of <c>(N, H, W, C)</c> by a whole factor.</summary>
    /// <param name="x">The images.</param>
    /// <param name="factor">Times as high and as wide.</param>
    public static Tensor Upsample(this Tensor x, int factor = 2)
    {
        ArgumentNullException.ThrowIfNull(x);
        ShapeException.Require(
            x.Shape.Rank == 4 && factor >= 1 && (long)Math.Max(x.Shape[1], x.Shape[2]) * factor <= int.MaxValue,
            nameof(Upsample), "(N, H, W, C) and a factor that its sides can grow by", x.Shape);
        var y = Upsample(x, new BlockSpec(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], factor, 1f));
        Trace.Current?.Add(new Operation.Upsample(factor), y, x);
        return y;
    }

    /// <summary>Means of blocks of factor × factor pixels of <c>(N, H, W, C)</c>.</summary>
    /// <param name="x">The images; height and width are multiples of the factor.</param>
    /// <param name="factor">Block side.</param>
    public static Tensor AveragePool(this Tensor x, int factor = 2)
    {
        ArgumentNullException.ThrowIfNull(x);
        ShapeException.Require(
            x.Shape.Rank == 4 && factor >= 1 && x.Shape[1] % factor == 0 && x.Shape[2] % factor == 0,
            nameof(AveragePool), $"(N, H, W, C) with sides divisible by {factor}", x.Shape);
        var y = BlockSum(
            x, new BlockSpec(x.Shape[0], x.Shape[1] / factor, x.Shape[2] / factor, x.Shape[3], factor, 1f / ((float)factor * factor)));
        Trace.Current?.Add(new Operation.AveragePool(factor), y, x);
        return y;
    }

    /// <summary>Bilinear resize of <c>(N, H, W, C)</c>; see <see cref="ResizeSpec"/>.</summary>
    /// <param name="x">The images.</param>
    /// <param name="height">New height.</param>
    /// <param name="width">New width.</param>
    /// <param name="alignCorners">Whether the corner pixels' centres coincide, rather than their edges.</param>
    /// <exception cref="ShapeException">There are no pixels, before or after, or too many.</exception>
    public static Tensor Resize(this Tensor x, int height, int width, bool alignCorners = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ShapeException.RequirePixels(nameof(Resize), x.Shape);
        ShapeException.Require(
            height > 0 && width > 0 && 4L * x.Shape[1] * height <= int.MaxValue && 4L * x.Shape[2] * width <= int.MaxValue,
            nameof(Resize), "(N, H, W, C) and sides whose products with the new ones are below 2²⁹", x.Shape);
        var y = Resize(x, new ResizeSpec(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], height, width, alignCorners));
        Trace.Current?.Add(new Operation.Resize(alignCorners), y, x);
        return y;
    }

    private static Tensor Upsample(Tensor x, BlockSpec s)
    {
        var y = Tensor.Empty(x.Device, [s.N, s.H * s.Factor, s.W * s.Factor, s.C]);
        x.Device.Kernels.Upsample(x.Buffer, y.Buffer, s);
        return Tape.Record(y, (x, gy => BlockSum(gy, s)));
    }

    private static Tensor BlockSum(Tensor x, BlockSpec s)
    {
        var y = Tensor.Empty(x.Device, [s.N, s.H, s.W, s.C]);
        x.Device.Kernels.BlockSum(x.Buffer, y.Buffer, s);
        return Tape.Record(y, (x, gy => Upsample(gy, s)));
    }

    private static Tensor Resize(Tensor x, ResizeSpec s)
    {
        var y = Tensor.Empty(x.Device, [s.N, s.P, s.Q, s.C]);
        x.Device.Kernels.Resize(x.Buffer, y.Buffer, s);
        return Tape.Record(y, (x, gy => ResizeGrad(gy, s)));
    }

    private static Tensor ResizeGrad(Tensor gy, ResizeSpec s)
    {
        var gx = Tensor.Empty(gy.Device, [s.N, s.H, s.W, s.C]);
        gy.Device.Kernels.ResizeGrad(gy.Buffer, gx.Buffer, s);
        return Tape.Record(gx, (gy, g => Resize(g, s)));
    }
}
