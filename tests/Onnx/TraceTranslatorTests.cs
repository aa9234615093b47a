using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Onnx;
using Mimesh.Tests.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Onnx;

/// <summary>Operations one by one: translated at one batch, run by ONNX Runtime at others.</summary>
public sealed class TraceTranslatorTests
{
    private static readonly Shape s_picture = [2, 6, 9, 3];

    public static IEnumerable<TestCaseData> Cases()
    {
        static TestCaseData Case(string name, Shape shape, Func<Tensor, Tensor> compute) => new TestCaseData(shape, compute).SetName($"Translation: {name}");
        static Tensor Constant(Shape shape) => Tensor.From(TestDevices.Cpu, shape, [.. Enumerable.Range(0, (int)shape.Count).Select(i => MathF.Sin(i + 1))]);
        return
        [
            Case("functions", s_picture, x => x.Exp().Add(1f).Log().Tanh().Add(x.Sigmoid()).Add(x.Abs().Add(1f).Reciprocal().Sqrt())),
            Case("rectifiers", s_picture, x => x.Elu().Add(x.LeakyRelu(0.2f)).Mul(x.Relu()).Sub(x.Affine(-3f, 0.5f).Square())),
            Case("broadcasting", s_picture, x => x.Div(x.Slice(-1, 1, 1).Square().Add(1f)).Add(Constant([1, 6, 9, 1]))),
            Case("a convolution", s_picture, x => x.Conv2d(Constant([5, 3, 4, 3]), Constant([5]), stride: 2, pad: 1)),
            Case("a convolution without a bias", s_picture, x => x.Conv2d(Constant([5, 3, 3, 3]))),
            Case("instance normalisation", s_picture, x => x.InstanceNorm(1e-3f)),
            Case("up-sampling", s_picture, x => x.Upsample(3)),
            Case("average pooling", s_picture, x => x.AveragePool(3)),
            Case("resizing", s_picture, x => x.Resize(7, 13)),
            Case("resizing by a factor that rounds down", [2, 4, 47, 2], x => x.Resize(7, 61)),
            Case("resizing with aligned corners", s_picture, x => x.Resize(11, 4, alignCorners: true)),
            Case("grid-sampling", s_picture, x => x.GridSample(x.Slice(-1, 0, 2).Mul(1.5f))),
            Case("grid-sampling with zeros around", s_picture, x => x.GridSample(x.Slice(-1, 1, 2).Mul(1.5f), GridPadding.Zeros, alignCorners: true)),
            Case("reshaping", s_picture, x => x.Reshape(x.Shape[0], -1).Reshape(x.Shape[0], 9, 3, 6).Reshape(x.Shape[0], 3, 54)),
            Case("parts", s_picture, x => Ops.Concat(2, x.Slice(2, 4, 3), x.Slice(2, 0, 2)).Slice(1, 1, 4)),
            Case("sums", s_picture, x => x.Sum(1).Add(x.Mean(-1))),
            Case("matrix products", [2, 4, 6], x => x.MatMul(x, transposeA: true).MatMul(x, transposeB: true)),
            Case("a matrix product", [2, 4], x => x.MatMul(Constant([7, 4]), transposeB: true)),
            Case("a sparse product", [2, 6, 3], x => Ops.SparseProduct(Sparse([1, 0, 2, 1, 1, 0]), x, 2f)),
            Case("a sparse product with one long row", [2, 40, 3], x => Ops.SparseProduct(Sparse([.. Enumerable.Repeat(1, 39), 40]), x, 0.5f, x, -1f)),
            Case("a selection", [2, 5, 3], x => Ops.SparseProduct(new SparseMatrix(
                TestDevices.Cpu, CsrMatrix.FromEntries(2, 5, [(0, 3, 1f), (1, 0, 1f)])), x)),
        ];
    }

    [TestCaseSource(nameof(Cases))]
    public void GivesTheSameNumbersAtAnyBatch(Shape shape, Func<Tensor, Tensor> compute)
    {
        using var directory = new TemporaryDirectory();
        var graph = OnnxExport.GraphOf("test", TestDevices.Cpu, [], [("x", shape)], inputs => [("y", compute(inputs[0]))]);
        using (var file = File.Create(directory["test.onnx"]))
        {
            graph.Write(file, []);
        }

        using var models = new OnnxModels(directory.Root);
        foreach (int n in new[] { 1, 5 })
        {
            using var tape = Tape.Start();
            var x = Tensor.From(TestDevices.Cpu, shape.With(0, n), [.. Enumerable.Range(0, n * (int)shape.Count / shape[0]).Select(i => MathF.Sin(7f * i))]);
            var y = compute(x);
            float[] Planes(Tensor t) => t.Shape.Rank == 4 ? OnnxModels.ToPlanes(t.ToArray(), t.Shape) : t.ToArray();
            int[] sizes = x.Shape.Rank == 4 ? [n, x.Shape[3], x.Shape[1], x.Shape[2]] : x.Shape.ToArray();
            float[] theirs = models.Run("test.onnx", ("x", sizes, Planes(x)))["y"].Values;
            Assert.That(theirs, Is.EqualTo(Planes(y)).Within(Tolerance.OnnxRuntime), $"batch {n}");
        }
    }

    [Test]
    public void AnOperationThatDoesNotReportIsRefused() => Assert.That(
        () => OnnxExport.GraphOf("test", TestDevices.Cpu, [], [("x", [2, 3])], inputs => [("y", inputs[0].Permute(1, 0).Square())]),
        Throws.TypeOf<NotSupportedException>());

    [Test]
    public void ASumOverTheBatchIsRefused() => Assert.That(
        () => OnnxExport.GraphOf("test", TestDevices.Cpu, [], [("x", [2, 3])], inputs => [("y", inputs[0].Sum(0))]),
        Throws.TypeOf<NotSupportedException>());

    // Rows with so many entries each, from column 0 on.
    private static SparseMatrix Sparse(int[] lengths) => new(
        TestDevices.Cpu,
        CsrMatrix.FromEntries(lengths.Length, lengths.Length, lengths.SelectMany(
            (length, row) => Enumerable.Range(0, length).Select(column => (row, column, MathF.Cos(row + column))))));
}
