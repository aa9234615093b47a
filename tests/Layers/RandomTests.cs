using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Random tensors and first values.</summary>
public sealed class RandomTests
{
    [Test]
    public void UniformAndNormalHaveTheirMoments([ValueSource(typeof(TestDevices), nameof(TestDevices.Names))] string deviceName)
    {
        var device = TestDevices.Open(deviceName);
        using var tape = Tape.Start();
        float[] u = Ops.Uniform(device, [40_000], 3).ToArray(), g = Ops.Normal(device, [40_000], 3).ToArray();
        Assert.That(u, Is.All.InRange(0f, 0.99999994f));
        Assert.That(u.Average(), Is.EqualTo(0.5).Within(0.01));
        Assert.That(u.Average(v => (v - 0.5) * (v - 0.5)), Is.EqualTo(1 / 12.0).Within(0.002));
        Assert.That(g.Average(), Is.EqualTo(0).Within(0.02));
        Assert.That(g.Average(v => (double)v * v), Is.EqualTo(1).Within(0.03));
        Assert.That(g.Average(v => Math.Pow(v, 4)), Is.EqualTo(3).Within(0.2));
    }

    [Test]
    public void AnOffsetContinuesTheSequence()
    {
        using var tape = Tape.Start();
        var device = TestDevices.Cpu;
        float[] whole = Ops.Normal(device, [103], 8).ToArray();
        Assert.That(Ops.Normal(device, [63], 8, 40).ToArray(), Is.EqualTo(whole[40..]));
        Assert.That(Ops.Normal(device, [103], 9).ToArray(), Is.Not.EqualTo(whole));
    }

    [Test]
    public void AnOffsetWithinABlockIsRefused([Values(1, 2, 3, 41, -4)] long offset)
    {
        Assert.That(() => Ops.Uniform(TestDevices.Cpu, [5], 8, offset), Throws.ArgumentException);
        Assert.That(() => Ops.Normal(TestDevices.Cpu, [5], 8, offset), Throws.ArgumentException);
        Assert.That(() => new RandomSpec(5, 8, 0, true) with { Offset = offset }, Throws.ArgumentException);
    }

    [Test]
    public void EqualSeedsMakeEqualNetworks()
    {
        float[][] first = Make(5), second = Make(5), other = Make(6);
        Assert.That(second, Is.EqualTo(first));
        Assert.That(other[0], Is.Not.EqualTo(first[0]));
        var init = new Initializer(TestDevices.Cpu, 5);
        using Tensor layer = init.Normal([5], 1, 1f), next = init.Normal([5], 1, 1f);
        Assert.That(next.ToArray(), Is.Not.EqualTo(layer.ToArray()), "two layers of one network differ");

        static float[][] Make(ulong seed)
        {
            using var block = new ResidualBlock(new Initializer(TestDevices.Cpu, seed), 5);
            return [.. block.Parameters.Select(p => p.ToArray())];
        }
    }

    [Test]
    public void FirstValuesHaveTheirVariance()
    {
        var init = new Initializer(TestDevices.Cpu, 1);
        using var weight = init.Normal([64, 3, 3, 32], 288, MathF.Sqrt(2f));
        using var zeros = init.Zeros([7]);
        Assert.That(weight.RequiresGrad && zeros.RequiresGrad);
        Assert.That(weight.ToArray().Average(v => (double)v * v), Is.EqualTo(2 / 288.0).Within(0.05 * 2 / 288));
        Assert.That(zeros.ToArray(), Is.All.Zero);
    }
}
