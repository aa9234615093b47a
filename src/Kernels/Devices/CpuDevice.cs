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

    /// <summary>Opens the processor.</summary>
    /// <param name="threads">Threads that work, the caller's included; 0 for one a logical processor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public CpuDevice(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _pool = new WorkerPool(threads == 0 ? Environment.ProcessorCount : threads);
        _kernels = new CpuKernels(_pool);
    }

    /// <inheritdoc/>
    public override string Name => "cpu";

    /// <inheritdoc/>
    public override string Description => Describe(Threads);

    /// <summary>Threads that work, the caller's included.</summary>
    public int Threads => _pool.Threads;

    /// <inheritdoc/>
    public override IKernels Kernels => _kernels;

    /// <inheritdoc/>
    public override unsafe void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer target)
    {
        var words = MemoryMarshal.Cast<T, float>(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(words.Length, target.Length, nameof(source));
        var buffer = (CpuBuffer)target;
        buffer.Changed();
        words.CopyTo(new Span<float>(buffer.Pointer, words.Length));
    }

    /// <inheritdoc/>
    public override unsafe void Download<T>(DeviceBuffer source, Span<T> target)
    {
        var words = MemoryMarshal.Cast<T, float>(target);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(words.Length, source.Length, nameof(target));
        new ReadOnlySpan<float>(((CpuBuffer)source).Pointer, words.Length).CopyTo(words);
    }

    internal static string Describe(int threads) =>
        $"{RuntimeInformation.ProcessArchitecture} processor, {ProductKernel.Lanes * 32}-bit vectors, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    /// <inheritdoc/>
    protected override DeviceBuffer Allocate(long length) => new CpuBuffer(length);

    /// <inheritdoc/>
    protected override void Free(DeviceBuffer buffer) => ((CpuBuffer)buffer).Free();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _pool.Dispose();
        _kernels.Dispose();
    }
}

/// <summary>Native memory, zero at first; the system provides a page when it is first touched.</summary>
internal sealed unsafe class CpuBuffer : DeviceBuffer
{
    private const int Alignment = 256;
    private void* _memory;
    private Dictionary<PackKey, (nint Pointer, long Length, long Version)>? _packings;
    private long _version;

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

    /// <summary>Memory for what a kernel makes of this buffer's content, kept with it.</summary>
    /// <param name="key">What it is.</param>
    /// <param name="length">Its floats, always the same for a key.</param>
    /// <param name="stale">Whether the content has changed since it was made.</param>
    public float* Packing(in PackKey key, long length, out bool stale)
    {
        _packings ??= [];
        ref var packing = ref CollectionsMarshal.GetValueRefOrAddDefault(_packings, key, out bool known);
        if (!known)
        {
            packing.Pointer = (nint)NativeMemory.AlignedAlloc(checked((nuint)length * sizeof(float)), 256);
            packing.Length = length;
        }

        if (packing.Length != length)
        {
            throw new InvalidOperationException($"{key} was packed into {packing.Length} floats before, and now wants {length}.");
        }

        stale = !known || packing.Version != _version;
        packing.Version = _version;
        return (float*)packing.Pointer;
    }

    /// <summary>Says that the content has changed.</summary>
    public void Changed() => _version++;

    public void Free()
    {
        foreach (var packing in _packings?.Values ?? Enumerable.Empty<(nint Pointer, long Length, long Version)>())
        {
            NativeMemory.AlignedFree((void*)packing.Pointer);
        }

        _packings = null;
        NativeMemory.Free(_memory);
        _memory = Pointer = null;
    }
}
