using System.Globalization;
using Mimesh.Imaging;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>A module with its optimiser and its average: what a checkpoint holds of a network in training.</summary>
internal sealed class Trainee : IDisposable
{
    private const string AveragePrefix = "average";
    private readonly string _name;
    private readonly Module _module;
    private readonly Adam _adam;
    private readonly MovingAverage _average;

    /// <param name="name">Its name in checkpoints.</param>
    /// <param name="module">The network.</param>
    /// <param name="clipNorm">See <see cref="TrainingOptions.ClipNorm"/>.</param>
    /// <param name="beta1">Adam's memory of the gradient: short for networks that train against each other.</param>
    public Trainee(string name, Module module, float clipNorm, float beta1 = 0.5f)
    {
        _name = name;
        _module = module;
        _adam = new Adam(module.Parameters) { Beta1 = beta1, ClipNorm = clipNorm };
        _average = new MovingAverage(module.Parameters);
    }

    /// <summary>The network's name in checkpoints.</summary>
    public string Name => _name;

    /// <summary>The averaged parameters by name: what is shipped.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Averaged =>
        _module.NamedParameters.Zip(_average.Average, (p, a) => (p.Name, a));

    private IEnumerable<(string Name, Tensor Tensor)> State =>
        _module.NamedParameters
            .Concat(Averaged.Select(a => ($"{AveragePrefix}.{a.Name}", a.Tensor)))
            .Concat(_module.NamedParameters.Zip(_adam.Moments, (p, o) => ($"m.{p.Name}", o.M)))
            .Concat(_module.NamedParameters.Zip(_adam.Moments, (p, o) => ($"v.{p.Name}", o.V)));

    /// <summary>One optimiser step.</summary>
    /// <returns>The global norm of the gradient before clipping. When it is not finite, nothing was done.</returns>
    public float Step(Tensor loss, float learningRate)
    {
        _adam.LearningRate = learningRate;
        float norm = _adam.Step(Differentiation.Grad(loss, _module.Parameters));
        if (float.IsFinite(norm))
        {
            _average.Update(_adam.StepCount);
        }

        return norm;
    }

    /// <summary>Runs with the averaged parameters in place of the current ones.</summary>
    public void WithAverage(Action action)
    {
        float[][] current = [.. _module.Parameters.Select(p => p.ToArray())];
        foreach (var (p, a) in _module.Parameters.Zip(_average.Average))
        {
            p.Assign(a.ToArray());
        }

        try
        {
            action();
        }
        finally
        {
            foreach (var (p, values) in _module.Parameters.Zip(current))
            {
                p.Assign(values);
            }
        }
    }

    public void Save(Safetensors file)
    {
        file.Add(_name, State);
        file.Metadata[StepsKey(_name)] = _adam.StepCount.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Takes everything over from a checkpoint of this run after a step, or nothing if it is damaged.</summary>
    public void Load(Safetensors file, string path, int step)
    {
        if (!int.TryParse(file.Metadata.GetValueOrDefault(StepsKey(_name)), NumberStyles.None, CultureInfo.InvariantCulture, out int steps)
            || steps > step)
        {
            throw new InputException($"'{path}' does not say how often '{_name}' was updated; it is damaged, or not a checkpoint. Choose another folder.");
        }

        Weights.Load(file, path, _name, State);
        _adam.StepCount = steps;
    }

    /// <summary>Whether a checkpoint holds the network of that name.</summary>
    public static bool IsIn(Safetensors checkpoint, string name) => checkpoint.Metadata.ContainsKey(StepsKey(name));

    /// <summary>Replaces a network's tensors in a weight file, which are float16, by the averages in a checkpoint, where that holds it.</summary>
    public static void CopyAverage(Safetensors checkpoint, string name, Safetensors weights)
    {
        foreach (string key in weights.Tensors.Keys.Where(k => k.StartsWith($"{name}.", StringComparison.Ordinal)).ToArray())
        {
            if (checkpoint.Tensors.TryGetValue($"{name}.{AveragePrefix}{key[name.Length..]}", out var average))
            {
                weights.Tensors[key] = average;
            }
        }
    }

    /// <summary>Puts a network's averaged parameters in a checkpoint into another network; the optimiser starts anew.</summary>
    public static void LoadAverage(Safetensors checkpoint, string path, string name, Module network) =>
        Weights.Load(checkpoint, path, $"{name}.{AveragePrefix}", network.NamedParameters);

    private static string StepsKey(string name) => $"{name}.steps";

    public void Dispose()
    {
        _adam.Dispose();
        _average.Dispose();
    }
}
