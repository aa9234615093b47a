using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>A part of a network: named parameters, and named parts that have parameters of their own.</summary>
/// <param name="init">Where the parameters are, and their first values.</param>
public abstract class Module(Initializer init) : IDisposable
{
    private readonly List<(string Name, Tensor Parameter)> _parameters = [];
    private readonly List<(string Name, Module Child)> _children = [];
    private readonly List<IDisposable> _constants = [];

    /// <summary>Where the parameters are.</summary>
    public Device Device => Init.Device;

    /// <summary>Every parameter, own ones first, in the order of their making.</summary>
    public IReadOnlyList<Tensor> Parameters => [.. NamedParameters.Select(p => p.Parameter)];

    /// <summary>Every parameter with its path, as in <c>encoder.down0.weight</c>.</summary>
    public IEnumerable<(string Name, Tensor Parameter)> NamedParameters =>
        _parameters.Concat(_children.SelectMany(c => c.Child.NamedParameters.Select(p => ($"{c.Name}.{p.Name}", p.Parameter))));

    /// <summary>Makes the first values of this module's parameters.</summary>
    protected Initializer Init { get; } = init ?? throw new ArgumentNullException(nameof(init));

    /// <summary>Frees the parameters and constants.</summary>
    public void Dispose()
    {
        foreach (var own in (IDisposable[])[.. _parameters.Select(p => p.Parameter), .. _children.Select(c => c.Child), .. _constants])
        {
            own.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Names a parameter of this module.</summary>
    /// <param name="name">Its name here.</param>
    /// <param name="parameter">The parameter.</param>
    protected Tensor Parameter(string name, Tensor parameter)
    {
        _parameters.Add((name, parameter));
        return parameter;
    }

    /// <summary>Makes this module the owner of what is no parameter of it, and not saved with it.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="constant">What is disposed with the module.</param>
    protected T Constant<T>(T constant)
        where T : IDisposable
    {
        _constants.Add(constant);
        return constant;
    }

    /// <summary>Names a part of this module.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">Its name here.</param>
    /// <param name="child">The part.</param>
    protected T Child<T>(string name, T child)
        where T : Module
    {
        _children.Add((name, child));
        return child;
    }
}

/// <summary>First values for parameters, from one seed: the same seed and the same order of requests give the same network on every device.</summary>
/// <param name="device">Where the parameters go.</param>
/// <param name="seed">The seed; null for zeros throughout, where weights are loaded right after.</param>
public sealed class Initializer(Device device, ulong? seed)
{
    private long _offset;

    /// <summary>Where the parameters go.</summary>
    public Device Device { get; } = device ?? throw new ArgumentNullException(nameof(device));

    /// <summary>N(0, gain²/fanIn): He et al. 2015 with gain √2.</summary>
    /// <param name="shape">The parameter's shape.</param>
    /// <param name="fanIn">How many inputs each output sums.</param>
    /// <param name="gain">√2 before a rectifier, 1 before nothing.</param>
    public Tensor Normal(Shape shape, int fanIn, float gain)
    {
        if (seed is not { } drawn)
        {
            return Zeros(shape);
        }

        using var tape = Tape.Start();
        float[] values = Ops.Normal(Device, shape, drawn, _offset).Mul(gain / MathF.Sqrt(fanIn)).ToArray();
        _offset += (shape.Count + 3) / 4 * 4;
        return Tensor.Parameter(Device, shape, values);
    }

    /// <summary>Zeros.</summary>
    /// <param name="shape">The parameter's shape.</param>
    public Tensor Zeros(Shape shape) => Tensor.Parameter(Device, shape, new float[shape.Count]);
}
