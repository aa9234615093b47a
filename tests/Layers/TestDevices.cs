using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>The devices that tests run on, each opened once.</summary>
[SetUpFixture]
public sealed class TestDevices
{
    private static readonly Dictionary<string, Device> s_open = [];
    private static string? s_noGpu;

    /// <summary>Every kind of device.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cpu", "simulator", "cuda"];

    /// <summary>Those that are made for speed: all but the simulator.</summary>
    public static IReadOnlyList<string> Fast { get; } = ["cpu", "cuda"];

    /// <summary>The processor, with as many threads as it has cores.</summary>
    public static Device Cpu => Open("cpu");

    /// <summary>A device; where there is no GPU, its test is reported as skipped. The other devices are everywhere.</summary>
    public static Device Open(string name)
    {
        if (s_open.TryGetValue(name, out var device))
        {
            device.Adopt(); // tests run one after another, but not on one thread
            return device;
        }

        if (name == "cuda" && s_noGpu is not null)
        {
            Assert.Ignore(s_noGpu);
        }

        try
        {
            return s_open[name] = Device.Open(name);
        }
        catch (DeviceException e) when (name == "cuda")
        {
            Assert.Ignore(s_noGpu = e.Message);
            throw;
        }
    }

    /// <summary>Frees the devices.</summary>
    [OneTimeTearDown]
    public void Close()
    {
        foreach (var device in s_open.Values)
        {
            device.Dispose();
        }

        s_open.Clear();
    }
}
