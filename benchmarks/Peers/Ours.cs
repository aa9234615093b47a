using System.Diagnostics;
using Mimesh.Kernels;

namespace Mimesh.Benchmarks.Peers;

/// <summary>Mimesh, on a device of its own.</summary>
internal sealed class Ours : IContender
{
    private readonly Device _device;
    private readonly Launch _launch;
    private readonly Lazy<float[]> _answer;

    /// <param name="threads">Of the processor.</param>
    /// <param name="prepare">What is measured.</param>
    public Ours(int threads, Func<Device, Launch> prepare)
    {
        _device = Device.Open("cpu", threads);
        _launch = prepare(_device);
        _answer = new(_launch.Answer);
    }

    public float[]? Answer => _answer.Value;

    public double Measure(int times)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            _launch.Run();
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / times;
    }

    public void Dispose() => _device.Dispose();
}
