using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels.Properties;

internal sealed class SamplingProperties : KernelProperties
{
    private static readonly Axis[] s_grid =
    [
        Axis.Batch, Axis.Side("H"), Axis.Side("W"), Axis.Channels("C"), new("P", [1, 2, 3, 5, 8, 0], 4), new("Q", [1, 2, 3, 6, 9], 4),
        Axis.Flag("AlignCorners"), Axis.Flag("Border"), new("Reach", [1, 2, 30]), Axis.Flag("Offset"), Axis.Flag("Masked"), Axis.Poison,
    ];

    private static readonly Axis[] s_resize =
        [Axis.Batch, Axis.Side("H"), Axis.Side("W"), Axis.Channels("C"), Axis.Side("P"), Axis.Side("Q"), Axis.Flag("AlignCorners"), Axis.Poison];

    private static readonly Axis[] s_block =
        [Axis.Batch, new("H", [1, 2, 3, 5, 8], 4), new("W", [1, 2, 3, 5, 9], 4), Axis.Channels("C"), new("Factor", [1, 2, 3, 4], 3), Axis.Flag("Average"), Axis.Poison];

    [Test]
    public void GridSample([ValueSource(nameof(Devices))] string device) => Holds(device, s_grid, d =>
    {
        var s = Grid(d);
        float[] x = d.Poison(Normal(s.N * s.H * s.W * s.C, 1)), grid = Places(d);
        return Masked(d, [x, grid], m => Reference.GridSample(x, grid, m, s), (k, i, m, o) => k.GridSample(i[0], i[1], m, o, s));
    });

    [Test]
    public void GridSampleInputGrad([ValueSource(nameof(Devices))] string device) => Holds(device, s_grid, d =>
    {
        var s = Grid(d);
        float[] gy = d.Poison(Normal(s.N * s.P * s.Q * s.C, 1)), grid = Places(d);
        return Masked(d, [gy, grid], m => Reference.GridSampleInputGrad(gy, grid, m, s), (k, i, m, o) => k.GridSampleInputGrad(i[0], i[1], m, o, s));
    });

    [Test]
    public void GridSampleGridGrad([ValueSource(nameof(Devices))] string device) => Holds(device, s_grid, d =>
    {
        var s = Grid(d);
        float[] x = d.Poison(Normal(s.N * s.H * s.W * s.C, 1)), gy = Normal(s.N * s.P * s.Q * s.C, 2), grid = Places(d);
        return Masked(
            d, [x, grid, gy], m => Reference.GridSampleGridGrad(x, grid, m, gy, s), (k, i, m, o) => k.GridSampleGridGrad(i[0], i[1], m, i[2], o, s));
    });

    [Test]
    public void GridSampleMaskGrad([ValueSource(nameof(Devices))] string device) => Holds(device, s_grid, d =>
    {
        var s = Grid(d);
        float[] x = d.Poison(Normal(s.N * s.H * s.W * s.C, 1)), gy = Normal(s.N * s.P * s.Q * s.C, 2), grid = Places(d);
        return new([x, grid, gy], [Reference.GridSampleMaskGrad(x, grid, gy, s)], (k, i, o) => k.GridSampleMaskGrad(i[0], i[1], i[2], o[0], s));
    });

    [Test]
    public void Resize([ValueSource(nameof(Devices))] string device) => Holds(device, s_resize, d =>
    {
        var s = Size(d);
        float[] x = d.Poison(Normal(s.N * s.H * s.W * s.C, 1));
        return new([x], [Reference.Resize(x, s)], (k, i, o) => k.Resize(i[0], o[0], s));
    });

    [Test]
    public void ResizeGrad([ValueSource(nameof(Devices))] string device) => Holds(device, s_resize, d =>
    {
        var s = Size(d);
        float[] gy = d.Poison(Normal(s.N * s.P * s.Q * s.C, 1));
        return new([gy], [Reference.ResizeGrad(gy, s)], (k, i, o) => k.ResizeGrad(i[0], o[0], s));
    });

    [Test]
    public void Upsample([ValueSource(nameof(Devices))] string device) => Holds(device, s_block, d =>
    {
        var s = Block(d);
        float[] x = d.Poison(Normal(s.N * s.H * s.W * s.C, 1));
        return new([x], [Reference.Upsample(x, s)], (k, i, o) => k.Upsample(i[0], o[0], s));
    });

    [Test]
    public void BlockSum([ValueSource(nameof(Devices))] string device) => Holds(device, s_block, d =>
    {
        var s = Block(d);
        float[] x = d.Poison(Normal(s.N * s.H * s.W * s.C * s.Factor * s.Factor, 1));
        return new([x], [Reference.BlockSum(x, s)], (k, i, o) => k.BlockSum(i[0], o[0], s));
    });

    private static GridSampleSpec Grid(Draw d) => new(
        d["N"], d["H"], d["W"], d["C"], d["P"], d["Q"], d.Is("AlignCorners"), d.Is("Border") ? GridPadding.Border : GridPadding.Zeros,
        d.Is("Offset"));

    // The call with a mask as its last input, or without one.
    private static KernelCall Masked(
        Draw d, float[][] inputs, Func<float[]?, double[]> expected, Action<IKernels, DeviceBuffer[], DeviceBuffer?, DeviceBuffer> run)
    {
        if (!d.Is("Masked"))
        {
            return new(inputs, [expected(null)], (k, i, o) => run(k, i, null, o[0]));
        }

        float[] mask = Normal(d["N"] * d["P"] * d["Q"], 9);
        return new([.. inputs, mask], [expected(mask)], (k, i, o) => run(k, i, i[^1], o[0]));
    }

    // A reach of 1 stays mostly inside the image, 30 is mostly outside.
    private static float[] Places(Draw d) => [.. Normal(d["N"] * d["P"] * d["Q"] * 2, 7).Select(v => 0.6f * d["Reach"] * v)];

    private static ResizeSpec Size(Draw d) => new(d["N"], d["H"], d["W"], d["C"], d["P"], d["Q"], d.Is("AlignCorners"));

    private static BlockSpec Block(Draw d) =>
        new(d["N"], d["H"], d["W"], d["C"], d["Factor"], d.Is("Average") ? 1f / (d["Factor"] * d["Factor"]) : 1f);
}
