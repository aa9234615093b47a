using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Shapes, and the messages that speak of them.</summary>
public sealed class ShapeTests
{
    [Test]
    public void ShapesAreWhatTheySay()
    {
        Shape s = [2, 3, 4];
        Assert.That((s.Rank, s.Count, s[0], s[-1], s.ToString()), Is.EqualTo((3, 24L, 2, 4, "(2, 3, 4)")));
        Assert.That(s.With(-1, 7), Is.EqualTo(Of(2, 3, 7)));
        Assert.That(Of().Count, Is.EqualTo(1));
        Assert.That(Of(1, 2) == Of(2), Is.False);
        Assert.That(Shape.Broadcast([4, 1, 3], [5, 1]), Is.EqualTo(Of(4, 5, 3)));
        Assert.That(Shape.Broadcast([0, 3], [1]), Is.EqualTo(Of(0, 3)));
    }

    [TestCase(-1, 0)]
    [TestCase(-3)]
    [TestCase(-2, -3)]
    [TestCase(1, 2, 3, 4, 5)]
    [TestCase(65536, 65536)]
    [TestCase(65536, 65536, 65536, 65536)]
    public void WhatIsNoShapeIsRefused(params int[] sizes) =>
        Assert.That(() => Shape.Create(sizes), Throws.TypeOf<ShapeException>().With.Message.Contains("is not a shape"));

    [Test]
    public void MessagesNameTheShapes()
    {
        var device = TestDevices.Cpu;
        using var tape = Tape.Start();
        Tensor x = Tensor.Full(device, [2, 5, 6, 3], 1f), w = Tensor.Full(device, [4, 3, 3, 2], 1f), m = Tensor.Full(device, [5, 6], 1f);
        var matrix = OpCases.Csr(Tensor.Full(device, [4, 7], 1f));
        Refuses(() => x.Conv2d(w), "Conv2d", "(2, 5, 6, 3)", "(4, 3, 3, 2)");
        Refuses(() => x.Conv2d(Tensor.Full(device, [4, 9, 9, 3], 1f), pad: 1), "Conv2d", "(4, 9, 9, 3)");
        Refuses(() => x.Conv2d(Tensor.Full(device, [4, 3, 3, 3], 1f), m), "Conv2d", "(5, 6)");
        Refuses(() => m.MatMul(m), "MatMul", "(5, 6)");
        Refuses(() => m.Add(Tensor.Full(device, [5], 1f)), "(5, 6)", "(5)");
        Refuses(() => x.GridSample(Tensor.Full(device, [1, 2, 2, 2], 1f)), "GridSample", "(1, 2, 2, 2)");
        Refuses(() => Ops.SparseProduct(matrix, Tensor.Full(device, [1, 4, 2], 1f)), "SparseProduct", "(1, 4, 2)");
        Refuses(() => m.InstanceNorm(), "InstanceNorm", "(5, 6)");
        Refuses(() => m.InstanceNormPlain(), "InstanceNormPlain", "(5, 6)");
        Refuses(() => x.AveragePool(4), "AveragePool", "(2, 5, 6, 3)");
        Refuses(() => m.Upsample(), "Upsample", "(5, 6)");
        Refuses(() => x.Resize(0, 3), "Resize", "(2, 5, 6, 3)");
        Refuses(() => m.Reshape(7, -1), "Reshape", "30");
        Refuses(() => m.Permute(0, 0), "Permute", "(5, 6)");
        Refuses(() => m.Slice(1, 4, 3), "Slice", "(5, 6)");
        Refuses(() => m.Slice(2, 0, 1), "(5, 6)", "axis 2");
        Refuses(() => m.Pad(0, -1, 0), "Pad", "(5, 6)", "-1");
        Refuses(() => Ops.Concat(0, m, x), "Concat");
        Refuses(() => Ops.Concat(1, m, Tensor.Full(device, [4, 6], 1f)), "Concat", "(5, 6)", "(4, 6)");
        Refuses(() => Ops.Concat(0), "Concat");
        Refuses(() => m.SumTo([4, 6]), "(5, 6)", "(4, 6)");
        Refuses(() => m.BroadcastTo([5, 1]), "(5, 6)", "(5, 1)");
        Refuses(() => m.GlobalAveragePool(), "GlobalAveragePool", "(5, 6)");
        Refuses(() => Tensor.From(device, [2, 2], [1f]), "(2, 2)", "1");
        Refuses(() => m.Assign([1f, 2f]), "30");
        Assert.That(() => m.Item(), Throws.TypeOf<ShapeException>());

        static void Refuses(Action action, params string[] parts)
        {
            string message = Assert.Throws<ShapeException>(action)!.Message;
            foreach (string part in parts)
            {
                Assert.That(message, Does.Contain(part));
            }
        }
    }

    [Test]
    public void EmptyTensorsPass()
    {
        var device = TestDevices.Cpu;
        using var tape = Tape.Start();
        var x = Tensor.From(device, [0, 4, 4, 3], []).Differentiable();
        var w = Tensor.Full(device, [2, 3, 3, 3], 1f).Differentiable();
        var y = x.Conv2d(w, null, 1, 1).Relu().InstanceNorm().Upsample().Permute(0, 3, 1, 2);
        Assert.That(y.Shape, Is.EqualTo(Of(0, 2, 8, 8)));
        Assert.That(y.Sum().Item(), Is.Zero);
        Assert.That(Differentiation.Grad(y.Sum(), [w])[0].ToArray(), Is.All.Zero);
        Assert.That(Ops.Concat(0, x, x).ToArray(), Is.Empty);
    }

    private static Shape Of(params ReadOnlySpan<int> sizes) => Shape.Create(sizes);
}
