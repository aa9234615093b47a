using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Comparison of tensors with references.</summary>
internal static class Check
{
    /// <summary>Asserts equal shapes and <c>|actual − expected| ≤ tolerance·(1 + |expected|)</c>.</summary>
    /// <returns>The largest <c>|actual − expected|/(1 + |expected|)</c>.</returns>
    public static double Close(Tensor actual, (Shape Shape, float[] Values) expected, double tolerance, string what)
    {
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape), what);
        return Close(actual.ToArray(), expected.Values, tolerance, what);
    }

    public static double Close(float[] actual, float[] expected, double tolerance, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        var (worst, at) = Answer.Worst(actual, expected);
        if (worst > tolerance)
        {
            Assert.Fail($"{what}: element {at} of {actual.Length} is {actual[at]:R}, not {expected[at]:R}; error {worst:E1}, tolerance {tolerance:E1}");
        }

        return worst;
    }

    /// <summary>The inner product in double precision.</summary>
    public static double Dot(Tensor a, Tensor b)
    {
        Assert.That(a.Shape, Is.EqualTo(b.Shape));
        return a.ToArray().Zip(b.ToArray()).Sum(pair => (double)pair.First * pair.Second);
    }

    /// <summary>The Euclidean norm in double precision.</summary>
    public static double Norm(Tensor a) => Math.Sqrt(Dot(a, a));

    /// <summary>Asserts <c>⟨a, b⟩ = ⟨c, d⟩</c>, the error relative to the norms.</summary>
    public static void SameProduct(Tensor a, Tensor b, Tensor c, Tensor d, string what)
    {
        double scale = Math.Max(Norm(a) * Norm(b), Norm(c) * Norm(d));
        Assert.That(Dot(a, b), Is.EqualTo(Dot(c, d)).Within(Tolerance.Adjoint * scale), what);
    }
}
