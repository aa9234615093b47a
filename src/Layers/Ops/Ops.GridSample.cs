using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>
    /// Bilinear sampling of x <c>(N, H, W, C)</c> at grid <c>(N, P, Q, 2)</c>, (x, y) in [−1, 1]; see <see cref="GridSampleSpec"/>.
    /// Differentiable once in the grid, and any number of times in x alone.
    /// </summary>
    /// <param name="x">The images.</param>
    /// <param name="grid">Where to sample.</param>
    /// <param name="padding">What lies outside.</param>
    /// <param name="alignCorners">Whether ±1 are the centres of the border pixels, rather than their outer edges.</param>
    /// <exception cref="ShapeException">There are no pixels, the batches differ, or the grid has not two channels.</exception>
    public static Tensor GridSample(this Tensor x, Tensor grid, GridPadding padding = GridPadding.Border, bool alignCorners = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(grid);
        ShapeException.RequirePixels(nameof(GridSample), x.Shape);
        ShapeException.Require(
            grid.Shape.Rank == 4 && grid.Shape[0] == x.Shape[0] && grid.Shape[3] == 2,
            nameof(GridSample), "x (N, H, W, C) and a grid (N, P, Q, 2)", x.Shape, grid.Shape);
        var s = new GridSampleSpec(
            x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], grid.Shape[1], grid.Shape[2], alignCorners, padding);
        var y = GridSample(x, grid, s);
        Trace.Current?.Add(new Operation.GridSample(s), y, x, grid);
        return y;
    }

    private static Tensor GridSample(Tensor x, Tensor grid, GridSampleSpec s)
    {
        var y = Tensor.Empty(DeviceOf(x, grid), [s.N, s.P, s.Q, s.C]);
        y.Device.Kernels.GridSample(x.Buffer, grid.Buffer, null, y.Buffer, s);
        return Tape.Record(y, (x, gy => GridSampleInputGrad(gy, grid, s)), (grid, gy => GridSampleGridGrad(x, grid, gy, s)));
    }

    private static Tensor GridSampleInputGrad(Tensor gy, Tensor grid, GridSampleSpec s)
    {
        var gx = Tensor.Empty(DeviceOf(gy, grid), [s.N, s.H, s.W, s.C]);
        gx.Device.Kernels.GridSampleInputGrad(gy.Buffer, grid.Buffer, null, gx.Buffer, s);
        return Tape.Record(gx, (gy, g => GridSample(g, grid, s)), (grid, g => throw SecondGridDerivative()));
    }

    private static Tensor GridSampleGridGrad(Tensor x, Tensor grid, Tensor gy, GridSampleSpec s)
    {
        var ggrid = Tensor.Empty(DeviceOf(x, grid, gy), grid.Shape);
        ggrid.Device.Kernels.GridSampleGridGrad(x.Buffer, grid.Buffer, null, gy.Buffer, ggrid.Buffer, s);
        return Tape.Record(
            ggrid,
            (x, g => throw SecondGridDerivative()),
            (grid, g => throw SecondGridDerivative()),
            (gy, g => throw SecondGridDerivative()));
    }

    private static NotDifferentiableException SecondGridDerivative() =>
        new("Grid-sample is differentiable once through its grid; a second derivative through the grid was asked for.");
}
