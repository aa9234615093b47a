using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels.Properties;

internal sealed class ProductProperties : KernelProperties
{
    private static readonly int[] s_sizes = [1, 2, 3, 4, 5, 8, 0, 13, 16, 17, 31, 33, 63, 64, 65, 100];

    [Test]
    public void MatMul([ValueSource(nameof(Devices))] string device) => Holds(
        device,
        [Axis.Batch, new("M", s_sizes, 10), new("Columns", s_sizes, 10), new("K", s_sizes, 11), Axis.Flag("TransposeA"), Axis.Flag("TransposeB"), Axis.Poison],
        d =>
        {
            var s = new MatMulSpec(d["N"], d["M"], d["Columns"], d["K"], d.Is("TransposeA"), d.Is("TransposeB"));
            float[] a = d.Poison(Normal(s.Batch * s.M * s.K, 1)), b = Normal(s.Batch * s.K * s.N, 2);
            return new([a, b], [Reference.MatMul(a, b, s)], (k, i, o) => k.MatMul(i[0], i[1], o[0], s));
        });

    [Test]
    public void SparseProduct([ValueSource(nameof(Devices))] string device) => Holds(device, SparseAxes, d =>
    {
        var a = Matrix(d);
        var s = new SparseProductSpec(d["N"], d["C"], 0.5f * d["Alpha"], d.Is("Z") ? -1.5f : 0f);
        float[] x = d.Poison(Normal((long)s.N * a.Columns * s.C, 1)), z = Normal((long)s.N * a.Rows * s.C, 2);
        float[][] inputs = [Bits(a.RowStart), Bits(a.Column), a.Value, x, z];
        return new(inputs, [Reference.SparseProduct(a, x, d.Is("Z") ? z : null, s)], (k, i, o) =>
            k.SparseProduct(new DeviceCsr(null!, a.Rows, a.Columns, i[0], i[1], i[2]), i[3], d.Is("Z") ? i[4] : null, o[0], s));
    });

    /// <summary>The transpose is made on the host; its product is compared with a loop over the entries of the matrix itself.</summary>
    [Test]
    public void TransposedSparseProduct([ValueSource(nameof(Devices))] string device) => Holds(device, SparseAxes, d =>
    {
        CsrMatrix a = Matrix(d), t = a.Transpose();
        var s = new SparseProductSpec(d["N"], d["C"], 0.5f * d["Alpha"], 0f);
        float[] x = Normal((long)s.N * a.Rows * s.C, 1);
        double[] y = new double[s.N * a.Columns * s.C];
        for (int i = 0; i < y.Length; i++)
        {
            int c = i % s.C, column = i / s.C % a.Columns, n = i / s.C / a.Columns;
            for (int row = 0; row < a.Rows; row++)
            {
                for (int e = a.RowStart[row]; e < a.RowStart[row + 1]; e++)
                {
                    y[i] += a.Column[e] == column ? (double)s.Alpha * a.Value[e] * x[(((n * a.Rows) + row) * s.C) + c] : 0;
                }
            }
        }

        return new([Bits(t.RowStart), Bits(t.Column), t.Value, x], [y], (k, i, o) =>
            k.SparseProduct(new DeviceCsr(null!, t.Rows, t.Columns, i[0], i[1], i[2]), i[3], null, o[0], s));
    });

    private static Axis[] SparseAxes =>
    [
        Axis.Batch, new("Rows", [1, 2, 3, 7, 30, 100], 5), new("Columns", [1, 2, 3, 9, 25, 80], 5), Axis.Channels("C"),
        new("Entries", [0, 1, 2, 5, 20, 90, 300], 6), new("Alpha", [2, 1, -3]), Axis.Flag("Z"), Axis.Poison,
    ];

    // Some rows are empty, and entries that fall on one place are added.
    private static CsrMatrix Matrix(Draw d)
    {
        var random = new Random(5);
        return CsrMatrix.FromEntries(
            d["Rows"], d["Columns"],
            [.. Enumerable.Range(0, d["Entries"]).Select(_ => (random.Next(d["Rows"]), random.Next(d["Columns"]), random.NextSingle() + 0.1f))]);
    }

    private static float[] Bits(int[] values) => [.. values.Select(BitConverter.Int32BitsToSingle)];
}
