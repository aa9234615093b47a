using System.Diagnostics;

namespace Mimesh.Training;

/// <summary>
/// Makes items 0, 1, 2 … ahead of their use on background threads and hands them out in order: item i depends on i alone, so
/// the sequence is the same for any number of threads, and may start anywhere.
/// </summary>
/// <typeparam name="T">What is made.</typeparam>
public sealed class OrderedProducer<T> : IDisposable
{
    private readonly Queue<Task<T>> _ahead = new();
    private readonly TaskFactory _factory;
    private readonly Func<long, T> _make;
    private readonly CancellationTokenSource _stop = new();
    private readonly int _depth;
    private long _next;
    private long _made;
    private long _busyTicks;
    private long _waitedTicks;

    /// <summary>Starts making items.</summary>
    /// <param name="make">Makes item i; called from several threads.</param>
    /// <param name="first">The first i.</param>
    /// <param name="threads">How many are made at once.</param>
    /// <param name="depth">How many are kept ready.</param>
    public OrderedProducer(Func<long, T> make, long first, int threads, int depth)
    {
        _make = make;
        _next = first;
        _depth = depth;

        // Hidden: what makes an item may wait for tasks of its own, such as those of a process. They must not queue here behind it.
        _factory = new TaskFactory(
            _stop.Token,
            TaskCreationOptions.HideScheduler,
            TaskContinuationOptions.HideScheduler,
            new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler);
    }

    /// <summary>What was done so far.</summary>
    internal ProducerWork Work => new(
        Interlocked.Read(ref _made),
        Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _busyTicks)),
        Stopwatch.GetElapsedTime(0, _waitedTicks));

    /// <summary>The next item; waits until it is made.</summary>
    public T Next()
    {
        while (_ahead.Count < _depth)
        {
            long i = _next++;
            _ahead.Enqueue(_factory.StartNew(() => Make(i)));
        }

        long start = Stopwatch.GetTimestamp();
        T item = _ahead.Dequeue().GetAwaiter().GetResult();
        _waitedTicks += Stopwatch.GetTimestamp() - start;
        return item;
    }

    private T Make(long i)
    {
        long start = Stopwatch.GetTimestamp();
        T item = _make(i);
        Interlocked.Add(ref _busyTicks, Stopwatch.GetTimestamp() - start);
        Interlocked.Increment(ref _made);
        return item;
    }

    /// <summary>Stops; what is being made is finished and dropped.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            Task.WaitAll([.. _ahead]);
        }
        catch (AggregateException)
        {
            // Cancelled items, and failures of items that nobody asked for.
        }

        _stop.Dispose();
    }
}

/// <summary>What an <see cref="OrderedProducer{T}"/> has done.</summary>
/// <param name="Made">Items.</param>
/// <param name="Busy">Time that making them took, added up over the threads.</param>
/// <param name="Waited">Time that the user of the items waited for them.</param>
internal readonly record struct ProducerWork(long Made, TimeSpan Busy, TimeSpan Waited);
