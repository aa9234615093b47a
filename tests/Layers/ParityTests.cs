using System.Reflection;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Every operation, its gradients and their gradients against PyTorch, on every device.</summary>
public sealed class ParityTests
{
    public static IEnumerable<TestCaseData> Cases() =>
        from device in TestDevices.Names
        from c in device == "simulator" ? Smallest : OpCases.All
        select new TestCaseData(c, device).SetName($"{c.Name}({device})");

    // One case an operation is enough for the simulator, which is slow; its kernels have shapes enough in GpuKernelTests.
    private static IEnumerable<OpCase> Smallest =>
        OpCases.All.GroupBy(c => (c.Op, c.Order)).Select(op => op.MinBy(c => c.Inputs.Sum(shape => shape.Count))!);

    [TestCaseSource(nameof(Cases))]
    public void AgreesWithPyTorch(OpCase c, string deviceName)
    {
        var device = TestDevices.Open(deviceName);
        var fixture = Fixture.Load(c.Fixture);
        (Shape, float[]) Expected(string part) => fixture.Tensors[$"{c.Name}/{part}"];
        using var tape = Tape.Start();
        Tensor On(string part) => fixture.On(device, $"{c.Name}/{part}");

        Tensor[] inputs = [.. Enumerable.Range(0, c.Inputs.Length).Select(i => On($"x{i}"))];
        Assert.That(inputs.Select(x => x.Shape), Is.EqualTo(c.Inputs), "the fixture was made with other shapes");
        Tensor[] xs = [.. inputs[..c.Variables].Select(x => x.Differentiable())];
        var seed = On("s").Differentiable();

        var y = c.Function([.. xs, .. inputs[c.Variables..]]);
        double forward = Check.Close(y, Expected("y"), c.Tolerance.Forward, "forward");
        var gradients = Differentiation.Grad(y, xs, seed: seed);
        double gradient = CheckAll(gradients, "g", c.Tolerance.Gradient);
        double secondOrder = 0;
        if (c.Order == 2)
        {
            gradients = Differentiation.Grad(y, xs, createGraph: true, seed: seed);
            CheckAll(gradients, "g", c.Tolerance.Gradient);
            var product = gradients.Select((g, i) => g.Mul(On($"r{i}")).Sum()).Aggregate((a, b) => a.Add(b));
            var second = Differentiation.Grad(product, [.. xs, seed]);
            secondOrder = CheckAll(second[..^1], "h", c.Tolerance.SecondOrder);
            secondOrder = Math.Max(secondOrder, Check.Close(second[^1], Expected("hs"), c.Tolerance.SecondOrder, "second order in the seed"));
        }

        TestContext.Out.WriteLine($"worst errors: forward {forward:E1}, gradient {gradient:E1}, second order {secondOrder:E1}");

        double CheckAll(Tensor[] actual, string part, double tolerance) =>
            actual.Select((g, i) => Check.Close(g, Expected($"{part}{i}"), tolerance, $"{part}{i}")).Max();
    }

    [Test]
    public void EveryOperationHasACase()
    {
        // Random numbers have no inputs: RandomTests.
        string[] without = [nameof(Ops.Uniform), nameof(Ops.Normal)];
        var covered = OpCases.All.SelectMany(c => Called(c.Function.Method)).ToHashSet();
        var missing = typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(op => !without.Contains(op.Name) && !covered.Contains(op));
        Assert.That(missing, Is.Empty);
    }

    // The methods of other assemblies that a body calls: a call instruction is the byte 0x28 and the method's token. That byte may be
    // part of something else, then what follows is hardly ever a token of one of them.
    private static IEnumerable<MethodBase> Called(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()!.GetILAsByteArray()!;
        for (int i = 0; i + 5 <= code.Length; i++)
        {
            int token = code[i] == 0x28 ? BitConverter.ToInt32(code, i + 1) : 0;
            if (token >> 24 == 0x0A && TryResolve(token) is { } called)
            {
                yield return called;
            }
        }

        MethodBase? TryResolve(int token)
        {
            try
            {
                return method.Module.ResolveMethod(token);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
    }
}
