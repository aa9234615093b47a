using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>Inputs that nobody means: the kernels give the right number or NaN in the right place, and touch nothing else.</summary>
[TestFixture("cpu")]
[TestFixture("simulator")]
internal sealed class AdversarialKernelTests(string name)
{
    // Far outside, on both ends, between the last pixel and the edge, and next to whole pixels.
    private static readonly float[] s_coordinates =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -1e30f, float.MaxValue, float.MinValue, 3e9f, -3e9f, -1f, 1f,
        -1.0000001f, 1.0000001f, -0.99f, 0.99f, 0.013f, float.Epsilon, -0f,
    ];

    private static readonly float[] s_specials =
        [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, -1e-38f, 1e30f, -1e30f, 3e38f, 88f, -104f, 1f, -1f];

    private GuardedDevice _device = null!;

    [OneTimeSetUp]
    public void Open() => _device = new GuardedDevice(Device.Open(name));

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    [Test]
    public void GridSampleAnywhere([Values] GridPadding padding, [Values] bool alignCorners, [Values(3, 17)] int channels, [Values(1, 5)] int side)
    {
        int q = s_coordinates.Length;
        var s = new GridSampleSpec(1, side, side + 2, channels, q, q, alignCorners, padding);
        float[] grid = [.. s_coordinates.SelectMany(y => s_coordinates.SelectMany(x => new[] { x, y }))];
        float[] x = CpuCheck.Random(side * (side + 2) * channels, 1), gy = CpuCheck.Random(q * q * channels, 2);
        Check(new([x, grid], [Reference.GridSample(x, grid, null, s)], (k, i, o) => k.GridSample(i[0], i[1], null, o[0], s)));
        Check(new([gy, grid], [Reference.GridSampleInputGrad(gy, grid, null, s)], (k, i, o) => k.GridSampleInputGrad(i[0], i[1], null, o[0], s)));

        // The slope of a sample that lies on a pixel is that to either side.
        float[] between = [.. grid.Select(v => MathF.Abs(v) is 1f or 1.0000001f or 0f or float.Epsilon ? v + 0.017f : v)];
        Check(new([x, between, gy], [Reference.GridSampleGridGrad(x, between, null, gy, s)], (k, i, o) => k.GridSampleGridGrad(i[0], i[1], null, i[2], o[0], s)));
    }

    /// <summary>There is no pixel to read, and none beside the buffer may be read.</summary>
    [TestCase(0, 3, 4)]
    [TestCase(3, 0, 5)]
    [TestCase(0, 0, 16)]
    public void AnImageWithoutPixelsReadsAsZeros(int height, int width, int channels)
    {
        var size = new ResizeSpec(2, height, width, channels, 3, 5, false);
        var sampling = new GridSampleSpec(2, height, width, channels, 3, 5, false, GridPadding.Border);
        float[] grid = CpuCheck.Random(2 * 3 * 5 * 2, 1), gy = CpuCheck.Random(2 * 3 * 5 * channels, 2);
        double[] zeros = new double[gy.Length], none = [];
        Check(new([[]], [zeros], (k, i, o) => k.Resize(i[0], o[0], size)));
        Check(new([gy], [none], (k, i, o) => k.ResizeGrad(i[0], o[0], size)));
        Check(new([[], grid], [zeros], (k, i, o) => k.GridSample(i[0], i[1], null, o[0], sampling)));
        Check(new([gy, grid], [none], (k, i, o) => k.GridSampleInputGrad(i[0], i[1], null, o[0], sampling)));
        Check(new([[], grid, gy], [new double[grid.Length]], (k, i, o) => k.GridSampleGridGrad(i[0], i[1], null, i[2], o[0], sampling)));
        Check(new([[], grid, gy], [new double[grid.Length / 2]], (k, i, o) => k.GridSampleMaskGrad(i[0], i[1], i[2], o[0], sampling)));
    }

    /// <summary>The adjoint of reading nothing.</summary>
    [TestCase(0, 5, false)]
    [TestCase(3, 0, false)]
    [TestCase(0, 0, true)]
    [TestCase(0, 4, true)]
    public void AResultWithoutPixelsHasAGradientOfZeros(int height, int width, bool alignCorners)
    {
        foreach (int channels in (int[])[3, 4])
        {
            var size = new ResizeSpec(2, 3, 2, channels, height, width, alignCorners);
            Check(new([CpuCheck.Random(2 * 3 * 2 * channels, 1)], [[]], (k, i, o) => k.Resize(i[0], o[0], size)));
            Check(new([[]], [new double[2 * 3 * 2 * channels]], (k, i, o) => k.ResizeGrad(i[0], o[0], size)));
        }
    }

    /// <summary>Every function at every lane of a vector: NaN, infinity, zeros of both signs, and numbers at the ends of the range.</summary>
    [Test]
    public void ElementwiseOfSpecials()
    {
        float[] x = [.. Enumerable.Range(0, 37).SelectMany(i => s_specials.Append(0.1f * i))];
        void MapOf<T>(T f)
            where T : unmanaged, IUnary =>
            Check(new([x], [Reference.Map(f, x)], (k, i, o) => k.Map(f, i[0], o[0], x.Length)));

        MapOf(new Affine(2f, -1f));
        MapOf(default(Square));
        MapOf(default(Sqrt));
        MapOf(default(Reciprocal));
        MapOf(default(Exp));
        MapOf(default(Log));
        MapOf(default(Sigmoid));
        MapOf(default(Tanh));
        MapOf(default(Elu));
        MapOf(new LeakyRelu(0.2f));
        MapOf(default(Abs));
        MapOf(default(Sign));

        float[] b = [.. x.Skip(5), .. x.Take(5)];
        var s = new BroadcastSpec(1, 1, 1, x.Length, 0, 0, 0, 1, 0, 0, 0, 1);
        void ZipOf<T>(T f)
            where T : unmanaged, IBinary =>
            Check(new([x, b], [Reference.Zip(f, x, b, s)], (k, i, o) => k.Zip(f, i[0], i[1], o[0], s)));

        ZipOf(default(Add));
        ZipOf(default(Sub));
        ZipOf(default(Mul));
        ZipOf(default(Div));
        ZipOf(new LeakyReluGrad(0.2f));
        ZipOf(default(EluGrad));
        ZipOf(default(SigmoidGrad));
        ZipOf(default(TanhGrad));
        ZipOf(new Lerp(0.3f));
    }

    [TestCase(3, 0f)]
    [TestCase(17, 0f)]
    [TestCase(17, -1e6f)]
    [TestCase(16, 1e-30f)]
    public void InstanceNormWithoutVariance(int channels, float value)
    {
        var s = new InstanceNormSpec(2, 35, channels, 1e-5f);
        float[] x = [.. Enumerable.Repeat(value, 2 * 35 * channels)], gy = CpuCheck.Random(x.Length, 1);
        double[] zeros = new double[x.Length], statistics = Reference.InstanceNorm(x, s).Statistics;
        Check(new([x], [zeros, statistics], (k, i, o) => k.InstanceNorm(i[0], o[0], o[1], s)));
        float[] stored = [.. statistics.Select(v => (float)v)];
        Check(new([x, stored, gy], [Reference.InstanceNormGrad(x, gy, s)], (k, i, o) => k.InstanceNormGrad(i[0], i[1], i[2], o[0], s)));
    }

    [Test]
    public void BuffersBeyondAnyMemoryAreRefused()
    {
        using var device = Device.Open(name);
        foreach (long length in (long[])[1L << 62, long.MaxValue, long.MaxValue - 31, (1L << 42) + 1])
        {
            Assert.That(() => device.Rent(length), Throws.InstanceOf<OutOfMemoryException>(), $"{length} words");
        }

        Assert.That(() => device.Rent(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(device.AllocatedBytes, Is.Zero);
    }

    private void Check(KernelCall call) => Assert.That(call.Wrong(_device), Is.Null);
}
