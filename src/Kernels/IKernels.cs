namespace Mimesh.Kernels;

/// <summary>
/// Every kernel, once per device. Inputs come first, then outputs, then the specification that gives the shapes and the
/// formula. Buffers belong to the device, are big enough, and inputs do not overlap outputs unless a kernel says so;
/// shapes were checked by the caller. Kernels write every element of their outputs unless they say otherwise.
/// </summary>
public interface IKernels
{
    /// <summary>Convolution, with an optional bias <c>b (K)</c>; see <see cref="Conv2dSpec"/>.</summary>
    void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s);

    /// <summary>Convolution with what rides along; see <see cref="ConvFusion"/>.</summary>
    void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s, in ConvFusion f);

    /// <summary>The adjoint of <see cref="Conv2d(DeviceBuffer, DeviceBuffer, DeviceBuffer, DeviceBuffer, in Conv2dSpec)"/> in x: <c>gx = ∂⟨gy, y⟩/∂x</c>, the transposed convolution.</summary>
    void Conv2dInputGrad(DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, in Conv2dSpec s);

    /// <summary>The adjoint of <see cref="Conv2d(DeviceBuffer, DeviceBuffer, DeviceBuffer, DeviceBuffer, in Conv2dSpec)"/> in w: <c>gw = ∂⟨gy, y⟩/∂w</c>.</summary>
    void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s);

    /// <summary>The same for an x that the convolution changed on the way in.</summary>
    void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s, in ConvFusion f);

    /// <summary>Batched matrix product; see <see cref="MatMulSpec"/>.</summary>
    void MatMul(DeviceBuffer a, DeviceBuffer b, DeviceBuffer c, in MatMulSpec s);

    /// <summary>Product of a sparse matrix with every channel, one step of a Chebyshev recurrence; see <see cref="SparseProductSpec"/>.</summary>
    void SparseProduct(DeviceCsr a, DeviceBuffer x, DeviceBuffer? z, DeviceBuffer y, in SparseProductSpec s);

    /// <summary>Bilinear sampling, times a mask <c>(N, P, Q, 1)</c> where there is one; see <see cref="GridSampleSpec"/>.</summary>
    void GridSample(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer y, in GridSampleSpec s);

    /// <summary>The adjoint of <see cref="GridSample"/> in x: scatters gy to the four neighbours of each sample.</summary>
    void GridSampleInputGrad(DeviceBuffer gy, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer gx, in GridSampleSpec s);

    /// <summary>The gradient in the grid: <c>ggrid = ∂⟨gy, y⟩/∂grid</c>, <c>(N, P, Q, 2)</c>.</summary>
    void GridSampleGridGrad(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer? mask, DeviceBuffer gy, DeviceBuffer ggrid, in GridSampleSpec s);

    /// <summary>The gradient in the mask: <c>gmask = Σ_c gy·sample</c>, <c>(N, P, Q, 1)</c>.</summary>
    void GridSampleMaskGrad(DeviceBuffer x, DeviceBuffer grid, DeviceBuffer gy, DeviceBuffer gmask, in GridSampleSpec s);

    /// <summary>Instance normalisation and a leaky rectifier; writes its statistics too. See <see cref="InstanceNormSpec"/>.</summary>
    void InstanceNorm(DeviceBuffer x, DeviceBuffer y, DeviceBuffer statistics, in InstanceNormSpec s);

    /// <summary>The statistics of <see cref="InstanceNorm"/> alone.</summary>
    void InstanceStatistics(DeviceBuffer x, DeviceBuffer statistics, in InstanceNormSpec s);

    /// <summary>
    /// The gradient of <see cref="InstanceNorm"/>: <c>gx = σ̂·(g − mean(g) − x̂·mean(g·x̂))</c>, x̂ the normalised x, σ̂ the
    /// stored 1/√(σ² + ε), and g = gy where x̂ &gt; 0, else Slope·gy.
    /// </summary>
    void InstanceNormGrad(DeviceBuffer x, DeviceBuffer statistics, DeviceBuffer gy, DeviceBuffer gx, in InstanceNormSpec s);

    /// <summary><c>y[i] = f(x[i])</c>; y may be x.</summary>
    void Map<T>(T f, DeviceBuffer x, DeviceBuffer y, long length)
        where T : unmanaged, IUnary;

    /// <summary><c>y = f(a, b)</c> with broadcasting; y may be an operand that is not broadcast. See <see cref="BroadcastSpec"/>.</summary>
    void Zip<T>(T f, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y, in BroadcastSpec s)
        where T : unmanaged, IBinary;

    /// <summary>Sets the first elements of y to one value.</summary>
    void Fill(DeviceBuffer y, float value, long length);

    /// <summary>Random numbers; see <see cref="RandomSpec"/>.</summary>
    void Random(DeviceBuffer y, in RandomSpec s);

    /// <summary>Sums over axes, of numbers or of their squares; see <see cref="SumSpec"/>.</summary>
    void Sum(DeviceBuffer x, DeviceBuffer y, in SumSpec s);

    /// <summary>Copies a box between strided layouts; see <see cref="StridedCopySpec"/>.</summary>
    void StridedCopy(DeviceBuffer x, DeviceBuffer y, in StridedCopySpec s);

    /// <summary>Nearest up-sampling of the coarse map x to the fine map y; see <see cref="BlockSpec"/>.</summary>
    void Upsample(DeviceBuffer x, DeviceBuffer y, in BlockSpec s);

    /// <summary>Block sums of the fine map x to the coarse map y; see <see cref="BlockSpec"/>.</summary>
    void BlockSum(DeviceBuffer x, DeviceBuffer y, in BlockSpec s);

    /// <summary>Bilinear resize; see <see cref="ResizeSpec"/>.</summary>
    void Resize(DeviceBuffer x, DeviceBuffer y, in ResizeSpec s);

    /// <summary>The adjoint of <see cref="Resize"/>.</summary>
    void ResizeGrad(DeviceBuffer gy, DeviceBuffer gx, in ResizeSpec s);

    /// <summary>One optimiser step in place; see <see cref="AdamSpec"/>.</summary>
    void Adam(DeviceBuffer w, DeviceBuffer g, DeviceBuffer m, DeviceBuffer v, in AdamSpec s);
}
