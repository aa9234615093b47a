using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels.Properties;

internal sealed class ConvolutionProperties : KernelProperties
{
    // Padding may be wider than the kernel, so that whole outputs see nothing but zeros.
    private static readonly Axis[] s_axes =
    [
        Axis.Batch, Axis.Side("H"), Axis.Side("W"), Axis.Channels("C"), Axis.Channels("K"), new("R", [1, 2, 3, 4, 5, 7], 4),
        new("S", [1, 2, 3, 4, 5, 7], 4), new("Stride", [1, 2, 3]), new("Pad", [0, 1, 2, 3, 5, 8], 4), Axis.Flag("Bias"), Axis.Poison,
    ];

    [Test]
    public void Conv2d([ValueSource(nameof(Devices))] string device) => Holds(device, s_axes, draw =>
    {
        var s = Spec(draw);
        float[] x = draw.Poison(Normal(X(s), 1)), w = Normal(W(s), 2), b = Normal(s.K, 3);
        return draw.Is("Bias")
            ? new([x, w, b], [Reference.Conv2d(x, w, b, s)], (k, i, o) => k.Conv2d(i[0], i[1], i[2], o[0], s))
            : new([x, w], [Reference.Conv2d(x, w, null, s)], (k, i, o) => k.Conv2d(i[0], i[1], null, o[0], s));
    });

    [Test]
    public void Conv2dInputGrad([ValueSource(nameof(Devices))] string device) => Holds(device, s_axes, draw =>
    {
        var s = Spec(draw);
        float[] gy = draw.Poison(Normal(Y(s), 1)), w = Normal(W(s), 2);
        return new([gy, w], [Reference.Conv2dInputGrad(gy, w, s)], (k, i, o) => k.Conv2dInputGrad(i[0], i[1], o[0], s));
    });

    [Test]
    public void Conv2dWeightGrad([ValueSource(nameof(Devices))] string device) => Holds(device, s_axes, draw =>
    {
        var s = Spec(draw);
        float[] x = draw.Poison(Normal(X(s), 1)), gy = Normal(Y(s), 2);
        return new([x, gy], [Reference.Conv2dWeightGrad(x, gy, s)], (k, i, o) => k.Conv2dWeightGrad(i[0], i[1], o[0], s));
    });

    // The kernel is cut to the padded image.
    private static Conv2dSpec Spec(Draw d) => new(
        d["N"], d["H"], d["W"], d["C"], d["K"], Math.Min(d["R"], d["H"] + (2 * d["Pad"])), Math.Min(d["S"], d["W"] + (2 * d["Pad"])),
        d["Stride"], d["Pad"]);

    private static long X(Conv2dSpec s) => (long)s.N * s.H * s.W * s.C;

    private static long Y(Conv2dSpec s) => (long)s.N * s.P * s.Q * s.K;

    private static long W(Conv2dSpec s) => (long)s.K * s.R * s.S * s.C;
}
