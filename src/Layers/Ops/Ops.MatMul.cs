using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>
    /// Matrix product <c>op(a)·op(b)</c> of two matrices, or of two batches of as many matrices <c>(B, rows, columns)</c>.
    /// </summary>
    /// <param name="a">Left factor.</param>
    /// <param name="b">Right factor.</param>
    /// <param name="transposeA">Whether a is transposed first.</param>
    /// <param name="transposeB">Whether b is transposed first.</param>
    /// <exception cref="ShapeException">The inner sizes or the batches differ.</exception>
    public static Tensor MatMul(this Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        int rank = a.Shape.Rank;
        ShapeException.Require(
            rank is 2 or 3 && b.Shape.Rank == rank && (rank == 2 || a.Shape[0] == b.Shape[0])
            && a.Shape[transposeA ? -2 : -1] == b.Shape[transposeB ? -1 : -2],
            nameof(MatMul), "matrices whose inner sizes agree", a.Shape, b.Shape);
        int m = a.Shape[transposeA ? -1 : -2], n = b.Shape[transposeB ? -2 : -1], k = a.Shape[transposeA ? -2 : -1];
        int batch = rank == 2 ? 1 : a.Shape[0];
        var c = Tensor.Empty(DeviceOf(a, b), rank == 2 ? [m, n] : [batch, m, n]);
        c.Device.Kernels.MatMul(a.Buffer, b.Buffer, c.Buffer, new MatMulSpec(batch, m, n, k, transposeA, transposeB));
        Trace.Current?.Add(new Operation.MatrixProduct(transposeA, transposeB), c, a, b);
        return Tape.Record(
            c,
            (a, g => transposeA ? b.MatMul(g, transposeB, true) : g.MatMul(b, false, !transposeB)),
            (b, g => transposeB ? g.MatMul(a, true, transposeA) : a.MatMul(g, !transposeA, false)));
    }
}
