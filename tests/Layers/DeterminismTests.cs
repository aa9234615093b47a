using System.Runtime.InteropServices;
using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>The same bits on any number of threads.</summary>
public sealed class DeterminismTests
{
    // Big enough that the work is split between threads.
    private static readonly (string Name, Shape[] Inputs, Func<Tensor[], Tensor> Function)[] s_large =
    [
        ("Conv2d", [[2, 37, 29, 17], [33, 3, 3, 17], [33]], x => x[0].Conv2d(x[1], x[2], 1, 1)),
        ("Conv2d7x7", [[1, 40, 41, 3], [16, 7, 7, 3], [16]], x => x[0].Conv2d(x[1], x[2], 1, 3)),
        ("Conv2dStride2", [[2, 34, 30, 16], [24, 4, 4, 16], [24]], x => x[0].Conv2d(x[1], x[2], 2, 1)),
        ("MatMul", [[130, 70], [70, 90]], x => x[0].MatMul(x[1])),
        ("GridSample", [[2, 40, 40, 16], [2, 33, 35, 2]], x => x[0].GridSample(x[1])),
        ("InstanceNorm", [[3, 33, 31, 20]], x => x[0].InstanceNorm()),
        ("Sum", [[100_003]], x => x[0].Sum()),
        ("SumRows", [[3, 50, 50, 33]], x => x[0].SumTo([33])),
        ("SumColumns", [[3, 50, 50, 33]], x => x[0].Sum(-1)),
        ("Elementwise", [[3, 50, 50, 33], [33]], x => x[0].Mul(x[1]).Tanh().Square()),
        ("Resize", [[2, 33, 31, 20]], x => x[0].Resize(50, 20)),
        ("Upsample", [[2, 33, 31, 20]], x => x[0].Upsample()),
        ("AveragePool", [[2, 64, 64, 20]], x => x[0].AveragePool()),
        ("Permute", [[2, 64, 64, 20]], x => x[0].Permute(0, 3, 1, 2)),
        ("L2Norm", [[4, 30_000]], x => x[0].L2Norm(1)),
    ];

    public static IEnumerable<TestCaseData> Cases() =>
        s_large.Select(c => new TestCaseData(c.Inputs, c.Function).SetName($"BitsDoNotDependOnThreads({c.Name})"));

    [TestCaseSource(nameof(Cases))]
    public void BitsDoNotDependOnThreads(Shape[] inputs, Func<Tensor[], Tensor> function)
    {
        int[][] one = Run(1);
        SameBits(Run(2), one, "two threads");
        SameBits(Run(3), one, "three threads");

        int[][] Run(int threads)
        {
            using var device = new CpuDevice(threads);
            using var tape = Tape.Start();
            Tensor[] xs = [.. inputs.Select((shape, i) => Ops.Normal(device, shape, (ulong)i).Differentiable())];
            var y = function(xs);
            var gradients = Differentiation.Grad(y, xs, seed: Ops.Normal(device, y.Shape, 99));
            return [.. gradients.Prepend(y).Select(Bits)];
        }
    }

    [Test]
    public void TrainingStepsHaveTheSameBits()
    {
        SameBits(Train(3), Train(1), "three threads");

        static int[][] Train(int threads)
        {
            using var device = new CpuDevice(threads);
            var init = new Initializer(device, 7);
            using var block = new ResidualBlock(init, 16);
            using var adam = new Adam(block.Parameters) { LearningRate = 1e-2f };
            for (int step = 0; step < 3; step++)
            {
                using var tape = Tape.Start();
                var x = Ops.Normal(device, [2, 24, 24, 16], (ulong)step);
                adam.Step(Differentiation.Grad(block.Forward(x).Square().Mean(), block.Parameters));
            }

            return [.. block.Parameters.Select(Bits)];
        }
    }

    private static void SameBits(int[][] actual, int[][] expected, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(actual[i].AsSpan().SequenceEqual(expected[i]), $"tensor {i} with {what}");
        }
    }

    private static int[] Bits(Tensor x) => MemoryMarshal.Cast<float, int>(x.ToArray()).ToArray();
}
