using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>Runs a kernel on the processor with 1, 2 and 3 threads and compares it with <see cref="Reference"/>.</summary>
internal static class CpuCheck
{
    private const float Sentinel = -7.25e30f;
    private const int Behind = 19;

    /// <summary>
    /// The outputs must be as expected, with the same bits for every number of threads, and nothing behind them may be
    /// written. The error may be tolerance·(root mean square of the expected + |expected|).
    /// </summary>
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
        float[][]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            using var device = new CpuDevice(threads);
            DeviceBuffer[] x = [.. inputs.Select(v => Upload(device, v))];
            DeviceBuffer[] y = [.. expected.Select((e, i) => Upload(
                device, [.. before?[i] ?? Enumerable.Repeat(Sentinel, e.Length), .. Enumerable.Repeat(Sentinel, Behind)]))];
            // Twice where nothing is updated in place: the second call meets used scratch memory.
            for (int i = before is null ? 0 : 1; i < 2; i++)
            {
                run(device.Kernels, x, y);
            }

            float[][] actual = [.. expected.Select((e, i) => Download(device, y[i], e.Length + Behind))];
            for (int i = 0; i < expected.Length; i++)
            {
                Compare(expected[i], actual[i], tolerance, $"output {i}, {threads} threads");
                Assert.That(actual[i][expected[i].Length..], Is.All.EqualTo(Sentinel), "written behind the output");
            }

            first ??= actual;
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.That(actual[i], Is.EqualTo(first[i]), $"output {i} differs between 1 and {threads} threads");
            }
        }
    }

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

    private static DeviceBuffer Upload(CpuDevice device, float[] x)
    {
        var buffer = device.Rent(x.Length);
        device.Upload<float>(x, buffer);
        return buffer;
    }

    private static float[] Download(CpuDevice device, DeviceBuffer buffer, int length)
    {
        float[] x = new float[length];
        device.Download<float>(buffer, x);
        return x;
    }

    private static void Compare(double[] expected, float[] actual, double tolerance, string what)
    {
        double scale = expected.Length == 0 ? 0 : Math.Sqrt(expected.Average(e => double.IsFinite(e) ? e * e : 0));
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            if (!(error <= tolerance * (scale + Math.Abs(expected[i])) + 1e-30))
            {
                Assert.Fail($"{what}: element {i} of {expected.Length} is {actual[i]}, expected {expected[i]} (scale {scale:g3})");
            }
        }
    }
}
