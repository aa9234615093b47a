using BenchmarkDotNet.Attributes;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Benchmarks;

/// <summary>
/// Every kernel family at the shapes of real layers. The device is <c>cpu</c>, or what the environment variable
/// <c>MIMESH_DEVICE</c> names.
/// </summary>
[Config(typeof(KernelConfig))]
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private Device _device = null!;
    private DeviceBuffer[] _inputs = null!;
    private DeviceBuffer _output = null!;

    [ParamsSource(nameof(Cases))]
    public KernelCase Case { get; set; } = null!;

    public static IEnumerable<KernelCase> Cases => KernelCase.All;

    [GlobalSetup]
    public void Setup()
    {
        _device = Device.Open(Environment.GetEnvironmentVariable("MIMESH_DEVICE") ?? "cpu");
        _inputs = [.. Case.Inputs.Select((shape, i) => Ops.Uniform(_device, shape, (ulong)i).Buffer)];
        _output = Tensor.Empty(_device, Case.Output).Buffer;
    }

    [GlobalCleanup]
    public void Cleanup() => _device.Dispose();

    [Benchmark]
    public void Run()
    {
        Case.Run(_device.Kernels, _inputs, _output);
        _device.Synchronize();
    }
}
