using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>WGAN-GP (Gulrajani et al. 2017) on a small patch critic against PyTorch: the penalty's gradient is a second derivative.</summary>
public sealed class GradientPenaltyTests
{
    [Test]
    public void ParameterGradientsAgreeWithPyTorch([ValueSource(typeof(TestDevices), nameof(TestDevices.Names))] string deviceName)
    {
        var device = TestDevices.Open(deviceName);
        var fixture = Fixture.Load("critic");
        using var tape = Tape.Start();
        string[] names = ["w0", "b0", "w1", "b1", "w2", "b2"];
        Tensor[] p = [.. names.Select(name => fixture.On(device, name).Differentiable())];
        Tensor real = fixture.On(device, "real"), fake = fixture.On(device, "fake");

        var mix = Ops.Lerp(real, fake, fixture.On(device, "weight")).Differentiable(); // (N,H,W,3)
        var g = Differentiation.Grad(Score(mix).Sum(), [mix], createGraph: true)[0]; // (N,H,W,3)
        var norm = g.Reshape(2, -1).L2Norm(1); // (N,1)
        var penalty = norm.Add(-1f).Square().Mean().Mul(10f);
        var loss = Score(fake).Mean().Sub(Score(real).Mean()).Add(penalty);

        Check.Close(g, fixture.Tensors["g"], Tolerance.Standard.Gradient, "∂critic/∂mix");
        Check.Close(norm.ToArray(), fixture.Tensors["norm"].Values, Tolerance.Standard.Gradient, "‖g‖");
        Check.Close(penalty, fixture.Tensors["penalty"], Tolerance.Standard.Gradient, "penalty");
        Check.Close(loss, fixture.Tensors["loss"], Tolerance.Standard.Gradient, "loss");
        Assert.Multiple(() =>
        {
            CheckAll(penalty, "penalty");
            CheckAll(loss, "loss");
        });

        void CheckAll(Tensor y, string name)
        {
            foreach (var (gradient, parameter) in Differentiation.Grad(y, p).Zip(names))
            {
                double worst = Check.Close(gradient, fixture.Tensors[$"{name}/{parameter}"], Tolerance.Standard.SecondOrder, $"∂{name}/∂{parameter}");
                TestContext.Out.WriteLine($"d {name} / d {parameter}: worst error {worst:E1}");
            }
        }

        // The mean of the patch map of three 4×4 convolutions of stride 2: (N,H,W,3) to (N,1).
        Tensor Score(Tensor x)
        {
            var h = x.Conv2d(p[0], p[1], 2, 1).LeakyRelu(0.2f); // (N,H/2,W/2,4)
            h = h.Conv2d(p[2], p[3], 2, 1).LeakyRelu(0.2f); // (N,H/4,W/4,5)
            return h.Conv2d(p[4], p[5], 2, 1).GlobalAveragePool();
        }
    }
}
