namespace Mimesh.Kernels;

/// <summary>
/// A coarse map <c>(N, H, W, C)</c> and a fine one <c>(N, H·Factor, W·Factor, C)</c>. Nearest up-sampling
/// (<c>fine = Scale·coarse</c>, repeated) and block sums (<c>coarse = Scale·Σ block</c>) are each other's adjoint;
/// Scale 1/Factor² makes the sum an average.
/// </summary>
/// <param name="N">Batch.</param>
/// <param name="H">Coarse height.</param>
/// <param name="W">Coarse width.</param>
/// <param name="C">Channels.</param>
/// <param name="Factor">Fine pixels per coarse pixel along each axis.</param>
/// <param name="Scale">Factor of the result.</param>
public readonly record struct BlockSpec(int N, int H, int W, int C, int Factor, float Scale);

/// <summary>
/// Bilinear resize of <c>(N, H, W, C)</c> to <c>(N, P, Q, C)</c>; the definition of PyTorch's <c>interpolate(mode="bilinear")</c>
/// without anti-aliasing. An image without pixels reads as zeros.
/// </summary>
/// <param name="N">Batch.</param>
/// <param name="H">Input height.</param>
/// <param name="W">Input width.</param>
/// <param name="C">Channels.</param>
/// <param name="P">Output height.</param>
/// <param name="Q">Output width.</param>
/// <param name="AlignCorners">Whether the corner pixels' centres coincide (else the corner pixels' edges do).</param>
public readonly record struct ResizeSpec(int N, int H, int W, int C, int P, int Q, bool AlignCorners);
