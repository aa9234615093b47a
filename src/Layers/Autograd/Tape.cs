using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>
/// The record of the operations of one computation, in order, and the owner of the memory rented meanwhile: disposing a
/// tape frees every tensor made under it. Tapes nest; the innermost of the thread is the current one.
/// </summary>
public sealed class Tape : IDisposable
{
    [ThreadStatic]
    private static Tape? s_current;

    [ThreadStatic]
    private static bool s_paused;

    private readonly Tape? _outer;
    private readonly bool _suspended;
    private readonly List<(Device Device, DeviceBuffer Buffer)> _owned = [];
    private readonly List<Entry> _entries = [];
    private bool _disposed;

    private Tape(bool suspended)
    {
        _outer = s_current;
        _suspended = suspended;
        s_current = this;
    }

    /// <summary>The innermost open tape of this thread.</summary>
    internal static Tape? Current => s_current is { _suspended: false } tape ? tape : null;

    /// <summary>Whether operations on differentiable tensors are being recorded now.</summary>
    internal static bool IsRecording => !s_paused && Current is not null;

    internal IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Opens a tape; dispose it to free what was computed.</summary>
    public static Tape Start() => new(false);

    /// <summary>While the result is not disposed, operations of this thread compute but are not recorded, whatever tapes it opens.</summary>
    public static IDisposable NoGrad() => new Mode(paused: true);

    /// <summary>The opposite of <see cref="NoGrad"/>, within it or not.</summary>
    internal static IDisposable WithGrad() => new Mode(paused: false);

    /// <summary>While the result is not disposed, there is no current tape: tensors belong to their makers.</summary>
    internal static Tape Suspend() => new(true);

    /// <summary>
    /// Says that y was computed from inputs, each with its vector-Jacobian product: a function of ∂L/∂y that gives ∂L/∂input,
    /// written in operations, so that it can be recorded itself. Inputs without a product are constants of the operation.
    /// </summary>
    /// <param name="y">The output, returned.</param>
    /// <param name="inputs">The inputs that gradients flow to.</param>
    internal static Tensor Record(Tensor y, params ReadOnlySpan<Edge> inputs)
    {
        if (!IsRecording)
        {
            return y;
        }

        bool any = false;
        foreach (var edge in inputs)
        {
            any |= edge.Input.RequiresGrad;
        }

        if (any)
        {
            y.MarkRecorded();
            s_current!._entries.Add(new Entry(y, inputs.ToArray()));
        }

        return y;
    }

    internal bool OwnsElsewhere(Device device) => _owned.Exists(o => o.Device != device);

    internal void Own(Device device, DeviceBuffer buffer) => _owned.Add((device, buffer));

    /// <summary>Frees the memory of every tensor made under this tape; a second time does nothing.</summary>
    /// <exception cref="InvalidOperationException">A tape opened later is still open, or another thread opened this one.</exception>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (s_current != this)
        {
            throw new InvalidOperationException("Tapes are disposed innermost first, and on the thread that opened them.");
        }

        _disposed = true;
        s_current = _outer;
        foreach (var (device, buffer) in _owned)
        {
            device.Return(buffer);
        }
    }

    /// <summary>An input of a recorded operation with its vector-Jacobian product.</summary>
    internal readonly record struct Edge(Tensor Input, Func<Tensor, Tensor> Vjp)
    {
        private readonly int _version = Input.Version;

        public bool IsChanged => Input.Version != _version;

        public static implicit operator Edge((Tensor Input, Func<Tensor, Tensor> Vjp) pair) => new(pair.Input, pair.Vjp);
    }

    internal sealed record Entry(Tensor Output, Edge[] Inputs)
    {
        private readonly int _version = Output.Version;

        // The products read what the operation read and gave.
        public void RequireUnchanged()
        {
            foreach (var edge in Inputs)
            {
                Require(!edge.IsChanged, edge.Input);
            }

            Require(Output.Version == _version, Output);

            static void Require(bool unchanged, Tensor tensor)
            {
                if (!unchanged)
                {
                    throw new InvalidOperationException(
                        $"{tensor} was changed in place after an operation on it was recorded: its gradient would mix old and new numbers.");
                }
            }
        }
    }

    // Whether this thread records, until it is disposed.
    private sealed class Mode : IDisposable
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private readonly bool _before = s_paused;
        private bool _disposed;

        public Mode(bool paused) => s_paused = paused;

        public void Dispose()
        {
            if (_disposed)
            {
                return;
            }

            if (_thread != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException("Recording is resumed on the thread that paused it.");
            }

            _disposed = true;
            s_paused = _before;
        }
    }
}
