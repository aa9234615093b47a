using Mimesh.Kernels;
using NUnit.Framework;
using static Mimesh.Tests.Kernels.CpuCheck;

namespace Mimesh.Tests.Kernels;

public sealed class CpuReductionTests
{
    [TestCase(1, 1, 1, 1)]
    [TestCase(1, 1, 1, 100001)]
    [TestCase(1, 70000, 1, 1)]
    [TestCase(3, 1, 1, 50001)]
    [TestCase(1, 5000, 16, 1)]
    [TestCase(1, 5001, 33, 1)]
    [TestCase(2, 3000, 3, 1)]
    [TestCase(1, 3, 40001, 1)]
    [TestCase(2, 50, 17, 40)]
    [TestCase(5000, 1, 3, 7)]
    [TestCase(5000, 3, 1, 1)]
    [TestCase(2, 3, 2, 20001)]
    [TestCase(1, 1, 40001, 1)]
    [TestCase(1, 40001, 3, 1)]
    [TestCase(2, 37, 5, 1)]
    [TestCase(1, 9001, 8, 1)]
    [TestCase(3, 130, 24, 1)]
    [TestCase(1, 2003, 63, 1)]
    [TestCase(1, 3001, 68, 1)]
    [TestCase(2, 77, 200, 1)]
    [TestCase(9001, 1, 1, 20)]
    [TestCase(3, 0, 4, 2)]
    [TestCase(0, 3, 4, 2)]
    [TestCase(3, 2, 4, 0)]
    public void Sum(int k0, int r1, int k2, int r3)
    {
        var s = new SumSpec(k0, r1, k2, r3);
        float[] x = Random((long)k0 * r1 * k2 * r3, 1);
        Run([x], [Reference.Sum(x, s)], (k, i, o) => k.Sum(i[0], o[0], s));
        s = s with { Power = 2 };
        Run([x], [Reference.Sum(x, s)], (k, i, o) => k.Sum(i[0], o[0], s));
    }

    /// <summary>A million numbers far from zero: one running sum of floats would be off by more than 10⁻⁴.</summary>
    [TestCase(1 << 20, 1, 1)]
    [TestCase(1 << 20, 3, 1)]
    [TestCase(1 << 18, 16, 1)]
    [TestCase(1 << 16, 96, 1)]
    [TestCase(1, 2, 1 << 20)]
    public void LongSumsKeepTheirDigits(int r1, int k2, int r3)
    {
        var s = new SumSpec(1, r1, k2, r3);
        float[] x = [.. Enumerable.Range(0, r1 * k2 * r3).Select(i => 1f + (i % 7 * 0.1f))];
        Run([x], [Reference.Sum(x, s)], (k, i, o) => k.Sum(i[0], o[0], s), 5e-7);
    }

    [TestCase(1, 1, 1, 1f)]
    [TestCase(1, 1, 33, 0f)]
    [TestCase(2, 49, 3, 0.1f)]
    [TestCase(3, 4099, 16, 1f)]
    [TestCase(2, 1100, 64, 0f)]
    [TestCase(1, 300, 128, 0.1f)]
    [TestCase(1, 2500, 40, 1f)]
    [TestCase(2, 50001, 1, 0f)]
    public void InstanceNorm(int n, int pixels, int c, float slope)
    {
        var s = new InstanceNormSpec(n, pixels, c, 1e-5f, slope);
        // A mean far from zero: a variance from Σx² would lose its digits.
        float[] x = [.. Random((long)n * pixels * c, 1).Select(v => v + 100f)], gy = Random(x.Length, 2);
        var (y, statistics) = Reference.InstanceNorm(x, s);
        if (pixels > 1)
        {
            Run([x], [y, statistics], (k, i, o) => k.InstanceNorm(i[0], o[0], o[1], s), 3e-5);
            Run([x], [statistics], (k, i, o) => k.InstanceStatistics(i[0], o[0], s));
            Run(
                [x, [.. statistics.Select(v => (float)v)], gy],
                [Reference.InstanceNormGrad(x, gy, s)],
                (k, i, o) => k.InstanceNormGrad(i[0], i[1], i[2], o[0], s),
                3e-5);
        }
        else
        {
            Run([x], [y, statistics], (k, i, o) => k.InstanceNorm(i[0], o[0], o[1], s));
        }
    }

    private static IEnumerable<StridedCopySpec> Copies()
    {
        yield return new StridedCopySpec(1, 1, 1, 50001, 0, 0, 0, 1, 0, 0, 0, 1, 3, 5);
        yield return new StridedCopySpec(1, 1, 2, 20011, 0, 0, 20011, 1, 0, 0, 20015, 1, 0, 3); // rows of several parts
        yield return new StridedCopySpec(1, 1, 2, 20011, 0, 0, 1, 2, 0, 0, 20011, 1, 0, 0);
        foreach (int c in (int[])[1, 2, 3, 4, 7, 8, 9, 16, 33])
        {
            int w = 11, h = 9;
            yield return new StridedCopySpec(2, h, w, c, h * w * c, w * c, c, 1, h * w * c, w, 1, h * w, 0, 0); // to channels first
            yield return new StridedCopySpec(2, c, h, w, c * h * w, h * w, w, 1, c * h * w, 1, w * c, c, 0, 0); // and back
            yield return new StridedCopySpec(2, 4, 5, c, h * w * c, w * c, c, 1, 20 * c, 5 * c, c, 1, ((2 * w) + 3) * c, 0); // a crop
            yield return new StridedCopySpec(2, h, w, c, h * w * c, w * c, c, 1, (h + 2) * (w + 2) * (c + 7), (w + 2) * (c + 7), c + 7, 1, 0, (w + 3) * (c + 7)); // padding, in some channels
            yield return new StridedCopySpec(2, h, w, c, 1, 0, 0, 0, h * w * c, w * c, c, 1, 0, 0); // a number an image
            yield return new StridedCopySpec(2, h, w, c, h * w * c, w * c, -c, 1, h * w * c, w * c, c, 1, (w - 1) * c, 0); // mirrored
        }

        yield return new StridedCopySpec(2, 0, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
    }

    [TestCaseSource(nameof(Copies))]
    public void StridedCopy(StridedCopySpec s)
    {
        float[] x = Random(60000, 1), y = Random(60000, 2);
        Run([x], [Reference.StridedCopy(x, y, s)], (k, i, o) => k.StridedCopy(i[0], o[0], s), 0, [y]);
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(16)]
    [TestCase(33)]
    public void SparseProduct(int c)
    {
        var random = new Random(1);
        var matrix = CsrMatrix.FromEntries(300, 200, [.. Enumerable.Range(0, 1500).Select(_ => (random.Next(300), random.Next(200), random.NextSingle() - 0.5f))]);
        foreach (var a in (CsrMatrix[])[matrix, matrix.Transpose()])
        {
            var s = new SparseProductSpec(2, c, 2f, -1f);
            float[] x = Random(2L * a.Columns * c, 1), z = Random(2L * a.Rows * c, 2);
            float[] Bits(int[] values) => [.. values.Select(BitConverter.Int32BitsToSingle)];
            float[][] inputs = [x, z, Bits(a.RowStart), Bits(a.Column), a.Value];
            Run(inputs, [Reference.SparseProduct(a, x, z, s)], (k, i, o) => k.SparseProduct(new DeviceCsr(null!, a.Rows, a.Columns, i[2], i[3], i[4]), i[0], i[1], o[0], s));
            s = s with { Beta = 0f };
            Run(inputs, [Reference.SparseProduct(a, x, null, s)], (k, i, o) => k.SparseProduct(new DeviceCsr(null!, a.Rows, a.Columns, i[2], i[3], i[4]), i[0], null, o[0], s));
        }
    }
}
