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
