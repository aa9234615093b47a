namespace Mimesh.Kernels;

/// <summary>
/// Instance normalisation of x <c>(N, Pixels, C)</c> and the leaky rectifier after it: per n and c over the pixels,
/// <c>x̂ = (x − μ)/√(σ² + Epsilon)</c> with the biased variance, and y = x̂ where x̂ &gt; 0, else Slope·x̂. Statistics are
/// stored as <c>(N, 2, C)</c>: μ, then 1/√(σ² + Epsilon).
/// </summary>
/// <param name="N">Batch.</param>
/// <param name="Pixels">Height times width.</param>
/// <param name="C">Channels.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Slope">Slope for negative x̂; 1 for normalisation alone.</param>
public readonly record struct InstanceNormSpec(int N, int Pixels, int C, float Epsilon, float Slope = 1f);
