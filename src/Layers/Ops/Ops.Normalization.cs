using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    private const float NormEpsilon = 1e-5f;

    /// <summary>
    /// Instance normalisation of <c>(N, H, W, C)</c>: zero mean and unit variance over the pixels of each n and c
    /// (Ulyanov et al. 2016), and a leaky rectifier after it; see <see cref="InstanceNormSpec"/>. Both are one kernel, and
    /// their gradient another; when the gradient is itself recorded, it is that of <see cref="InstanceNormPlain"/>, which can
    /// be differentiated again.
    /// </summary>
    /// <param name="x">The images.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="slope">Slope of the rectifier for negative arguments; 1 for none.</param>
    public static Tensor InstanceNorm(this Tensor x, float epsilon = NormEpsilon, float slope = 1f)
    {
        ArgumentNullException.ThrowIfNull(x);
        ShapeException.Require(x.Shape.Rank == 4, nameof(InstanceNorm), "(N, H, W, C)", x.Shape);
        if (slope != 1f && Trace.Current is not null)
        {
            // A trace has the operations that other systems know.
            return x.InstanceNorm(epsilon).LeakyRelu(slope);
        }

        var s = Specify(x, epsilon, slope);
        var y = Tensor.Empty(x.Device, x.Shape);
        var statistics = Tensor.Empty(x.Device, [s.N, 2, s.C]);
        x.Device.Kernels.InstanceNorm(x.Buffer, y.Buffer, statistics.Buffer, s);
        Trace.Current?.Add(new Operation.InstanceNorm(epsilon), y, x);
        return Tape.Record(y, (x, gy =>
        {
            if (Tape.IsRecording)
            {
                return Differentiation.Grad(x.InstanceNormPlain(epsilon, slope), [x], createGraph: true, seed: gy)[0];
            }

            return InstanceNormGrad(x, statistics, gy, epsilon, slope);
        }
        ));
    }

    /// <summary><see cref="InstanceNorm"/> written in plain operations: its second derivative, and its oracle in tests.</summary>
    /// <param name="x">The images <c>(N, H, W, C)</c>.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="slope">Slope of the rectifier for negative arguments; 1 for none.</param>
    public static Tensor InstanceNormPlain(this Tensor x, float epsilon = NormEpsilon, float slope = 1f)
    {
        ArgumentNullException.ThrowIfNull(x);
        ShapeException.Require(x.Shape.Rank == 4, nameof(InstanceNormPlain), "(N, H, W, C)", x.Shape);
        var pixels = x.Reshape(x.Shape[0], -1, x.Shape[3]); // (N, H·W, C)
        var centred = pixels.Sub(pixels.Mean(1));
        var y = centred.Div(centred.Square().Mean(1).Add(epsilon).Sqrt()).Reshape(x.Shape.ToArray());
        return slope == 1f ? y : y.LeakyRelu(slope);
    }

    private static Tensor InstanceStatistics(Tensor x)
    {
        var statistics = Tensor.Empty(x.Device, [x.Shape[0], 2, x.Shape[3]]);
        x.Device.Kernels.InstanceStatistics(x.Buffer, statistics.Buffer, Specify(x, NormEpsilon, 1f));
        return statistics;
    }

    private static Tensor InstanceNormGrad(Tensor x, Tensor statistics, Tensor gy, float epsilon, float slope)
    {
        var gx = Tensor.Empty(DeviceOf(x, statistics, gy), x.Shape);
        gx.Device.Kernels.InstanceNormGrad(x.Buffer, statistics.Buffer, gy.Buffer, gx.Buffer, Specify(x, epsilon, slope));
        return gx;
    }

    private static InstanceNormSpec Specify(Tensor x, float epsilon, float slope) =>
        new(x.Shape[0], x.Count == 0 ? 0 : x.Shape[1] * x.Shape[2], x.Shape[3], epsilon, slope);
}
