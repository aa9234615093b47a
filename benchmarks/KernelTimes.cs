using System.Diagnostics;
using System.Text.Json;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Benchmarks;

/// <summary>Times every <see cref="KernelCase"/> in this process, the way <c>gpu/pytorch.py</c> times PyTorch.</summary>
internal static class KernelTimes
{
    private const int Batches = 15;

    // Launches are queued in batches of about this long, so that waiting for the device does not count.
    private const double BatchSeconds = 0.02;

    /// <summary>Writes the median times with each case's specification as JSON.</summary>
    public static void Write(string deviceName, string path)
    {
        using var device = Device.Open(deviceName);
        var kernels = new List<object>();
        foreach (var c in KernelCase.All)
        {
            using var tape = Tape.Start();
            double seconds = Median(device, c.On(device).Run);
            kernels.Add(new { c.Name, c.Kernel, c.Spec, c.Flops, c.Bytes, Inputs = c.Inputs.Select(x => x.Shape.ToArray()), Seconds = seconds });
            Console.Error.WriteLine($"{c.Name}: {seconds * 1e6:0.0} µs");
        }

        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(new { Device = device.Description, Kernels = kernels }, options));
    }

    private static double Median(Device device, Action launch)
    {
        Run(3);
        int count = (int)Math.Clamp(BatchSeconds / Run(1), 1, 1000);
        Run(count);
        double[] seconds = [.. Enumerable.Range(0, Batches).Select(_ => Run(count) / count).Order()];
        return seconds[Batches / 2];

        double Run(int times)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < times; i++)
            {
                launch();
            }

            device.Synchronize();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
