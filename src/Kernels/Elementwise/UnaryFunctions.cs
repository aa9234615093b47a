using System.Runtime.Intrinsics;
using ILGPU;

namespace Mimesh.Kernels;

/// <summary><c>Scale·x + Shift</c>.</summary>
/// <param name="Scale">Factor.</param>
/// <param name="Shift">Summand.</param>
public readonly record struct Affine(float Scale, float Shift) : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => (Scale * x) + Shift;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        (Vector512.Create(Scale) * x) + Vector512.Create(Shift);
}

/// <summary><c>x²</c>.</summary>
public readonly record struct Square : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => x * x;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        x * x;
}

/// <summary><c>√x</c>.</summary>
public readonly record struct Sqrt : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => MathF.Sqrt(x);

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        Vector512.Sqrt(x);
}

/// <summary><c>1/x</c>.</summary>
public readonly record struct Reciprocal : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => 1f / x;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        Vector512<float>.One / x;
}

/// <summary><c>eˣ</c>.</summary>
public readonly record struct Exp : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => Exponential.Of(x);

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        Exponential.Of(x);
}

/// <summary><c>ln x</c>.</summary>
public readonly record struct Log : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => MathF.Log(x);

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        Vector512.Log(x);
}

/// <summary><c>1/(1 + e⁻ˣ)</c>, with e to the power of −|x|, so that no number is too large.</summary>
public readonly record struct Sigmoid : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x)
    {
        float e = Exponential.Of(-MathF.Abs(x));
        return (x < 0f ? e : 1f) / (1f + e);
    }

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x)
    {
        var e = Exponential.OfLess(x | Vector512.Create(-0f)); // of −|x|
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), e, Vector512<float>.One) / (Vector512<float>.One + e);
    }
}

/// <summary>
/// The hyperbolic tangent, <c>−t/(t + 2)</c> with <c>t = e⁻²ˣ − 1</c> for x ≥ 0, and odd; built from the exponential because a GPU's own is
/// only good to 2⁻¹¹.
/// </summary>
public readonly record struct Tanh : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x)
    {
        float t = Exponential.LessOne(-2f * MathF.Abs(x)), y = t / (-2f - t);
        return Interop.IntAsFloat((Interop.FloatAsInt(y) & 0x7FFFFFFFU) | (Interop.FloatAsInt(x) & 0x80000000U));
    }

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x)
    {
        var t = Exponential.LessOne(Vector512.Create(-2f) * Vector512.Abs(x));
        return Vector512.CopySign(t / (Vector512.Create(-2f) - t), x);
    }
}

/// <summary><c>x</c> for x &gt; 0, else <c>eˣ − 1</c>.</summary>
public readonly record struct Elu : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => x >= 0f ? x : Exponential.LessOne(x);

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        Vector512.ConditionalSelect(
            Vector512.GreaterThanOrEqual(x, Vector512<float>.Zero), x, Exponential.LessOne(Vector512.MinNative(Vector512<float>.Zero, x)));
}

/// <summary><c>x</c> for x &gt; 0, else <c>Slope·x</c>; slope 0 is the plain rectifier.</summary>
/// <param name="Slope">Slope for negative arguments.</param>
public readonly record struct LeakyRelu(float Slope) : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => x > 0f ? x : Slope * x;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), x, Vector512.Create(Slope) * x);
}

/// <summary><c>|x|</c>.</summary>
public readonly record struct Abs : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => MathF.Abs(x);

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        Vector512.Abs(x);
}

/// <summary><c>−1, 0 or 1</c>, the sign of x.</summary>
public readonly record struct Sign : IUnary
{
    /// <inheritdoc/>
    public float Apply(float x) => x > 0f ? 1f : (x < 0f ? -1f : 0f);

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), Vector512<float>.One, Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), -Vector512<float>.One, Vector512<float>.Zero));
}
