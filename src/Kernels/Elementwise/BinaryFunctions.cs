using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary><c>a + b</c>.</summary>
public readonly record struct Add : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b) => a + b;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        a + b;
}

/// <summary><c>a − b</c>.</summary>
public readonly record struct Sub : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b) => a - b;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        a - b;
}

/// <summary><c>a·b</c>.</summary>
public readonly record struct Mul : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b) => a * b;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        a * b;
}

/// <summary><c>a/b</c>.</summary>
public readonly record struct Div : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b) => a / b;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        a / b;
}

/// <summary><c>a</c> where b &gt; 0, else <c>Slope·a</c>: the gradient of <see cref="LeakyRelu"/> at b, times a.</summary>
/// <param name="Slope">Slope for negative arguments.</param>
public readonly record struct LeakyReluGrad(float Slope) : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b) => b > 0f ? a : Slope * a;

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(b, Vector512<float>.Zero), a, Vector512.Create(Slope) * a);
}

/// <summary><c>a·min(1, eᵇ)</c>: the gradient of <see cref="Elu"/> at b, times a.</summary>
public readonly record struct EluGrad : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b) => b > 0f ? a : a * Exponential.Of(b);

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        a * Exponential.OfLess(Vector512.MinNative(Vector512<float>.Zero, b));
}

/// <summary><c>a·σ(b)·σ(−b)</c>: the gradient of <see cref="Sigmoid"/> at b, times a.</summary>
public readonly record struct SigmoidGrad : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b)
    {
        float e = Exponential.Of(-MathF.Abs(b)), sum = 1f + e;
        return a * (e / (sum * sum));
    }

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b)
    {
        Vector512<float> e = Exponential.OfLess(b | Vector512.Create(-0f)), sum = Vector512<float>.One + e;
        return a * (e / (sum * sum));
    }
}

/// <summary><c>a/cosh² b</c>: the gradient of <see cref="Tanh"/> at b, times a.</summary>
public readonly record struct TanhGrad : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b)
    {
        float e = Exponential.Of(-2f * MathF.Abs(b)), sum = 1f + e;
        return a * (4f * e / (sum * sum));
    }

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b)
    {
        Vector512<float> e = Exponential.OfLess((b + b) | Vector512.Create(-0f)), sum = Vector512<float>.One + e;
        return a * (Vector512.Create(4f) * e / (sum * sum));
    }
}

/// <summary><c>a + Weight·(b − a)</c>.</summary>
/// <param name="Weight">0 gives a, 1 gives b.</param>
public readonly record struct Lerp(float Weight) : IBinary
{
    /// <inheritdoc/>
    public float Apply(float a, float b) => a + (Weight * (b - a));

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> a, Vector512<float> b) =>
        a + (Vector512.Create(Weight) * (b - a));
}
