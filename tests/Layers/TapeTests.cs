using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Who owns memory, and when it comes back.</summary>
public sealed class TapeTests
{
    [Test]
    public void TheSteadyStateAllocatesNothing()
    {
        using var device = new CpuDevice(2);
        using var block = new ResidualBlock(new Initializer(device, 1), 8);
        using var adam = new Adam(block.Parameters);
        var bytes = new List<long>();
        for (int step = 0; step < 5; step++)
        {
            using var tape = Tape.Start();
            var x = Ops.Normal(device, [2, 12, 12, 8], (ulong)step).Differentiable();
            var g = Differentiation.Grad(block.Forward(x).Square().Mean(), [x], createGraph: true)[0];
            float norm = adam.Step(Differentiation.Grad(g.Square().Mean(), block.Parameters));
            Assert.That(norm, Is.GreaterThan(0f).And.LessThan(float.PositiveInfinity));
            bytes.Add(device.AllocatedBytes);
        }

        Assert.That(bytes[1..], Is.All.EqualTo(bytes[0]));
    }

    [Test]
    public void OutsideATapeEveryTensorBelongsToItsMaker()
    {
        using var device = new CpuDevice(1);
        Exercise();
        long bytes = device.AllocatedBytes;
        Exercise();
        Assert.That(device.AllocatedBytes, Is.EqualTo(bytes));

        void Exercise()
        {
            using var x = Ops.Normal(device, [1000], 1);
            using var y = x.Square();
            using var sum = y.Sum();
            Assert.That(sum.Item(), Is.GreaterThan(0f));
            x.Dispose(); // twice does no harm
        }
    }

    [Test]
    public void AnInnerTapeFreesOnlyItsOwn()
    {
        using var device = new CpuDevice(1);
        using var outer = Tape.Start();
        var x = Tensor.From(device, [3], [1f, 2f, 3f]).Differentiable();
        var y = x.Square();
        using (Tape.Start())
        {
            for (int i = 0; i < 20; i++)
            {
                Tensor.Full(device, [3], 7f);
            }
        }

        Tensor.Full(device, [3], 9f); // takes what the inner tape gave back
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 1f, 4f, 9f }));
        Assert.That(Differentiation.Grad(y.Sum(), [x])[0].ToArray(), Is.EqualTo(new[] { 2f, 4f, 6f }));
    }

    [Test]
    public void ParametersOutliveTheTapeTheyWereMadeUnder()
    {
        using var device = new CpuDevice(1);
        Tensor parameter;
        using (Tape.Start())
        {
            parameter = Tensor.Parameter(device, [2], [5f, 6f]);
        }

        using var other = Tensor.Full(device, [2], 1f);
        Assert.That(parameter.ToArray(), Is.EqualTo(new[] { 5f, 6f }));
        parameter.Dispose();
    }

    [Test]
    public void TapesCloseInnermostFirst()
    {
        var outer = Tape.Start();
        var inner = Tape.Start();
        Assert.That(outer.Dispose, Throws.InvalidOperationException);
        inner.Dispose();
        outer.Dispose();
        Assert.That(outer.Dispose, Throws.Nothing);
    }

    [Test]
    public void NothingIsRecordedWithoutATape()
    {
        using var x = Tensor.Parameter(TestDevices.Cpu, [2], [1f, 2f]);
        using var y = x.Square();
        Assert.That(y.RequiresGrad, Is.False);
    }
}
