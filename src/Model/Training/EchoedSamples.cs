using Mimesh.Faces;

namespace Mimesh.Training;

/// <summary>
/// Data echoing (Choi et al. 2019, arXiv 1907.05550): rendering costs more than a training step, so each rendered item is shown
/// several times. Items are made in windows; a window is shown once in order and then again in other orders, each time varied
/// anew, while the next one is being made. Sample i depends on i alone.
/// </summary>
/// <typeparam name="T">What is shown.</typeparam>
internal sealed class EchoedSamples<T> : IDisposable
{
    private readonly OrderedProducer<T> _made;
    private readonly Func<T, long, T> _vary;
    private readonly T[] _window;
    private readonly int[] _order;
    private readonly int _times;
    private long _sample;

    /// <summary>Starts making items.</summary>
    /// <param name="source">Makes and varies them.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="threads">How many are made at once.</param>
    public EchoedSamples(SampleSource<T> source, long first, int threads)
    {
        _vary = source.Vary;
        _times = source.Showings;
        _window = new T[source.Window];
        _order = new int[source.Window];
        _sample = first;
        _made = new OrderedProducer<T>(source.Training, first / Shown * source.Window, threads, source.Window);
        for (int k = 0; k < Math.Min(first % Shown, source.Window); k++)
        {
            _window[k] = _made.Next();
        }

        Order();
    }

    /// <summary>What was done so far to make items.</summary>
    public ProducerWork Work => _made.Work;

    private long Shown => (long)_window.Length * _times;

    /// <summary>The next sample; waits until its item is made.</summary>
    public T Next()
    {
        int showing = (int)(_sample % Shown), place = showing % _window.Length;
        if (place == 0)
        {
            Order();
        }

        if (showing < _window.Length)
        {
            _window[showing] = _made.Next();
        }

        return _vary(_window[_order[place]], _sample++);
    }

    public void Dispose() => _made.Dispose();

    // The order of the showing that the next sample belongs to: as made the first time, at random later.
    private void Order()
    {
        for (int k = 0; k < _order.Length; k++)
        {
            _order[k] = k;
        }

        if (_sample % Shown >= _window.Length)
        {
            var rng = new Rng((ulong)(_sample / _window.Length));
            for (int k = _order.Length - 1; k > 0; k--)
            {
                int other = rng.NextInt(k + 1);
                (_order[k], _order[other]) = (_order[other], _order[k]);
            }
        }
    }
}
