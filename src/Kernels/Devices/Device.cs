using System.Numerics;

namespace Mimesh.Kernels;

/// <summary>
/// A place where kernels run: its memory pool, its one in-order queue and its <see cref="IKernels"/>. Launches return before the
/// work is done on a GPU; <see cref="Download"/> and <see cref="Synchronize"/> wait for it.
/// </summary>
/// <remarks>
/// A device belongs to the thread that opened it, until another one takes it over with <see cref="Adopt"/>. From any other thread it
/// takes no launch, rents nothing and copies nothing: <see cref="InvalidOperationException"/>. Threads that work at the same time
/// have a <see cref="Fork"/> each. Once disposed it does nothing more: <see cref="ObjectDisposedException"/>.
/// </remarks>
public abstract partial class Device : IDisposable
{
    // 16 TiB: beyond it, sizes in bytes could overflow.
    private const long MaxLength = 1L << 42;

    // One free list a size class; classes are at most a quarter apart, so at most a fifth of a buffer is unused.
    private readonly Dictionary<long, Stack<DeviceBuffer>> _free = [];
    private readonly HashSet<DeviceBuffer> _all = [];
    private readonly Lock _opening = new();
    private readonly Device? _parent;

    // The owner's managed thread id, which is above 0; a disposed device has none.
    private volatile int _owner = Environment.CurrentManagedThreadId;
    private int _forks;

    /// <summary>A device of its own.</summary>
    protected Device()
    {
    }

    /// <summary>One more queue of a device.</summary>
    /// <param name="parent">The device.</param>
    private protected Device(Device parent)
    {
        lock (parent._opening)
        {
            ObjectDisposedException.ThrowIf(parent.IsDisposed, parent);
            parent._forks++;
        }

        _parent = parent;
    }

    /// <summary>The name that opens this device: <c>cpu</c>, <c>cuda:0</c> or <c>simulator</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the device is, for people: processor or GPU name, threads or memory.</summary>
    public abstract string Description { get; }

    /// <summary>Every kernel, on this device.</summary>
    /// <exception cref="InvalidOperationException">The device belongs to another thread.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public IKernels Kernels
    {
        get
        {
            Enter();
            return Launcher;
        }
    }

    /// <summary>Bytes that the pool holds, rented or free.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>The device whose buffers this one's kernels read as they are: a fork's parent, or what lies under a recording.</summary>
    internal virtual Device? Under => _parent;

    /// <summary>The kernels themselves.</summary>
    protected abstract IKernels Launcher { get; }

    private bool IsDisposed => _owner == 0;

    /// <summary>Makes the calling thread the owner; the one before must have ended its work.</summary>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public virtual void Adopt()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _owner = Environment.CurrentManagedThreadId;
    }

    /// <summary>
    /// One more queue on the same hardware, with a memory pool of its own, for the calling thread: any thread may call. Its kernels
    /// read this device's buffers (weights) as they are, and share what was made of them, compiled kernels and worker threads; results
    /// have the same bits. While forks work, those buffers are not written. A device is disposed after its forks.
    /// </summary>
    /// <exception cref="NotSupportedException">A recording has only one queue.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public virtual Device Fork() => throw new NotSupportedException($"a {GetType().Name} has only one queue");

    /// <summary>Whether buffers of another device may be operands here: its own, or those of a device under it.</summary>
    /// <param name="other">The other device.</param>
    public bool Reads(Device other)
    {
        for (var device = this; device is not null; device = device.Under)
        {
            if (device == other)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Rents a buffer with undefined content.</summary>
    /// <param name="length">Words, 0 or more.</param>
    /// <exception cref="OutOfMemoryException">The device has not that much memory.</exception>
    public DeviceBuffer Rent(long length)
    {
        Enter();
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var buffer = Take(length);
        buffer.Rent(this);
        return buffer;
    }

    /// <summary>
    /// Gives a rented buffer back; queued kernels that use it are ahead of any that will. A disposed device has freed it already.
    /// </summary>
    /// <param name="buffer">A buffer of this device that nobody uses any more.</param>
    /// <exception cref="InvalidOperationException">The buffer was returned before, or is of another device.</exception>
    public void Return(DeviceBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (IsDisposed)
        {
            return;
        }

        Enter();
        buffer.EndRental(this);
        Put(buffer);
    }

    /// <summary>Finds a buffer to rent.</summary>
    /// <param name="length">Words, 0 or more.</param>
    protected virtual DeviceBuffer Take(long length)
    {
        if (length > MaxLength)
        {
            throw new OutOfMemoryException($"a buffer of {length} words is beyond any device's memory");
        }

        long size = SizeClass(length);
        if (_free.TryGetValue(size, out var stack) && stack.TryPop(out var buffer))
        {
            return buffer;
        }

        buffer = AllocateOrTrim(size);
        _all.Add(buffer);
        AllocatedBytes += size * sizeof(float);
        return buffer;
    }

    /// <summary>Takes a buffer back.</summary>
    /// <param name="buffer">What <see cref="Take"/> gave.</param>
    protected virtual void Put(DeviceBuffer buffer)
    {
        if (!_free.TryGetValue(buffer.Length, out var stack))
        {
            _free[buffer.Length] = stack = new Stack<DeviceBuffer>();
        }

        stack.Push(buffer);
    }

    /// <summary>Frees the memory that nobody rents, such as what loading a network has left behind.</summary>
    public void Trim()
    {
        Enter();
        Wait();
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
    public void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer target)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(target);
        Enter();
        target.Version++;
        Write(source, target);
    }

    /// <summary>Waits for the queue and copies words from the start of a buffer to the host.</summary>
    /// <typeparam name="T">A 32-bit type.</typeparam>
    /// <param name="source">The buffer.</param>
    /// <param name="target">Where to; its length is how many are copied.</param>
    public void Download<T>(DeviceBuffer source, Span<T> target)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        Enter();
        Read(source, target);
    }

    /// <summary>Waits until every queued kernel has finished.</summary>
    public void Synchronize()
    {
        Enter();
        Wait();
    }

    /// <summary>Copies a sparse matrix to the device.</summary>
    /// <param name="matrix">The matrix.</param>
    public DeviceCsr Upload(CsrMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var csr = new DeviceCsr(this, matrix.Rows, matrix.Columns, Rent(matrix.RowStart.Length), Rent(matrix.Column.Length), Rent(matrix.Value.Length));
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

    /// <summary>
    /// Frees the memory, and ends the threads unless they are a parent's. Any thread may call it once the device's own has ended its
    /// work; a second time does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">A fork is still open.</exception>
    public void Dispose()
    {
        lock (_opening)
        {
            if (_forks > 0)
            {
                throw new InvalidOperationException($"{Name} has {_forks} fork{(_forks == 1 ? "" : "s")} that still share its memory: dispose them first.");
            }

            if (Interlocked.Exchange(ref _owner, 0) == 0)
            {
                return;
            }
        }

        Wait();
        foreach (var buffer in _all)
        {
            Free(buffer);
        }

        _all.Clear();
        _free.Clear();
        AllocatedBytes = 0;
        Dispose(true);
        if (_parent is not null)
        {
            lock (_parent._opening)
            {
                _parent._forks--;
            }
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Copies words to the start of a buffer.</summary>
    /// <typeparam name="T">A 32-bit type.</typeparam>
    /// <param name="source">The words.</param>
    /// <param name="target">A buffer with room for them.</param>
    protected abstract void Write<T>(ReadOnlySpan<T> source, DeviceBuffer target)
        where T : unmanaged;

    /// <summary>Waits for the queue and copies words from the start of a buffer.</summary>
    /// <typeparam name="T">A 32-bit type.</typeparam>
    /// <param name="source">The buffer.</param>
    /// <param name="target">Where to.</param>
    protected abstract void Read<T>(DeviceBuffer source, Span<T> target)
        where T : unmanaged;

    /// <summary>Waits until every queued kernel has finished.</summary>
    protected abstract void Wait();

    /// <summary>Allocates device memory, 256-byte aligned.</summary>
    /// <param name="length">Words.</param>
    protected abstract DeviceBuffer Allocate(long length);

    /// <summary>Frees what <see cref="Allocate"/> gave.</summary>
    /// <param name="buffer">The buffer.</param>
    protected abstract void Free(DeviceBuffer buffer);

    /// <summary>Ends the device's queue and threads.</summary>
    /// <param name="disposing">Always true: there are no finalizers.</param>
    protected abstract void Dispose(bool disposing);

    // What is free in the pool may be of other sizes, and is given up before the device is said to be full.
    private DeviceBuffer AllocateOrTrim(long size)
    {
        try
        {
            return Allocate(size);
        }
        catch (OutOfMemoryException) when (_free.Values.Any(stack => stack.Count > 0))
        {
            Trim();
            return Allocate(size);
        }
    }

    // One comparison, since every launch comes by.
    private void Enter()
    {
        if (_owner != Environment.CurrentManagedThreadId)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            throw new InvalidOperationException(
                $"{Name} belongs to thread {_owner} and was used by thread {Environment.CurrentManagedThreadId}: take it over with Adopt(), or use a Fork() of it.");
        }
    }

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
