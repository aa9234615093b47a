namespace Mimesh.Layers;

/// <summary>
/// What rides along with a convolution, so that it does not pass over memory on its own:
/// <c>y = act_out(conv(up(act_in(norm(x)))) + b) + residual</c>, each part only if asked for.
/// </summary>
public readonly record struct Fusion
{
    /// <summary>Instance-normalises x first; its statistics are taken from x's maker where that has measured them.</summary>
    public bool Normalize { get; init; }

    /// <summary>Slope of a leaky ReLU before the convolution.</summary>
    public float? InputSlope { get; init; }

    /// <summary>Doubles x in height and width before the convolution (nearest).</summary>
    public bool Upsample { get; init; }

    /// <summary>Slope of a leaky ReLU after the convolution; with a negative one, nothing is fused.</summary>
    public float? OutputSlope { get; init; }

    /// <summary>Added to the result; not together with <see cref="OutputSlope"/>.</summary>
    public Tensor? Residual { get; init; }

    /// <summary>Measures y's statistics for a <see cref="Normalize"/> that follows.</summary>
    public bool Measure { get; init; }
}
