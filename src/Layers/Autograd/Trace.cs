using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>
/// A record of the forward operations of this thread, in order, while it is open: what a computation is translated from into
/// another system's graph. Gradients do not report to it, nor do operations that no <see cref="Operation"/> describes; the
/// outputs of those are in no record, which is how a reader notices.
/// </summary>
public sealed class Trace : IDisposable
{
    [ThreadStatic]
    private static Trace? s_current;

    private readonly Trace? _outer;
    private readonly List<TracedOperation> _operations = [];
    private bool _disposed;

    private Trace()
    {
        _outer = s_current;
        s_current = this;
    }

    /// <summary>The innermost open trace of this thread; null nearly always, and then an operation reports nothing.</summary>
    internal static Trace? Current => s_current;

    /// <summary>What was computed so far, each operation after those whose outputs it reads.</summary>
    public IReadOnlyList<TracedOperation> Operations => _operations;

    /// <summary>Opens a trace.</summary>
    public static Trace Start() => new();

    /// <summary>Ends the record; <see cref="Operations"/> stays. A second time does nothing.</summary>
    /// <exception cref="InvalidOperationException">A trace opened later is still open, or another thread opened this one.</exception>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (s_current != this)
        {
            throw new InvalidOperationException("Traces are disposed innermost first, and on the thread that opened them.");
        }

        _disposed = true;
        s_current = _outer;
    }

    internal void Add(Operation operation, Tensor output, params ReadOnlySpan<Tensor> inputs) =>
        _operations.Add(new TracedOperation(operation, output, inputs.ToArray()));
}

/// <summary>One line of a <see cref="Trace"/>.</summary>
/// <param name="Operation">What was computed.</param>
/// <param name="Output">Its result.</param>
/// <param name="Inputs">What it was computed from, in the order of the operation's own parameters.</param>
public sealed record TracedOperation(Operation Operation, Tensor Output, IReadOnlyList<Tensor> Inputs);

/// <summary>What an operation of <see cref="Ops"/> computes, apart from the shapes, which its tensors tell.</summary>
public abstract record Operation
{
    private Operation()
    {
    }

    /// <summary>Numbers that came from the host while the trace was open; no inputs.</summary>
    public sealed record Constant : Operation;

    /// <summary>A function of each element.</summary>
    /// <param name="Function">The function, with its parameters.</param>
    public sealed record Map(IUnary Function) : Operation;

    /// <summary>A function of two elements, broadcasting.</summary>
    /// <param name="Function">The function.</param>
    public sealed record Zip(IBinary Function) : Operation;

    /// <summary><see cref="Ops.Conv2d(Tensor, Tensor, Tensor, int, int)"/> of x, w and perhaps b.</summary>
    /// <param name="Spec">Stride and padding; the rest are shapes.</param>
    public sealed record Convolution(Conv2dSpec Spec) : Operation;

    /// <summary><see cref="Ops.MatMul"/>.</summary>
    /// <param name="TransposeA">Whether a is transposed first.</param>
    /// <param name="TransposeB">Whether b is transposed first.</param>
    public sealed record MatrixProduct(bool TransposeA, bool TransposeB) : Operation;

    /// <summary><see cref="Ops.SparseProduct"/> of x and perhaps z.</summary>
    /// <param name="Matrix">A.</param>
    /// <param name="Spec">Alpha and beta; the rest are shapes.</param>
    public sealed record SparseProduct(DeviceCsr Matrix, SparseProductSpec Spec) : Operation;

    /// <summary><see cref="Ops.GridSample(Tensor, Tensor, GridPadding, bool)"/> of x and a grid.</summary>
    /// <param name="Spec">Padding and alignment; the rest are shapes.</param>
    public sealed record GridSample(GridSampleSpec Spec) : Operation;

    /// <summary><see cref="Ops.InstanceNorm"/>.</summary>
    /// <param name="Epsilon">Added to the variance.</param>
    public sealed record InstanceNorm(float Epsilon) : Operation;

    /// <summary><see cref="Ops.Upsample(Tensor, int)"/>.</summary>
    /// <param name="Factor">Times as high and as wide.</param>
    public sealed record Upsample(int Factor) : Operation;

    /// <summary><see cref="Ops.AveragePool"/>.</summary>
    /// <param name="Factor">Block side.</param>
    public sealed record AveragePool(int Factor) : Operation;

    /// <summary><see cref="Ops.Resize(Tensor, int, int, bool)"/>.</summary>
    /// <param name="AlignCorners">Whether the corner pixels' centres coincide, rather than their edges.</param>
    public sealed record Resize(bool AlignCorners) : Operation;

    /// <summary><see cref="Ops.SumTo"/>: sums over the axes that the output has size 1 on.</summary>
    public sealed record Sum : Operation;

    /// <summary><see cref="Ops.Reshape"/>.</summary>
    public sealed record Reshape : Operation;

    /// <summary><see cref="Ops.Slice"/>.</summary>
    /// <param name="Axis">The axis, from 0.</param>
    /// <param name="Start">First index kept.</param>
    public sealed record Slice(int Axis, int Start) : Operation;

    /// <summary><see cref="Ops.Concat"/>.</summary>
    /// <param name="Axis">The axis, from 0.</param>
    public sealed record Concat(int Axis) : Operation;
}
