using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Plans compute what the operations compute, bit by bit, in less memory and without allocating.</summary>
public sealed class PlanTests
{
    private const int Side = 64;
    private static readonly Preset s_narrow = new("narrow", 64, 4);
    private static readonly Shape s_picture = [1, Side, Side, 3];

    private static IReadOnlyList<string> Fast => TestDevices.Fast;

    private static IReadOnlyList<string> All => TestDevices.Names;

    [Test]
    public void TheGeneratorsBitsAreTheSame([ValueSource(nameof(Fast))] string name)
    {
        var device = TestDevices.Open(name);
        var model = FaceModel.BuiltIn;
        using var generator = new Generator(new Initializer(device, 3), s_narrow, model);
        Shape mesh = [1, model.VertexCount, 3], drawing = [1, Side, Side, MeshMotion.Channels];
        SameBits(device, [s_picture, mesh, mesh, drawing], x =>
        {
            var flow = generator.Move(x[1], x[2], x[3]);
            var painting = generator.Paint(x[0], generator.Encode(x[0]), flow, x[3]);
            return [flow, painting.Image, painting.Warped, painting.FlowMask, painting.Occlusion];
        });
    }

    [Test]
    public void TheRegressorsBitsAreTheSame([ValueSource(nameof(Fast))] string name)
    {
        var device = TestDevices.Open(name);
        using var regressor = new Regressor(new Initializer(device, 4), 5, 6);
        SameBits(device, [s_picture, [1, Regressor.LookSize, Regressor.LookSize, 2]], x =>
        {
            var (identity, expression, camera, features) = regressor.Look(x[0], x[1]);
            return [regressor.Glance(x[0]), identity, expression, camera, .. features];
        });
    }

    [Test]
    public void EveryDevicePlaysItsRecording([ValueSource(nameof(All))] string name)
    {
        var device = TestDevices.Open(name);
        using var block = new ResidualBlock(new Initializer(device, 5), 4);
        SameBits(device, [[2, 6, 6, 4], [2, 6, 6, 1]], x =>
            [Ops.Concat(-1, block.Forward(x[0]).Mul(x[1]), Tensor.Full(x[0].Device, [2, 6, 6, 2], 3f)).Slice(-1, 1, 4).Upsample().SumTo([12, 12, 4])]);
    }

    [Test]
    public void GradientsCanBePlannedToo([ValueSource(nameof(All))] string name)
    {
        var device = TestDevices.Open(name);
        using var outer = Tape.Start();
        using var w = Tensor.Parameter(device, [4, 3, 3, 2], Ops.Normal(device, [4, 3, 3, 2], 8).ToArray());
        SameBits(device, [[1, 6, 6, 2], [1, 6, 6, 4]], x =>
        {
            var leaf = x[0].Differentiable();
            var y = leaf.Conv2d(w, null, 1, 1).InstanceNorm().Relu();
            return [.. Differentiation.Grad(y, [leaf, w], seed: x[1])];
        });
    }

    /// <summary>A convolution that must fall back to another algorithm does so in a recording too.</summary>
    [Test]
    public void OutliersArePlannedToo([ValueSource(nameof(Fast))] string name, [Values(float.PositiveInfinity, 1e6f)] float outlier)
    {
        var device = TestDevices.Open(name);
        using var conv = new Mimesh.Layers.Conv2d(new Initializer(device, 6), 16, 16, 3);
        float[] factors = new float[16 * 16 * 16];
        Array.Fill(factors, 1f);
        factors[factors.Length / 2] = outlier;
        SameBits(device, [[1, 16, 16, 16]], x =>
        {
            var spoilt = x[0].Mul(Tensor.From(x[0].Device, [1, 16, 16, 16], factors));
            return [spoilt.Conv2d(conv.Parameters[0], conv.Parameters[1], 1, 1, new Fusion { Upsample = true, OutputSlope = 0.2f, Measure = true })];
        });
    }

    [Test]
    public void ARunAllocatesNothing()
    {
        using var device = new CpuDevice(2);
        using var arena = new Arena(device);
        using var module = new ReenactingModule(new Initializer(device, 3), s_narrow);
        Tensor source = Tensor.Lasting(device, s_picture), flow = Tensor.Lasting(device, [1, 16, 16, 2]), drawn = Tensor.Lasting(device, [1, Side, Side, MeshMotion.Channels]);
        float[] pixels = new float[Side * Side * 3];
        using var plan = Plan.Record(arena, [source, flow, drawn], x => [module.Forward(x[0], x[1], x[2]).Image]);
        void Frame()
        {
            source.Assign(pixels);
            plan.Run();
            plan.Outputs[0].CopyTo(pixels);
        }

        Frame();
        long managed = GC.GetAllocatedBytesForCurrentThread(), native = device.AllocatedBytes;
        for (int i = 0; i < 100; i++)
        {
            Frame();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - managed, Is.Zero);
        Assert.That(device.AllocatedBytes, Is.EqualTo(native));
    }

    [Test]
    public void BuffersThatDoNotLiveTogetherShareTheirPlace()
    {
        using var device = new CpuDevice(1);
        using var arena = new Arena(device);
        using var x = Tensor.Lasting(device, [1000]);
        using var chain = Plan.Record(arena, [x], i => [Enumerable.Range(0, 20).Aggregate(i[0], (y, _) => y.Add(1f))]);
        x.Assign(new float[1000]);
        chain.Run();
        Assert.That(chain.Outputs[0].ToArray(), Is.All.EqualTo(20f));
        Assert.That(arena.Bytes, Is.EqualTo(2 * 1024 * sizeof(float)), "a chain needs what it reads and what it writes");

        // Here all twenty are needed, and one for the sum; the chain finds its own again.
        using var comb = Plan.Record(arena, [x], i =>
        {
            Tensor[] teeth = [.. Enumerable.Range(0, 20).Select(k => i[0].Add(k))];
            return [teeth.Aggregate((sum, tooth) => sum.Add(tooth))];
        });
        comb.Run();
        chain.Run();
        Assert.That(arena.Bytes, Is.EqualTo(21 * 1024 * sizeof(float)));
        Assert.That(comb.Outputs[0].ToArray(), Is.All.EqualTo(190f));
        Assert.That(chain.Outputs[0].ToArray(), Is.All.EqualTo(20f));
    }

    [Test]
    public void WhatNoOutputNeedsIsNotLaunched()
    {
        using var device = new CpuDevice(1);
        using var arena = new Arena(device);
        using var x = Tensor.Lasting(device, [64]);
        using var plan = Plan.Record(arena, [x], i =>
        {
            _ = i[0].Exp().Log();
            return [i[0].Square(), i[0]];
        });
        Assert.That(plan.Launches.Select(l => l.Kernel), Is.EqualTo(new[] { "Square" }));
        x.Assign([.. Enumerable.Repeat(3f, 64)]);
        double[] times = new double[1];
        plan.Run(times);
        Assert.That(plan.Outputs[0].ToArray(), Is.All.EqualTo(9f));
        Assert.That(plan.Outputs[1].ToArray(), Is.All.EqualTo(3f), "an input may be an output");
        Assert.That(times, Is.All.Positive);
    }

    [Test]
    public void LaunchesSayWhatTheyAre()
    {
        using var device = new CpuDevice(1);
        using var arena = new Arena(device);
        using var x = Tensor.Lasting(device, [1, 8, 8, 2]);
        using var w = Tensor.Lasting(device, [5, 3, 3, 2]);
        using var plan = Plan.Record(arena, [x, w], i => [i[0].Conv2d(i[1], null, 1, 1).LeakyRelu(0.1f)]);
        Assert.That(plan.Launches.Select(l => (l.Kernel, l.Shape, l.Flops)), Is.EqualTo(new[]
        {
            ("Conv2d", "N 1, H 8, W 8, C 2, K 5, R 3, S 3, Stride 1, Pad 1, P 8, Q 8", 2L * 64 * 5 * 9 * 2), ("LeakyRelu", "320", 0L),
        }));
    }

    [Test]
    public void WhatDependsOnValuesCannotBePlanned()
    {
        using var device = new CpuDevice(1);
        using var arena = new Arena(device);
        using var x = Tensor.Lasting(device, [4]);
        Assert.That(() => Plan.Record(arena, [x], i => [i[0].Mul(i[0].Sum().Item())]),
            Throws.InvalidOperationException.With.Message.Contains("cannot depend on values"));
        Assert.That(() => Plan.Record(arena, [x], i => [i[0].Add(Ops.Uniform(device, [4], 1))]),
            Throws.InvalidOperationException.With.Message.Contains("belongs outside"));
        Assert.That(() => Plan.Record(arena, [x], i => [Tensor.Empty(i[0].Device, [4]).Exp()]),
            Throws.InvalidOperationException.With.Message.Contains("Exp reads"));
        Assert.That(() => Plan.Record(arena, [x], i =>
        {
            var constant = Tensor.From(i[0].Device, [4], [1f, 2f, 3f, 4f]);
            var y = i[0].Mul(constant);
            constant.Assign([0f, 0f, 0f, 0f]);
            return [y];
        }), Throws.InvalidOperationException.With.Message.Contains("is a constant"));
    }

    [Test]
    public void AnArenaThatIsGoneIsNotUsed()
    {
        using var device = new CpuDevice(1);
        using var x = Tensor.Lasting(device, [4]);
        var arena = new Arena(device);
        using var plan = Plan.Record(arena, [x], i => [i[0].Exp().Exp()]);
        plan.Run();
        arena.Dispose();
        Assert.That(plan.Run, Throws.InstanceOf<ObjectDisposedException>());
    }

    // The function computed twice: by its operations, and by a plan that is run on other numbers first.
    private static void SameBits(Device device, Shape[] shapes, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function)
    {
        using var arena = new Arena(device);
        Tensor[] inputs = [.. shapes.Select(shape => Tensor.Lasting(device, shape))];
        using var plan = Plan.Record(arena, inputs, function);
        for (ulong seed = 1; seed <= 2; seed++)
        {
            using var tape = Tape.Start();
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i].Assign(Ops.Normal(device, shapes[i], seed, 4L << i).Mul(0.3f).ToArray());
            }

            plan.Run();
        }

        using var plain = Tape.Start();
        var expected = function(inputs);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.That(plan.Outputs[i].Shape, Is.EqualTo(expected[i].Shape));
            Assert.That(plan.Outputs[i].ToArray(), Is.EqualTo(expected[i].ToArray()), $"output {i}");
        }

        foreach (var input in inputs)
        {
            input.Dispose();
        }
    }
}
