namespace Mimesh.Kernels;

/// <summary>
/// Memory for what recorded launches compute on the way. It is as large as the largest <see cref="Schedule"/> in it needs, and
/// schedules that run one after another share it: nothing in it survives from one run to the next.
/// </summary>
/// <param name="device">Whose memory.</param>
public sealed class Arena(Device device) : IDisposable
{
    private long _length;
    private bool _disposed;
    private DeviceBuffer? _memory;

    /// <summary>Whose memory.</summary>
    public Device Device { get; } = device ?? throw new ArgumentNullException(nameof(device));

    /// <summary>Its size.</summary>
    public long Bytes => _length * sizeof(float);

    /// <summary>The memory, rented when it is first asked for; another buffer once a schedule needs more.</summary>
    internal DeviceBuffer Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _memory ??= Device.Rent(_length);
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _disposed = true;
        Return();
    }

    internal void Reserve(long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (length > _length)
        {
            Return();
            _length = length;
        }
    }

    private void Return()
    {
        if (_memory is { } memory)
        {
            _memory = null;
            Device.Return(memory);
        }
    }
}
