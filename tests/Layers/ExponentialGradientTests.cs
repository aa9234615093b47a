using Mimesh.Layers;
using Mimesh.Tests.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>First and second derivatives of what is built from the exponential, to a few units of relative error everywhere.</summary>
public sealed class ExponentialGradientTests
{
    private static readonly (string Name, Func<Tensor, Tensor> Function, Func<double, double> First, Func<double, double> Second)[] s_functions =
    [
        ("sigmoid", x => x.Sigmoid(), Slope, x => -Slope(x) * Math.Tanh(x / 2)),
        ("tanh", x => x.Tanh(), x => 4 * Slope(2 * x), x => -8 * Slope(2 * x) * Math.Tanh(x)),
        ("elu", x => x.Elu(), x => Math.Min(1, Math.Exp(x)), x => x < 0 ? Math.Exp(x) : 0),
    ];

    public static IEnumerable<TestCaseData> Cases() =>
        from device in new[] { "cpu", "simulator" }
        from f in s_functions
        select new TestCaseData(device, f.Function, f.First, f.Second).SetName($"{f.Name}({device})");

    [TestCaseSource(nameof(Cases))]
    public void IsAccurate(string device, Func<Tensor, Tensor> function, Func<double, double> first, Func<double, double> second)
    {
        float[] places = [.. ExponentialTests.Everywhere.Where(x => x != 0f)];
        using var tape = Tape.Start();
        var x = Tensor.From(TestDevices.Open(device), [places.Length], places).Differentiable();
        var g = Differentiation.Grad(function(x).Sum(), [x], createGraph: true)[0];
        float[] once = g.ToArray(), twice = Differentiation.Grad(g.Sum(), [x])[0].ToArray();
        for (int i = 0; i < places.Length; i++)
        {
            Near(once[i], first(places[i]), $"first derivative at {places[i]}");
            Near(twice[i], second(places[i]), $"second derivative at {places[i]}");
        }
    }

    private static double Slope(double x) => 0.25 / Math.Pow(Math.Cosh(x / 2), 2);

    private static void Near(float actual, double expected, string what) =>
        Assert.That(actual, Is.EqualTo(expected).Within((1e-6 * Math.Abs(expected)) + (4 * float.Epsilon)), what);
}
