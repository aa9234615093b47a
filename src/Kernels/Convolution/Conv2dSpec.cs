namespace Mimesh.Kernels;

/// <summary>
/// A 2-D convolution (cross-correlation, as the field says it): x <c>(N, H, W, C)</c>, w <c>(K, R, S, C)</c>,
/// y <c>(N, P, Q, K)</c>, zero padding.
/// <c>y[n,p,q,k] = b[k] + Σ_{r,s,c} x[n, p·Stride + r − Pad, q·Stride + s − Pad, c]·w[k,r,s,c]</c>.
/// </summary>
/// <param name="N">Batch.</param>
/// <param name="H">Input height.</param>
/// <param name="W">Input width.</param>
/// <param name="C">Input channels.</param>
/// <param name="K">Output channels.</param>
/// <param name="R">Kernel height.</param>
/// <param name="S">Kernel width.</param>
/// <param name="Stride">Step of the window, both axes.</param>
/// <param name="Pad">Zeros added on every side.</param>
public readonly record struct Conv2dSpec(int N, int H, int W, int C, int K, int R, int S, int Stride, int Pad)
{
    /// <summary>Output height.</summary>
    public int P => ((H + (2 * Pad) - R) / Stride) + 1;

    /// <summary>Output width.</summary>
    public int Q => ((W + (2 * Pad) - S) / Stride) + 1;

    /// <summary>Floating-point operations of the forward pass, and of each gradient.</summary>
    public long Flops => 2L * N * P * Q * K * R * S * C;
}
