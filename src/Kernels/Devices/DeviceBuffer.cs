namespace Mimesh.Kernels;

/// <summary>
/// A run of 32-bit words in a device's memory (floats; indices of a sparse matrix are stored as integers), aligned to
/// 256 bytes. Buffers are rented from and returned to their <see cref="Device"/>; they never move.
/// </summary>
/// <param name="length">Capacity in words.</param>
public abstract class DeviceBuffer(long length)
{
    /// <summary>Capacity in 32-bit words; at least what was asked for.</summary>
    public long Length { get; } = length;

    /// <summary>
    /// Whether the content changes seldom, as parameters do: kernels may then keep what they make of it (packed weights) until it
    /// changes.
    /// </summary>
    public bool Kept { get; set; }

    /// <summary>Changes with the content: with every upload, and every launch that writes here.</summary>
    public int Version { get; internal set; }

    /// <summary>Changes when the buffer is returned.</summary>
    internal int Generation { get; private set; }

    // Who rented it out; null while it is in the pool, and for a slice.
    private Device? Lender { get; set; }

    /// <summary>A part of this buffer: the same memory, not to be returned. Tests put guard words around it.</summary>
    /// <param name="start">Its first word, a multiple of 64 so that it is aligned like a buffer.</param>
    /// <param name="length">Its capacity in words.</param>
    internal abstract DeviceBuffer Slice(long start, long length);

    internal void Rent(Device lender) => Lender = lender;

    internal void EndRental(Device lender)
    {
        if (Lender != lender)
        {
            throw new InvalidOperationException(
                Lender is null ? "A buffer is returned once, and this one was returned before." : $"A buffer of another device was returned to {lender.Name}.");
        }

        Lender = null;
        Kept = false;
        Generation++;
    }
}

/// <summary>A buffer for as long as it is rented: what holds on to it longer gets an exception, not the numbers of whoever rents it next.</summary>
public readonly struct Rental
{
    private readonly DeviceBuffer _buffer;
    private readonly int _generation;

    /// <summary>Takes note of a buffer.</summary>
    /// <param name="buffer">A buffer that is rented now.</param>
    public Rental(DeviceBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        (_buffer, _generation) = (buffer, buffer.Generation);
    }

    /// <summary>Changes with the content; see <see cref="DeviceBuffer.Version"/>.</summary>
    public int Version => _buffer.Version;

    /// <summary>The buffer.</summary>
    /// <param name="holder">Who holds it, for the exception's message.</param>
    /// <exception cref="ObjectDisposedException">It was returned.</exception>
    public DeviceBuffer For(object holder)
    {
        if (_buffer.Generation != _generation)
        {
            throw new ObjectDisposedException(holder?.ToString(), "Its memory was given back: it was disposed, or what it belonged to (a tape, a plan, a network).");
        }

        return _buffer;
    }
}
