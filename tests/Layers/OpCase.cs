using Mimesh.Layers;

namespace Mimesh.Tests.Layers;

/// <summary>One operation at one set of shapes: what parity, determinism and coverage tests and the benchmarks run.</summary>
/// <param name="Fixture">The file of reference answers.</param>
/// <param name="Name">Its name there: operation, dot, variant.</param>
/// <param name="Inputs">The inputs' shapes.</param>
/// <param name="Function">The operation.</param>
/// <param name="Constants">How many of the last inputs are constants.</param>
/// <param name="Order">The highest derivative: 1 or 2.</param>
public sealed record OpCase(
    string Fixture, string Name, Shape[] Inputs, Func<Tensor[], Tensor> Function, int Constants = 0, int Order = 2)
{
    /// <summary>How exact the answers are.</summary>
    public Tolerance Tolerance { get; init; } = Tolerance.Standard;

    /// <summary>The operation's name.</summary>
    public string Op => Name[..Name.IndexOf('.')];

    /// <summary>Number of inputs that gradients flow to.</summary>
    public int Variables => Inputs.Length - Constants;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
