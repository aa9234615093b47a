using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels.Properties;

internal sealed class ReductionProperties : KernelProperties
{
    private static readonly Axis[] s_norm =
    [
        Axis.Batch, new("Pixels", [2, 3, 1, 5, 16, 49, 255, 1100], 6), Axis.Channels("C"), new("Shift", [0, 1, -10]), Axis.Flag("BigEpsilon"), Axis.Flag("Rectified"), Axis.Poison,
    ];

    [Test]
    public void Sum([ValueSource(nameof(Devices))] string device) => Holds(
        device,
        [
            new("K0", [1, 2, 3, 17, 0], 4), new("R1", [1, 2, 5, 33, 300, 0], 4), new("K2", [1, 2, 3, 16, 17, 33, 0], 5),
            new("R3", [1, 2, 7, 16, 31, 130, 0], 6), new("Power", [1, 2]), Axis.Poison,
        ],
        d =>
        {
            // Not around zero: the rounding of a sum that cancels says nothing.
            var s = new SumSpec(d["K0"], d["R1"], d["K2"], d["R3"], d["Power"]);
            float[] x = d.Poison([.. Normal((long)s.K0 * s.R1 * s.K2 * s.R3, 1).Select(v => v + 1)]);
            return new([x], [Reference.Sum(x, s)], (k, i, o) => k.Sum(i[0], o[0], s));
        });

    [Test]
    public void InstanceNorm([ValueSource(nameof(Devices))] string device) => Holds(device, s_norm, d =>
    {
        var s = Norm(d);
        float[] x = d.Poison(Spread(d));
        var (y, statistics) = Reference.InstanceNorm(x, s);
        return new([x], [y, statistics], (k, i, o) => k.InstanceNorm(i[0], o[0], o[1], s));
    });

    [Test]
    public void InstanceStatistics([ValueSource(nameof(Devices))] string device) => Holds(device, s_norm, d =>
    {
        var s = Norm(d);
        float[] x = d.Poison(Spread(d));
        return new([x], [Reference.InstanceNorm(x, s).Statistics], (k, i, o) => k.InstanceStatistics(i[0], o[0], s));
    });

    [Test]
    public void InstanceNormGrad([ValueSource(nameof(Devices))] string device) => Holds(device, s_norm, d =>
    {
        var s = Norm(d);
        float[] x = Spread(d), gy = d.Poison(Normal(x.Length, 2));
        float[] statistics = [.. Reference.InstanceNorm(x, s).Statistics.Select(v => (float)v)];
        return new([x, statistics, gy], [Reference.InstanceNormGrad(x, gy, s)], (k, i, o) => k.InstanceNormGrad(i[0], i[1], i[2], o[0], s))
        {
            Tolerance = Mimesh.Verification.Tolerance.Standard.Gradient,
        };
    });

    // The gradient of two pixels is what ε leaves of differences of equal numbers: with a small one, rounding errors alone.
    private static InstanceNormSpec Norm(Draw d) =>
        new(d["N"], d["Pixels"], d["C"], d.Is("BigEpsilon") || d["Pixels"] == 2 ? 0.5f : 1e-5f, d.Is("Rectified") ? 0.1f : 1f);

    // Pixels alternate between 1 and −1, more or less: values close together would be noise after normalisation.
    private static float[] Spread(Draw d)
    {
        int c = d["C"], pixels = d["Pixels"];
        return [.. Normal((long)d["N"] * pixels * c, 1).Select((v, i) => (0.3f * v) + (i / c % pixels % 2 == 0 ? 1 : -1) + d["Shift"])];
    }
}
