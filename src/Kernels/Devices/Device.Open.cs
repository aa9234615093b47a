using System.Globalization;

namespace Mimesh.Kernels;

public abstract partial class Device
{
    /// <summary>Opens a device by name.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> (the first GPU), <c>cuda:N</c> or <c>simulator</c>; case does not matter.</param>
    /// <param name="threads">Worker threads of <c>cpu</c>; 0 takes one a processor. Other devices ignore it.</param>
    /// <exception cref="DeviceException">There is no such device here.</exception>
    public static Device Open(string name, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        string lower = name.Trim().ToLowerInvariant();
        return lower switch
        {
            "cpu" => new CpuDevice(threads),
            "simulator" => GpuDevice.Simulator(),
            "cuda" => GpuDevice.Cuda(0),
            _ when lower.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(lower.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index) => GpuDevice.Cuda(index),
            _ => throw new DeviceException($"unknown device '{name}'; devices here: {Names()}"),
        };
    }

    /// <summary>The devices that <see cref="Open"/> opens here: their names, and what they are.</summary>
    public static IReadOnlyList<(string Name, string Description)> Available() =>
    [
        ("cpu", CpuDevice.Describe(Environment.ProcessorCount)),
        .. GpuDevice.CudaDevices().Select((gpu, i) => ($"cuda:{i}", gpu)),
        ("simulator", "the GPU kernels on the processor, to check them; slow"),
    ];

    internal static string Names() => string.Join(", ", Available().Select(d => d.Name));
}
