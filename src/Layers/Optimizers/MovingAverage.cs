using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>
/// The exponential moving average of parameters, <c>a ← a + (1 − decay)·(w − a)</c>. It starts as a plain mean
/// (decay at most <c>(1 + t)/(10 + t)</c> after t updates), so that the random first values are forgotten soon.
/// </summary>
public sealed class MovingAverage : IDisposable
{
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly float _decay;

    /// <summary>Starts at the parameters' current values.</summary>
    /// <param name="parameters">What is averaged.</param>
    /// <param name="decay">How much of the average stays in one update.</param>
    public MovingAverage(IReadOnlyList<Tensor> parameters, float decay = 0.999f)
    {
        Ops.RequireAll(parameters);
        _parameters = parameters;
        _decay = decay;
        Average = [.. parameters.Select(p => Tensor.Parameter(p.Device, p.Shape, p.ToArray()))];
    }

    /// <summary>The averages, in the order of the parameters.</summary>
    public IReadOnlyList<Tensor> Average { get; }

    /// <summary>Takes the parameters' current values in.</summary>
    /// <param name="step">Updates before this one.</param>
    public void Update(int step)
    {
        float weight = 1f - Math.Min(_decay, (1f + step) / (10f + step));
        for (int i = 0; i < _parameters.Count; i++)
        {
            var (w, a) = (_parameters[i], Average[i]);
            int n = (int)w.Count;
            w.Device.Kernels.Zip(new Lerp(weight), a.Buffer, w.Buffer, a.Buffer, new BroadcastSpec(1, 1, 1, n, 0, 0, 0, 1, 0, 0, 0, 1));
        }
    }

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        foreach (var a in Average)
        {
            a.Dispose();
        }
    }
}
