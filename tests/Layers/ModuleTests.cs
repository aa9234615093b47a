using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Modules against PyTorch, and the names of their parameters.</summary>
public sealed class ModuleTests
{
    public static IEnumerable<TestCaseData> Cases()
    {
        foreach (string device in TestDevices.Fast)
        {
            yield return Of("Linear", (init, _) => With(new Linear(init, 5, 4), m => m.Forward));
            yield return Of("Conv2d", (init, _) => With(new Conv2d(init, 3, 4, 3, 2), m => m.Forward));
            yield return Of("ChebyshevConv", (init, a) => With(new ChebyshevConv(init, OpCases.Csr(a!), 3, 5, 4), m => m.Forward));
            yield return Of("ChebyshevConvFirst", (init, a) => With(new ChebyshevConv(init, OpCases.Csr(a!), 3, 5, 1), m => m.Forward));
            yield return Of("ResidualBlock", (init, _) => With(new ResidualBlock(init, 3), m => m.Forward));

            TestCaseData Of(string name, Func<Initializer, Tensor?, (Module, Func<Tensor, Tensor>)> make) =>
                new TestCaseData(name, device, make).SetName($"{name}({device})");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void AgreesWithPyTorch(string name, string deviceName, Func<Initializer, Tensor?, (Module, Func<Tensor, Tensor>)> make)
    {
        var device = TestDevices.Open(deviceName);
        var fixture = Fixture.Load("modules");
        using var tape = Tape.Start();
        Tensor On(string part) => fixture.On(device, $"{name}/{part}");
        bool onGraph = name.StartsWith("Chebyshev", StringComparison.Ordinal);
        var (module, forward) = make(new Initializer(device, 1), onGraph ? On("x3") : null);
        using var _ = module;
        foreach (var (parameter, i) in module.Parameters.Select((p, i) => (p, i)))
        {
            var (shape, values) = fixture.Tensors[$"{name}/x{i + 1}"];
            Assert.That(parameter.Shape, Is.EqualTo(shape));
            parameter.Assign(values);
        }

        Tensor[] xs = [On("x0").Differentiable(), .. module.Parameters];
        var y = forward(xs[0]);
        Check.Close(y, fixture.Tensors[$"{name}/y"], Tolerance.Standard.Forward, "forward");
        CheckAll(Differentiation.Grad(y, xs, seed: On("s")), "g", Tolerance.Standard.Gradient);
        var gradients = Differentiation.Grad(y, xs, createGraph: true, seed: On("s"));
        var product = gradients.Select((g, i) => g.Mul(On($"r{i}")).Sum()).Aggregate((a, b) => a.Add(b));
        CheckAll(Differentiation.Grad(product, xs), "h", Tolerance.Standard.SecondOrder);

        void CheckAll(Tensor[] actual, string part, double tolerance)
        {
            for (int i = 0; i < actual.Length; i++)
            {
                Check.Close(actual[i], fixture.Tensors[$"{name}/{part}{i}"], tolerance, $"{part}{i}");
            }
        }
    }

    [Test]
    public void ParametersAreNamedByTheirPath()
    {
        using var block = new ResidualBlock(new Initializer(TestDevices.Cpu, 1), 2);
        Assert.That(block.NamedParameters.Select(p => p.Name), Is.EqualTo(new[] { "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias" }));
        Assert.That(block.Parameters, Is.EqualTo(block.NamedParameters.Select(p => p.Parameter)));
    }

    private static (Module, Func<Tensor, Tensor>) With<T>(T module, Func<T, Func<Tensor, Tensor>> forward)
        where T : Module => (module, forward(module));
}
