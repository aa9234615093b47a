using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Model.Faces;

namespace Mimesh.Benchmarks;

/// <summary>One kernel at the shape of a real layer.</summary>
/// <param name="Name">Family and shape.</param>
/// <param name="Kernel">The kernel's name in <see cref="IKernels"/>.</param>
/// <param name="Spec">What peers must know to do the same work.</param>
/// <param name="Flops">Floating-point operations of one run; 0 where memory is what counts.</param>
/// <param name="Bytes">Bytes that one run must read and write at the least.</param>
/// <param name="Prepare">Makes inputs and output on a device, under the current tape, and gives what launches the kernel.</param>
public sealed record KernelCase(
    string Name, string Kernel, object Spec, double Flops, double Bytes, Func<Device, Action> Prepare)
{
    /// <summary>The layers of the networks, and the shapes by which convolutions are usually compared.</summary>
    public static IReadOnlyList<KernelCase> All { get; } =
    [
        .. Convolution("64→64 3×3, 256²", new Conv2dSpec(1, 256, 256, 64, 64, 3, 3, 1, 1)),
        .. Convolution("64→64 3×3, 128²", new Conv2dSpec(1, 128, 128, 64, 64, 3, 3, 1, 1)),
        .. Convolution("128→128 3×3, 64²", new Conv2dSpec(1, 64, 64, 128, 128, 3, 3, 1, 1)),
        .. Convolution("256→256 3×3, 32²", new Conv2dSpec(1, 32, 32, 256, 256, 3, 3, 1, 1)),
        .. Convolution("3→64 7×7, 256²", new Conv2dSpec(1, 256, 256, 3, 64, 7, 7, 1, 3)),
        .. Convolution("32→4 7×7, 256²", new Conv2dSpec(1, 256, 256, 32, 4, 7, 7, 1, 3)),
        .. Convolution("64→128 4×4 stride 2, 64², batch 8", new Conv2dSpec(8, 64, 64, 64, 128, 4, 4, 2, 1)),
        Product(2048, 2048, 2048),
        Product(1024, 1024, 1024),
        Product(3796, 32, 96),
        Chebyshev(32, 8),
        Sampling(64, 256),
        Norm(64, 256),
        Elementwise("LeakyReLU 64, 256²", 64 * 256 * 256),
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static KernelCase[] Convolution(string name, Conv2dSpec s)
    {
        Shape x = [s.N, s.H, s.W, s.C], w = [s.K, s.R, s.S, s.C], y = [s.N, s.P, s.Q, s.K];
        return
        [
            Of($"Conv2d {name}", nameof(IKernels.Conv2d), s, s.Flops, [x, w], y, (k, i, o) => k.Conv2d(i[0], i[1], null, o, s)),
            Of($"Conv2dInputGrad {name}", nameof(IKernels.Conv2dInputGrad), s, s.Flops, [y, w], x, (k, i, o) => k.Conv2dInputGrad(i[0], i[1], o, s)),
            Of($"Conv2dWeightGrad {name}", nameof(IKernels.Conv2dWeightGrad), s, s.Flops, [x, y], w, (k, i, o) => k.Conv2dWeightGrad(i[0], i[1], o, s)),
        ];
    }

    private static KernelCase Product(int m, int n, int k)
    {
        var s = new MatMulSpec(1, m, n, k, false, false);
        return Of($"MatMul {m}×{k}·{k}×{n}", nameof(IKernels.MatMul), s, 2.0 * m * n * k, [[m, k], [k, n]], [m, n],
            (kernels, i, o) => kernels.MatMul(i[0], i[1], o, s));
    }

    // One step of the recurrence on the face mesh.
    private static KernelCase Chebyshev(int c, int batch)
    {
        var a = MeshHierarchy.Build(FaceModel.BuiltIn, 0)[0].Laplacian;
        var s = new SparseProductSpec(batch, c, 2f, -1f);
        Shape x = [batch, a.Rows, c];
        double bytes = (12.0 * x.Count) + (8.0 * a.Value.Length);
        return new($"Chebyshev step {a.Rows} vertices, {c}, batch {batch}", nameof(IKernels.SparseProduct), new { s.N, s.C, a.RowStart, a.Column },
            (2.0 * batch * c * a.Value.Length) + (2.0 * x.Count), bytes, device =>
            {
                var matrix = device.Upload(a);
                Tensor from = Ops.Uniform(device, x, 0), before = Ops.Uniform(device, x, 1), y = Tensor.Empty(device, x);
                return () => device.Kernels.SparseProduct(matrix, from.Buffer, before.Buffer, y.Buffer, s);
            });
    }

    private static KernelCase Sampling(int c, int side)
    {
        var s = new GridSampleSpec(1, side, side, c, side, side, false, GridPadding.Border);
        Shape x = [1, side, side, c];
        return Of($"GridSample {c}, {side}²", nameof(IKernels.GridSample), s, 0, [x, [1, side, side, 2]], x, (k, i, o) => k.GridSample(i[0], i[1], null, o, s));
    }

    private static KernelCase Norm(int c, int side)
    {
        var s = new InstanceNormSpec(1, side * side, c, 1e-5f);
        Shape x = [1, side, side, c];
        return Of($"InstanceNorm {c}, {side}²", nameof(IKernels.InstanceNorm), s, 0, [x, [1, 2, c]], x, (k, i, o) => k.InstanceNorm(i[0], o, i[1], s));
    }

    private static KernelCase Elementwise(string name, int count) =>
        Of(name, nameof(LeakyRelu), new { Count = count }, 0, [[count]], [count], (k, i, o) => k.Map(new LeakyRelu(0.2f), i[0], o, count));

    private static KernelCase Of(
        string name, string kernel, object spec, double flops, Shape[] inputs, Shape output, Action<IKernels, DeviceBuffer[], DeviceBuffer> run) =>
        new(name, kernel, spec, flops, 4.0 * (inputs.Sum(x => x.Count) + output.Count), device =>
        {
            DeviceBuffer[] x = [.. inputs.Select((shape, i) => Ops.Uniform(device, shape, (ulong)i).Buffer)];
            var y = Tensor.Empty(device, output).Buffer;
            return () => run(device.Kernels, x, y);
        });
}
