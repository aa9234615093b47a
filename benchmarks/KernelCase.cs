using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Benchmarks;

/// <summary>One kernel at the shape of a real layer.</summary>
/// <param name="Name">Family and shape.</param>
/// <param name="Flops">Floating-point operations of one run; 0 where memory is what counts.</param>
/// <param name="Bytes">Bytes that one run must read and write at the least.</param>
/// <param name="Inputs">Shapes of its inputs.</param>
/// <param name="Output">Shape of its output.</param>
/// <param name="Run">Launches it on inputs and output.</param>
public sealed record KernelCase(
    string Name, double Flops, double Bytes, Shape[] Inputs, Shape Output, Action<IKernels, DeviceBuffer[], DeviceBuffer> Run)
{
    /// <summary>The layers of the networks, and the shapes by which convolutions are usually compared.</summary>
    public static IReadOnlyList<KernelCase> All { get; } =
    [
        .. Convolution("64→64 3×3, 128²", new Conv2dSpec(1, 128, 128, 64, 64, 3, 3, 1, 1)),
        .. Convolution("128→128 3×3, 64²", new Conv2dSpec(1, 64, 64, 128, 128, 3, 3, 1, 1)),
        .. Convolution("256→256 3×3, 32²", new Conv2dSpec(1, 32, 32, 256, 256, 3, 3, 1, 1)),
        .. Convolution("3→64 7×7, 256²", new Conv2dSpec(1, 256, 256, 3, 64, 7, 7, 1, 3)),
        .. Convolution("32→4 7×7, 256²", new Conv2dSpec(1, 256, 256, 32, 4, 7, 7, 1, 3)),
        .. Convolution("64→128 4×4 stride 2, 64², batch 8", new Conv2dSpec(8, 64, 64, 64, 128, 4, 4, 2, 1)),
        Product(1024, 1024, 1024),
        Product(3796, 32, 96),
        Sampling(64, 256),
        Norm(64, 256),
        Elementwise("LeakyReLU 64, 256²", 64 * 256 * 256),
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static KernelCase[] Convolution(string name, Conv2dSpec s)
    {
        Shape x = [s.N, s.H, s.W, s.C], w = [s.K, s.R, s.S, s.C], y = [s.N, s.P, s.Q, s.K];
        double bytes = 4.0 * (x.Count + w.Count + y.Count);
        return
        [
            new($"Conv2d {name}", s.Flops, bytes, [x, w], y, (k, i, o) => k.Conv2d(i[0], i[1], null, o, s)),
            new($"Conv2dInputGrad {name}", s.Flops, bytes, [y, w], x, (k, i, o) => k.Conv2dInputGrad(i[0], i[1], o, s)),
            new($"Conv2dWeightGrad {name}", s.Flops, bytes, [x, y], w, (k, i, o) => k.Conv2dWeightGrad(i[0], i[1], o, s)),
        ];
    }

    private static KernelCase Product(int m, int n, int k) =>
        new($"MatMul {m}×{k}·{k}×{n}", 2.0 * m * n * k, 4.0 * (((double)m * k) + ((double)k * n) + ((double)m * n)), [[m, k], [k, n]], [m, n],
            (kernels, i, o) => kernels.MatMul(i[0], i[1], o, new MatMulSpec(1, m, n, k, false, false)));

    private static KernelCase Sampling(int c, int side)
    {
        var s = new GridSampleSpec(1, side, side, c, side, side, false, GridPadding.Border);
        Shape x = [1, side, side, c];
        return new($"GridSample {c}, {side}²", 0, 8.0 * x.Count, [x, [1, side, side, 2]], x, (k, i, o) => k.GridSample(i[0], i[1], o, s));
    }

    private static KernelCase Norm(int c, int side)
    {
        var s = new InstanceNormSpec(1, side * side, c, 1e-5f);
        Shape x = [1, side, side, c];
        return new($"InstanceNorm {c}, {side}²", 0, 8.0 * x.Count, [x, [1, 2, c]], x, (k, i, o) => k.InstanceNorm(i[0], o, i[1], s));
    }

    private static KernelCase Elementwise(string name, int count) =>
        new(name, 0, 8.0 * count, [[count]], [count], (k, i, o) => k.Map(new LeakyRelu(0.2f), i[0], o, count));
}
