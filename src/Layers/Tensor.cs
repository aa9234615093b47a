using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>
/// A contiguous block of floats on a device, with a shape. Immutable to everyone but the optimiser. A tensor made while a
/// <see cref="Tape"/> is open belongs to that tape and dies with it; one made outside belongs to its maker, who disposes it.
/// </summary>
public sealed class Tensor : IDisposable
{
    private readonly Rental _rental;
    private (Tensor Of, int Version)? _statistics;
    private bool _owned;

    private Tensor(Device device, DeviceBuffer buffer, Shape shape, bool requiresGrad, bool owned)
    {
        Device = device;
        _rental = new Rental(buffer);
        Shape = shape;
        RequiresGrad = requiresGrad;
        _owned = owned;
    }

    /// <summary>Where the numbers are.</summary>
    public Device Device { get; }

    /// <summary>The numbers, at the start of a buffer that may be longer.</summary>
    /// <exception cref="ObjectDisposedException">The tensor, its tape, or what else it belongs to was disposed.</exception>
    public DeviceBuffer Buffer => _rental.For(this);

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>Whether operations on this tensor are recorded, so that gradients flow to it or through it.</summary>
    public bool RequiresGrad { get; private set; }

    /// <summary>μ and 1/√(σ² + ε) of each image and channel, <c>(N, 2, C)</c>, where the maker of this tensor measured them.</summary>
    internal Tensor? Statistics
    {
        get => _statistics is { } known && known.Version == Version ? known.Of : null;
        set => _statistics = value is null ? null : (value, Version);
    }

    /// <summary>Changes with the numbers; see <see cref="DeviceBuffer.Version"/>.</summary>
    internal int Version => _rental.Version;

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Count;

    /// <summary>Rents a tensor with undefined content, owned by the open tape if there is one.</summary>
    /// <param name="device">Where.</param>
    /// <param name="shape">Its shape.</param>
    public static Tensor Empty(Device device, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(device);
        var buffer = device.Rent(shape.Count);
        var tape = Tape.Current;
        tape?.Own(device, buffer);
        return new Tensor(device, buffer, shape, false, tape is null);
    }

    /// <summary>A tensor with undefined content that outlives every tape and belongs to its maker: what a <see cref="Plan"/> reads.</summary>
    /// <param name="device">Where.</param>
    /// <param name="shape">Its shape.</param>
    public static Tensor Lasting(Device device, Shape shape)
    {
        using var _ = Tape.Suspend();
        return Empty(device, shape);
    }

    /// <summary>Copies numbers from the host.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="values">The numbers, outermost axis first.</param>
    /// <exception cref="ShapeException">There are more or fewer numbers than the shape has elements.</exception>
    public static Tensor From(Device device, Shape shape, ReadOnlySpan<float> values)
    {
        CheckLength(shape, values.Length);
        var tensor = Empty(device, shape);
        device.Upload(values, tensor.Buffer);
        Trace.Current?.Add(new Operation.Constant(), tensor);
        return tensor;
    }

    /// <summary>A tensor of one value.</summary>
    /// <param name="device">Where.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="value">The value of each element.</param>
    public static Tensor Full(Device device, Shape shape, float value)
    {
        var tensor = Empty(device, shape);
        device.Kernels.Fill(tensor.Buffer, value, tensor.Count);
        Trace.Current?.Add(new Operation.Constant(), tensor);
        return tensor;
    }

    /// <summary>A trainable tensor: a leaf that outlives every tape and belongs to its maker.</summary>
    /// <param name="device">Where.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its first value.</param>
    public static Tensor Parameter(Device device, Shape shape, ReadOnlySpan<float> values)
    {
        using var _ = Tape.Suspend();
        var tensor = From(device, shape, values);
        tensor.RequiresGrad = true;
        tensor.Buffer.Kept = true;
        return tensor;
    }

    /// <summary>Replaces the numbers in place; for parameters and their averages, between tapes, and for the inputs of plans.</summary>
    /// <param name="values">As many numbers as there are elements.</param>
    public void Assign(ReadOnlySpan<float> values)
    {
        CheckLength(Shape, values.Length);
        Device.Upload(values, Buffer);
    }

    /// <summary>Copies the numbers to the host; waits for the device.</summary>
    public float[] ToArray()
    {
        float[] values = new float[Count];
        CopyTo(values);
        return values;
    }

    /// <summary>Copies the numbers to the host; waits for the device.</summary>
    /// <param name="values">Receives as many numbers as there are elements.</param>
    public void CopyTo(Span<float> values)
    {
        CheckLength(Shape, values.Length);
        Device.Download(Buffer, values);
    }

    /// <summary>The only number of a one-element tensor; waits for the device.</summary>
    /// <exception cref="ShapeException">There is more or less than one.</exception>
    public float Item()
    {
        ShapeException.Require(Count == 1, "Item", "one element", Shape);
        float value = 0;
        Device.Download(Buffer, new Span<float>(ref value));
        return value;
    }

    /// <summary>The same numbers as a leaf through which no gradient flows.</summary>
    public Tensor Detach() => RequiresGrad ? View(Shape, false) : this;

    /// <summary>The same numbers as a leaf that gradients flow to.</summary>
    public Tensor Differentiable() => View(Shape, true);

    /// <summary>Numbers in a buffer that belongs to somebody else.</summary>
    internal static Tensor Of(Device device, DeviceBuffer buffer, Shape shape) => new(device, buffer, shape, false, false);

    internal Tensor View(Shape shape, bool requiresGrad) => new(Device, Buffer, shape, requiresGrad, false);

    internal void MarkRecorded() => RequiresGrad = true;

    /// <summary>Gives the memory back, if this tensor was made outside every tape.</summary>
    public void Dispose()
    {
        if (_owned)
        {
            Device.Return(Buffer);
            _owned = false;
        }
    }

    private static void CheckLength(Shape shape, int length)
    {
        if (length != shape.Count)
        {
            throw new ShapeException($"{shape} has {shape.Count} elements, not {length}.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"Tensor{Shape} on {Device.Name}";
}
