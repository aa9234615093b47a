using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>What Grad promises beyond the single operation.</summary>
public sealed class AutogradTests
{
    private static Device Device => TestDevices.Cpu;

    [Test]
    public void DerivativesOfAnyOrder()
    {
        using var tape = Tape.Start();
        var x = Vector(1.5f, -2f, 0.25f);
        var y = x.Square().Square().Sum(); // x⁴
        float[][] expected = [[13.5f, -32f, 0.0625f], [27f, 48f, 0.75f], [36f, -48f, 6f], [24f, 24f, 24f], [0f, 0f, 0f]];
        foreach (float[] derivative in expected)
        {
            var g = Differentiation.Grad(y, [x], createGraph: true)[0];
            Assert.That(g.ToArray(), Is.EqualTo(derivative).Within(1e-5));
            y = g.Sum();
        }
    }

    [Test]
    public void WhatIsNotReachedHasZeroGradient()
    {
        using var tape = Tape.Start();
        Tensor x = Vector(1f, 2f), other = Vector(3f, 4f, 5f);
        var gradients = Differentiation.Grad(x.Square().Sum(), [other, x]);
        Assert.That(gradients[0].Shape, Is.EqualTo(other.Shape));
        Assert.That(gradients[0].ToArray(), Is.All.Zero);
        Assert.That(gradients[1].ToArray(), Is.EqualTo(new[] { 2f, 4f }));
    }

    [Test]
    public void AnInputUsedTwiceGetsTheSum()
    {
        using var tape = Tape.Start();
        var x = Vector(3f, -1f);
        var y = x.Mul(x).Add(x).Sum();
        Assert.That(Differentiation.Grad(y, [x])[0].ToArray(), Is.EqualTo(new[] { 7f, -1f }));
    }

    [Test]
    public void GradientOfARecordedTensorAndOfItsOrigin()
    {
        using var tape = Tape.Start();
        var x = Vector(2f, 3f);
        var h = x.Square();
        var y = h.Mul(h).Sum().Add(x.Sum());
        var g = Differentiation.Grad(y, [h, x]);
        Assert.That(g[0].ToArray(), Is.EqualTo(new[] { 8f, 18f }), "∂y/∂h");
        Assert.That(g[1].ToArray(), Is.EqualTo(new[] { 33f, 109f }), "∂y/∂x, through h and beside it");
        Assert.That(Differentiation.Grad(h, [h], seed: Vector(5f, 6f))[0].ToArray(), Is.EqualTo(new[] { 5f, 6f }), "∂h/∂h");
    }

    [Test]
    public void ASeedWeighsTheOutputs()
    {
        using var tape = Tape.Start();
        var x = Vector(1f, 2f);
        Assert.That(Differentiation.Grad(x.Square(), [x], seed: Vector(10f, -1f))[0].ToArray(), Is.EqualTo(new[] { 20f, -4f }));
        Assert.That(() => Differentiation.Grad(x.Square(), [x]), Throws.TypeOf<ShapeException>().With.Message.Contains("(2)"));
        Assert.That(() => Differentiation.Grad(x.Square(), [x], seed: Vector(1f)), Throws.TypeOf<ShapeException>().With.Message.Contains("(1)"));
    }

    [Test]
    public void DetachedTensorsAndPausesAreConstants()
    {
        using var tape = Tape.Start();
        var x = Vector(2f, 3f);
        Tensor paused;
        using (Tape.NoGrad())
        {
            paused = x.Square();
        }

        Assert.That(paused.RequiresGrad, Is.False);
        var y = x.Mul(x.Square().Detach()).Add(x.Mul(paused)).Sum();
        Assert.That(Differentiation.Grad(y, [x])[0].ToArray(), Is.EqualTo(new[] { 8f, 18f }));
    }

    [Test]
    public void WithoutAGraphTheGradientIsAConstant()
    {
        using var tape = Tape.Start();
        var x = Vector(2f);
        var g = Differentiation.Grad(x.Square().Sum(), [x])[0];
        Assert.That(g.RequiresGrad, Is.False);
        Assert.That(Differentiation.Grad(g.Mul(x).Sum(), [x])[0].Item(), Is.EqualTo(4f));
    }

    [Test]
    public void TheSecondDerivativeThroughAGridHasAName()
    {
        using var tape = Tape.Start();
        var x = Ops.Normal(Device, [1, 4, 4, 2], 1).Differentiable();
        var grid = Ops.Normal(Device, [1, 3, 3, 2], 2).Mul(0.3f).Differentiable();
        var y = x.GridSample(grid).Sum();
        var gx = Differentiation.Grad(y, [x], createGraph: true)[0];
        var ggrid = Differentiation.Grad(y, [grid], createGraph: true)[0];
        Assert.That(() => Differentiation.Grad(gx.Square().Sum(), [grid]), Throws.TypeOf<NotDifferentiableException>().With.Message.Contains("grid"));
        Assert.That(() => Differentiation.Grad(ggrid.Square().Sum(), [x]), Throws.TypeOf<NotDifferentiableException>());
        Assert.That(() => Differentiation.Grad(ggrid.Square().Sum(), [grid]), Throws.TypeOf<NotDifferentiableException>());
        Assert.That(Differentiation.Grad(gx.Sum(), [x])[0].ToArray(), Is.All.Zero, "the image alone is no obstacle");
    }

    [Test]
    public void GradNeedsATape()
    {
        using var x = Tensor.Parameter(Device, [1], [1f]);
        Assert.That(() => Differentiation.Grad(x, [x]), Throws.InvalidOperationException.With.Message.Contains("tape"));
    }

    [Test]
    public void FusedInstanceNormIsThePlainOne()
    {
        using var tape = Tape.Start();
        var x = Ops.Normal(Device, [3, 9, 7, 18], 3).Affine(2f, 1f).Differentiable();
        Tensor seed = Ops.Normal(Device, x.Shape, 4), r = Ops.Normal(Device, x.Shape, 5);
        Tensor fused = x.InstanceNorm(), plain = x.InstanceNormPlain();
        Check.Close(fused.ToArray(), plain.ToArray(), Tolerance.Standard.Forward, "forward");
        var fusedGradient = Differentiation.Grad(fused, [x], seed: seed)[0];
        var plainGradient = Differentiation.Grad(plain, [x], createGraph: true, seed: seed)[0];
        Check.Close(fusedGradient.ToArray(), plainGradient.ToArray(), Tolerance.Standard.Gradient, "gradient");
        var recorded = Differentiation.Grad(fused, [x], createGraph: true, seed: seed)[0];
        Check.Close(
            Differentiation.Grad(recorded.Mul(r).Sum(), [x])[0].ToArray(), Differentiation.Grad(plainGradient.Mul(r).Sum(), [x])[0].ToArray(),
            Tolerance.Standard.SecondOrder, "second order");
    }

    private static Tensor Vector(params float[] values) => Tensor.From(Device, [values.Length], values).Differentiable();
}
