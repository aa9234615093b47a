using System.Numerics;

namespace Mimesh.Kernels;

/// <summary>
/// A place where kernels run: its memory pool, its one in-order queue and its <see cref="IKernels"/>. A device belongs to
/// one thread at a time. Launches return before the work is done on a GPU; <see cref="Download"/> and
/// <see cref="Synchronize"/> wait for it.
/// </summary>
public abstract partial class Device : IDisposable
{
    // 16 TiB: beyond it, sizes in bytes could overflow.
    private const long MaxLength = 1L << 42;

    // One free list a size class; classes are at most a quarter apart, so at most a fifth of a buffer is unused.
    private readonly Dictionary<long, Stack<DeviceBuffer>> _free = [];
    private readonly HashSet<DeviceBuffer> _all = [];

    /// <summary>The name that opens this device: <c>cpu</c>, <c>cuda:0</c> or <c>simulator</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the device is, for people: processor or GPU name, threads or memory.</summary>
    public abstract string Description { get; }

    /// <summary>Every kernel, on this device.</summary>
    public abstract IKernels Kernels { get; }

    /// <summary>Bytes that the pool holds, rented or free.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Rents a buffer with undefined content.</summary>
    /// <param name="length">Words, 0 or more.</param>
    /// <exception cref="OutOfMemoryException">The device has not that much memory.</exception>
    public virtual DeviceBuffer Rent(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > MaxLength)
        {
            throw new OutOfMemoryException($"a buffer of {length} words is beyond any device's memory");
        }

        long size = SizeClass(length);
        if (_free.TryGetValue(size, out var stack) && stack.TryPop(out var buffer))
        {
            return buffer;
        }

        buffer = Allocate(size);
        _all.Add(buffer);
        AllocatedBytes += size * sizeof(float);
        return buffer;
    }

    /// <summary>Gives a rented buffer back; queued kernels that use it are ahead of any that will.</summary>
    /// <param name="buffer">A buffer of this device that nobody uses any more.</param>
    public virtual void Return(DeviceBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (!_free.TryGetValue(buffer.Length, out var stack))
        {
            _free[buffer.Length] = stack = new Stack<DeviceBuffer>();
        }

        stack.Push(buffer);
    }

    /// <summary>Frees the memory that nobody rents, such as what loading a network has left behind.</summary>
    public void Trim()
    {
        Synchronize();
        foreach (var buffer in _free.Values.SelectMany(stack => stack))
        {
            _all.Remove(buffer);
            AllocatedBytes -= buffer.Length * sizeof(float);
            Free(buffer);
        }

        _free.Clear();
    }

    /// <summary>Copies words from the host to the start of a buffer.</summary>
    /// <typeparam name="T">A 32-bit type.</typeparam>
    /// <param name="source">The words.</param>
    /// <param name="target">A buffer with room for them.</param>
    public abstract void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer target)
        where T : unmanaged;

    /// <summary>Waits for the queue and copies words from the start of a buffer to the host.</summary>
    /// <typeparam name="T">A 32-bit type.</typeparam>
    /// <param name="source">The buffer.</param>
    /// <param name="target">Where to; its length is how many are copied.</param>
    public abstract void Download<T>(DeviceBuffer source, Span<T> target)
        where T : unmanaged;

    /// <summary>Waits until every queued kernel has finished.</summary>
    public abstract void Synchronize();

    /// <summary>Copies a sparse matrix to the device, for its whole life.</summary>
    /// <param name="matrix">The matrix.</param>
    public DeviceCsr Upload(CsrMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var csr = new DeviceCsr(matrix.Rows, matrix.Columns, Rent(matrix.RowStart.Length), Rent(matrix.Column.Length), Rent(matrix.Value.Length));
        Upload<int>(matrix.RowStart, csr.RowStart);
        Upload<int>(matrix.Column, csr.Column);
        Upload<float>(matrix.Value, csr.Value);
        return csr;
    }

    /// <summary>Waits for the queue and copies a sparse matrix back to the host.</summary>
    /// <param name="matrix">What <see cref="Upload(CsrMatrix)"/> gave.</param>
    public CsrMatrix Download(DeviceCsr matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        int[] rowStart = new int[matrix.Rows + 1];
        Download(matrix.RowStart, rowStart.AsSpan());
        int[] column = new int[rowStart[^1]];
        float[] value = new float[rowStart[^1]];
        Download(matrix.Column, column.AsSpan());
        Download(matrix.Value, value.AsSpan());
        return new CsrMatrix(matrix.Rows, matrix.Columns, rowStart, column, value);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Synchronize();
        foreach (var buffer in _all)
        {
            Free(buffer);
        }

        _all.Clear();
        _free.Clear();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Allocates device memory, 256-byte aligned.</summary>
    /// <param name="length">Words.</param>
    protected abstract DeviceBuffer Allocate(long length);

    /// <summary>Frees what <see cref="Allocate"/> gave.</summary>
    /// <param name="buffer">The buffer.</param>
    protected abstract void Free(DeviceBuffer buffer);

    /// <summary>Ends the device's queue and threads.</summary>
    /// <param name="disposing">Always true: there are no finalizers.</param>
    protected abstract void Dispose(bool disposing);

    // Powers of two and the three quarter-steps between them, in units of 64 words (256 bytes).
    private static long SizeClass(long length)
    {
        long units = Math.Max(1, (length + 63) / 64);
        if (units <= 8)
        {
            return units * 64;
        }

        long step = 1L << (BitOperations.Log2((ulong)(units - 1)) - 2);
        return (units + step - 1) / step * step * 64;
    }
}
