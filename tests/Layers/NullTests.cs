using System.Reflection;
using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Every operation names the operand that is missing.</summary>
public sealed class NullTests
{
    public static IEnumerable<TestCaseData> Operands() =>
        from method in typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        from parameter in method.GetParameters()
        where !parameter.ParameterType.IsValueType && !parameter.ParameterType.IsByRef
            && new NullabilityInfoContext().Create(parameter).ReadState == NullabilityState.NotNull
        select new TestCaseData(method, parameter).SetName($"{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.ParameterType.Name))}).{parameter.Name}");

    [TestCaseSource(nameof(Operands))]
    public void IsRefused(MethodInfo method, ParameterInfo parameter)
    {
        using var tape = Tape.Start();
        object?[] arguments = [.. method.GetParameters().Select(p => p.Position == parameter.Position ? null : Value(p))];
        var thrown = Assert.Throws<TargetInvocationException>(() => Invoke(method, arguments));
        Assert.That(thrown?.InnerException, Is.TypeOf<ArgumentNullException>());
        Assert.That(((ArgumentNullException)thrown!.InnerException!).ParamName, Is.EqualTo(parameter.Name));
    }

    [Test]
    public void AMissingTensorAmongManyIsRefused() => Assert.That(
        () => Ops.Concat(0, Tensor.Full(TestDevices.Cpu, [1], 1f), null!), Throws.ArgumentNullException);

    [Test]
    public void ModulesOptimisersAndPlansNameWhatIsMissing()
    {
        var device = TestDevices.Cpu;
        var init = new Initializer(device, 1);
        using var arena = new Arena(device);
        using var x = Tensor.Full(device, [1], 1f);
        using var identity = new SparseMatrix(device, CsrMatrix.FromEntries(1, 1, [(0, 0, 1f)]));
        using var conv = new Mimesh.Layers.Conv2d(init, 1, 1, 1);
        using var linear = new Linear(init, 1, 1);
        using var residual = new ResidualBlock(init, 1);
        using var graph = new ChebyshevConv(init, identity, 1, 1, 1);
        using var adam = new Adam([x]);
        using var tape = Tape.Start();
        Action[] calls =
        [
            () => _ = new Initializer(null!, 1), () => _ = new Mimesh.Layers.Conv2d(null!, 1, 1, 1), () => _ = new Linear(null!, 1, 1),
            () => _ = new ResidualBlock(null!, 1), () => _ = new ChebyshevConv(null!, identity, 1, 1, 1), () => _ = new ChebyshevConv(init, null!, 1, 1, 1),
            () => conv.Forward(null!), () => linear.Forward(null!), () => residual.Forward(null!), () => graph.Forward(null!),
            () => _ = new Adam(null!), () => _ = new Adam([x, null!]), () => adam.Step(null!), () => adam.Step([null!]),
            () => _ = new MovingAverage(null!), () => _ = new MovingAverage([null!]),
            () => Differentiation.Grad(null!, [x]), () => Differentiation.Grad(x, null!), () => Differentiation.Grad(x, [x, null!]),
            () => _ = new Arena(null!), () => Plan.Record(null!, [x], v => v), () => Plan.Record(arena, null!, v => v),
            () => Plan.Record(arena, [null!], v => v), () => Plan.Record(arena, [x], null!),
            () => _ = new SparseMatrix(null!, CsrMatrix.FromEntries(1, 1, [])), () => _ = new SparseMatrix(device, null!),
            () => Tensor.Empty(null!, [1]), () => Tensor.Full(null!, [1], 1f), () => Tensor.From(null!, [1], [1f]),
            () => Tensor.Parameter(null!, [1], [1f]), () => Tensor.Lasting(null!, [1]),
            () => device.Return(null!), () => device.Upload<float>([1f], null!), () => device.Download<float>(null!, new float[1]),
            () => device.Upload(null!), () => device.Download(null!),
        ];
        Assert.Multiple(() =>
        {
            for (int i = 0; i < calls.Length; i++)
            {
                Assert.That(() => calls[i](), Throws.InstanceOf<ArgumentNullException>(), $"call {i}");
            }
        });
    }

    [Test]
    public void ThereAreOperands() => Assert.That(Operands().Count(), Is.GreaterThan(50));

    // Reshape's sizes are a span, which reflection cannot pass.
    private static void Invoke(MethodInfo method, object?[] arguments)
    {
        if (method.Name == nameof(Ops.Reshape))
        {
            try
            {
                Ops.Reshape((Tensor)arguments[0]!, 1);
            }
            catch (Exception e)
            {
                throw new TargetInvocationException(e);
            }
        }

        method.Invoke(null, arguments);
    }

    private static object? Value(ParameterInfo parameter)
    {
        var device = TestDevices.Cpu;
        var type = parameter.ParameterType;
        return type == typeof(Tensor) ? Tensor.Full(device, [1, 1, 1, 2], 1f)
            : type == typeof(Tensor[]) ? new[] { Tensor.Full(device, [1, 1, 1, 2], 1f) }
            : type == typeof(SparseMatrix) ? new SparseMatrix(device, CsrMatrix.FromEntries(1, 1, []))
            : type == typeof(Device) ? device
            : type == typeof(Shape) ? Shape.Create([1])
            : type == typeof(int[]) ? new[] { 0 }
            : parameter.HasDefaultValue ? parameter.DefaultValue
            : (type.IsByRef ? type.GetElementType()! : type) is { IsValueType: true, IsByRefLike: false } value ? Activator.CreateInstance(value)
            : null;
    }
}
