using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>Uniform numbers in [0, 1); see <see cref="RandomSpec"/>.</summary>
    /// <param name="device">Where.</param>
    /// <param name="shape">How many.</param>
    /// <param name="seed">The key: the same seed gives the same numbers on every device.</param>
    /// <param name="offset">Where in the sequence of the seed to start, a multiple of 4.</param>
    /// <exception cref="ArgumentException">The offset is not such a number.</exception>
    public static Tensor Uniform(Device device, Shape shape, ulong seed, long offset = 0) => Random(device, shape, seed, offset, false);

    /// <summary>N(0, 1) numbers; see <see cref="RandomSpec"/>.</summary>
    /// <param name="device">Where.</param>
    /// <param name="shape">How many.</param>
    /// <param name="seed">The key.</param>
    /// <param name="offset">Where in the sequence of the seed to start, a multiple of 4.</param>
    /// <exception cref="ArgumentException">The offset is not such a number.</exception>
    public static Tensor Normal(Device device, Shape shape, ulong seed, long offset = 0) => Random(device, shape, seed, offset, true);

    private static Tensor Random(Device device, Shape shape, ulong seed, long offset, bool normal)
    {
        var s = new RandomSpec(shape.Count, seed, offset, normal);
        var y = Tensor.Empty(device, shape);
        device.Kernels.Random(y.Buffer, s);
        return y;
    }
}
