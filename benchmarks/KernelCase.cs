using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Benchmarks;

/// <summary>
/// One operation at the shape of a real layer: the one home of its shapes, numbers, and counts, for the benchmarks, the peers and
/// the GPU's table.
/// </summary>
/// <param name="Name">Operation and shape.</param>
/// <param name="Kernel">What is done; mostly the kernel's name in <see cref="IKernels"/>.</param>
/// <param name="Spec">What peers must know to do the same work.</param>
/// <param name="Flops">Floating-point operations of one run; 0 where memory is what counts.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="Output">The shape of what it writes.</param>
/// <param name="Prepare">From the inputs on a device to what computes the output.</param>
public sealed record KernelCase(
    string Name, string Kernel, object Spec, double Flops, IReadOnlyList<Operand> Inputs, Shape Output, Func<Tensor[], Launch> Prepare)
{
    /// <summary>The layers of the networks, and the shapes by which convolutions are usually compared.</summary>
    public static IReadOnlyList<KernelCase> All { get; } =
    [
        .. Convolution("64→64 3×3, 256²", new Conv2dSpec(1, 256, 256, 64, 64, 3, 3, 1, 1)),
        .. Convolution("64→64 3×3, 128²", new Conv2dSpec(1, 128, 128, 64, 64, 3, 3, 1, 1)),
        .. Convolution("128→128 3×3, 64²", new Conv2dSpec(1, 64, 64, 128, 128, 3, 3, 1, 1)),
        .. Convolution("256→256 3×3, 32²", new Conv2dSpec(1, 32, 32, 256, 256, 3, 3, 1, 1)),
        .. Convolution("32→32 3×3, 256²", new Conv2dSpec(1, 256, 256, 32, 32, 3, 3, 1, 1)),
        .. Convolution("3→64 7×7, 256²", new Conv2dSpec(1, 256, 256, 3, 64, 7, 7, 1, 3)),
        .. Convolution("32→3 7×7, 256²", new Conv2dSpec(1, 256, 256, 32, 3, 7, 7, 1, 3)),
        .. Convolution("128→128 4×4 stride 2, 128²", new Conv2dSpec(1, 128, 128, 128, 128, 4, 4, 2, 1)),
        .. Convolution("64→128 4×4 stride 2, 64², batch 8", new Conv2dSpec(8, 64, 64, 64, 128, 4, 4, 2, 1)),
        Product(2048, 2048, 2048),
        Product(1024, 1024, 1024),
        Product(3796, 32, 96),
        ChebyshevStep(32, 8),
        Chebyshev(16, 32, 6),
        Sampling(64, 256, GridPadding.Border),
        Sampling(64, 256, GridPadding.Zeros),
        NormRelu(64, 256),
        Elementwise("LeakyReLU 64, 256²", 64 * 256 * 256),
    ];

    /// <summary>Bytes that one run must read and write at the least.</summary>
    public double Bytes => 4.0 * (Inputs.Sum(x => x.Shape.Count) + Output.Count);

    /// <summary>The case of a name.</summary>
    public static KernelCase Of(string name) => All.Single(c => c.Name == name);

    /// <summary>The inputs' numbers, the same each time.</summary>
    public float[][] Values() => [.. Inputs.Select((x, i) => x.Values?.Invoke() ?? Noise(x.Shape.Count, (ulong)i))];

    /// <summary>Puts inputs on a device, for its whole life, and gives what computes.</summary>
    public Launch On(Device device) => Prepare([.. Inputs.Zip(Values(), (x, values) => Tensor.From(device, x.Shape, values))]);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Numbers in [−1, 1), drawn from a seed.</summary>
    internal static float[] Noise(long count, ulong seed)
    {
        var rng = new Rng(seed);
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = rng.NextFloat(-1f, 1f);
        }

        return values;
    }

    private static KernelCase[] Convolution(string name, Conv2dSpec s)
    {
        Shape x = [s.N, s.H, s.W, s.C], w = [s.K, s.R, s.S, s.C], y = [s.N, s.P, s.Q, s.K];

        // The forward pass has constant filters, as a network in use has; those of a gradient change from step to step.
        return
        [
            Of($"Conv2d {name}", nameof(IKernels.Conv2d), s, s.Flops, [x, w], y, (k, i, o) =>
            {
                i[1].Kept = true;
                k.Conv2d(i[0], i[1], null, o, s);
            }),
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
    private static KernelCase ChebyshevStep(int c, int batch)
    {
        var a = MeshHierarchy.Build(FaceModel.BuiltIn, 0)[0].Laplacian;
        var s = new SparseProductSpec(batch, c, 2f, -1f);
        Shape x = [batch, a.Rows, c];
        return new(
            $"Chebyshev step {a.Rows} vertices, {c}, batch {batch}", nameof(IKernels.SparseProduct), new { s.N, s.C, a.RowStart, a.Column },
            (2.0 * batch * c * a.Value.Length) + (2.0 * x.Count), [new([a.Value.Length], () => a.Value), new(x), new(x)], x, i =>
            {
                var matrix = i[0].Device.Upload(a);
                return Launch.Of(i[0].Device, x, y => i[0].Device.Kernels.SparseProduct(matrix, i[1].Buffer, i[2].Buffer, y, s));
            });
    }

    // The whole graph convolution of the motion net.
    private static KernelCase Chebyshev(int c, int outputs, int order)
    {
        var a = MeshHierarchy.Build(FaceModel.BuiltIn, 0)[0].Laplacian;
        double flops = (2.0 * (order - 1) * c * a.Value.Length) + (2.0 * a.Rows * order * c * outputs);
        return new(
            $"ChebyshevConv {a.Rows} vertices, {c}→{outputs}, K {order}", nameof(ChebyshevConv), new { Order = order, a.RowStart, a.Column }, flops,
            [new([a.Value.Length], () => a.Value), new([1, a.Rows, c]), new([outputs, order * c]), new([outputs])], [1, a.Rows, outputs], i =>
            {
                var device = i[0].Device;
                var layer = new ChebyshevConv(new Initializer(device, 0), new SparseMatrix(device, a), c, outputs, order);
                foreach (var (parameter, value) in layer.Parameters.Zip(i[2..]))
                {
                    parameter.Assign(value.ToArray());
                }

                return Launch.Of(() => layer.Forward(i[1]));
            });
    }

    // As a warp samples: every pixel near where it was, turned and stretched a little.
    private static KernelCase Sampling(int c, int side, GridPadding padding)
    {
        var s = new GridSampleSpec(1, side, side, c, side, side, false, padding);
        Shape x = [1, side, side, c], grid = [1, side, side, 2];
        Action<IKernels, DeviceBuffer[], DeviceBuffer> run = (k, i, o) => k.GridSample(i[0], i[1], null, o, s);
        return Of($"GridSample {c}, {side}², {(padding == GridPadding.Zeros ? "zeros" : "border")}", nameof(IKernels.GridSample), s, 0, [x, grid], x, run) with { Inputs = [new(x), new(grid, Warp)] };

        float[] Warp()
        {
            float[] places = new float[grid.Count];
            for (int i = 0; i < places.Length; i += 2)
            {
                float u = (((i / 2 % side * 2) + 1f) / side) - 1f, v = (((i / 2 / side * 2) + 1f) / side) - 1f;
                places[i] = (0.95f * u) - (0.15f * v) + (0.05f * MathF.Sin(5f * v));
                places[i + 1] = (0.15f * u) + (0.95f * v) + (0.05f * MathF.Sin(7f * u));
            }

            return places;
        }
    }

    private static KernelCase NormRelu(int c, int side)
    {
        var s = new InstanceNormSpec(1, side * side, c, 1e-5f, Slope: 0f);
        Shape x = [1, side, side, c];
        return new($"InstanceNorm + ReLU {c}, {side}²", "InstanceNormRelu", s, 0, [new(x)], x, i =>
        {
            var statistics = Tensor.Empty(i[0].Device, [1, 2, c]);
            return Launch.Of(i[0].Device, x, y => i[0].Device.Kernels.InstanceNorm(i[0].Buffer, y, statistics.Buffer, s));
        });
    }

    private static KernelCase Elementwise(string name, int count) =>
        Of(name, nameof(LeakyRelu), new { Slope = 0.2f }, 0, [[count]], [count], (k, i, o) => k.Map(new LeakyRelu(0.2f), i[0], o, count));

    private static KernelCase Of(
        string name, string kernel, object spec, double flops, Shape[] inputs, Shape output, Action<IKernels, DeviceBuffer[], DeviceBuffer> run) =>
        new(name, kernel, spec, flops, [.. inputs.Select(shape => new Operand(shape))], output, tensors =>
        {
            var device = tensors[0].Device;
            DeviceBuffer[] x = [.. tensors.Select(t => t.Buffer)];
            return Launch.Of(device, output, y => run(device.Kernels, x, y));
        });
}

/// <summary>An input of a case.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Values">Its numbers; noise where nothing is said.</param>
public sealed record Operand(Shape Shape, Func<float[]>? Values = null);

/// <summary>Work that is ready to run again and again.</summary>
/// <param name="Run">Runs it once.</param>
/// <param name="Answer">Runs it once, and gives what it computed.</param>
public sealed record Launch(Action Run, Func<float[]> Answer)
{
    /// <summary>A kernel that writes one buffer, which is made here.</summary>
    internal static Launch Of(Device device, Shape output, Action<DeviceBuffer> run)
    {
        var y = Tensor.Empty(device, output);
        return new(() => run(y.Buffer), () =>
        {
            run(y.Buffer);
            return y.ToArray();
        });
    }

    /// <summary>A plan; its first output is the answer.</summary>
    internal static Launch Of(Plan plan) => new(plan.Run, () =>
    {
        plan.Run();
        return plan.Outputs[0].ToArray();
    });

    /// <summary>A computation of tensors, without gradients; what it makes meanwhile goes back to the device's pool.</summary>
    internal static Launch Of(Func<Tensor> compute)
    {
        return new(() => Within(_ => 0), () => Within(y => y.ToArray()));

        T Within<T>(Func<Tensor, T> take)
        {
            using var tape = Tape.Start();
            using var pause = Tape.NoGrad();
            return take(compute());
        }
    }
}
