using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Mimesh.Kernels;

/// <summary>A piece of parallel work: a struct of pointers and sizes, so that a launch allocates nothing.</summary>
internal interface IWork
{
    /// <summary>Does part <paramref name="index"/>.</summary>
    /// <param name="index">Which part, from 0.</param>
    /// <param name="worker">The thread that does it, 0 to Threads − 1: for scratch memory, never for results.</param>
    void Run(int index, int worker);
}

/// <summary>
/// Persistent threads that share out the parts of one job at a time; the calling thread works along as worker 0. Several threads
/// may call at once: one gets the workers, the others do their jobs alone, rather than wait. Workers
/// spin for a moment after a job, since the next is usually close behind, then park. Which thread does which part is left
/// to chance, so a job's parts must not depend on the number of threads.
/// </summary>
internal sealed unsafe class WorkerPool : IDisposable
{
    // About 150 μs: longer than what a host does between two launches of a network, shorter than a frame.
    private const int SpinsBeforePark = 1000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);

    // The job: valid while _open. A worker counts itself in before it looks at _open, and For closes before it waits for the
    // count to drop to zero, so nobody reads a job that is being replaced.
    private delegate*<void*, int, int, void> _run;
    private void* _work;
    private int _count;
    private int _next;
    private volatile bool _open;
    private int _inside;

    private int _taken;

    private volatile int _generation;
    private int _parked;
    private volatile bool _stop;
    private Exception? _failure;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Workers, the caller included: 1 or more.</param>
    public WorkerPool(int threads)
    {
        Threads = threads;
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"Mimesh worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of workers, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs parts 0 to count − 1 and returns when all are done; the first exception of any is thrown here.</summary>
    /// <param name="count">Number of parts.</param>
    /// <param name="work">The work; it stays on the caller's stack.</param>
    public void For<T>(int count, in T work)
        where T : unmanaged, IWork
    {
        T copy = work;
        if (count <= 1 || _threads.Length == 0 || Interlocked.Exchange(ref _taken, 1) != 0)
        {
            for (int i = 0; i < count; i++)
            {
                copy.Run(i, 0);
            }

            return;
        }

        _run = &Invoke<T>;
        _work = &copy;
        _count = count;
        _next = 0;
        _open = true;
        Interlocked.Increment(ref _generation);
        int parked = Interlocked.Exchange(ref _parked, 0);
        if (parked > 0)
        {
            _wake.Release(parked);
        }

        Share(0);
        _open = false;
        Interlocked.MemoryBarrier();
        var spin = default(SpinWait);
        while (Volatile.Read(ref _inside) != 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        var failure = _failure;
        _failure = null;
        Volatile.Write(ref _taken, 0);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        _wake.Release(_threads.Length + 1);
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _wake.Dispose();
    }

    private static void Invoke<T>(void* work, int index, int worker)
        where T : unmanaged, IWork => Unsafe.AsRef<T>(work).Run(index, worker);

    // Takes parts until none is left.
    private void Share(int worker)
    {
        try
        {
            for (int i; (i = Interlocked.Increment(ref _next) - 1) < _count;)
            {
                _run(_work, i, worker);
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, e, null);
            Volatile.Write(ref _next, _count);
        }
    }

    private void Loop(int worker)
    {
        int seen = 0;
        while (true)
        {
            for (int spins = 0; _generation == seen && !_stop; spins++)
            {
                if (spins < SpinsBeforePark)
                {
                    Thread.SpinWait(4);
                }
                else
                {
                    Park(seen);
                    spins = 0;
                }
            }

            if (_stop)
            {
                return;
            }

            seen = _generation;
            Interlocked.Increment(ref _inside);
            if (_open)
            {
                Share(worker);
            }

            Interlocked.Decrement(ref _inside);
        }
    }

    private void Park(int seen)
    {
        Interlocked.Increment(ref _parked);
        if (_generation != seen)
        {
            // A job came in between. Take the count back, unless its launch has already turned it into a wake-up.
            for (int parked = Volatile.Read(ref _parked); parked > 0; parked = Volatile.Read(ref _parked))
            {
                if (Interlocked.CompareExchange(ref _parked, parked - 1, parked) == parked)
                {
                    return;
                }
            }
        }

        _wake.Wait();
    }
}
