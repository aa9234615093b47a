using System.Runtime.Intrinsics;
using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>
/// Functions built from the exponential have a few units of relative error wherever they are, also where they are close to 0 and where
/// 1 and the exponential differ by many orders of magnitude.
/// </summary>
[TestFixture("cpu")]
[TestFixture("simulator")]
internal sealed class ExponentialTests(string name)
{
    private const double Units = 5e-7;

    private Device _device = null!;

    /// <summary>Both signs, thirty-two powers of ten, and zero.</summary>
    public static float[] Everywhere { get; } =
        [0f, .. Enumerable.Range(0, 1 + (32 * 24)).Select(i => (float)Math.Pow(10, -30 + (i / 24.0))).SelectMany(x => new[] { x, -x })];

    [OneTimeSetUp]
    public void Open() => _device = Device.Open(name);

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    [Test]
    public void Functions()
    {
        Map(default(Exp), Math.Exp);
        Map(default(Sigmoid), x => 1 / (1 + Math.Exp(-x)));
        Map(default(Tanh), Math.Tanh);
        Map(default(Elu), x => x > 0 ? x : 2 * Math.Sinh(x / 2) * Math.Exp(x / 2));
    }

    [Test]
    public void Gradients()
    {
        Zip(default(EluGrad), x => Math.Min(1, Math.Exp(x)));
        Zip(default(SigmoidGrad), x => 0.25 / Math.Pow(Math.Cosh(x / 2), 2));
        Zip(default(TanhGrad), x => 1 / Math.Pow(Math.Cosh(x), 2));
    }

    /// <summary>Signed zeros stay, and numbers that double no more.</summary>
    [Test]
    public void Ends()
    {
        float[] x = [0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        Assert.That(Run(default(Tanh), x), Is.EqualTo((float[])[0f, -0f, float.Epsilon, -float.Epsilon, 1f, -1f, 1f, -1f, float.NaN]));
        Assert.That(Run(default(Elu), x), Is.EqualTo(
            (float[])[0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, -1f, float.PositiveInfinity, -1f, float.NaN]));
        Assert.That(float.IsNegative(Run(default(Tanh), x)[1]) && float.IsNegative(Run(default(Elu), x)[1]));
        Assert.That(Run(default(Sigmoid), x), Is.EqualTo((float[])[0.5f, 0.5f, 0.5f, 0.5f, 1f, 0f, 1f, 0f, float.NaN]));
        Assert.That(Run(default(Exp), x), Is.EqualTo((float[])[1f, 1f, 1f, 1f, float.PositiveInfinity, 0f, float.PositiveInfinity, 0f, float.NaN]));
    }

    /// <summary>The two forms of a function are one: their bits differ by rounding alone.</summary>
    [Test]
    public void FormsAgree()
    {
        foreach (float x in Everywhere)
        {
            Near(default(Tanh).Apply(Vector512.Create(x))[3], default(Tanh).Apply(x), $"tanh {x}");
            Near(default(Elu).Apply(Vector512.Create(x))[3], default(Elu).Apply(x), $"elu {x}");
            Near(default(Sigmoid).Apply(Vector512.Create(x))[3], default(Sigmoid).Apply(x), $"sigmoid {x}");
            Near(default(Exp).Apply(Vector512.Create(x))[3], default(Exp).Apply(x), $"exp {x}");
        }
    }

    private void Map<T>(T f, Func<double, double> expected)
        where T : unmanaged, IUnary
    {
        float[] actual = Run(f, Everywhere);
        for (int i = 0; i < actual.Length; i++)
        {
            Near(actual[i], expected(Everywhere[i]), $"{typeof(T).Name} of {Everywhere[i]}");
        }
    }

    private void Zip<T>(T f, Func<double, double> expected)
        where T : unmanaged, IBinary
    {
        using var ones = On([.. Everywhere.Select(_ => 1f)]);
        using var x = On(Everywhere);
        using var y = On(Everywhere);
        _device.Kernels.Zip(f, ones.Buffer, x.Buffer, y.Buffer, new BroadcastSpec(1, 1, 1, Everywhere.Length, 0, 0, 0, 1, 0, 0, 0, 1));
        float[] actual = y.ToArray();
        for (int i = 0; i < actual.Length; i++)
        {
            Near(actual[i], expected(Everywhere[i]), $"{typeof(T).Name} at {Everywhere[i]}");
        }
    }

    private float[] Run<T>(T f, float[] x)
        where T : unmanaged, IUnary
    {
        using var y = On(x);
        _device.Kernels.Map(f, y.Buffer, y.Buffer, x.Length);
        return y.ToArray();
    }

    private Mimesh.Layers.Tensor On(float[] x) => Mimesh.Layers.Tensor.From(_device, [x.Length], x);

    // What is smaller than all normal numbers has fewer digits; beyond the largest is infinity.
    private static void Near(float actual, double expected, string what)
    {
        if (Math.Abs(expected) > float.MaxValue)
        {
            Assert.That(actual, Is.EqualTo((float)expected), what);
        }
        else
        {
            Assert.That(actual, Is.EqualTo(expected).Within((Units * Math.Abs(expected)) + (2 * float.Epsilon)), what);
        }
    }
}
