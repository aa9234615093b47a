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

    // Shapes that Winograd's algorithm takes, and those just beyond.
    private static readonly Axis[] s_tiles =
    [
        new("N", [1, 2, 3, 0]), new("H", [12, 13, 14, 15, 16, 17, 11, 33]), new("W", [12, 13, 14, 15, 17, 11, 40]),
        new("C", [16, 17, 31, 32, 33, 48, 68, 15, 8]), new("K", [16, 17, 31, 32, 33, 48, 68, 15]), new("Pad", [1, 0, 2]), Axis.Flag("Bias"),
        Axis.Flag("Fold"), Axis.Poison,
    ];

    [Test]
    public void Tiles() => Holds("cpu", s_tiles, draw =>
    {
        // Three by three of stride 1, or four by four of stride 2.
        int fold = draw.Is("Fold") ? 1 : 0;
        var s = new Conv2dSpec(
            draw["N"], draw["H"] << fold, (draw["W"] << fold) - fold, draw["C"], draw["K"], 3 + fold, 3 + fold, 1 + fold, draw["Pad"]);
        float[] x = draw.Poison(Normal(X(s), 1)), w = Normal(W(s), 2), gy = Normal(Y(s), 3), b = draw.Is("Bias") ? Normal(s.K, 4) : new float[s.K];
        return new(
            [x, w, gy, b],
            [Reference.Conv2d(x, w, b, s), Reference.Conv2dInputGrad(gy, w, s), Reference.Conv2dWeightGrad(x, gy, s)],
            (k, i, o) =>
            {
                k.Conv2d(i[0], i[1], draw.Is("Bias") ? i[3] : null, o[0], s);
                k.Conv2dInputGrad(i[2], i[1], o[1], s);
                k.Conv2dWeightGrad(i[0], i[2], o[2], s);
            });
    });

    // What may ride along, through every algorithm: tiles, overlap, dots, whole rows.
    private static readonly Axis[] s_fusion =
    [
        new("N", [1, 2, 3, 0]), new("H", [2, 4, 6, 14, 18]), new("W", [2, 4, 8, 14, 22]), new("C", [1, 3, 16, 17, 32, 33], 3),
        new("K", [1, 3, 4, 16, 17, 33], 4), new("R", [1, 3, 4, 7], 2), new("Stride", [1, 2]), Axis.Flag("Bias"), Axis.Flag("Normalize"),
        new("InputSlope", [0, 1, 2]), Axis.Flag("Upsample"), new("Out", [0, 1, 2, 3]), Axis.Flag("Measure"),
        Axis.Poison,
    ];

    [Test]
    public void Fusion([ValueSource(nameof(Devices))] string device) => Holds(device, s_fusion, draw =>
    {
        int r = Math.Min(draw["R"], Math.Min(draw["H"], draw["W"])), doubling = draw.Is("Upsample") ? 2 : 1;
        var s = new Conv2dSpec(draw["N"], draw["H"], draw["W"], draw["C"], draw["K"], r, r, draw["Stride"], (r - 1) / 2);
        float? inputSlope = draw["InputSlope"] switch { 0 => null, 1 => 0f, _ => 0.2f };
        float? outputSlope = draw["Out"] switch { 1 => 0f, 2 => 0.1f, _ => null };
        float[] x = draw.Poison(Normal(X(s) / (doubling * doubling), 1)), w = Normal(W(s), 2), b = Normal(s.K, 3), residual = Normal(Y(s), 4);
        float[] statistics = [.. Normal(2L * s.N * s.C, 5).Select((v, i) => i / s.C % 2 == 0 ? v : 0.5f + MathF.Abs(v))], gy = Normal(Y(s), 6);

        float[] seen = new float[X(s)];
        for (long i = 0; i < seen.Length; i++)
        {
            int c = (int)(i % s.C), q = (int)(i / s.C % s.W), p = (int)(i / s.C / s.W % s.H), n = (int)(i / s.C / s.W / s.H);
            double v = x[(((((n * (s.H / doubling)) + (p / doubling)) * (s.W / doubling)) + (q / doubling)) * s.C) + c];
            v = draw.Is("Normalize") ? (v - statistics[(2 * n * s.C) + c]) * statistics[(((2 * n) + 1) * s.C) + c] : v;
            seen[i] = (float)(inputSlope is { } slope && v <= 0 ? v * slope : v);
        }

        double[] y = Reference.Conv2d(seen, w, draw.Is("Bias") ? b : null, s);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = outputSlope is { } slope && y[i] <= 0 ? y[i] * slope : y[i];
            y[i] += draw["Out"] == 3 ? residual[i] : 0;
        }

        double[] measured = new double[2 * s.N * s.K];
        for (int i = 0; i < s.N * s.K; i++)
        {
            int n = i / s.K, k = i % s.K, pixels = s.P * s.Q;
            double[] channel = [.. Enumerable.Range(0, pixels).Select(pixel => y[(((n * pixels) + pixel) * s.K) + k])];
            double mean = channel.Average();
            measured[(2 * n * s.K) + k] = mean;
            measured[(((2 * n) + 1) * s.K) + k] = 1 / Math.Sqrt(channel.Average(v => (v - mean) * (v - mean)) + 0.1);
        }

        bool measure = draw.Is("Measure");
        ConvFusion Rides(DeviceBuffer[] i, DeviceBuffer[] o) => new()
        {
            Statistics = draw.Is("Normalize") ? i[4] : null,
            InputSlope = inputSlope,
            Upsample = draw.Is("Upsample"),
            OutputSlope = outputSlope,
            Residual = draw["Out"] == 3 ? i[3] : null,
            OutputStatistics = measure ? o[2] : null,
            Epsilon = 0.1f,
        };
        return new(
            [x, w, b, residual, statistics, gy], [y, Reference.Conv2dWeightGrad(seen, gy, s), .. measure ? new[] { measured } : []],
            (k, i, o) =>
            {
                k.Conv2d(i[0], i[1], draw.Is("Bias") ? i[2] : null, o[0], s, Rides(i, o));
                k.Conv2dWeightGrad(i[0], i[5], o[1], s, Rides(i, o).WayIn());
            });
    });

    // The kernel is cut to the padded image.
    private static Conv2dSpec Spec(Draw d) => new(
        d["N"], d["H"], d["W"], d["C"], d["K"], Math.Min(d["R"], d["H"] + (2 * d["Pad"])), Math.Min(d["S"], d["W"] + (2 * d["Pad"])),
        d["Stride"], d["Pad"]);

    private static long X(Conv2dSpec s) => (long)s.N * s.H * s.W * s.C;

    private static long Y(Conv2dSpec s) => (long)s.N * s.P * s.Q * s.K;

    private static long W(Conv2dSpec s) => (long)s.K * s.R * s.S * s.C;
}
