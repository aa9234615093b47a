using Mimesh.Layers;
namespace Mimesh.Verification;

/// <summary>One operation at one set of shapes.</summary>
/// <param name="Fixture">The file of reference answers.</param>
/// <param name="Name">Its name there: operation, dot, variant.</param>
/// <param name="Inputs">The inputs' shapes.</param>
/// <param name="Function">The operation.</param>
/// <param name="Constants">How many of the last inputs are constants.</param>
/// <param name="Order">The highest derivative: 1 or 2.</param>
internal sealed record OpCase(
    string Fixture, string Name, Shape[] Inputs, Func<Tensor[], Tensor> Function, int Constants = 0, int Order = 2)
    : FunctionCase(Fixture, Name, Inputs, Constants, Order)
{
    /// <inheritdoc/>
    protected override (Tensor[] Variables, Tensor Y, IDisposable? Owner) Evaluate(Tensor[] inputs)
    {
        Tensor[] xs = [.. inputs[..^Constants].Select(x => x.Differentiable())];
        return (xs, Function([.. xs, .. inputs[^Constants..]]), null);
    }
}
