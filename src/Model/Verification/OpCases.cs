using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>Every operation at the shapes of <c>fixtures/make_fixtures.py</c>.</summary>
internal static class OpCases
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<OpCase> All { get; } =
    [
        .. Convolution(), .. Products(), .. Sparse(), .. Sampling(), .. Normalization(), .. Binary(), .. Unary(), .. Reduction(),
        .. Reordering(), .. Resampling(),
    ];

    private static IEnumerable<OpCase> Convolution()
    {
        const string File = "convolution";
        yield return new(File, "Conv2d.3x3", [[2, 5, 7, 3], [4, 3, 3, 3], [4]], x => x[0].Conv2d(x[1], x[2], 1, 1));
        yield return new(File, "Conv2d.Stride2", [[1, 7, 9, 5], [6, 3, 3, 5], [6]], x => x[0].Conv2d(x[1], x[2], 2, 1));
        yield return new(File, "Conv2d.Stride2Unused", [[1, 6, 8, 2], [3, 3, 3, 2]], x => x[0].Conv2d(x[1], null, 2));
        yield return new(File, "Conv2d.Stride3", [[1, 10, 8, 2], [3, 3, 3, 2]], x => x[0].Conv2d(x[1], null, 3, 1));
        yield return new(File, "Conv2d.7x7", [[1, 9, 10, 3], [8, 7, 7, 3], [8]], x => x[0].Conv2d(x[1], x[2], 1, 3));
        yield return new(File, "Conv2d.4x4Stride2", [[2, 8, 6, 4], [5, 4, 4, 4], [5]], x => x[0].Conv2d(x[1], x[2], 2, 1));
        yield return new(File, "Conv2d.1x1", [[2, 3, 4, 17], [33, 1, 1, 17], [33]], x => x[0].Conv2d(x[1], x[2]));
        yield return new(File, "Conv2d.2x3Valid", [[1, 4, 5, 2], [3, 2, 3, 2]], x => x[0].Conv2d(x[1]));
        yield return new(File, "Conv2d.ManyOutputs", [[1, 5, 14, 4], [40, 3, 3, 4], [40]], x => x[0].Conv2d(x[1], x[2], 1, 1));
        yield return new(File, "Conv2d.ManyInputs", [[1, 3, 13, 40], [4, 3, 3, 40]], x => x[0].Conv2d(x[1], null, 1, 1));
        yield return new(File, "Conv2d.Batch3", [[3, 5, 8, 9], [19, 3, 3, 9], [19]], x => x[0].Conv2d(x[1], x[2], 2, 1));
        yield return new(File, "Conv2d.WidePad", [[1, 3, 4, 5], [6, 3, 3, 5]], x => x[0].Conv2d(x[1], null, 1, 2));

        // Many channels with weights such as layers have, or the sums would be far larger than the tolerance's 1.
        yield return new(File, "Conv2d.Tiles", [[1, 13, 14, 17], [16, 3, 3, 17], [16]], x => x[0].Conv2d(x[1].Mul(0.1f), x[2], 1, 1));
        yield return new(File, "Conv2d.Overlap", [[1, 6, 9, 5], [4, 7, 7, 5], [4]], x => x[0].Conv2d(x[1], x[2], 1, 3));
        Shape[] norm = [[2, 5, 6, 3], [3, 3, 3, 3], [3], [2, 5, 6, 3]], up = [[1, 7, 6, 16], [16, 3, 3, 16], [16]];
        var rectified = new Fusion { Normalize = true, InputSlope = 0f };
        var doubled = new Fusion { InputSlope = 0.1f, Upsample = true, OutputSlope = 0.2f };
        yield return new(File, "Conv2d.FusedNorm", norm, x => x[0].Conv2d(x[1], x[2], 1, 1, rectified with { Residual = x[3] }));
        yield return new(File, "Conv2d.FusedUp", up, x => x[0].Conv2d(x[1].Mul(0.1f), x[2], 1, 1, doubled));
        yield return new(File, "Conv2dPlain.FusedNorm", norm, x => x[0].Conv2dPlain(x[1], x[2], 1, 1, rectified with { Residual = x[3] }));
    }

    private static IEnumerable<OpCase> Products()
    {
        foreach (bool ta in new[] { false, true })
        {
            foreach (bool tb in new[] { false, true })
            {
                string name = $"{(ta ? 'T' : 'N')}{(tb ? 'T' : 'N')}";
                Shape a = ta ? [7, 5] : [5, 7], b = tb ? [3, 7] : [7, 3];
                Shape batchA = ta ? [2, 4, 3] : [2, 3, 4], batchB = tb ? [2, 6, 4] : [2, 4, 6];
                yield return new("matmul", $"MatMul.{name}", [a, b], x => x[0].MatMul(x[1], ta, tb));
                yield return new("matmul", $"MatMul.Batch{name}", [batchA, batchB], x => x[0].MatMul(x[1], ta, tb));
            }
        }

        yield return new("matmul", "MatMul.Wide", [[17, 20], [20, 35]], x => x[0].MatMul(x[1]));
        yield return new("matmul", "MatMul.Batch3", [[3, 5, 33], [3, 33, 3]], x => x[0].MatMul(x[1]));
        yield return new("matmul", "MatMul.Vector", [[1, 37], [37, 1]], x => x[0].MatMul(x[1]));
    }

    private static IEnumerable<OpCase> Sparse()
    {
        yield return new("sparse", "SparseProduct.Plain", [[2, 9, 5], [7, 9]], x => Ops.SparseProduct(Csr(x[1]), x[0]), Constants: 1);
        yield return new(
            "sparse", "SparseProduct.Step", [[2, 7, 17], [2, 9, 17], [9, 7]],
            x => Ops.SparseProduct(Csr(x[2]), x[0], 2f, x[1], -0.5f), Constants: 1);
        yield return new("sparse", "SparseProduct.Batch3", [[3, 11, 3], [6, 11]], x => Ops.SparseProduct(Csr(x[1]), x[0], -1.5f), Constants: 1);
        yield return new("sparse", "ChebyshevTerms.Four", [[2, 9, 5], [9, 9]], x => Ops.ChebyshevTerms(Csr(x[1]), x[0], 4), Constants: 1);
        yield return new("sparse", "ChebyshevTerms.Two", [[1, 7, 16], [7, 7]], x => Ops.ChebyshevTerms(Csr(x[1]), x[0], 2), Constants: 1);
        yield return new("sparse", "ChebyshevTerms.One", [[1, 7, 3], [7, 7]], x => Ops.ChebyshevTerms(Csr(x[1]), x[0], 1), Constants: 1);
        yield return new("sparse", "ChebyshevTermsPlain.Four", [[2, 9, 5], [9, 9]], x => Ops.ChebyshevTermsPlain(Csr(x[1]), x[0], 4), Constants: 1);
        yield return new("sparse", "ChebyshevTermsPlain.Two", [[1, 7, 16], [7, 7]], x => Ops.ChebyshevTermsPlain(Csr(x[1]), x[0], 2), Constants: 1);
        yield return new("sparse", "ChebyshevTermsPlain.One", [[1, 7, 3], [7, 7]], x => Ops.ChebyshevTermsPlain(Csr(x[1]), x[0], 1), Constants: 1);
    }

    private static IEnumerable<OpCase> Sampling()
    {
        foreach (var padding in Enum.GetValues<GridPadding>())
        {
            foreach (bool align in new[] { false, true })
            {
                string name = $"{padding}{(align ? "Corners" : "Edges")}";
                Shape[] shapes = [[2, 5, 6, 3], [2, 4, 3, 2]];
                yield return new("gridsample", $"GridSample.{name}", shapes, x => x[0].GridSample(x[1], padding, align), Order: 1);
                yield return new("gridsample", $"GridSample.Image{name}", shapes, x => x[0].GridSample(x[1], padding, align), Constants: 1);
            }
        }

        foreach (bool align in new[] { false, true })
        {
            yield return new(
                "gridsample", $"GridSample.Batch3{(align ? "Corners" : "Edges")}", [[3, 7, 4, 17], [3, 5, 2, 2]],
                x => x[0].GridSample(x[1], GridPadding.Zeros, align), Order: 1);
        }

        Shape[] warp = [[2, 5, 6, 3], [2, 4, 7, 2]], masked = [.. warp, [2, 4, 7, 1]], image = [[2, 3, 6, 17], [2, 4, 7, 1], [2, 4, 7, 2]];
        yield return new("gridsample", "Warp.Offset", warp, x => x[0].Warp(x[1]), Order: 1);
        yield return new("gridsample", "Warp.Masked", masked, x => x[0].Warp(x[1], x[2]), Order: 1);
        yield return new("gridsample", "Warp.Image", image, x => x[0].Warp(x[2], x[1]), Constants: 1);
        yield return new("gridsample", "WarpPlain.Offset", warp, x => x[0].WarpPlain(x[1]), Order: 1);
        yield return new("gridsample", "WarpPlain.Masked", masked, x => x[0].WarpPlain(x[1], x[2]), Order: 1);
        yield return new("gridsample", "WarpPlain.Image", image, x => x[0].WarpPlain(x[2], x[1]), Constants: 1);
        yield return new("gridsample", "GridSample.ManyChannels", [[1, 4, 4, 19], [1, 3, 5, 2]], x => x[0].GridSample(x[1]), Order: 1);
    }

    private static IEnumerable<OpCase> Normalization()
    {
        const string File = "normalization";
        yield return new(File, "InstanceNorm.Small", [[2, 4, 5, 3]], x => x[0].InstanceNorm());
        yield return new(File, "InstanceNorm.Epsilon", [[1, 3, 3, 17]], x => x[0].InstanceNorm(0.1f));
        yield return new(File, "InstanceNorm.Offset", [[1, 6, 4, 2]], x => x[0].InstanceNorm());
        yield return new(File, "InstanceNorm.Batch3", [[3, 5, 3, 19]], x => x[0].InstanceNorm());
        yield return new(File, "InstanceNorm.Rectified", [[2, 3, 5, 20]], x => x[0].InstanceNorm(slope: 0f));
        yield return new(File, "InstanceNorm.Leaky", [[1, 5, 4, 3]], x => x[0].InstanceNorm(0.1f, 0.2f));
        yield return new(File, "InstanceNormPlain.Small", [[2, 4, 5, 3]], x => x[0].InstanceNormPlain());
        yield return new(File, "InstanceNormPlain.Epsilon", [[1, 3, 3, 17]], x => x[0].InstanceNormPlain(0.1f));
        yield return new(File, "InstanceNormPlain.Batch3", [[3, 5, 3, 19]], x => x[0].InstanceNormPlain());
        yield return new(File, "InstanceNormPlain.Rectified", [[2, 3, 5, 20]], x => x[0].InstanceNormPlain(slope: 0f));
        yield return new(File, "InstanceNormPlain.Leaky", [[1, 5, 4, 3]], x => x[0].InstanceNormPlain(0.1f, 0.2f));
    }

    private static IEnumerable<OpCase> Binary()
    {
        (string Name, Shape A, Shape B)[] shapes =
        [
            ("Same", [2, 3, 4, 5], [2, 3, 4, 5]), ("Channels", [2, 3, 4, 5], [5]), ("Both", [2, 1, 4, 1], [3, 1, 5]),
            ("Scalar", [], [3, 4]), ("Map", [2, 3, 4, 5], [2, 3, 4, 1]),
        ];
        foreach (var (name, a, b) in shapes)
        {
            yield return new("elementwise", $"Add.{name}", [a, b], x => x[0].Add(x[1]));
            yield return new("elementwise", $"Sub.{name}", [a, b], x => x[0].Sub(x[1]));
            yield return new("elementwise", $"Mul.{name}", [a, b], x => x[0].Mul(x[1]));
            yield return new("elementwise", $"Div.{name}", [a, b], x => x[0].Div(x[1]));
        }

        yield return new("elementwise", "Lerp.Same", [[1, 5, 3], [1, 5, 3], [1, 5, 3]], x => Ops.Lerp(x[0], x[1], x[2]));
        yield return new("elementwise", "Lerp.Batch", [[3, 4, 2], [3, 4, 2], [3, 1, 1]], x => Ops.Lerp(x[0], x[1], x[2]));
    }

    private static IEnumerable<OpCase> Unary()
    {
        static OpCase Of(string name, Func<Tensor[], Tensor> f, params ReadOnlySpan<int> shape) =>
            new("elementwise", name, [Shape.Create(shape)], f);
        yield return Of("Affine.Normal", x => x[0].Affine(1.5f, -0.25f), 3, 7, 2);
        yield return Of("AddScalar.Normal", x => x[0].Add(0.75f), 3, 7, 2);
        yield return Of("MulScalar.Normal", x => x[0].Mul(-2.5f), 3, 7, 2);
        yield return Of("Square.Normal", x => x[0].Square(), 3, 7, 2);
        yield return Of("Exp.Normal", x => x[0].Exp(), 3, 7, 2);
        yield return Of("Sigmoid.Normal", x => x[0].Sigmoid(), 3, 7, 2);
        yield return Of("Sigmoid.Large", x => x[0].Sigmoid(), 37);
        yield return Of("Tanh.Normal", x => x[0].Tanh(), 3, 7, 2);
        yield return Of("Tanh.Large", x => x[0].Tanh(), 37);
        yield return Of("LeakyRelu.Normal", x => x[0].LeakyRelu(0.2f), 3, 7, 2);
        yield return Of("Relu.Normal", x => x[0].Relu(), 3, 7, 2);
        yield return Of("Elu.Normal", x => x[0].Elu(), 3, 7, 2);
        yield return Of("Elu.Large", x => x[0].Elu(), 37);
        yield return Of("Abs.Normal", x => x[0].Abs(), 3, 7, 2);
        yield return Of("Sqrt.Positive", x => x[0].Sqrt(), 3, 7, 2);
        yield return Of("Reciprocal.Positive", x => x[0].Reciprocal(), 3, 7, 2);
        yield return Of("Log.Positive", x => x[0].Log(), 3, 7, 2);
    }

    private static IEnumerable<OpCase> Reduction()
    {
        const string File = "reduction";
        Shape full = [2, 3, 4, 5];
        yield return new(File, "Sum.All", [full], x => x[0].Sum());
        yield return new(File, "Mean.All", [full], x => x[0].Mean());
        for (int i = 0; i < 4; i++)
        {
            int axis = i;
            yield return new(File, $"Sum.Axis{axis}", [full], x => x[0].Sum(axis));
        }

        yield return new(File, "Mean.AxisLast", [[3, 17]], x => x[0].Mean(-1));
        yield return new(File, "Mean.AxisFirst", [[3, 17]], x => x[0].Mean(0));
        yield return new(File, "GlobalAveragePool.Odd", [[2, 3, 5, 4]], x => x[0].GlobalAveragePool());
        yield return new(File, "GlobalAveragePool.Batch3", [[3, 2, 7, 17]], x => x[0].GlobalAveragePool());
        yield return new(File, "L2Norm.First", [[5, 2, 3]], x => x[0].L2Norm(0));
        yield return new(File, "L2Norm.Rows", [[3, 11]], x => x[0].L2Norm(1));
        foreach (Shape shape in new Shape[] { [1, 3, 1, 5], [2, 1, 4, 1], [1, 3, 4, 1], [5], [3, 1, 1], [] })
        {
            string name = shape.Rank == 0 ? "Scalar" : string.Join('x', shape.ToArray());
            yield return new(File, $"SumTo.{name}", [full], x => x[0].SumTo(shape));
            yield return new(File, $"BroadcastTo.{name}", [shape], x => x[0].BroadcastTo(full));
        }
    }

    private static IEnumerable<OpCase> Reordering()
    {
        const string File = "layout";
        yield return new(File, "Reshape.Split", [[2, 6, 5]], x => x[0].Reshape(4, -1, 5));
        foreach (int[] order in new int[][] { [1, 0], [0, 2, 1], [2, 0, 1], [0, 3, 1, 2], [3, 2, 1, 0] })
        {
            Shape shape = Shape.Create(new[] { 2, 3, 4, 5 }.AsSpan(0, order.Length));
            yield return new(File, $"Permute.{string.Concat(order)}", [shape], x => x[0].Permute(order));
        }

        yield return new(File, "Slice.Middle", [[2, 5, 3]], x => x[0].Slice(1, 1, 2));
        yield return new(File, "Slice.Channels", [[2, 3, 2, 5]], x => x[0].Slice(-1, 2, 3));
        yield return new(File, "Pad.Rows", [[2, 3, 4]], x => x[0].Pad(1, 1, 2));
        yield return new(File, "Pad.Last", [[2, 3, 4]], x => x[0].Pad(-1, 2, 0));
        yield return new(File, "Concat.Channels", [[2, 3, 2, 1], [2, 3, 2, 4], [2, 3, 2, 2]], x => Ops.Concat(-1, x));
        yield return new(File, "Concat.Batch", [[1, 3, 2], [2, 3, 2]], x => Ops.Concat(0, x));
    }

    private static IEnumerable<OpCase> Resampling()
    {
        const string File = "resample";
        foreach (int factor in new[] { 2, 3 })
        {
            yield return new(File, $"Upsample.{factor}", [[2, 3, 2, 5]], x => x[0].Upsample(factor));
            yield return new(File, $"AveragePool.{factor}", [[2, 6, 12, 3]], x => x[0].AveragePool(factor));
        }

        yield return new(File, "Upsample.Batch3", [[3, 1, 4, 17]], x => x[0].Upsample());
        yield return new(File, "AveragePool.Batch3", [[3, 2, 6, 17]], x => x[0].AveragePool());

        foreach (bool align in new[] { false, true })
        {
            string name = align ? "Corners" : "Edges";
            yield return new(File, $"Resize.Up{name}", [[2, 4, 5, 3]], x => x[0].Resize(7, 10, align));
            yield return new(File, $"Resize.Down{name}", [[1, 8, 9, 2]], x => x[0].Resize(3, 4, align));
            yield return new(File, $"Resize.Mixed{name}", [[1, 6, 4, 17]], x => x[0].Resize(2, 11, align));
            yield return new(File, $"Resize.Batch3{name}", [[3, 3, 5, 2]], x => x[0].Resize(5, 3, align));
            yield return new(File, $"Resize.Pixel{name}", [[1, 4, 5, 2]], x => x[0].Resize(1, 1, align));
        }
    }

    /// <summary>The sparse form of a dense matrix.</summary>
    internal static SparseMatrix Csr(Tensor dense)
    {
        float[] values = dense.ToArray();
        int rows = dense.Shape[0], columns = dense.Shape[1];
        var entries = values.Select((v, i) => (Row: i / columns, Column: i % columns, Value: v)).Where(e => e.Value != 0f);
        return new SparseMatrix(dense.Device, CsrMatrix.FromEntries(rows, columns, entries));
    }
}
