using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>Ten steps of Adam on a small network; the first ones are clipped, the last ones are not.</summary>
internal sealed record AdamCase() : VerificationCase("adam", "Adam.TenSteps")
{
    /// <inheritdoc/>
    public override IReadOnlyList<VerificationOrder> Orders => [VerificationOrder.Gradient];

    /// <inheritdoc/>
    internal override IReadOnlyList<Answer> Compute(Device device)
    {
        var fixture = Verification.Fixture.Load(Fixture);
        string[] names = ["w0", "b0", "w1", "b1"];
        Tensor[] p = [.. names.Select(name => fixture.Parameter(device, name))];
        using var adam = new Adam(p) { LearningRate = 0.02f, Beta1 = 0.5f, Beta2 = 0.999f, ClipNorm = 0.15f };
        float[] losses = new float[10], norms = new float[10];
        for (int step = 0; step < losses.Length; step++)
        {
            using var tape = Tape.Start();
            var h = fixture.On(device, "x").Conv2d(p[0], p[1], 2, 1).Tanh().GlobalAveragePool(); // (4,6)
            var y = h.MatMul(p[2], transposeB: true).Add(p[3]); // (4,5)
            var loss = y.Sub(fixture.On(device, "target")).Square().Mean();
            losses[step] = loss.Item();
            norms[step] = adam.Step(Differentiation.Grad(loss, p));
        }

        const VerificationOrder Order = VerificationOrder.Gradient;
        double tolerance = Tolerance.Standard.Gradient;
        Answer[] answers =
        [
            Answer.Of(Order, "losses", losses, fixture.Tensors["losses"].Values, tolerance),
            Answer.Of(Order, "gradient norms before clipping", norms, fixture.Tensors["norms"].Values, tolerance),
            .. p.Zip(names, (w, name) => Answer.Of(Order, name, w, fixture, $"final/{name}", Tolerance.AfterAdam)),
        ];
        foreach (var parameter in p)
        {
            parameter.Dispose();
        }

        return answers;
    }
}
