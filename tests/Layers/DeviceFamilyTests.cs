using System.Reflection;
using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Operands on several devices: those that read each other's memory work together, others are refused by name.</summary>
public sealed class DeviceFamilyTests
{
    private readonly CpuDevice _device = new(1);

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    /// <summary>Every operation of two tensors or more.</summary>
    public static IEnumerable<TestCaseData> Operations() =>
        from method in typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let tensors = method.GetParameters().Where(p => p.ParameterType == typeof(Tensor) || p.ParameterType == typeof(SparseMatrix)).ToArray()
        where tensors.Length > 1
        from foreign in tensors
        select new TestCaseData(method, foreign.Position).SetName($"{method.Name} of {method.GetParameters().Length}, {foreign.Name} elsewhere");

    [TestCaseSource(nameof(Operations))]
    public void UnrelatedDevicesAreRefused(MethodInfo method, int foreign)
    {
        using var other = new CpuDevice(1);
        using var tape = Tape.Start();
        object?[] arguments = [.. method.GetParameters().Select(p => Value(p, p.Position == foreign ? other : _device))];
        var thrown = Assert.Throws<TargetInvocationException>(() => method.Invoke(null, arguments));
        Assert.That(thrown?.InnerException, Is.TypeOf<DeviceMismatchException>());
    }

    [Test]
    public void JoiningUnrelatedDevicesIsRefused()
    {
        using var other = new CpuDevice(1);
        using var tape = Tape.Start();
        Tensor here = Tensor.Full(_device, [2], 1f), there = Tensor.Full(other, [2], 1f);
        Assert.That(() => Ops.Concat(0, here, there), Throws.InstanceOf<DeviceMismatchException>());
        Assert.That(() => here.Conv2d(there), Throws.InstanceOf<ShapeException>());
        Assert.That(
            () => Tensor.Full(_device, [1, 2, 2, 1], 1f).Conv2d(
                Tensor.Full(_device, [1, 1, 1, 1], 1f), null, 1, 0, new Fusion { Residual = Tensor.Full(other, [1, 2, 2, 1], 1f) }),
            Throws.InstanceOf<DeviceMismatchException>());
        using var adam = new Adam([Tensor.Parameter(_device, [2], [1f, 1f])]);
        Assert.That(() => adam.Step([there]), Throws.InstanceOf<DeviceMismatchException>());
        Assert.That(() => Differentiation.Grad(here.Sum(), [here], seed: Tensor.Full(other, [], 1f)), Throws.InstanceOf<DeviceMismatchException>());
        using var arena = new Arena(_device);
        Assert.That(() => Plan.Record(arena, [there], x => [x[0].Square()]), Throws.InstanceOf<DeviceMismatchException>());
    }

    [Test]
    public void ARecordedOperationReadsParametersInAnyPlace()
    {
        using var p = Tensor.Parameter(_device, [2], [3f, 5f]);
        using var m = Tensor.Parameter(_device, [2, 2], [1f, 2f, 3f, 4f]);
        using var x = Tensor.Lasting(_device, [2]);
        using var arena = new Arena(_device);
        using var plan = Plan.Record(arena, [x], v =>
        {
            var y = v[0].Square();
            return
            [
                p.Mul(y), y.Mul(p), p.Sub(y), Ops.Concat(0, p, y), m.MatMul(y.Reshape(2, 1)), Ops.Lerp(p, y, p),
                Differentiation.Grad(p.Mul(y).Sum(), [p])[0], Differentiation.Grad(y.Sum(), [p])[0],
            ];
        });
        x.Assign([1f, 2f]);
        plan.Run();
        float[][] expected =
        [
            [3f, 20f], [3f, 20f], [2f, 1f], [3f, 5f, 1f, 4f], [9f, 19f], [-3f, 0f], [1f, 4f], [0f, 0f],
        ];
        Assert.That(plan.Outputs.Select(y => y.ToArray()), Is.EqualTo(expected));
    }

    private static object? Value(ParameterInfo parameter, Device device)
    {
        var type = parameter.ParameterType;
        string name = parameter.Member.Name;
        Shape shape = name switch
        {
            nameof(Ops.MatMul) => [1, 1],
            nameof(Ops.SparseProduct) or nameof(Ops.ChebyshevTerms) or nameof(Ops.ChebyshevTermsPlain) => [1, 1, 1],
            nameof(Ops.GridSample) or nameof(Ops.Warp) or nameof(Ops.WarpPlain) when parameter.Name is "grid" or "offset" => [1, 1, 1, 2],
            nameof(Ops.Conv2d) or nameof(Ops.Conv2dPlain) when parameter.Name is "b" => [1],
            _ => [1, 1, 1, 1],
        };
        return type == typeof(Tensor) ? Tensor.Full(device, shape, 1f)
            : type == typeof(SparseMatrix) ? new SparseMatrix(device, CsrMatrix.FromEntries(1, 1, [(0, 0, 1f)]))
            : type.IsByRef ? new Fusion { OutputSlope = 0f }
            : parameter.Name is "stride" or "order" ? 2
            : parameter.HasDefaultValue ? parameter.DefaultValue
            : Activator.CreateInstance(type);
    }
}
