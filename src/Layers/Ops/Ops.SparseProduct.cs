using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>A constant sparse matrix on a device, with its transpose for gradients.</summary>
public sealed class SparseMatrix : IDisposable
{
    private SparseMatrix(DeviceCsr forward, DeviceCsr backward)
    {
        Forward = forward;
        Backward = backward;
    }

    /// <summary>Copies a matrix to a device.</summary>
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

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Forward.Dispose();
        Backward.Dispose();
    }

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
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(x);
        ShapeException.Require(
            x.Shape.Rank == 3 && x.Shape[1] == a.Forward.Columns, nameof(SparseProduct), $"x (N, {a.Forward.Columns}, C)", x.Shape);
        Shape shape = x.Shape.With(1, a.Forward.Rows);
        ShapeException.Require(z is null || z.Shape == shape, nameof(SparseProduct), $"z {shape}", z?.Shape ?? default);
        var y = Tensor.Empty(DeviceOf(a, x, z), shape);
        var s = new SparseProductSpec(shape[0], shape[2], alpha, z is null ? 0f : beta);
        y.Device.Kernels.SparseProduct(a.Forward, x.Buffer, z?.Buffer, y.Buffer, s);
        Trace.Current?.Add(new Operation.SparseProduct(a.Forward, s), y, z is null ? [x] : [x, z]);
        Tape.Edge toX = (x, g => SparseProduct(a.Transpose(), g, alpha));
        return z is null ? Tape.Record(y, toX) : Tape.Record(y, toX, (z, g => g.Mul(beta)));
    }

    /// <summary>
    /// The Chebyshev polynomials of a matrix, times x: <c>T₀x = x, T₁x = A·x, Tₖx = 2A·Tₖ₋₁x − Tₖ₋₂x</c>, side by side. Each is
    /// computed in its place. The gradient is the recurrence backwards (Clenshaw 1955); one that is itself recorded is that
    /// of <see cref="ChebyshevTermsPlain"/>.
    /// </summary>
    /// <param name="a">The square matrix, a constant.</param>
    /// <param name="x">What the polynomials multiply, <c>(N, V, C)</c>.</param>
    /// <param name="order">How many terms: 1 or more.</param>
    /// <returns><c>(N, V, order·C)</c>.</returns>
    /// <exception cref="ShapeException">The matrix is not square, or x has not as many vertices as it has columns, or the result is too large.</exception>
    public static Tensor ChebyshevTerms(SparseMatrix a, Tensor x, int order)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ShapeException.Require(
            x.Shape.Rank == 3 && x.Shape[1] == a.Forward.Columns && a.Forward.Rows == a.Forward.Columns,
            nameof(ChebyshevTerms), $"x (N, {a.Forward.Rows}, C) and a square matrix", x.Shape);
        ShapeException.Require(
            Shape.Fits([x.Shape[0], x.Shape[1], (long)order * x.Shape[2]]), nameof(ChebyshevTerms), $"an x of which {order} have at most 2³¹ − 1 elements", x.Shape);
        if (Trace.Current is not null)
        {
            // A trace has the operations that other systems know.
            return ChebyshevTermsPlain(a, x, order);
        }

        int n = x.Shape[0], vertices = x.Shape[1], c = x.Shape[2];
        var terms = Tensor.Empty(DeviceOf(a, x), [n, vertices, order * c]);
        var kernels = terms.Device.Kernels;
        kernels.StridedCopy(x.Buffer, terms.Buffer, Layout.Copy([n * vertices, c], [c, 1], [order * c, 1]));
        for (int k = 1; k < order; k++)
        {
            var s = new SparseProductSpec(n, c, k == 1 ? 1f : 2f, k == 1 ? 0f : -1f, order * c, (k - 1) * c, (k - 2) * c, k * c);
            kernels.SparseProduct(a.Forward, terms.Buffer, k == 1 ? null : terms.Buffer, terms.Buffer, k == 1 ? s with { ZAt = 0 } : s);
        }

        return Tape.Record(terms, (x, gy =>
        {
            if (Tape.IsRecording)
            {
                return Differentiation.Grad(ChebyshevTermsPlain(a, x, order), [x], createGraph: true, seed: gy)[0];
            }

            // gₖ is ∂L/∂Tₖ together with what reaches it through the terms after it: gₖ + 2Aᵀ·gₖ₊₁ − gₖ₊₂.
            var g = Tensor.Empty(DeviceOf(a, gy), gy.Shape);
            var kernels = g.Device.Kernels;
            kernels.StridedCopy(gy.Buffer, g.Buffer, Layout.Copy([(int)gy.Count], [1], [1]));
            for (int k = order - 2; k >= 0; k--)
            {
                bool last = k == order - 2;
                var s = new SparseProductSpec(
                    n, c, k == 0 ? 1f : 2f, last ? 0f : -1f, order * c, (k + 1) * c, last ? 0 : (k + 2) * c, k * c, Accumulate: true);
                kernels.SparseProduct(a.Backward, g.Buffer, last ? null : g.Buffer, g.Buffer, s);
            }

            return g.Slice(-1, 0, c);
        }
        ));
    }

    /// <summary><see cref="ChebyshevTerms"/> written in plain operations: its second derivative, and its oracle in tests.</summary>
    /// <param name="a">The square matrix, a constant.</param>
    /// <param name="x">What the polynomials multiply, <c>(N, V, C)</c>.</param>
    /// <param name="order">How many terms: 1 or more.</param>
    public static Tensor ChebyshevTermsPlain(SparseMatrix a, Tensor x, int order)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        var terms = new Tensor[order];
        for (int k = 0; k < order; k++)
        {
            terms[k] = k switch
            {
                0 => x,
                1 => SparseProduct(a, x),
                _ => SparseProduct(a, terms[k - 1], 2f, terms[k - 2], -1f),
            };
        }

        return Concat(-1, terms);
    }
}
