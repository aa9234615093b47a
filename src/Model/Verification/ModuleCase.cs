using Mimesh.Layers;
namespace Mimesh.Verification;

/// <summary>A module: input 0 is what it is applied to, the following ones are the values of its parameters.</summary>
/// <param name="Name">Its name in the file of reference answers: module, dot, variant.</param>
/// <param name="Inputs">The inputs' shapes.</param>
/// <param name="Make">Makes the module, given the constants among the inputs, and its function.</param>
/// <param name="Constants">How many of the last inputs are constants.</param>
internal sealed record ModuleCase(
    string Name, Shape[] Inputs, Func<Initializer, Tensor[], (Module Module, Func<Tensor, Tensor> Forward)> Make, int Constants = 0)
    : FunctionCase("modules", Name, Inputs, Constants, Order: 2)
{
    /// <summary>All modules.</summary>
    public static IReadOnlyList<ModuleCase> All { get; } =
    [
        new("Linear.Rows", [[2, 3, 5], [4, 5], [4]], (init, _) => Of(new Linear(init, 5, 4), m => m.Forward)),
        new("Conv2dModule.Stride2", [[1, 5, 6, 3], [4, 3, 3, 3], [4]], (init, _) => Of(new Conv2d(init, 3, 4, 3, 2), m => x => m.Forward(x))),
        new("ChebyshevConv.Order4", [[2, 12, 3], [5, 12], [5], [12, 12]],
            (init, a) => Of(new ChebyshevConv(init, OpCases.Csr(a[0]), 3, 5, 4), m => m.Forward), Constants: 1),
        new("ChebyshevConv.Order1", [[2, 12, 3], [5, 3], [5], [12, 12]],
            (init, a) => Of(new ChebyshevConv(init, OpCases.Csr(a[0]), 3, 5, 1), m => m.Forward), Constants: 1),
        new("ResidualBlock.Normalized", [[1, 5, 4, 3], [3, 3, 3, 3], [3], [3, 3, 3, 3], [3]],
            (init, _) => Of(new ResidualBlock(init, 3), m => m.Forward)),
        new("ResidualBlock.Plain", [[3, 3, 5, 2], [2, 3, 3, 2], [2], [2, 3, 3, 2], [2]],
            (init, _) => Of(new ResidualBlock(init, 2, normalize: false), m => m.Forward)),
    ];

    /// <inheritdoc/>
    protected override (Tensor[] Variables, Tensor Y, IDisposable? Owner) Evaluate(Tensor[] inputs)
    {
        var (module, forward) = Make(new Initializer(inputs[0].Device, 1), inputs[^Constants..]);
        foreach (var (parameter, value) in module.Parameters.Zip(inputs.Skip(1)))
        {
            parameter.Assign(value.ToArray());
        }

        var x = inputs[0].Differentiable();
        return ([x, .. module.Parameters], forward(x), module);
    }

    private static (Module Module, Func<Tensor, Tensor> Forward) Of<T>(T module, Func<T, Func<Tensor, Tensor>> forward)
        where T : Module => (module, forward(module));
}
