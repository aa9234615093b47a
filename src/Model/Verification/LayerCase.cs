using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>
/// One operation, with its first derivatives, at a size that fills whole tiles of every kernel and is cut into parts. Its inputs are
/// not stored: input i is <c>2u − 1</c> with u the uniform numbers of seed i, the seed of the gradients that of seed 99. Filters and
/// right factors are divided by 16, so that the sums of hundreds of products are about 1, as they are in a network.
/// </summary>
/// <param name="Name">Its name in the file of reference answers: operation, dot, variant.</param>
/// <param name="Inputs">The inputs' shapes.</param>
/// <param name="Function">The operation.</param>
internal sealed record LayerCase(string Name, Shape[] Inputs, Func<Tensor[], Tensor> Function) : VerificationCase("layers", Name)
{
    private const float Scale = 1f / 16;

    /// <summary>All cases.</summary>
    public static IReadOnlyList<LayerCase> All { get; } =
    [
        new("Conv2d.Layer3x3", [[1, 24, 20, 64], [72, 3, 3, 64], [72]], x => x[0].Conv2d(x[1].Mul(Scale), x[2], 1, 1)),
        new("Conv2d.Layer4x4Stride2", [[2, 18, 22, 32], [64, 4, 4, 32], [64]], x => x[0].Conv2d(x[1].Mul(Scale), x[2], 2, 1)),
        new("Conv2d.Layer7x7", [[1, 20, 27, 3], [64, 7, 7, 3], [64]], x => x[0].Conv2d(x[1].Mul(Scale), x[2], 1, 3)),
        new("Conv2d.LayerLarge", [[1, 40, 37, 8], [12, 3, 3, 8], [12]], x => x[0].Conv2d(x[1].Mul(Scale), x[2], 1, 1)),
        new("MatMul.Layer", [[200, 150], [150, 131]], x => x[0].MatMul(x[1].Mul(Scale))),
        new("GridSample.Layer", [[2, 32, 30, 20], [2, 24, 22, 2]], x => x[0].GridSample(x[1])),
        new("InstanceNorm.Layer", [[2, 33, 31, 17]], x => x[0].InstanceNorm()),
        new("Sum.Layer", [[3, 41, 67]], x => x[0].Sum()),
        new("SumTo.Layer", [[3, 41, 67]], x => x[0].SumTo([67])),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<VerificationOrder> Orders => [VerificationOrder.Forward, VerificationOrder.Gradient];

    /// <inheritdoc/>
    internal override IReadOnlyList<Answer> Compute(Device device)
    {
        var fixture = Verification.Fixture.Load(Fixture);
        using var tape = Tape.Start();
        Tensor[] xs = [.. Inputs.Select((shape, i) => Input(device, shape, (ulong)i).Differentiable())];
        var y = Function(xs);
        var gs = Differentiation.Grad(y, xs, seed: Input(device, y.Shape, 99));
        return
        [
            Answer.Of(VerificationOrder.Forward, "y", y, fixture, $"{Name}/y", Tolerance.Standard.Forward),
            .. gs.Select((g, i) => Answer.Of(VerificationOrder.Gradient, $"g{i}", g, fixture, $"{Name}/g{i}", Tolerance.Standard.Gradient)),
        ];
    }

    // Exact in float32: the same bits here and in the script.
    private static Tensor Input(Device device, Shape shape, ulong seed) => Ops.Uniform(device, shape, seed).Affine(2f, -1f);
}
