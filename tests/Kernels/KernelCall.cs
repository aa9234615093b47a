using System.Runtime.InteropServices;
using Mimesh.Kernels;

namespace Mimesh.Tests.Kernels;

/// <summary>One call of a kernel, and what it should give.</summary>
/// <param name="Inputs">What the kernel reads, and must not change.</param>
/// <param name="Expected">What it should write.</param>
/// <param name="Run">Calls the kernel with the input and output buffers.</param>
internal sealed record KernelCall(
    float[][] Inputs, double[][] Expected, Action<IKernels, DeviceBuffer[], DeviceBuffer[]> Run)
{
    /// <summary>What the outputs hold before the call, for kernels that work in place; else they hold NaN.</summary>
    public float[][]? Before { get; init; }

    /// <summary>The error may be Tolerance·(root mean square of the expected + |expected|).</summary>
    public double Tolerance { get; init; } = Mimesh.Verification.Tolerance.Standard.Forward;

    /// <summary>
    /// What is wrong on these devices, or null: an answer out of tolerance, a number where there should be none or none where
    /// there should be one, other bits than on the first device, a changed
    /// input, a word written outside a buffer. Devices of one kind must agree to the bit.
    /// </summary>
    public string? Wrong(params IEnumerable<GuardedDevice> devices)
    {
        float[][]? first = null;
        foreach (var device in devices)
        {
            try
            {
                float[][] actual = Answer(device);
                for (int i = 0; i < Expected.Length; i++)
                {
                    if (Differs(Expected[i], actual[i]) is { } wrong)
                    {
                        return $"output {i} on {device.Description}: {wrong}";
                    }
                }

                first ??= actual;
                if (actual.Zip(first).Any(pair => !SameBits(pair.First, pair.Second)))
                {
                    return $"the bits depend on the number of threads: {device.Description}";
                }
            }
            catch (GuardException e)
            {
                return $"{e.Message}, {device.Description}";
            }
        }

        return null;
    }

    private float[][] Answer(GuardedDevice device)
    {
        DeviceBuffer[] x = [.. Inputs.Select(v => Upload(device, v))];
        DeviceBuffer[] y = [.. Expected.Select((e, i) => Before is null ? device.Rent(e.Length) : Upload(device, Before[i]))];
        // Twice where nothing is updated in place: the second call meets used scratch memory.
        for (int i = Before is null ? 0 : 1; i < 2; i++)
        {
            Run(device.Kernels, x, y);
        }

        float[][] actual = [.. Expected.Select((e, i) => Download(device, y[i], e.Length))];
        for (int i = 0; i < x.Length; i++)
        {
            if (!SameBits(Download(device, x[i], Inputs[i].Length), Inputs[i]))
            {
                throw new GuardException($"input {i} was written");
            }
        }

        foreach (var buffer in (DeviceBuffer[])[.. x, .. y])
        {
            device.Return(buffer);
        }

        return actual;
    }

    private string? Differs(double[] expected, float[] actual)
    {
        double scale = expected.Length == 0 ? 0 : Math.Sqrt(expected.Average(e => double.IsFinite(e) ? e * e : 0));
        for (int i = 0; i < expected.Length; i++)
        {
            if (!double.IsFinite(expected[i]) && !float.IsFinite(actual[i]))
            {
                continue; // an infinity may become NaN on the way, but neither a number
            }

            double error = Math.Abs(actual[i] - expected[i]);
            if (!(error <= (Tolerance * (scale + Math.Abs(expected[i]))) + 1e-30))
            {
                return $"element {i} of {expected.Length} is {actual[i]:R}, not {expected[i]:R} (scale {scale:g3})";
            }
        }

        return null;
    }

    private static bool SameBits(float[] a, float[] b) =>
        MemoryMarshal.AsBytes<float>(a).SequenceEqual(MemoryMarshal.AsBytes<float>(b));

    private static DeviceBuffer Upload(GuardedDevice device, float[] x)
    {
        var buffer = device.Rent(x.Length);
        device.Upload<float>(x, buffer);
        return buffer;
    }

    private static float[] Download(GuardedDevice device, DeviceBuffer buffer, int length)
    {
        float[] x = new float[length];
        device.Download<float>(buffer, x);
        return x;
    }
}
