using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>
    /// Samples images at the identity grid plus an offset, repeating the border, and multiplies by a mask where there is one:
    /// <c>y = mask ⊙ gridsample(x, identity + offset)</c> in one kernel. A gradient that is itself recorded is that of
    /// <see cref="WarpPlain"/>.
    /// </summary>
    /// <param name="x">The images <c>(N, H, W, C)</c>.</param>
    /// <param name="offset">Offsets <c>(N, P, Q, 2)</c> in grid units: half the image's width, half its height.</param>
    /// <param name="mask">A factor of every sample, <c>(N, P, Q, 1)</c>, or none.</param>
    /// <exception cref="ShapeException">There are no pixels, the batches or the sizes differ, the offset has not two channels, or the mask not one.</exception>
    public static Tensor Warp(this Tensor x, Tensor offset, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(offset);
        ShapeException.RequirePixels(nameof(Warp), x.Shape);
        ShapeException.Require(
            offset.Shape.Rank == 4 && offset.Shape[0] == x.Shape[0] && offset.Shape[3] == 2,
            nameof(Warp), "x (N, H, W, C) and an offset (N, P, Q, 2)", x.Shape, offset.Shape);
        ShapeException.Require(
            mask is null || mask.Shape == offset.Shape.With(3, 1), nameof(Warp), $"a mask {offset.Shape.With(3, 1)}", mask?.Shape ?? default);
        if (Trace.Current is not null)
        {
            // A trace has the operations that other systems know.
            return x.WarpPlain(offset, mask);
        }

        var s = new GridSampleSpec(
            x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], offset.Shape[1], offset.Shape[2], false, GridPadding.Border, Offset: true);
        var y = Tensor.Empty(DeviceOf(x, offset, mask), [s.N, s.P, s.Q, s.C]);
        y.Device.Kernels.GridSample(x.Buffer, offset.Buffer, mask?.Buffer, y.Buffer, s);
        Tape.Edge toX = (x, Gradient(x, (k, gy, gx) => k.GridSampleInputGrad(gy.Buffer, offset.Buffer, mask?.Buffer, gx.Buffer, s)));
        Tape.Edge toOffset = (offset, Gradient(
            offset, (k, gy, goffset) => k.GridSampleGridGrad(x.Buffer, offset.Buffer, mask?.Buffer, gy.Buffer, goffset.Buffer, s)));
        return mask is null ? Tape.Record(y, toX, toOffset) : Tape.Record(y, toX, toOffset, (mask, Gradient(
            mask, (k, gy, gmask) => k.GridSampleMaskGrad(x.Buffer, offset.Buffer, gy.Buffer, gmask.Buffer, s))));

        Func<Tensor, Tensor> Gradient(Tensor input, Action<IKernels, Tensor, Tensor> kernel) => gy =>
        {
            if (Tape.IsRecording)
            {
                return Differentiation.Grad(x.WarpPlain(offset, mask), [input], createGraph: true, seed: gy)[0];
            }

            var gradient = Tensor.Empty(DeviceOf(x, offset, mask, gy), input.Shape);
            kernel(gradient.Device.Kernels, gy, gradient);
            return gradient;
        };
    }

    /// <summary><see cref="Warp"/> written in plain operations: its second derivative, and its oracle in tests.</summary>
    /// <param name="x">The images <c>(N, H, W, C)</c>.</param>
    /// <param name="offset">Offsets <c>(N, P, Q, 2)</c>.</param>
    /// <param name="mask">A factor of every sample, <c>(N, P, Q, 1)</c>, or none.</param>
    public static Tensor WarpPlain(this Tensor x, Tensor offset, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(offset);
        ShapeException.Require(offset.Shape.Rank == 4, nameof(WarpPlain), "an offset (N, P, Q, 2)", offset.Shape);
        var y = x.GridSample(offset.Add(IdentityGrid(DeviceOf(x, offset, mask), offset.Shape[1], offset.Shape[2])));
        return mask is null ? y : y.Mul(mask);
    }

    // The centres of the pixels, (1, H, W, 2).
    private static Tensor IdentityGrid(Device device, int height, int width)
    {
        Shape shape = [1, height, width, 2];
        float[] grid = new float[shape.Count];
        for (int i = 0, at = 0; i < height; i++)
        {
            for (int j = 0; j < width; j++)
            {
                grid[at++] = (((2 * j) + 1f) / width) - 1f;
                grid[at++] = (((2 * i) + 1f) / height) - 1f;
            }
        }

        return Tensor.From(device, shape, grid);
    }
}
