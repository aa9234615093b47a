using System.Runtime.InteropServices;
using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>
/// One number among many that is not finite, or far larger than the others: a convolution by tiles must not spread it beyond what the
/// filter reaches. Numbers that it does not reach are compared with their own magnitude, not with the outlier's.
/// </summary>
public sealed class OutlierTests
{
    private static readonly float[] s_outliers = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e38f, -1e30f, 1e12f, 1e6f, 3e4f];

    // Both kinds of tiles; sides that end in a whole tile, or with 1, 2 or 3 outputs of one.
    private static readonly Conv2dSpec[] s_shapes =
    [
        new(1, 16, 20, 16, 16, 3, 3, 1, 1),
        new(2, 13, 14, 17, 33, 3, 3, 1, 1),
        new(1, 17, 15, 16, 16, 3, 3, 1, 0),
        new(1, 16, 13, 32, 16, 3, 3, 1, 2),
        new(1, 24, 32, 16, 32, 4, 4, 2, 1),
        new(1, 18, 22, 17, 32, 4, 4, 2, 1),
    ];

    private GuardedDevice[] _devices = [];

    [OneTimeSetUp]
    public void Open() => _devices = CpuCheck.Threads();

    [OneTimeTearDown]
    public void Close()
    {
        foreach (var device in _devices)
        {
            device.Dispose();
        }
    }

    [Test]
    public void Conv2d([ValueSource(nameof(s_shapes))] Conv2dSpec s, [ValueSource(nameof(s_outliers))] float outlier)
    {
        float[] w = CpuCheck.Random((long)s.K * s.R * s.S * s.C, 2), b = CpuCheck.Random(s.K, 3), ones = Ones(w.Length);
        foreach (var (x, seen) in Spoilt(s.N, s.H, s.W, s.C, outlier))
        {
            Check(
                [x, w, b], Reference.Conv2d(x, w, b, s), Reference.Conv2d(seen, ones, null, s),
                (k, i, o) => k.Conv2d(i[0], i[1], i[2], o, s));
        }
    }

    [Test]
    public void Conv2dInputGrad([ValueSource(nameof(s_shapes))] Conv2dSpec s, [ValueSource(nameof(s_outliers))] float outlier)
    {
        float[] w = CpuCheck.Random((long)s.K * s.R * s.S * s.C, 2), ones = Ones(w.Length);
        foreach (var (gy, seen) in Spoilt(s.N, s.P, s.Q, s.K, outlier))
        {
            Check(
                [gy, w], Reference.Conv2dInputGrad(gy, w, s), Reference.Conv2dInputGrad(seen, ones, s),
                (k, i, o) => k.Conv2dInputGrad(i[0], i[1], o, s));
        }
    }

    [Test]
    public void Conv2dWeightGrad([ValueSource(nameof(s_shapes))] Conv2dSpec s, [ValueSource(nameof(s_outliers))] float outlier)
    {
        float[] gy = CpuCheck.Random((long)s.N * s.P * s.Q * s.K, 2), ones = Ones(gy.Length);
        foreach (var (x, seen) in Spoilt(s.N, s.H, s.W, s.C, outlier))
        {
            Check(
                [x, gy], Reference.Conv2dWeightGrad(x, gy, s), Reference.Conv2dWeightGrad(seen, ones, s),
                (k, i, o) => k.Conv2dWeightGrad(i[0], i[1], o, s));
        }

        // Padding is made of numbers too: an infinity times zero reaches every tap.
        if (float.IsFinite(outlier))
        {
            ones = Ones((long)s.N * s.H * s.W * s.C);
            float[] x = CpuCheck.Random(ones.Length, 1);
            foreach (var (g, seen) in Spoilt(s.N, s.P, s.Q, s.K, outlier))
            {
                Check(
                    [x, g], Reference.Conv2dWeightGrad(x, g, s), Reference.Conv2dWeightGrad(ones, seen, s),
                    (k, i, o) => k.Conv2dWeightGrad(i[0], i[1], o, s));
            }
        }
    }

    /// <summary>Outliers that grow until the tile is left to the plain convolution: what they cost the others until then.</summary>
    [Test]
    public void WhatAnOutlierCostsTheOthersIsBounded()
    {
        const double Others = 1.5e-4;
        var s = new Conv2dSpec(1, 16, 16, 16, 16, 3, 3, 1, 1);
        float[] w = CpuCheck.Random((long)s.K * s.R * s.S * s.C, 2), ones = Ones(w.Length), gy = CpuCheck.Random((long)s.P * s.Q * s.K, 3);
        for (float outlier = 1f; outlier < 1e7f; outlier *= 1.7f)
        {
            foreach (var (x, seen) in Spoilt(s.N, s.H, s.W, s.C, outlier))
            {
                Check(
                    [x, w], Reference.Conv2d(x, w, null, s), Reference.Conv2d(seen, ones, null, s),
                    (k, i, o) => k.Conv2d(i[0], i[1], null, o, s), Others);
                Check(
                    [x, gy], Reference.Conv2dWeightGrad(x, gy, s), Reference.Conv2dWeightGrad(seen, Ones(gy.Length), s),
                    (k, i, o) => k.Conv2dWeightGrad(i[0], i[1], o, s), Others);
            }
        }
    }

    /// <summary>Everything beside the one number is zero, and must stay so.</summary>
    [Test]
    public void ASinglePixelLeavesZeros([ValueSource(nameof(s_shapes))] Conv2dSpec s)
    {
        float[] w = CpuCheck.Random((long)s.K * s.R * s.S * s.C, 2), ones = Ones(w.Length);
        foreach (var (_, seen) in Spoilt(s.N, s.H, s.W, s.C, 1f))
        {
            Check(
                [seen, w], Reference.Conv2d(seen, w, null, s), Reference.Conv2d(seen, ones, null, s),
                (k, i, o) => k.Conv2d(i[0], i[1], null, o, s), 0, 1e-5);
        }
    }

    /// <summary>An image's bits do not depend on the images beside it, even where these are computed in another way.</summary>
    [Test]
    public void ImagesOfABatchAreComputedAsIfAlone([ValueSource(nameof(s_outliers))] float outlier)
    {
        Conv2dSpec one = new(1, 16, 18, 16, 32, 3, 3, 1, 1), three = one with { N = 3 };
        float[] w = CpuCheck.Random((long)one.K * one.R * one.S * one.C, 2), x = CpuCheck.Random(3L * one.H * one.W * one.C, 1);
        int image = x.Length / 3, pixel = (image / 2) + 5;
        x[image + pixel] = outlier;
        float[] batch = Answer(_devices[1], [x, w], (k, i, o) => k.Conv2d(i[0], i[1], null, o, three), 3 * one.P * one.Q * one.K);
        for (int n = 0; n < 3; n++)
        {
            float[] alone = Answer(
                _devices[1], [x[(n * image)..((n + 1) * image)], w], (k, i, o) => k.Conv2d(i[0], i[1], null, o, one), one.P * one.Q * one.K);
            Assert.That(SameBits(batch.AsSpan(n * alone.Length, alone.Length), alone), $"image {n}");
        }
    }

    // The input with the outlier in it, and zeros with a one in its place: in the corners, at the edges, at every place of a tile.
    private static IEnumerable<(float[] Spoilt, float[] Place)> Spoilt(int n, int h, int w, int c, float outlier)
    {
        (int, int)[] places = [(0, 0), (h - 1, w - 1), (1, w - 2), .. Enumerable.Range(0, 4).Select(i => (4 + i, 5 + (3 * i % 4))), (h / 2, 0)];
        foreach (var (row, column) in places)
        {
            float[] x = CpuCheck.Random((long)n * h * w * c, 1), place = new float[x.Length];
            int at = (((row * w) + column) * c) + (c / 2);
            x[at] = outlier;
            place[at] = 1f;
            yield return (x, place);
        }
    }

    private static float[] Ones(long length)
    {
        float[] ones = new float[length];
        Array.Fill(ones, 1f);
        return ones;
    }

    private void Check(
        float[][] inputs, double[] expected, double[] reach, Action<IKernels, DeviceBuffer[], DeviceBuffer> run, double others = 1e-5,
        double reached = 1e-5)
    {
        float[] actual = Answer(_devices[0], inputs, run, expected.Length);
        foreach (var device in _devices.Skip(1))
        {
            Assert.That(SameBits(Answer(device, inputs, run, expected.Length), actual), $"the bits depend on the number of threads: {device.Description}");
        }

        double Scale(bool inside) => Math.Sqrt(
            expected.Where((e, i) => (reach[i] != 0) == inside && double.IsFinite(e)).DefaultIfEmpty().Average(e => e * e));
        double reachedScale = Scale(true), othersScale = Scale(false);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!float.IsFinite((float)expected[i]))
            {
                Assert.That(float.IsFinite(actual[i]), Is.False, $"element {i}");
                continue;
            }

            bool inside = reach[i] != 0;
            double tolerance = inside ? reached : others, scale = inside ? reachedScale : othersScale, error = Math.Abs(actual[i] - expected[i]);
            if (!(error <= tolerance * (scale + Math.Abs(expected[i]))))
            {
                Assert.Fail($"element {i} of {expected.Length}, {(inside ? "" : "not ")}within reach, is {actual[i]:R}, not {expected[i]:R}");
            }
        }
    }

    private static float[] Answer(GuardedDevice device, float[][] inputs, Action<IKernels, DeviceBuffer[], DeviceBuffer> run, int length)
    {
        DeviceBuffer[] x = [.. inputs.Select(v => Upload(device, v))];
        var y = device.Rent(length);
        run(device.Kernels, x, y);
        float[] answer = new float[length];
        device.Download<float>(y, answer);
        foreach (var buffer in (DeviceBuffer[])[.. x, y])
        {
            device.Return(buffer);
        }

        return answer;
    }

    private static DeviceBuffer Upload(GuardedDevice device, float[] x)
    {
        var buffer = device.Rent(x.Length);
        device.Upload<float>(x, buffer);
        return buffer;
    }

    private static bool SameBits(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        MemoryMarshal.AsBytes(a).SequenceEqual(MemoryMarshal.AsBytes(b));
}
