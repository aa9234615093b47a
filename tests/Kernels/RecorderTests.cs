using System.Reflection;
using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>Every kernel call comes back as it was made.</summary>
public sealed class RecorderTests
{
    public static IEnumerable<TestCaseData> Calls() => typeof(IKernels).GetMethods()
        .Select(m => new TestCaseData(m).SetName($"Playing back {m.Name} with {m.GetParameters().Length} parameters"));

    [TestCaseSource(nameof(Calls))]
    public void ACallComesBackAsItWasMade(MethodInfo method)
    {
        if (method.IsGenericMethodDefinition)
        {
            method = method.MakeGenericMethod(method.Name == nameof(IKernels.Zip) ? typeof(Add) : typeof(LeakyRelu));
        }

        int made = 0;
        bool weightGrad = method.Name == nameof(IKernels.Conv2dWeightGrad); // it takes the way in alone
        object[] arguments = [.. method.GetParameters().Select(p => Argument(p.ParameterType.IsByRef ? p.ParameterType.GetElementType()! : p.ParameterType, ref made))];
        var launches = new List<Launch>();
        method.Invoke(new RecordingKernels(launches), arguments);
        var spy = (Spy)(object)DispatchProxy.Create<IKernels, Spy>();
        launches.Single().Run((IKernels)(object)spy);

        Assert.That(spy.Method, Is.EqualTo(method));
        Assert.That(spy.Arguments!.SequenceEqual(arguments.Select(a => a is ConvFusion f && weightGrad ? f.WayIn() : a)), "the same arguments");
        Assert.That(launches[0].Shape, Is.Not.Empty.And.Not.Contains("{"));

        // Kernels name gradients and results y, g…: all of these but the incoming gradient and the numbers they are made of.
        var buffers = arguments.OfType<DeviceBuffer>().ToHashSet();
        Assert.That(launches[0].Reads.ToArray().Concat(launches[0].Writes.ToArray()).Where(b => b is not null && buffers.Contains(b)), Is.EquivalentTo(buffers));
        var names = method.GetParameters().Zip(arguments).Where(p => p.Second is DeviceBuffer).ToDictionary(p => p.First.Name!, p => (DeviceBuffer)p.Second);
        string[] written = method.Name switch
        {
            nameof(IKernels.Adam) => ["w", "m", "v"],
            nameof(IKernels.InstanceNorm) => ["y", "statistics"],
            nameof(IKernels.InstanceStatistics) => ["statistics"],
            _ => [names.Keys.Last()],
        };
        Assert.That(written.Select(name => names[name]), Is.SubsetOf(launches[0].Writes.ToArray()));
        Assert.That(launches[0].Reads.ToArray(), Has.None.AnyOf(written.Select(name => (object)names[name]).ToArray()));
    }

    [Test]
    public void AFusedConvolutionReadsAndWritesWhatRidesAlong()
    {
        int made = 0;
        DeviceBuffer[] b = [.. Enumerable.Range(0, 7).Select(_ => (DeviceBuffer)Argument(typeof(DeviceBuffer), ref made))];
        var launches = new List<Launch>();
        new RecordingKernels(launches).Conv2d(
            b[0], b[1], null, b[2], new Conv2dSpec(1, 4, 4, 2, 3, 3, 3, 1, 1),
            new ConvFusion { Statistics = b[3], Residual = b[4], OutputStatistics = b[5], Upsample = true });
        Assert.That(launches[0].Reads.ToArray(), Is.EqualTo(new[] { b[0], b[1], null, b[3], b[4] }));
        Assert.That(launches[0].Writes.ToArray(), Is.EqualTo(new[] { b[2], b[5] }));
        Assert.That(launches[0].Shape, Does.EndWith("Q 4: normalise, upsample, convolve, add, measure"));
    }

    // An argument unlike all others; a structure gets buffers of its own.
    private static object Argument(Type type, ref int made)
    {
        made++;
        if (type == typeof(DeviceBuffer))
        {
            return new Placeless(made);
        }

        if (type == typeof(DeviceCsr))
        {
            return new DeviceCsr(null!, made, made, new Placeless(made), new Placeless(made), new Placeless(made));
        }

        if (type.IsPrimitive)
        {
            return Convert.ChangeType(made, type);
        }

        object value = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(p => p.PropertyType == typeof(DeviceBuffer) && p.CanWrite))
        {
            property.SetValue(value, new Placeless(made));
        }

        foreach (var property in type.GetProperties().Where(p => p.PropertyType == typeof(int) && p.CanWrite))
        {
            property.SetValue(value, ++made);
        }

        return value;
    }

    private sealed class Placeless(long length) : DeviceBuffer(length)
    {
        internal override DeviceBuffer Slice(long start, long length) => throw new NotSupportedException();
    }

    /// <summary>Kernels that only remember how they were called.</summary>
    internal class Spy : DispatchProxy
    {
        public MethodInfo? Method { get; private set; }

        public object?[]? Arguments { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            (Method, Arguments) = (targetMethod, args);
            return null;
        }
    }
}
