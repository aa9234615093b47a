using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>⟨A·x, y⟩ = ⟨x, Aᵀ·y⟩ for every linear operation, at shapes that no fixture has; no reference is needed.</summary>
public sealed class AdjointTests
{
    private ulong _seed;

    [Test]
    public void Convolution(
        [Values(1, 3, 16, 33)] int c, [Values(1, 5, 32)] int k, [Values(1, 3, 4, 7)] int r, [Values(1, 2)] int stride)
    {
        using var tape = Tape.Start();
        int pad = (r - 1) / 2;
        Tensor x = Random(2, 11, 18, c).Differentiable(), w = Random(k, r, r, c).Differentiable();
        var y = x.Conv2d(w, null, stride, pad);
        var g = Random(y.Shape.ToArray());
        var gradients = Differentiation.Grad(y, [x, w], seed: g);
        Check.SameProduct(y, g, x, gradients[0], "⟨conv(x, w), g⟩ = ⟨x, inputGrad(g, w)⟩");
        Check.SameProduct(y, g, w, gradients[1], "⟨conv(x, w), g⟩ = ⟨w, weightGrad(x, g)⟩");
    }

    [Test]
    public void MatMul([Values] bool transposeA, [Values] bool transposeB)
    {
        using var tape = Tape.Start();
        var a = (transposeA ? Random(2, 37, 13) : Random(2, 13, 37)).Differentiable();
        var b = (transposeB ? Random(2, 50, 37) : Random(2, 37, 50)).Differentiable();
        var y = a.MatMul(b, transposeA, transposeB);
        var g = Random(2, 13, 50);
        var gradients = Differentiation.Grad(y, [a, b], seed: g);
        Check.SameProduct(y, g, a, gradients[0], "left factor");
        Check.SameProduct(y, g, b, gradients[1], "right factor");
    }

    [Test]
    public void GridSample([Values] GridPadding padding, [Values] bool alignCorners)
    {
        var grid = Random(2, 9, 10, 2); // standard normal: about a third of the samples lie outside
        IsAdjoint([2, 7, 12, 5], x => x.GridSample(grid, padding, alignCorners));
    }

    [Test]
    public void Resize([Values(3, 8, 20)] int height, [Values(1, 8, 31)] int width, [Values] bool alignCorners) =>
        IsAdjoint([2, 8, 11, 3], x => x.Resize(height, width, alignCorners));

    [Test]
    public void Resample([Values(1, 2, 4)] int factor)
    {
        IsAdjoint([2, 3, 5, 7], x => x.Upsample(factor));
        IsAdjoint([2, 8, 12, 7], x => x.AveragePool(factor));
    }

    [Test]
    public void SparseProduct()
    {
        var random = new Random(5);
        var entries = Enumerable.Range(0, 400).Select(_ => (random.Next(60), random.Next(90), random.NextSingle() - 0.5f));
        var matrix = new SparseMatrix(TestDevices.Cpu, CsrMatrix.FromEntries(60, 90, entries));
        IsAdjoint([2, 90, 17], x => Ops.SparseProduct(matrix, x, -1.5f));
    }

    [Test]
    public void SumsAndBroadcasts([Range(0, 15)] int axes)
    {
        int[] full = [3, 4, 5, 6];
        Shape shape = Shape.Create([.. full.Select((size, axis) => (axes >> axis & 1) == 0 ? size : 1)]);
        IsAdjoint(Shape.Create(full), x => x.SumTo(shape));
        IsAdjoint(shape, x => x.BroadcastTo(Shape.Create(full)));
    }

    [Test]
    public void SlicesAndPads([Range(0, 3)] int axis)
    {
        IsAdjoint([3, 4, 5, 6], x => x.Slice(axis, 1, 2));
        IsAdjoint([3, 4, 5, 6], x => x.Pad(axis, 2, 1));
        IsAdjoint([3, 4, 5, 6], x => Ops.Concat(axis, x, x.Mul(2f), x));
    }

    private static void IsAdjoint(Shape shape, Func<Tensor, Tensor> linear)
    {
        using var tape = Tape.Start();
        var x = Ops.Normal(TestDevices.Cpu, shape, 11).Differentiable();
        var y = linear(x);
        var g = Ops.Normal(TestDevices.Cpu, y.Shape, 12);
        Check.SameProduct(y, g, x, Differentiation.Grad(y, [x], seed: g)[0], $"⟨A·x, g⟩ = ⟨x, Aᵀ·g⟩ of {shape} to {y.Shape}");
    }

    private Tensor Random(params int[] shape) => Ops.Normal(TestDevices.Cpu, Shape.Create(shape), ++_seed);
}
