using System.Numerics;
using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Empty batches, sizes that no index reaches, vertices without neighbours.</summary>
public sealed class AdversarialLayerTests
{
    private static readonly string[] s_devices = ["cpu", "simulator"];

    private static readonly SparseMatrixEntries s_ring = new(5);

    private static readonly (string Name, Shape[] Inputs, Shape Output, Func<Tensor[], Tensor> Function)[] s_empty =
    [
        ("Conv2d", [[0, 5, 6, 3], [4, 3, 3, 3], [4]], [0, 5, 6, 4], x => x[0].Conv2d(x[1], x[2], 1, 1)),
        ("Conv2dWithoutInputs", [[2, 3, 4, 0], [5, 3, 3, 0], [5]], [2, 3, 4, 5], x => x[0].Conv2d(x[1], x[2], 1, 1)),
        ("Conv2dWithoutOutputs", [[2, 3, 4, 2], [0, 3, 3, 2]], [2, 3, 4, 0], x => x[0].Conv2d(x[1], null, 1, 1)),
        ("MatMul", [[0, 3], [3, 4]], [0, 4], x => x[0].MatMul(x[1])),
        ("MatMulOfNothing", [[2, 0], [0, 4]], [2, 4], x => x[0].MatMul(x[1])),
        ("MatMulBatch", [[0, 2, 3], [0, 3, 4]], [0, 2, 4], x => x[0].MatMul(x[1])),
        ("SparseProduct", [[0, 5, 3]], [0, 5, 3], x => Ops.SparseProduct(s_ring.On(x[0].Device), x[0])),
        ("GridSample", [[0, 4, 5, 3], [0, 2, 3, 2]], [0, 2, 3, 3], x => x[0].GridSample(x[1])),
        ("GridSampleNowhere", [[2, 4, 5, 3], [2, 0, 3, 2]], [2, 0, 3, 3], x => x[0].GridSample(x[1])),
        ("InstanceNorm", [[0, 4, 5, 3]], [0, 4, 5, 3], x => x[0].InstanceNorm()),
        ("InstanceNormOfNothing", [[2, 0, 5, 3]], [2, 0, 5, 3], x => x[0].InstanceNorm()),
        ("InstanceNormPlain", [[0, 4, 5, 3]], [0, 4, 5, 3], x => x[0].InstanceNormPlain()),
        ("Broadcast", [[0, 4, 3], [3]], [0, 4, 3], x => x[0].Mul(x[1]).Add(x[1]).Tanh()),
        ("Sum", [[0, 4, 3]], [], x => x[0].Sum()),
        ("SumOfAnEmptyAxis", [[2, 0, 3]], [2, 1, 3], x => x[0].Sum(1)),
        ("SumBesideAnEmptyAxis", [[2, 0, 3]], [2, 0, 1], x => x[0].Sum(2)),
        ("BroadcastTo", [[1, 4]], [0, 4], x => x[0].BroadcastTo([0, 4])),
        ("Permute", [[0, 4, 3]], [3, 0, 4], x => x[0].Permute(2, 0, 1)),
        ("Slice", [[0, 4, 3]], [0, 2, 3], x => x[0].Slice(1, 1, 2)),
        ("SliceOfNothing", [[2, 4, 3]], [2, 0, 3], x => x[0].Slice(1, 4, 0)),
        ("Pad", [[0, 4, 3]], [0, 6, 3], x => x[0].Pad(1, 1, 1)),
        ("PadOfNothing", [[0, 3]], [2, 3], x => x[0].Pad(0, 1, 1)),
        ("Concat", [[0, 4], [2, 4], [0, 4]], [2, 4], x => Ops.Concat(0, x)),
        ("Upsample", [[0, 2, 3, 4]], [0, 4, 6, 4], x => x[0].Upsample()),
        ("AveragePool", [[0, 2, 4, 4]], [0, 1, 2, 4], x => x[0].AveragePool()),
        ("Resize", [[0, 2, 3, 4]], [0, 5, 4, 4], x => x[0].Resize(5, 4)),
        ("Reshape", [[0, 4, 3]], [0, 12], x => x[0].Reshape(-1, 12)),
        ("Conv2dOfPadding", [[2, 0, 0, 3], [4, 3, 3, 3], [4]], [2, 2, 2, 4], x => x[0].Conv2d(x[1], x[2], 1, 2)),
        ("Conv2dOfPaddingByTiles", [[1, 0, 3, 16], [16, 3, 3, 16], [16]], [1, 14, 17, 16], x => x[0].Conv2d(x[1], x[2], 1, 8)),
        ("Conv2dOfFoldedPadding", [[1, 0, 3, 16], [16, 4, 4, 16], [16]], [1, 8, 9, 16], x => x[0].Conv2d(x[1], x[2], 2, 9)),
        ("Conv2dOfPaddingFused", [[2, 0, 4, 3], [4, 3, 3, 3], [4]], [2, 2, 10, 4], x => x[0].Conv2d(
            x[1], x[2], 1, 2, new Fusion { Normalize = true, InputSlope = 0.2f, Upsample = true, OutputSlope = 0.1f, Measure = true })),
        ("UpsampleWithoutRows", [[2, 0, 3, 4]], [2, 0, 6, 4], x => x[0].Upsample()),
        ("AveragePoolWithoutColumns", [[2, 4, 0, 3]], [2, 2, 0, 3], x => x[0].AveragePool()),
        ("PadWithoutRows", [[2, 0, 3, 4]], [2, 3, 3, 4], x => x[0].Pad(1, 1, 2)),
        ("SliceWithoutRows", [[2, 0, 3, 4]], [2, 0, 1, 4], x => x[0].Slice(2, 1, 1)),
        ("ConcatWithoutRows", [[2, 0, 3, 4], [2, 2, 3, 4]], [2, 2, 3, 4], x => Ops.Concat(1, x)),
        ("WarpNowhere", [[2, 4, 5, 3], [2, 0, 3, 2], [2, 0, 3, 1]], [2, 0, 3, 3], x => x[0].Warp(x[1], x[2])),
        ("WarpWithoutChannels", [[2, 4, 5, 0], [2, 2, 3, 2], [2, 2, 3, 1]], [2, 2, 3, 0], x => x[0].Warp(x[1], x[2])),
        ("ResizeWithoutChannels", [[2, 4, 5, 0]], [2, 2, 3, 0], x => x[0].Resize(2, 3)),
        ("ChebyshevTermsOfNothing", [[2, 5, 0]], [2, 5, 0], x => Ops.ChebyshevTerms(s_ring.On(x[0].Device), x[0], 3)),
        ("SparseProductOfNothing", [[2, 0, 3]], [2, 0, 3], x => Ops.SparseProduct(new SparseMatrix(x[0].Device, CsrMatrix.FromEntries(0, 0, [])), x[0])),
    ];

    private static readonly (string Name, Shape[] Inputs, Func<Tensor[], Tensor> Function)[] s_withoutPixels =
    [
        ("Resize", [[1, 0, 3, 2]], x => x[0].Resize(2, 2)),
        ("ResizeAlignedCorners", [[1, 3, 0, 4]], x => x[0].Resize(2, 2, alignCorners: true)),
        ("GridSample", [[1, 0, 3, 2], [1, 2, 2, 2]], x => x[0].GridSample(x[1])),
        ("GridSampleZeros", [[1, 3, 0, 4], [1, 2, 2, 2]], x => x[0].GridSample(x[1], GridPadding.Zeros)),
        ("Warp", [[1, 0, 0, 2], [1, 2, 2, 2]], x => x[0].Warp(x[1])),
        ("WarpMasked", [[1, 0, 3, 4], [1, 2, 2, 2], [1, 2, 2, 1]], x => x[0].Warp(x[1], x[2])),
        ("WarpPlain", [[1, 0, 3, 4], [1, 2, 2, 2]], x => x[0].WarpPlain(x[1])),
        ("Conv2d", [[1, 0, 3, 2], [2, 3, 3, 2]], x => x[0].Conv2d(x[1], null, 1, 1)),
    ];

    public static IEnumerable<TestCaseData> WithoutPixels() =>
        from device in s_devices from c in s_withoutPixels select new TestCaseData(device, c.Inputs, c.Function).SetName($"AnImageWithoutPixelsIsRefused({c.Name}, {device})");

    /// <summary>An empty batch of padded images has no elements, yet a kernel counts their rows.</summary>
    [TestCase(0, 1)]
    [TestCase(1, 0)]
    [TestCase(1, 1)]
    public void APaddingThatNoIndexReachesIsRefused(int batch, int channels)
    {
        using var tape = Tape.Start();
        Tensor x = Tensor.Full(TestDevices.Cpu, [batch, 1, 1, channels], 1f), w = Tensor.Full(TestDevices.Cpu, [1, 1, 1, channels], 1f);
        foreach (int pad in (int[])[1 << 29, 1 << 30, int.MaxValue])
        {
            Assert.That(() => x.Conv2d(w, null, 1 << 29, pad), Throws.InstanceOf<ShapeException>());
        }
    }

    /// <summary>What needs a pixel to read has none.</summary>
    [TestCaseSource(nameof(WithoutPixels))]
    public void AnImageWithoutPixelsIsRefused(string device, Shape[] inputs, Func<Tensor[], Tensor> function)
    {
        using var tape = Tape.Start();
        Tensor[] xs = [.. inputs.Select((shape, i) => Ops.Normal(TestDevices.Open(device), shape, (ulong)i))];
        Assert.That(() => function(xs), Throws.TypeOf<ShapeException>());
    }

    public static IEnumerable<TestCaseData> EmptyCases() =>
        from device in s_devices from c in s_empty select new TestCaseData(device, c.Inputs, c.Output, c.Function).SetName($"EmptyBatch({c.Name}, {device})");

    /// <summary>An empty batch gives an empty answer, sums over nothing are 0, and so are gradients of what took no part.</summary>
    [TestCaseSource(nameof(EmptyCases))]
    public void EmptyBatch(string device, Shape[] inputs, Shape output, Func<Tensor[], Tensor> function)
    {
        using var tape = Tape.Start();
        Tensor[] xs = [.. inputs.Select((shape, i) => Ops.Normal(TestDevices.Open(device), shape, (ulong)i).Differentiable())];
        var y = function(xs);
        Assert.That(y.Shape, Is.EqualTo(output));
        Assert.That(y.ToArray(), Has.All.Matches<float>(float.IsFinite));
        var gradients = Differentiation.Grad(y, xs, seed: Ops.Normal(y.Device, y.Shape, 9));
        for (int i = 0; i < xs.Length; i++)
        {
            Assert.That(gradients[i].Shape, Is.EqualTo(xs[i].Shape), $"gradient {i}");
            Assert.That(gradients[i].ToArray(), Has.All.Matches<float>(float.IsFinite), $"gradient {i}");
        }
    }

    private static readonly (string Name, Shape[] Inputs, Func<Tensor[], Tensor> Function)[] s_huge =
    [
        ("Broadcast", [[65536, 1], [1, 32768]], x => x[0].Add(x[1])),
        ("BroadcastTo", [[1]], x => x[0].BroadcastTo(Shape.Create([65536, 32768]))),
        ("Conv2dOutputs", [[1, 1, 1, 1], [1, 1, 1, 1]], x => x[0].Conv2d(x[1], null, 1, 40_000)),
        ("Conv2dPadding", [[1, 10, 10, 1], [1, 3, 3, 1]], x => x[0].Conv2d(x[1], null, 1, int.MaxValue)),
        ("Conv2dHalfPadding", [[1, 10, 10, 1], [1, 3, 3, 1]], x => x[0].Conv2d(x[1], null, 1 << 20, 1 << 30)),
        ("Conv2dFarPadding", [[1, 1, 1, 1], [1, 1, 1, 1]], x => x[0].Conv2d(x[1], null, 1 << 29, 1 << 29)),
        ("Conv2dFarPaddingFused", [[1, 1, 1, 1], [1, 1, 1, 1]], x => x[0].Conv2d(x[1], null, 1 << 29, 1 << 29, new Fusion { InputSlope = 0f })),
        ("Conv2dWideBatch", [[4, 1, 1, 64], [1, 1, 1, 64]], x => x[0].Conv2d(x[1], null, 1500, 1500)),
        ("Conv2dDoubled", [[0, 1 << 30, 1, 1], [1, 1, 1, 1]], x => x[0].Conv2d(x[1], null, 1, 0, new Fusion { Upsample = true })),
        ("ChebyshevTerms", [[1, 5, 4]], x => Ops.ChebyshevTerms(s_ring.On(x[0].Device), x[0], 1 << 30)),
        ("WarpPlain", [[0, 4, 4, 1], [0, 65536, 32768, 2]], x => x[0].WarpPlain(x[1])),
        ("MatMul", [[65536, 1], [1, 65536]], x => x[0].MatMul(x[1])),
        ("Upsample", [[1, 4, 4, 1]], x => x[0].Upsample(1 << 30)),
        ("UpsampleALot", [[1, 2, 2, 1]], x => x[0].Upsample(1 << 15)),
        ("Resize", [[1, 2, 2, 1]], x => x[0].Resize(1 << 16, 1 << 15)),
        ("ResizeOfALongSide", [[1, 40_000, 1, 1]], x => x[0].Resize(40_000, 1)),
        ("Pad", [[3, 1]], x => x[0].Pad(0, int.MaxValue, int.MaxValue)),
        ("PadOneSide", [[3, 1]], x => x[0].Pad(0, 0, int.MaxValue)),
        ("Concat", [[1 << 30, 0], [1 << 30, 0]], x => Ops.Concat(0, x)),
        ("SliceFarOut", [[3, 1]], x => x[0].Slice(0, int.MaxValue, 2)),
        ("SliceTooLong", [[3, 1]], x => x[0].Slice(0, 1, int.MaxValue)),
        ("Uniform", [[1]], x => Ops.Uniform(x[0].Device, Shape.Create([1 << 16, 1 << 15]), 1)),
        ("Reshape", [[4]], x => x[0].Reshape(1 << 16, 1 << 15)),
    ];

    public static IEnumerable<TestCaseData> HugeCases() =>
        s_huge.Select(c => new TestCaseData(c.Inputs, c.Function).SetName($"TwoBillionElementsAreRefused({c.Name})"));

    [TestCaseSource(nameof(HugeCases))]
    public void TwoBillionElementsAreRefused(Shape[] inputs, Func<Tensor[], Tensor> function)
    {
        using var tape = Tape.Start();
        Tensor[] xs = [.. inputs.Select(shape => Tensor.Full(TestDevices.Cpu, shape, 1f))];
        Assert.That(() => function(xs), Throws.TypeOf<ShapeException>());
    }

    /// <summary>The window never moves: every such stride is one.</summary>
    [Test]
    public void AStrideBeyondTheImageMakesOneOutput([ValueSource(nameof(s_devices))] string device, [Values(1 << 29, int.MaxValue)] int stride)
    {
        using var tape = Tape.Start();
        Tensor[] xs = [.. ((Shape[])[[2, 4, 5, 3], [4, 3, 3, 3], [4]]).Select((s, i) => Ops.Normal(TestDevices.Open(device), s, (ulong)i).Differentiable())];
        Tensor far = xs[0].Conv2d(xs[1], xs[2], stride, 1), near = xs[0].Conv2d(xs[1], xs[2], 10, 1);
        Assert.That(far.ToArray(), Is.EqualTo(near.ToArray()));
        Assert.That(far.Shape, Is.EqualTo(Shape.Create([2, 1, 1, 4])));
        var expected = Differentiation.Grad(near.Square().Sum(), xs);
        foreach (var (i, gradient) in Differentiation.Grad(far.Square().Sum(), xs).Index())
        {
            Assert.That(gradient.ToArray(), Is.EqualTo(expected[i].ToArray()), $"gradient {i}");
        }
    }

    /// <summary>The product of the sides is no int.</summary>
    [Test]
    public void AnEmptyBatchMayHaveLongSides([ValueSource(nameof(s_devices))] string deviceName)
    {
        var device = TestDevices.Open(deviceName);
        using var tape = Tape.Start();
        var x = Tensor.Full(device, [0, 50_000, 50_000, 4], 1f).Differentiable();
        Tensor[] results =
        [
            x.InstanceNorm(), x.InstanceNormPlain(), x.AveragePool(50_000), x.GlobalAveragePool(), x.Sum(), x.Add(x.Slice(3, 0, 1)),
            x.Permute(3, 1, 0, 2), x.Pad(1, 1, 1), Ops.Concat(1, x, x), x.Upsample(),
        ];
        foreach (var y in results)
        {
            Assert.That(Differentiation.Grad(y, [x], seed: Tensor.Full(device, y.Shape, 1f))[0].Shape, Is.EqualTo(x.Shape));
        }
    }

    [Test]
    public void AVertexWithoutNeighboursIsAloneInTheLaplacian([ValueSource(nameof(s_devices))] string deviceName)
    {
        // Two triangles, a vertex of none, and one of a triangle that is only a line.
        Vector3[] vertices = [new(0, 0, 0), new(1, 0, 0), new(0, 1, 0), new(1, 1, 0.2f), new(7, 7, 7), new(2, 0, 0), new(3, 0, 0)];
        int[] triangles = [0, 1, 2, 1, 3, 2, 1, 5, 6, 5, 5, 6];
        var levels = MeshHierarchy.Build(vertices, triangles, 2);
        var laplacian = levels[0].Laplacian;
        Assert.That(laplacian.RowStart[5] - laplacian.RowStart[4], Is.Zero, "an empty row");
        Assert.That(laplacian.Column, Has.None.EqualTo(4));
        Assert.That(levels.SelectMany(l => l.Laplacian.Value), Has.All.Matches<float>(float.IsFinite));

        var device = TestDevices.Open(deviceName);
        using var conv = new ChebyshevConv(new Initializer(device, 1), new SparseMatrix(device, laplacian), 3, 4, 3);
        using var tape = Tape.Start();
        float[] x = Ops.Normal(device, [1, 7, 3], 5).ToArray(), others = [.. x];
        float[] y = conv.Forward(Tensor.From(device, [1, 7, 3], x)).ToArray();
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = i / 3 == 4 ? x[i] : float.NaN;
        }

        float[] alone = conv.Forward(Tensor.From(device, [1, 7, 3], others)).ToArray();
        Assert.That(alone[16..20], Is.EqualTo(y[16..20]));
        Assert.That(y, Has.All.Matches<float>(float.IsFinite));
        Assert.That(alone.Where((_, i) => i / 4 != 4), Has.All.NaN);
    }

    // A ring of vertices, each the mean of its two neighbours.
    private sealed record SparseMatrixEntries(int Count)
    {
        public SparseMatrix On(Device device) => new(device, CsrMatrix.FromEntries(
            Count, Count, Enumerable.Range(0, Count).SelectMany(i => new[] { (i, (i + 1) % Count, 0.5f), (i, (i + Count - 1) % Count, 0.5f) })));
    }
}
