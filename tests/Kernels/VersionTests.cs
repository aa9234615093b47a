using System.Reflection;
using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>A buffer tells that its content has changed, so that nothing made of the old content is used for the new.</summary>
public sealed class VersionTests
{
    private readonly Dictionary<string, Device> _devices = new() { ["cpu"] = new CpuDevice(2), ["simulator"] = Device.Open("simulator") };

    public static IEnumerable<TestCaseData> Calls() =>
        from name in (string[])["cpu", "simulator"]
        from method in typeof(IKernels).GetMethods()
        select new TestCaseData(name, method).SetName($"{method.Name} with {method.GetParameters().Length} parameters on {name}");

    [OneTimeTearDown]
    public void Close()
    {
        foreach (var device in _devices.Values)
        {
            device.Dispose();
        }
    }

    [TestCaseSource(nameof(Calls))]
    public void EveryKernelChangesTheVersionOfWhatItWritesAlone(string name, MethodInfo method)
    {
        var device = _devices[name];
        if (method.IsGenericMethodDefinition)
        {
            method = method.MakeGenericMethod(method.Name == nameof(IKernels.Zip) ? typeof(Add) : typeof(LeakyRelu));
        }

        var buffers = new Dictionary<string, DeviceBuffer>();
        object[] arguments = [.. method.GetParameters().Select(p => Argument(device, p, buffers))];
        var launches = new List<Launch>();
        method.Invoke(new RecordingKernels(launches), arguments); // which tells reads from writes, see RecorderTests
        var before = buffers.Values.ToDictionary(b => b, b => b.Version);
        method.Invoke(device.Kernels, arguments);
        var changed = buffers.Values.Where(b => b.Version != before[b]);
        Assert.That(changed, Is.EquivalentTo(launches[0].Writes.ToArray()));
    }

    [TestCase("cpu")]
    [TestCase("simulator")]
    public void PackedWeightsFollowTheirWeights(string name)
    {
        var device = _devices[name];
        var s = new Conv2dSpec(1, 4, 4, 2, 3, 3, 3, 1, 1);
        var (x, w, y) = (On(32), On(54), device.Rent(48));
        w.Kept = true;
        float[] once = Convolved();
        Assert.That(once.Max(), Is.Positive);
        device.Kernels.Map(new Affine(2f, 0f), w, w, 54);
        Assert.That(Convolved(), Is.EqualTo(once.Select(v => 2 * v)), "Map");
        device.Kernels.Fill(w, 0f, 54);
        Assert.That(Convolved(), Is.All.Zero, "Fill");
        device.Kernels.Random(w, new RandomSpec(54, 1, 0, true));
        Assert.That(Convolved(), Is.Not.All.Zero, "Random");

        float[] Convolved()
        {
            device.Kernels.Conv2d(x, w, null, y, s);
            float[] values = new float[48];
            device.Download<float>(y, values);
            return values;
        }

        DeviceBuffer On(int length)
        {
            var buffer = device.Rent(length);
            device.Upload<float>(CpuCheck.Random(length, length), buffer);
            return buffer;
        }
    }

    private static object Argument(Device device, ParameterInfo parameter, Dictionary<string, DeviceBuffer> buffers)
    {
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        bool measures = parameter.Member.Name == nameof(IKernels.Conv2d);
        return type switch
        {
            _ when type == typeof(DeviceBuffer) => Kept(parameter.Name!),
            _ when type == typeof(DeviceCsr) => device.Upload(CsrMatrix.FromEntries(1, 1, [(0, 0, 1f)])),
            _ when type == typeof(ConvFusion) => new ConvFusion { OutputStatistics = measures ? Kept("measured") : null, InputSlope = 0f, Upsample = true },
            _ when type == typeof(Conv2dSpec) => new Conv2dSpec(1, 2, 2, 1, 1, 1, 1, 1, 0),
            _ when type == typeof(MatMulSpec) => new MatMulSpec(1, 2, 2, 2, false, false),
            _ when type == typeof(SparseProductSpec) => new SparseProductSpec(1, 1, 1f, 1f),
            _ when type == typeof(GridSampleSpec) => new GridSampleSpec(1, 2, 2, 1, 2, 2, false, GridPadding.Border),
            _ when type == typeof(InstanceNormSpec) => new InstanceNormSpec(1, 4, 1, 1e-5f),
            _ when type == typeof(BroadcastSpec) => new BroadcastSpec(1, 1, 1, 4, 0, 0, 0, 1, 0, 0, 0, 1),
            _ when type == typeof(RandomSpec) => new RandomSpec(4, 1, 0, false),
            _ when type == typeof(SumSpec) => new SumSpec(1, 2, 2, 1),
            _ when type == typeof(StridedCopySpec) => new StridedCopySpec(1, 1, 1, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0),
            _ when type == typeof(BlockSpec) => new BlockSpec(1, 1, 1, 1, 2, 1f),
            _ when type == typeof(ResizeSpec) => new ResizeSpec(1, 2, 2, 1, 2, 2, false),
            _ when type == typeof(AdamSpec) => new AdamSpec(4, 1, 0.1f, 0.5f, 0.9f, 1e-8f, 1f),
            _ when type == typeof(LeakyRelu) => new LeakyRelu(0.5f),
            _ when type == typeof(Add) => default(Add),
            _ when type == typeof(long) => 4L,
            _ when type == typeof(float) => 1f,
            _ => throw new ArgumentException($"no {type}"),
        };

        DeviceBuffer Kept(string name)
        {
            var buffer = device.Rent(64);
            device.Upload<float>(CpuCheck.Random(64, 1), buffer);
            buffer.Kept = true;
            return buffers[name] = buffer;
        }
    }
}
