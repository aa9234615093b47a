using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>WGAN-GP (Gulrajani et al. 2017) on a small patch critic: the penalty's gradient is a second derivative.</summary>
internal sealed record GradientPenaltyCase() : VerificationCase("critic", "GradientPenalty.PatchCritic")
{
    /// <inheritdoc/>
    public override IReadOnlyList<VerificationOrder> Orders => [VerificationOrder.Gradient, VerificationOrder.SecondOrder];

    /// <inheritdoc/>
    internal override IReadOnlyList<Answer> Compute(Device device)
    {
        var fixture = Verification.Fixture.Load(Fixture);
        using var tape = Tape.Start();
        string[] names = ["w0", "b0", "w1", "b1", "w2", "b2"];
        Tensor[] p = [.. names.Select(name => fixture.On(device, name).Differentiable())];
        Tensor real = fixture.On(device, "real"), fake = fixture.On(device, "fake");

        var mix = Ops.Lerp(real, fake, fixture.On(device, "weight")).Differentiable(); // (N,H,W,3)
        var g = Differentiation.Grad(Score(mix).Sum(), [mix], createGraph: true)[0]; // (N,H,W,3)
        var norm = g.Reshape(2, -1).L2Norm(1).Reshape(2); // (N)
        var penalty = norm.Add(-1f).Square().Mean().Mul(10f);
        var loss = Score(fake).Mean().Sub(Score(real).Mean()).Add(penalty);
        return
        [
            .. new[] { ("g", g), ("norm", norm), ("penalty", penalty), ("loss", loss) }.Select(
                y => Answer.Of(VerificationOrder.Gradient, y.Item1, y.Item2, fixture, y.Item1, Tolerance.Standard.Gradient)),
            .. Gradients(penalty, "penalty"),
            .. Gradients(loss, "loss"),
        ];

        IEnumerable<Answer> Gradients(Tensor y, string name) => Differentiation.Grad(y, p).Zip(
            names,
            (gradient, parameter) => Answer.Of(
                VerificationOrder.SecondOrder, $"∂{name}/∂{parameter}", gradient, fixture, $"{name}/{parameter}", Tolerance.Standard.SecondOrder));

        // The mean of the patch map of three 4×4 convolutions of stride 2: (N,H,W,3) to (N,1).
        Tensor Score(Tensor x)
        {
            var h = x.Conv2d(p[0], p[1], 2, 1).LeakyRelu(0.2f); // (N,H/2,W/2,4)
            h = h.Conv2d(p[2], p[3], 2, 1).LeakyRelu(0.2f); // (N,H/4,W/4,5)
            return h.Conv2d(p[4], p[5], 2, 1).GlobalAveragePool();
        }
    }
}
