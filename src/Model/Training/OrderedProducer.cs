namespace Mimesh.Model.Training;

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
        _factory = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler);
    }

    /// <summary>The next item; waits until it is made.</summary>
    public T Next()
    {
        while (_ahead.Count < _depth)
        {
            long i = _next++;
            _ahead.Enqueue(_factory.StartNew(() => _make(i), _stop.Token));
        }

        return _ahead.Dequeue().GetAwaiter().GetResult();
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
