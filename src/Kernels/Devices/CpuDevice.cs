using System.Runtime.InteropServices;

namespace Mimesh.Kernels;

/// <summary>
/// The processor: .NET SIMD on a persistent pool of threads. Kernels run at once, on the calling thread and the pool's;
/// results have the same bits for any number of threads.
/// </summary>
public sealed class CpuDevice : Device
{
    private readonly WorkerPool _pool;
    private readonly CpuKernels _kernels;
    private readonly bool _ownsPool;

    /// <summary>Opens the processor.</summary>
    /// <param name="threads">Threads that work, the caller's included; 0 for one a logical processor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public CpuDevice(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _pool = new WorkerPool(threads == 0 ? Environment.ProcessorCount : threads);
        _kernels = new CpuKernels(_pool);
        _ownsPool = true;
    }

    private CpuDevice(CpuDevice parent)
        : base(parent)
    {
        _pool = parent._pool;
        _kernels = new CpuKernels(_pool);
    }

    /// <inheritdoc/>
    public override string Name => "cpu";

    /// <inheritdoc/>
    public override string Description => Describe(Threads);

    /// <summary>Threads that work, the caller's included.</summary>
    public int Threads => _pool.Threads;

    /// <inheritdoc/>
    protected override IKernels Launcher => _kernels;

    /// <inheritdoc/>
    /// <remarks>Worker threads do one fork's job at a time; a fork that finds them busy does its own alone.</remarks>
    public override Device Fork() => new CpuDevice(this);

    /// <inheritdoc/>
    protected override unsafe void Write<T>(ReadOnlySpan<T> source, DeviceBuffer target)
    {
        var words = MemoryMarshal.Cast<T, float>(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(words.Length, target.Length, nameof(source));
        words.CopyTo(new Span<float>(((CpuBuffer)target).Pointer, words.Length));
    }

    /// <inheritdoc/>
    protected override unsafe void Read<T>(DeviceBuffer source, Span<T> target)
    {
        var words = MemoryMarshal.Cast<T, float>(target);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(words.Length, source.Length, nameof(target));
        new ReadOnlySpan<float>(((CpuBuffer)source).Pointer, words.Length).CopyTo(words);
    }

    internal static string Describe(int threads) =>
        $"{RuntimeInformation.ProcessArchitecture} processor, {ProductKernel.Lanes * 32}-bit vectors, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    protected override void Wait()
    {
    }

    /// <inheritdoc/>
    protected override DeviceBuffer Allocate(long length) => new CpuBuffer(length);

    /// <inheritdoc/>
    protected override void Free(DeviceBuffer buffer) => ((CpuBuffer)buffer).Free();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_ownsPool)
        {
            _pool.Dispose();
        }

        _kernels.Dispose();
    }
}

/// <summary>Native memory, zero at first; the system provides a page when it is first touched.</summary>
internal sealed unsafe class CpuBuffer : DeviceBuffer
{
    private const int Alignment = 256;
    private void* _memory;

    // What kernels made of the content. A fork that makes it keeps the others out until it is whole.
    private readonly Dictionary<PackKey, Packing> _packings = [];

    public CpuBuffer(long length)
        : base(length)
    {
        _memory = NativeMemory.AllocZeroed(checked(((nuint)length * sizeof(float)) + Alignment));
        Pointer = (float*)(((nuint)_memory + Alignment - 1) / Alignment * Alignment);
    }

    private CpuBuffer(float* pointer, long length)
        : base(length) => Pointer = pointer;

    /// <summary>The first word; null once freed.</summary>
    public float* Pointer { get; private set; }

    internal override DeviceBuffer Slice(long start, long length) => new CpuBuffer(Pointer + start, length);

    /// <summary>Memory for what a kernel makes of this buffer's content, kept with it. Dispose it when that is made.</summary>
    /// <param name="key">What it is.</param>
    /// <param name="length">Its floats, always the same for a key.</param>
    public Packed Pack(in PackKey key, long length)
    {
        Monitor.Enter(_packings);
        try
        {
            if (!_packings.TryGetValue(key, out var packing))
            {
                packing = new Packing((nint)NativeMemory.AlignedAlloc(checked((nuint)length * sizeof(float)), 256), length);
                _packings.Add(key, packing);
            }

            return packing.Length == length
                ? new Packed((float*)packing.Pointer, packing, this)
                : throw new InvalidOperationException($"{key} was packed into {packing.Length} floats before, and now wants {length}.");
        }
        catch
        {
            Monitor.Exit(_packings);
            throw;
        }
    }

    public void Free()
    {
        foreach (var packing in _packings.Values)
        {
            NativeMemory.AlignedFree((void*)packing.Pointer);
        }

        _packings.Clear();
        NativeMemory.Free(_memory);
        _memory = Pointer = null;
    }

    /// <summary>What was made of a buffer's content, and which content it was.</summary>
    internal sealed class Packing(nint pointer, long length)
    {
        public nint Pointer => pointer;

        public long Length => length;

        public int? Version { get; set; }
    }

    /// <summary>Memory for what is made of a buffer's content, no other thread's until it is disposed.</summary>
    internal readonly ref struct Packed(float* pointer, Packing? packing, CpuBuffer? buffer) : IDisposable
    {
        public float* Pointer => pointer;

        /// <summary>Whether it is yet to be made, of what the buffer holds now.</summary>
        public bool IsStale => packing is null || packing.Version != buffer!.Version;

        /// <summary>Says that it is whole.</summary>
        public void Made() => packing?.Version = buffer!.Version;

        public void Dispose()
        {
            if (buffer is not null)
            {
                Monitor.Exit(buffer._packings);
            }
        }
    }
}
