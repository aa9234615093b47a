using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Convolutions with what rides along, against the same in plain operations.</summary>
public sealed class FusionTests
{
    private static readonly Fusion[] s_fusions =
    [
        new() { Normalize = true, InputSlope = 0f },
        new() { Normalize = true },
        new() { Normalize = true, InputSlope = 0.2f, Upsample = true, OutputSlope = 0.1f },
        new() { InputSlope = 0.1f },
        new() { InputSlope = 0.1f, Upsample = true },
        new() { Upsample = true, OutputSlope = 0f },
        new() { OutputSlope = 0.2f },
        new() { OutputSlope = 1.5f },
        new() { OutputSlope = -0.3f },
        new() { InputSlope = -0.5f },
        new() { Normalize = true, InputSlope = -0.3f, Upsample = true, OutputSlope = -0.1f },
    ];

    private static IEnumerable<TestCaseData> Cases() =>
        from device in TestDevices.Names
        from fusion in s_fusions.Index()
        from residual in (bool[])[false, true]
        where !residual || fusion.Item.OutputSlope is null
        from channels in device == "simulator" ? [3] : (int[])[3, 16]
        select new TestCaseData(device, fusion.Item, residual, channels).SetName($"Fused.{fusion.Index}{(residual ? "+" : "")}.{channels}({device})");

    [TestCaseSource(nameof(Cases))]
    public void IsThePlainOne(string name, Fusion fusion, bool residual, int channels)
    {
        var device = TestDevices.Open(name);
        using var tape = Tape.Start();
        int side = channels == 3 ? 6 : 14, up = fusion.Upsample ? 2 : 1;
        Tensor x = Ops.Normal(device, [2, side, side, channels], 1).Differentiable();
        Tensor w = Ops.Normal(device, [channels, 3, 3, channels], 2).Mul(0.2f).Differentiable(), b = Ops.Normal(device, [channels], 3).Differentiable();
        Tensor r = Ops.Normal(device, [2, up * side, up * side, channels], 4).Differentiable(), seed = Ops.Normal(device, r.Shape, 5);
        fusion = fusion with { Residual = residual ? r : null, Measure = true };
        Tensor[] xs = residual ? [x, w, b, r] : [x, w, b];
        Tensor fused = x.Conv2d(w, b, 1, 1, fusion), plain = x.Conv2dPlain(w, b, 1, 1, fusion);
        Close([fused], [plain], Tolerance.Standard.Forward, "value");

        // What follows normalises with the statistics that the convolution measured.
        var next = new Fusion { Normalize = true };
        Close([fused.Conv2d(w, b, 1, 1, next)], [plain.Conv2dPlain(w, b, 1, 1, next)], Tolerance.Standard.Gradient, "what follows");

        Close(Differentiation.Grad(fused, xs, seed: seed), Differentiation.Grad(plain, xs, seed: seed), Tolerance.Standard.Gradient, "gradient");
        Close(Second(fused), Second(plain), Tolerance.Standard.SecondOrder, "second derivative");

        Tensor[] Second(Tensor y) =>
            Differentiation.Grad(Differentiation.Grad(y, xs, createGraph: true, seed: seed).Select(g => g.Square().Sum()).Aggregate((p, q) => p.Add(q)), xs);
    }

    [Test]
    public void PackedWeightsFollowTheParameter([Values("assign", "adam", "average")] string change)
    {
        using var device = new CpuDevice(2);
        using var conv = new Mimesh.Layers.Conv2d(new Initializer(device, 1), 16, 16, 3);
        using var adam = new Adam(conv.Parameters) { LearningRate = 0.1f };
        using var average = new MovingAverage(conv.Parameters);
        using var tape = Tape.Start();
        var x = Ops.Normal(device, [1, 16, 16, 16], 1);
        float[] before = Apply(conv.Parameters);
        Apply(average.Average);
        adam.Step([.. conv.Parameters.Select(p => Tensor.Full(device, p.Shape, 1f))]);
        switch (change)
        {
            case "assign":
                conv.Parameters[0].Assign(new float[16 * 9 * 16]);
                Assert.That(Apply(conv.Parameters), Is.All.EqualTo(-0.1f).Within(1e-5f));
                break;
            case "adam":
                Assert.That(Apply(conv.Parameters), Is.Not.EqualTo(before));
                break;
            default:
                average.Update(5);
                Assert.That(Apply(average.Average), Is.Not.EqualTo(before));
                break;
        }

        float[] Apply(IReadOnlyList<Tensor> p) => x.Conv2d(p[0], p[1], 1, 1).ToArray();
    }

    [Test]
    public void AnActivationBeforeTheResidualIsRefused()
    {
        using var tape = Tape.Start();
        Tensor x = Ops.Normal(TestDevices.Cpu, [1, 4, 4, 2], 1), w = Ops.Normal(TestDevices.Cpu, [2, 3, 3, 2], 2);
        Assert.That(() => x.Conv2d(w, null, 1, 1, new Fusion { OutputSlope = 0f, Residual = x }), Throws.TypeOf<ShapeException>());
        Assert.That(() => x.Conv2d(w, null, 1, 1, new Fusion { OutputSlope = -1f, Residual = x }), Throws.TypeOf<ShapeException>());
        Assert.That(() => x.Conv2d(w, null, 1, 1, new Fusion { Residual = w }), Throws.TypeOf<ShapeException>());
    }

    private static void Close(Tensor[] actual, Tensor[] expected, double tolerance, string what)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            Check.Close(actual[i], (expected[i].Shape, expected[i].ToArray()), tolerance, $"{what} {i}");
        }
    }

    // Which algorithm packs the weights depends on the picture's size, and parameters keep what was packed.
    [TestCase(3, 1)]
    [TestCase(4, 2)]
    public void WeightsThatAreKeptServePicturesOfEverySize(int kernel, int stride)
    {
        var device = TestDevices.Cpu;
        float[] values = Ops.Normal(device, [32, kernel, kernel, 32], 2).ToArray();
        using var kept = Tensor.Parameter(device, [32, kernel, kernel, 32], values);
        foreach (int side in (int[])[6, 32, 6, 48])
        {
            using var tape = Tape.Start();
            Tensor x = Ops.Normal(device, [1, side, side, 32], 1).Differentiable();
            float[] Gradient(Tensor w)
            {
                var y = x.Conv2d(w, null, stride, 1, default);
                return Differentiation.Grad(y.Mul(y).Sum(), [x])[0].ToArray();
            }

            float[] fresh = Gradient(Tensor.From(device, [32, kernel, kernel, 32], values));
            Assert.That(Gradient(kept), Is.EqualTo(fresh), $"side {side}");
        }
    }
}
