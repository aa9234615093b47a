using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>A constant sparse matrix on a device, with its transpose for gradients.</summary>
public sealed class SparseMatrix
{
    private SparseMatrix(DeviceCsr forward, DeviceCsr backward)
    {
        Forward = forward;
        Backward = backward;
    }

    /// <summary>Copies a matrix to a device, for the device's whole life.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="matrix">The matrix.</param>
    public SparseMatrix(Device device, CsrMatrix matrix)
        : this(
            (device ?? throw new ArgumentNullException(nameof(device))).Upload(matrix),
            device.Upload((matrix ?? throw new ArgumentNullException(nameof(matrix))).Transpose()))
    {
    }

    internal DeviceCsr Forward { get; }

    internal DeviceCsr Backward { get; }

    internal SparseMatrix Transpose() => new(Backward, Forward);
}

public static partial class Ops
{
    /// <summary><c>alpha·A·x + beta·z</c> for every batch entry and channel: x <c>(N, columns, C)</c>, z and the result <c>(N, rows, C)</c>.</summary>
    /// <param name="a">The matrix, a constant.</param>
    /// <param name="x">What it multiplies.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="z">A summand, or none.</param>
    /// <param name="beta">Factor of z.</param>
    /// <exception cref="ShapeException">x has not as many vertices as A has columns, or z is not of the result's shape.</exception>
    public static Tensor SparseProduct(SparseMatrix a, Tensor x, float alpha = 1f, Tensor? z = null, float beta = 0f)
    {
        ShapeException.Require(
            x.Shape.Rank == 3 && x.Shape[1] == a.Forward.Columns, nameof(SparseProduct), $"x (N, {a.Forward.Columns}, C)", x.Shape);
        Shape shape = x.Shape.With(1, a.Forward.Rows);
        ShapeException.Require(z is null || z.Shape == shape, nameof(SparseProduct), $"z {shape}", z?.Shape ?? default);
        var y = Tensor.Empty(x.Device, shape);
        var s = new SparseProductSpec(shape[0], shape[2], alpha, z is null ? 0f : beta);
        x.Device.Kernels.SparseProduct(a.Forward, x.Buffer, z?.Buffer, y.Buffer, s);
        Trace.Current?.Add(new Operation.SparseProduct(a.Forward, s), y, z is null ? [x] : [x, z]);
        Tape.Edge toX = (x, g => SparseProduct(a.Transpose(), g, alpha));
        return z is null ? Tape.Record(y, toX) : Tape.Record(y, toX, (z, g => g.Mul(beta)));
    }
}
