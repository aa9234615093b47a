using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>Runs a kernel on the processor with 1, 2 and 3 threads and compares it with <see cref="Reference"/>.</summary>
internal static class CpuCheck
{
    /// <summary>The outputs must be as <see cref="KernelCall.Wrong"/> says, with the same bits for every number of threads.</summary>
    /// <param name="inputs">What the kernel reads.</param>
    /// <param name="expected">What it should write.</param>
    /// <param name="run">Calls the kernel with the input and output buffers.</param>
    /// <param name="tolerance">Relative error.</param>
    /// <param name="before">What the outputs hold before the call, for kernels that work in place.</param>
    public static void Run(
        float[][] inputs,
        double[][] expected,
        Action<IKernels, DeviceBuffer[], DeviceBuffer[]> run,
        double tolerance = 1e-5,
        float[][]? before = null)
    {
        var devices = Threads();
        Assert.That(new KernelCall(inputs, expected, run) { Tolerance = tolerance, Before = before }.Wrong(devices), Is.Null);
        foreach (var device in devices)
        {
            device.Dispose();
        }
    }

    /// <summary>The processor with 1, 2 and 3 threads.</summary>
    public static GuardedDevice[] Threads() => [.. new[] { 1, 2, 3 }.Select(threads => new GuardedDevice(new CpuDevice(threads)))];

    /// <summary>Numbers of N(0, 1), the same for the same seed.</summary>
    public static float[] Random(long length, int seed)
    {
        var random = new Random(seed);
        float[] x = new float[length];
        for (long i = 0; i < length; i++)
        {
            x[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return x;
    }
}
