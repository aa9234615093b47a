namespace Mimesh.Kernels;

/// <summary>
/// What rides along with a convolution instead of passing over memory on its own: on the way in, the image is normalised,
/// activated and doubled in size; on the way out, the result is activated, added to and measured.
/// <c>y = act_out(conv(up(act_in((x − μ)·σ̂))) + b) + residual</c>. Each part may be absent; the padding's zeros are added last on the
/// way in. The convolution's H and W are those after up-sampling.
/// </summary>
public readonly record struct ConvFusion
{
    /// <summary>μ and σ̂ = 1/√(σ² + ε) of each image and channel, <c>(N, 2, C)</c>, as <see cref="IKernels.InstanceNorm"/> writes them.</summary>
    public DeviceBuffer? Statistics { get; init; }

    /// <summary>The slope of a leaky ReLU on the way in.</summary>
    public float? InputSlope { get; init; }

    /// <summary>Whether x is <c>(N, H/2, W/2, C)</c>, each pixel standing for four.</summary>
    public bool Upsample { get; init; }

    /// <summary>The slope of a leaky ReLU on the way out.</summary>
    public float? OutputSlope { get; init; }

    /// <summary>What is added to the result, <c>(N, P, Q, K)</c>.</summary>
    public DeviceBuffer? Residual { get; init; }

    /// <summary>Receives y's own statistics, <c>(N, 2, K)</c>.</summary>
    public DeviceBuffer? OutputStatistics { get; init; }

    /// <summary>Added to the variance of the output's statistics.</summary>
    public float Epsilon { get; init; }

    /// <summary>The way in alone, which is all that a gradient in the weights needs.</summary>
    public ConvFusion WayIn() => new() { Statistics = Statistics, InputSlope = InputSlope, Upsample = Upsample };
}
