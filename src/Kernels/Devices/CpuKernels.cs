using System.Runtime.InteropServices;

namespace Mimesh.Kernels;

/// <summary>
/// The kernels of <see cref="CpuDevice"/>; each family's part stands in the family's folder. A kernel describes its work as
/// a struct of pointers and sizes, cuts it into parts by shape alone, and hands it to the pool.
/// </summary>
internal sealed unsafe partial class CpuKernels(WorkerPool pool) : IKernels, IDisposable
{
    // Elements of a part of element-wise work: 64 KiB of each operand, a launch's cost many times over.
    private const int ElementsPerPart = 16384;

    // What kernels need besides their operands is kept from call to call: one run of memory for what all threads share
    // (packed weights, partial sums) and one for each thread (a band of padded input). Memory that no thread has touched yet is not
    // there, so a fork whose jobs the workers never did has its own thread's alone.
    private readonly Scratch _packed = new(), _partial = new(), _bias = new(), _spread = new();
    private readonly Scratch[] _perWorker = [.. Enumerable.Range(0, pool.Threads).Select(_ => new Scratch())];

    /// <inheritdoc/>
    public void Dispose()
    {
        _packed.Dispose();
        _partial.Dispose();
        _bias.Dispose();
        _spread.Dispose();
        foreach (var scratch in _perWorker)
        {
            scratch.Dispose();
        }

        NativeMemory.Free(_bands);
        _bands = null;
    }

    // What a kernel reads.
    private static float* Pointer(DeviceBuffer buffer) => ((CpuBuffer)buffer).Pointer;

    private static float* Pointer(DeviceBuffer? buffer, float* otherwise) =>
        buffer is null ? otherwise : ((CpuBuffer)buffer).Pointer;

    // What a kernel writes, whether or not it reads it too.
    private static float* Output(DeviceBuffer buffer)
    {
        buffer.Version++;
        return ((CpuBuffer)buffer).Pointer;
    }

    private static int Parts(long length, long perPart) => checked((int)((length + perPart - 1) / perPart));

    // One run of at least this length for every worker: the table of their addresses.
    private float** _bands = (float**)NativeMemory.AllocZeroed((nuint)pool.Threads, (nuint)sizeof(float*));

    private float** Bands(long length)
    {
        for (int i = 0; i < _perWorker.Length; i++)
        {
            _bands[i] = _perWorker[i].Reserve(length);
        }

        return _bands;
    }

    /// <summary>Memory that grows to the largest need and stays; its content does not survive a reservation.</summary>
    private sealed class Scratch : IDisposable
    {
        private float* _pointer;
        private long _length;

        public float* Reserve(long length)
        {
            if (length > _length)
            {
                Dispose();
                _pointer = (float*)NativeMemory.AlignedAlloc(checked((nuint)length * sizeof(float)), 256);
                _length = length;
            }

            return _pointer;
        }

        public void Dispose()
        {
            NativeMemory.AlignedFree(_pointer);
            _pointer = null;
            _length = 0;
        }
    }
}
