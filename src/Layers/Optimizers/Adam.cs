using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>Adam (Kingma and Ba 2015) with clipping of the global gradient norm; see <see cref="AdamSpec"/>.</summary>
public sealed class Adam : IDisposable
{
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly Tensor[] _m, _v;

    /// <summary>Creates an optimiser with zero moments.</summary>
    /// <param name="parameters">What it updates, in a fixed order.</param>
    public Adam(IReadOnlyList<Tensor> parameters)
    {
        Ops.RequireAll(parameters);
        _parameters = parameters;
        _m = [.. parameters.Select(Zeros)];
        _v = [.. parameters.Select(Zeros)];

        static Tensor Zeros(Tensor p)
        {
            using var _ = Tape.Suspend();
            return Tensor.Full(p.Device, p.Shape, 0f);
        }
    }

    /// <summary>Step size.</summary>
    public float LearningRate { get; set; } = 1e-4f;

    /// <summary>Decay of the first moment.</summary>
    public float Beta1 { get; init; } = 0.5f;

    /// <summary>Decay of the second moment.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>Gradients of a larger global norm are scaled down to it.</summary>
    public float ClipNorm { get; init; } = 5f;

    /// <summary>Steps taken.</summary>
    public int StepCount { get; set; }

    /// <summary>First and second moments, in the order of the parameters: the optimiser's state beside <see cref="StepCount"/>.</summary>
    public IEnumerable<(Tensor M, Tensor V)> Moments => _m.Zip(_v);

    /// <summary>Updates the parameters in place, unless the gradient is not finite.</summary>
    /// <param name="gradients">One a parameter, in their order; under the current tape.</param>
    /// <returns>The global norm of the gradient before clipping. When it is not finite, nothing was updated.</returns>
    /// <exception cref="ShapeException">The gradients are not as many as the parameters, or of other shapes.</exception>
    public float Step(IReadOnlyList<Tensor> gradients)
    {
        Ops.RequireAll(gradients);
        ShapeException.Require(
            gradients.Select(g => g.Shape).SequenceEqual(_parameters.Select(w => w.Shape)), "Adam", "a gradient of each parameter's shape",
            [.. gradients.Select(g => g.Shape)]);
        using var pause = Tape.NoGrad();
        float norm = MathF.Sqrt(Ops.Concat(0, [.. gradients.Select(SquaredNorm)]).Sum().Item());
        if (!float.IsFinite(norm))
        {
            return norm;
        }

        StepCount++;
        float scale = norm > ClipNorm ? ClipNorm / norm : 1f;
        for (int i = 0; i < _parameters.Count; i++)
        {
            var w = _parameters[i];
            Ops.Require(w.Device, gradients[i]);
            w.Device.Kernels.Adam(
                w.Buffer, gradients[i].Buffer, _m[i].Buffer, _v[i].Buffer,
                new AdamSpec(w.Count, StepCount, LearningRate, Beta1, Beta2, 1e-8f, scale));
        }

        return norm;
    }

    // ‖g‖², without writing the squares.
    private static Tensor SquaredNorm(Tensor g)
    {
        var y = Tensor.Empty(g.Device, [1]);
        g.Device.Kernels.Sum(g.Buffer, y.Buffer, new SumSpec(1, 1, 1, (int)g.Count, Power: 2));
        return y;
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (var (m, v) in Moments)
        {
            m.Dispose();
            v.Dispose();
        }
    }
}
