namespace Mimesh.Kernels;

/// <summary>What a sample outside the image reads.</summary>
public enum GridPadding
{
    /// <summary>Zero.</summary>
    Zeros,

    /// <summary>The nearest border pixel.</summary>
    Border,
}

/// <summary>
/// Bilinear sampling: x <c>(N, H, W, C)</c>, grid <c>(N, P, Q, 2)</c> with (x, y) in [−1, 1], y <c>(N, P, Q, C)</c>;
/// the definition of PyTorch's <c>grid_sample</c>. A grid value that is not finite samples as if far outside the image
/// (zero padding: 0; border: NaN is taken for −1). An image without pixels reads as zeros. A mask <c>(N, P, Q, 1)</c>, where there is one, multiplies the samples.
/// </summary>
/// <param name="N">Batch.</param>
/// <param name="H">Input height.</param>
/// <param name="W">Input width.</param>
/// <param name="C">Channels.</param>
/// <param name="P">Output height.</param>
/// <param name="Q">Output width.</param>
/// <param name="AlignCorners">True: ±1 are the centres of the border pixels; false: their outer edges.</param>
/// <param name="Padding">What lies outside.</param>
/// <param name="Offset">
/// Whether the grid is an offset to the identity grid, whose sample (p, q) is at <c>((2q + 1)/Q − 1, (2p + 1)/P − 1)</c>, or with
/// AlignCorners at <c>(2q/(Q − 1) − 1, 2p/(P − 1) − 1)</c>.
/// </param>
public readonly record struct GridSampleSpec(
    int N, int H, int W, int C, int P, int Q, bool AlignCorners, GridPadding Padding, bool Offset = false);
