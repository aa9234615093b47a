using Mimesh.Kernels;
using NUnit.Framework;
using static Mimesh.Tests.Kernels.CpuCheck;

namespace Mimesh.Tests.Kernels;

public sealed class CpuSamplingTests
{
    private static IEnumerable<GridSampleSpec> Grids() =>
        from c in (int[])[1, 2, 3, 5, 11, 16, 33]
        from align in (bool[])[false, true]
        from padding in (GridPadding[])[GridPadding.Zeros, GridPadding.Border]
        select new GridSampleSpec(1 + (c % 3), 5 + (c % 4), 7, c, 6, c == 3 ? 37 : 9 - (c % 5), align, padding);

    // Positions inside and outside, none so near a pixel's centre that rounding decides on which side it lies; then ones that
    // are not finite or far away.
    private static float[] Grid(GridSampleSpec s)
    {
        var random = new Random(4);
        float[] grid = new float[s.N * s.P * s.Q * 2];
        for (int i = 0; i < grid.Length; i++)
        {
            int size = i % 2 == 0 ? s.W : s.H;
            double pixel = random.Next(-3, size + 2) + 0.1 + (0.8 * random.NextDouble());
            grid[i] = (float)(s.AlignCorners ? (2 * pixel / Math.Max(1, size - 1)) - 1 : ((2 * pixel) + 1) / size - 1);
        }

        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -1e30f, 3e9f, -3e9f];
        for (int i = 0; i < odd.Length; i++)
        {
            grid[(4 * i) + (i % 2)] = odd[i];
        }

        return grid;
    }

    [TestCaseSource(nameof(Grids))]
    public void GridSample(GridSampleSpec s)
    {
        float[] x = Random(s.N * s.H * s.W * s.C, 1), grid = Grid(s);
        Run([x, grid], [Reference.GridSample(x, grid, null, s)], (k, i, o) => k.GridSample(i[0], i[1], null, o[0], s));
    }

    [TestCaseSource(nameof(Grids))]
    public void GridSampleInputGrad(GridSampleSpec s)
    {
        float[] gy = Random(s.N * s.P * s.Q * s.C, 1), grid = Grid(s);
        Run([gy, grid], [Reference.GridSampleInputGrad(gy, grid, null, s)], (k, i, o) => k.GridSampleInputGrad(i[0], i[1], null, o[0], s));
    }

    [TestCaseSource(nameof(Grids))]
    public void GridSampleGridGrad(GridSampleSpec s)
    {
        float[] x = Random(s.N * s.H * s.W * s.C, 1), gy = Random(s.N * s.P * s.Q * s.C, 2), grid = Grid(s);
        Run([x, grid, gy], [Reference.GridSampleGridGrad(x, grid, null, gy, s)], (k, i, o) => k.GridSampleGridGrad(i[0], i[1], null, i[2], o[0], s));
    }

    /// <summary>Bands of many image rows, of which each output row reaches a few.</summary>
    [TestCase(3)]
    [TestCase(18)]
    public void GridSampleInputGradInBands(int channels)
    {
        var s = new GridSampleSpec(2, 70, 40, channels, 50, 45, false, GridPadding.Border, Offset: true);
        float[] gy = Random(s.N * s.P * s.Q * s.C, 1), grid = [.. Random(s.N * s.P * s.Q * 2, 2).Select(v => 0.1f * v)];
        float[] mask = Random(s.N * s.P * s.Q, 3);
        // A place among 70 pixels is known to 10⁻⁵ of a pixel.
        Run([gy, grid, mask], [Reference.GridSampleInputGrad(gy, grid, mask, s)], (k, i, o) => k.GridSampleInputGrad(i[0], i[1], i[2], o[0], s), 1e-4);
    }

    private static IEnumerable<BlockSpec> Blocks() =>
        from c in (int[])[1, 2, 3, 5, 16, 33]
        from factor in (int[])[1, 2, 3]
        select new BlockSpec(1 + (c % 3), 5, 7, c, factor, 0.75f);

    [TestCaseSource(nameof(Blocks))]
    public void Upsample(BlockSpec s)
    {
        float[] x = Random(s.N * s.H * s.W * s.C, 1);
        Run([x], [Reference.Upsample(x, s)], (k, i, o) => k.Upsample(i[0], o[0], s));
    }

    [TestCaseSource(nameof(Blocks))]
    public void BlockSum(BlockSpec s)
    {
        float[] x = Random(s.N * s.H * s.W * s.C * s.Factor * s.Factor, 1);
        Run([x], [Reference.BlockSum(x, s)], (k, i, o) => k.BlockSum(i[0], o[0], s));
    }

    private static IEnumerable<ResizeSpec> Resizes() =>
        from c in (int[])[1, 2, 3, 5, 17, 32]
        from align in (bool[])[false, true]
        from size in ((int P, int Q)[])[(1, 1), (3, 4), (7, 6), (13, 17)]
        select new ResizeSpec(1 + (c % 3), 7, 6, c, size.P, size.Q, align);

    [TestCaseSource(nameof(Resizes))]
    public void Resize(ResizeSpec s)
    {
        float[] x = Random(s.N * s.H * s.W * s.C, 1);
        Run([x], [Reference.Resize(x, s)], (k, i, o) => k.Resize(i[0], o[0], s));
    }

    [TestCaseSource(nameof(Resizes))]
    public void ResizeGrad(ResizeSpec s)
    {
        float[] gy = Random(s.N * s.P * s.Q * s.C, 1);
        Run([gy], [Reference.ResizeGrad(gy, s)], (k, i, o) => k.ResizeGrad(i[0], o[0], s));
    }
}
