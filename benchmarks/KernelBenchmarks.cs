using BenchmarkDotNet.Attributes;
using Mimesh.Kernels;

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
    private Launch _launch = null!;

    [ParamsSource(nameof(Cases))]
    public KernelCase Case { get; set; } = null!;

    public static IEnumerable<KernelCase> Cases => KernelCase.All;

    internal static string DeviceName => Environment.GetEnvironmentVariable("MIMESH_DEVICE") ?? "cpu";

    [GlobalSetup]
    public void Setup()
    {
        _device = Device.Open(DeviceName);
        _launch = Case.On(_device);
    }

    [GlobalCleanup]
    public void Cleanup() => _device.Dispose();

    [Benchmark]
    public void Run()
    {
        _launch.Run();
        _device.Synchronize();
    }
}
