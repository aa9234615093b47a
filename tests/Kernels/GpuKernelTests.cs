using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>Every GPU kernel, run by the simulator, against the plain loops of <see cref="Reference"/>.</summary>
[TestFixture]
internal sealed class GpuKernelTests
{
    private const float Sentinel = 12345.5f;

    private Device _device = null!;

    private static Conv2dSpec[] Convolutions =>
    [
        new(2, 7, 5, 3, 5, 3, 3, 1, 1),
        new(1, 6, 9, 4, 8, 3, 3, 1, 1),
        new(2, 7, 8, 8, 12, 3, 3, 2, 1),
        new(1, 9, 7, 3, 4, 7, 7, 1, 3),
        new(1, 8, 8, 4, 4, 4, 4, 2, 1),
        new(3, 5, 4, 8, 20, 1, 1, 1, 0),
        new(1, 5, 6, 4, 3, 1, 1, 2, 0),
        new(1, 10, 7, 2, 4, 2, 3, 3, 0),
        new(1, 33, 31, 4, 4, 3, 3, 1, 1),
    ];

    private static MatMulSpec[] Products =>
    [
        .. from shape in new[] { (1, 5, 7, 3), (3, 17, 9, 21), (2, 20, 12, 36), (1, 1, 1, 1), (1, 4, 8, 0) }
           from ta in new[] { false, true }
           from tb in new[] { false, true }
           select new MatMulSpec(shape.Item1, shape.Item2, shape.Item3, shape.Item4, ta, tb),
    ];

    private static GridSampleSpec[] Samplings =>
    [
        .. from shape in new[] { (2, 5, 7, 3, 4, 6), (1, 6, 4, 8, 5, 5) }
           from align in new[] { false, true }
           from padding in new[] { GridPadding.Zeros, GridPadding.Border }
           select new GridSampleSpec(shape.Item1, shape.Item2, shape.Item3, shape.Item4, shape.Item5, shape.Item6, align, padding),
    ];

    private static ResizeSpec[] Resizes =>
    [
        .. from shape in new[] { (5, 7, 9, 4), (8, 8, 16, 16), (16, 12, 8, 6), (1, 3, 5, 1), (6, 1, 1, 4), (9, 9, 4, 13) }
           from align in new[] { false, true }
           from c in new[] { 3, 4 }
           select new ResizeSpec(2, shape.Item1, shape.Item2, c, shape.Item3, shape.Item4, align),
    ];

    [OneTimeSetUp]
    public void Open() => _device = Device.Open("simulator");

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    [TestCaseSource(nameof(Convolutions))]
    public void Conv2d(Conv2dSpec s)
    {
        var (x, w, b) = (Random(1, s.N * s.H * s.W * s.C), Random(2, s.K * s.R * s.S * s.C), Random(3, s.K));
        Check(Reference.Conv2d(x, w, b, s), y => _device.Kernels.Conv2d(On(x), On(w), On(b), y, s), 1e-5);
        Check(Reference.Conv2d(x, w, null, s), y => _device.Kernels.Conv2d(On(x), On(w), null, y, s), 1e-5);
    }

    [TestCaseSource(nameof(Convolutions))]
    public void Conv2dInputGrad(Conv2dSpec s)
    {
        var (gy, w) = (Random(1, s.N * s.P * s.Q * s.K), Random(2, s.K * s.R * s.S * s.C));
        Check(Reference.Conv2dInputGrad(gy, w, s), gx => _device.Kernels.Conv2dInputGrad(On(gy), On(w), gx, s), 1e-5);
    }

    [TestCaseSource(nameof(Convolutions))]
    public void Conv2dWeightGrad(Conv2dSpec s)
    {
        var (x, gy) = (Random(1, s.N * s.H * s.W * s.C), Random(2, s.N * s.P * s.Q * s.K));
        Check(Reference.Conv2dWeightGrad(x, gy, s), gw => _device.Kernels.Conv2dWeightGrad(On(x), On(gy), gw, s), 1e-5);
    }

    [TestCaseSource(nameof(Products))]
    public void MatMul(MatMulSpec s)
    {
        var (a, b) = (Random(1, s.Batch * s.M * s.K), Random(2, s.Batch * s.K * s.N));
        Check(Reference.MatMul(a, b, s), c => _device.Kernels.MatMul(On(a), On(b), c, s), 1e-5);
    }

    /// <summary>Kernels with barriers in the very group of 16 × 16 threads that a GPU runs; it is slow here, so only these.</summary>
    [Test]
    public void InTheGroupOfAGpu()
    {
        using var device = GpuDevice.Simulator(16);
        var m = new MatMulSpec(1, 131, 67, 20, false, true);
        var (a, b) = (Random(1, m.M * m.K), Random(2, m.K * m.N));
        Check(device, Reference.MatMul(a, b, m), c => device.Kernels.MatMul(On(device, a), On(device, b), c, m), 1e-5);

        var s = new Conv2dSpec(1, 13, 11, 4, 68, 3, 3, 2, 1);
        var (x, w, gy) = (Random(3, s.H * s.W * s.C), Random(4, s.K * s.R * s.S * s.C), Random(5, s.P * s.Q * s.K));
        var (cx, cw, cgy) = (On(device, x), On(device, w), On(device, gy));
        Check(device, Reference.Conv2d(x, w, null, s), y => device.Kernels.Conv2d(cx, cw, null, y, s), 1e-5);
        Check(device, Reference.Conv2dInputGrad(gy, w, s), gx => device.Kernels.Conv2dInputGrad(cgy, cw, gx, s), 1e-5);
        Check(device, Reference.Conv2dWeightGrad(x, gy, s), gw => device.Kernels.Conv2dWeightGrad(cx, cgy, gw, s), 1e-5);

        var sum = new SumSpec(2, 1, 1, 700);
        float[] terms = Random(6, 1400);
        Check(device, Reference.Sum(terms, sum), y => device.Kernels.Sum(On(device, terms), y, sum), 1e-5);

        var g = new GridSampleSpec(1, 4, 4, 20, 3, 7, true, GridPadding.Zeros);
        float[] grid = Grid(g);
        var (dx, dgrid, dgy) = (On(device, x), On(device, grid), On(device, gy));
        Check(device, Reference.GridSampleInputGrad(gy, grid, null, g), gx => device.Kernels.GridSampleInputGrad(dgy, dgrid, null, gx, g), 1e-5);
        Check(device, Reference.GridSampleGridGrad(x, grid, null, gy, g), o => device.Kernels.GridSampleGridGrad(dx, dgrid, null, dgy, o, g), 1e-5);
    }

    [TestCase(1, 3)]
    [TestCase(2, 8)]
    public void SparseProduct(int n, int c)
    {
        var random = new Random(5);
        var matrix = CsrMatrix.FromEntries(9, 7, Enumerable.Range(0, 25).Select(_ =>
            (random.Next(8), random.Next(7), (float)random.NextDouble() - 0.5f))); // the last row is empty
        var (x, z) = (Random(1, n * matrix.Columns * c), Random(2, n * matrix.Rows * c));
        var a = _device.Upload(matrix);
        SparseProductSpec alone = new(n, c, 2f, 0f), step = new(n, c, 2f, -1f);
        Check(Reference.SparseProduct(matrix, x, null, alone), y => _device.Kernels.SparseProduct(a, On(x), null, y, alone), 1e-5);
        Check(Reference.SparseProduct(matrix, x, z, step), y => _device.Kernels.SparseProduct(a, On(x), On(z), y, step), 1e-5);
    }

    [TestCaseSource(nameof(Samplings))]
    public void GridSample(GridSampleSpec s)
    {
        var (x, grid, gy) = (Random(1, s.N * s.H * s.W * s.C), Grid(s), Random(3, s.N * s.P * s.Q * s.C));
        Check(Reference.GridSample(x, grid, null, s), y => _device.Kernels.GridSample(On(x), On(grid), null, y, s), 1e-5);
        Check(Reference.GridSampleInputGrad(gy, grid, null, s), gx => _device.Kernels.GridSampleInputGrad(On(gy), On(grid), null, gx, s), 1e-5);
        Check(Reference.GridSampleGridGrad(x, grid, null, gy, s), g => _device.Kernels.GridSampleGridGrad(On(x), On(grid), null, On(gy), g, s), 1e-5);
    }

    [TestCase(1e-28f)]
    [TestCase(1e30f)]
    [TestCase(0f)]
    public void GridSampleInputGradAtAnyMagnitude(float magnitude)
    {
        var s = new GridSampleSpec(1, 3, 3, 2, 9, 9, false, GridPadding.Border);
        float[] grid = Grid(s), gy = [.. Random(3, s.P * s.Q * s.C).Select(v => v * magnitude)];
        double[] expected = Reference.GridSampleInputGrad(gy, grid, null, s);
        float[] gx = Run(_device, expected.Length, y => _device.Kernels.GridSampleInputGrad(On(gy), On(grid), null, y, s));
        Assert.That(gx, Is.EqualTo(expected).Within(4e-6 * magnitude));
    }

    [Test]
    public void GridSampleInputGradOfNaNIsNaNWhereItFalls()
    {
        var s = new GridSampleSpec(1, 3, 3, 1, 2, 2, false, GridPadding.Zeros);
        float[] grid = [-0.6f, -0.6f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f];
        float[] gx = Run(_device, 9, y => _device.Kernels.GridSampleInputGrad(On([1, float.NaN, 0, 0]), On(grid), null, y, s));
        Assert.That(gx.Select(float.IsNaN), Is.EqualTo(new[] { false, false, false, false, true, true, false, true, true }));
        Assert.That(gx[0], Is.GreaterThan(0.5f));
    }

    [TestCase(2, 13, 3, 0f, 0.1f)]
    [TestCase(1, 200, 8, 1000f, 1f)]
    [TestCase(1, 1, 4, 0f, 0f)]
    public void InstanceNorm(int n, int pixels, int c, float shift, float slope)
    {
        var s = new InstanceNormSpec(n, pixels, c, 1e-5f, slope);
        float[] x = [.. Random(1, n * pixels * c).Select(v => v + shift)], gy = Random(2, x.Length);
        var (y, statistics) = Reference.InstanceNorm(x, s);
        float[] narrow = [.. statistics.Select(v => (float)v)];

        // A mean of 1000 has an error of 3·10⁻⁵ as a float; so have the values that are centred by it.
        double tolerance = shift == 0 ? 1e-5 : 2e-4;
        Check(y, o => _device.Kernels.InstanceNorm(On(x), o, _device.Rent(statistics.Length), s), tolerance);
        Check(statistics, o => _device.Kernels.InstanceNorm(On(x), _device.Rent(y.Length), o, s), 1e-5);
        Check(statistics, o => _device.Kernels.InstanceStatistics(On(x), o, s), 1e-5);
        Check(Reference.InstanceNormGrad(x, gy, s), gx => _device.Kernels.InstanceNormGrad(On(x), On(narrow), On(gy), gx, s), 10 * tolerance);
    }

    [TestCase(1)]
    [TestCase(23)]
    [TestCase(64)]
    public void Map(int length)
    {
        float[] x = Random(1, length), positive = [.. x.Select(v => MathF.Abs(v) + 0.1f)];
        MapOf(new Affine(2f, -3f), x);
        MapOf(new Square(), x);
        MapOf(new Sqrt(), positive);
        MapOf(new Reciprocal(), positive);
        MapOf(new Exp(), x);
        MapOf(new Log(), positive);
        MapOf(new Sigmoid(), x);
        MapOf(new Tanh(), x);
        MapOf(new Elu(), x);
        MapOf(new LeakyRelu(0.2f), x);
        MapOf(new Abs(), x);
        MapOf(new Sign(), x);
        float[] filled = Run(_device, length, y => _device.Kernels.Fill(y, 1.5f, length));
        Assert.That(filled, Has.All.EqualTo(1.5f));
    }

    [TestCase(1, 1, 1, 27, "ab")]
    [TestCase(2, 3, 4, 8, "ab")]
    [TestCase(2, 3, 4, 5, "ab")]
    [TestCase(1, 1, 6, 8, "a")]
    [TestCase(1, 1, 6, 7, "b")]
    [TestCase(2, 3, 5, 4, "0")]
    [TestCase(2, 1, 5, 3, "0")]
    public void Zip(int d0, int d1, int d2, int d3, string full)
    {
        int[] all = [d1 * d2 * d3, d2 * d3, d3, 1], inner = [0, 0, 0, 1], outer = [1, 0, 0, 0];
        int[] a = full.Contains('a') ? all : full == "0" ? outer : inner, b = full.Contains('b') ? all : inner;
        var s = new BroadcastSpec(d0, d1, d2, d3, a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]);
        float[] va = Random(1, d0 * d1 * d2 * d3), vb = [.. Random(2, va.Length).Select(v => v + (v < 0 ? -0.2f : 0.2f))];
        ZipOf(new Add(), va, vb, s);
        ZipOf(new Sub(), va, vb, s);
        ZipOf(new Mul(), va, vb, s);
        ZipOf(new Div(), va, vb, s);
        ZipOf(new LeakyReluGrad(0.2f), va, vb, s);
        ZipOf(new EluGrad(), va, vb, s);
        ZipOf(new SigmoidGrad(), va, vb, s);
        ZipOf(new TanhGrad(), va, vb, s);
        ZipOf(new Lerp(0.3f), va, vb, s);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void RandomNumbers(bool normal)
    {
        var s = new RandomSpec(1003, 0x9E3779B97F4A7C15, 17179869180, normal);
        Check(Reference.Random(s), y => _device.Kernels.Random(y, s), normal ? 1e-6 : 0);
    }

    [TestCase(1, 300, 5, 1)]
    [TestCase(3, 7, 4, 1)]
    [TestCase(2, 1, 1, 500)]
    [TestCase(1, 9000, 1, 1)]
    [TestCase(1, 1, 1, 1)]
    [TestCase(2, 5, 3, 130)]
    [TestCase(2, 5, 3, 7)]
    [TestCase(6, 1, 1, 9)]
    public void Sum(int k0, int r1, int k2, int r3)
    {
        var s = new SumSpec(k0, r1, k2, r3);
        float[] x = Random(1, k0 * r1 * k2 * r3);
        Check(Reference.Sum(x, s), y => _device.Kernels.Sum(On(x), y, s), 1e-5);
        s = s with { Power = 2 };
        Check(Reference.Sum(x, s), y => _device.Kernels.Sum(On(x), y, s), 1e-5);
    }

    [Test]
    public void StridedCopy()
    {
        float[] x = Random(1, 2 * 5 * 6 * 8), y = Random(2, 4000);
        StridedCopySpec[] copies =
        [
            new(2, 5, 6, 8, 240, 48, 8, 1, 240, 48, 8, 1, 0, 0),
            new(2, 3, 4, 5, 240, 48, 8, 1, 100, 30, 7, 1, 57, 3), // a slice into a wider place
            new(2, 3, 4, 4, 240, 48, 8, 1, 160, 40, 8, 1, 56, 44), // the same, aligned
            new(2, 8, 5, 6, 240, 1, 48, 8, 240, 30, 6, 1, 0, 0), // (N,H,W,C) to (N,C,H,W)
            new(3, 2, 4, 6, 0, 48, 0, 1, 48, 24, 6, 1, 0, 10), // broadcast
            new(1, 0, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0), // nothing
        ];
        foreach (var s in copies)
        {
            var target = On(y);
            _device.Kernels.StridedCopy(On(x), target, s);
            float[] result = new float[y.Length];
            _device.Download<float>(target, result);
            Assert.That(result, Is.EqualTo(Reference.StridedCopy(x, y, s)), s.ToString());
        }
    }

    [TestCase(2, 3, 5, 3, 2)]
    [TestCase(1, 4, 3, 8, 3)]
    [TestCase(1, 4, 3, 4, 1)]
    public void Blocks(int n, int h, int w, int c, int factor)
    {
        var s = new BlockSpec(n, h, w, c, factor, 0.25f);
        float[] coarse = Random(1, n * h * w * c), fine = Random(2, n * h * w * c * factor * factor);
        Check(Reference.Upsample(coarse, s), y => _device.Kernels.Upsample(On(coarse), y, s), 1e-6);
        Check(Reference.BlockSum(fine, s), y => _device.Kernels.BlockSum(On(fine), y, s), 1e-6);
    }

    [TestCaseSource(nameof(Resizes))]
    public void Resize(ResizeSpec s)
    {
        float[] x = Random(1, s.N * s.H * s.W * s.C), gy = Random(2, s.N * s.P * s.Q * s.C);
        Check(Reference.Resize(x, s), y => _device.Kernels.Resize(On(x), y, s), 1e-6);
        Check(Reference.ResizeGrad(gy, s), gx => _device.Kernels.ResizeGrad(On(gy), gx, s), 3e-6);
    }

    [Test]
    public void Adam()
    {
        var s = new AdamSpec(37, 3, 1e-2f, 0.9f, 0.999f, 1e-8f, 0.5f);
        float[] w = Random(1, 37), g = Random(2, 37), m = Random(3, 37), v = [.. Random(4, 37).Select(MathF.Abs)];
        var (dw, dm, dv) = (On(w), On(m), On(v));
        _device.Kernels.Adam(dw, On(g), dm, dv, s);
        var expected = Reference.Adam(w, g, m, v, s);
        foreach (var (buffer, numbers) in new[] { (dw, expected.W), (dm, expected.M), (dv, expected.V) })
        {
            float[] result = new float[37];
            _device.Download<float>(buffer, result);
            Assert.That(result, Is.EqualTo(numbers).Within(1e-6));
        }
    }

    [Test]
    public void AKernelIsCompiledOnce()
    {
        float[] x = Random(1, 2 * 4 * 4 * 4), y = new float[x.Length];
        var (source, target) = (On(x), On(y));
        var block = new BlockSpec(1, 2, 2, 4, 2, 1f);
        void Run()
        {
            _device.Kernels.Map(new Square(), source, target, x.Length);
            _device.Kernels.Map(new Abs(), source, target, x.Length);
            _device.Kernels.BlockSum(source, target, block);
            _device.Kernels.BlockSum(source, target, block with { C = 3 });
            _device.Kernels.MatMul(source, source, target, new MatMulSpec(1, 4, 4, 4, true, false));
        }

        Run();
        int compiled = ((GpuKernels)_device.Kernels).CompiledKernels;
        Run();
        Assert.That(((GpuKernels)_device.Kernels).CompiledKernels, Is.EqualTo(compiled));
    }

    /// <summary>A convolution that only doubles its input needs memory for the doubled one alone.</summary>
    [Test]
    public void DoublingTakesOneBuffer()
    {
        using var device = GpuDevice.Simulator();
        var s = new Conv2dSpec(1, 32, 32, 4, 1, 1, 1, 1, 0);
        DeviceBuffer x = device.Rent(16 * 16 * 4), w = device.Rent(4), y = device.Rent(32 * 32);
        device.Return(device.Rent(32 * 32 * 4));
        long bytes = device.AllocatedBytes;
        device.Kernels.Conv2d(x, w, null, y, s, new ConvFusion { Upsample = true });
        Assert.That(device.AllocatedBytes, Is.EqualTo(bytes));
    }

    [Test]
    public void TheSimulatorIsAmongTheDevices() =>
        Assert.That(Device.Available().Select(d => d.Name), Does.Contain("cpu").And.Contains("simulator"));

    [TestCase("gpu")]
    [TestCase("cuda:x")]
    [TestCase("cuda:-1")]
    [TestCase("cuda:999")]
    public void ADeviceThatIsNotThereIsNamedInOneLine(string name) => Assert.That(
        () => Device.Open(name),
        Throws.InstanceOf<DeviceException>().With.Message.Contains(name).And.Message.Contains("simulator").And.Message.Not.Contains("\n"));

    private static float[] Random(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() * 2) - 1))];
    }

    // Points inside, outside, far away and nowhere.
    private static float[] Grid(GridSampleSpec s)
    {
        float[] grid = [.. Random(7, s.N * s.P * s.Q * 2).Select(v => 1.3f * v)];
        grid[0] = float.NaN;
        grid[3] = float.PositiveInfinity;
        grid[4] = -1e20f;
        grid[5] = 1e9f;
        return grid;
    }

    private void MapOf<T>(T f, float[] x)
        where T : unmanaged, IUnary
    {
        Check(Reference.Map(f, x), y => _device.Kernels.Map(f, On(x), y, x.Length), 1e-6);
        Check(Reference.Map(f, x), y =>
        {
            _device.Upload<float>(x, y);
            _device.Kernels.Map(f, y, y, x.Length);
        }, 1e-6);
    }

    private void ZipOf<T>(T f, float[] a, float[] b, BroadcastSpec s)
        where T : unmanaged, IBinary =>
        Check(Reference.Zip(f, a, b, s), y => _device.Kernels.Zip(f, On(a), On(b), y, s), 1e-6);

    private DeviceBuffer On(float[] values) => On(_device, values);

    private static DeviceBuffer On(Device device, float[] values)
    {
        var buffer = device.Rent(values.Length);
        device.Upload<float>(values, buffer);
        return buffer;
    }

    private void Check(double[] expected, Action<DeviceBuffer> kernel, double tolerance) => Check(_device, expected, kernel, tolerance);

    private static void Check(Device device, double[] expected, Action<DeviceBuffer> kernel, double tolerance)
    {
        float[] y = Run(device, expected.Length, kernel);
        for (int i = 0; i < y.Length; i++)
        {
            Assert.That(y[i], Is.EqualTo(expected[i]).Within(tolerance * (1 + Math.Abs(expected[i]))), $"element {i} of {y.Length}");
        }
    }

    // The output between what was there before it, NaN, and sentinels behind it.
    private static float[] Run(Device device, int length, Action<DeviceBuffer> kernel)
    {
        var y = device.Rent(length + 70);
        float[] all = new float[length + 70];
        Array.Fill(all, float.NaN, 0, length);
        Array.Fill(all, Sentinel, length, 70);
        device.Upload<float>(all, y);
        kernel(y);
        device.Download<float>(y, all);
        Assert.That(all[length..], Has.All.EqualTo(Sentinel), "written behind the end");
        return all[..length];
    }
}
