using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>Random numbers: the same on every device.</summary>
/// <param name="Name">Its name in the file of reference answers.</param>
/// <param name="Function">The generator.</param>
internal sealed record RandomCase(string Name, Func<Device, Tensor> Function) : VerificationCase("random", Name)
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<RandomCase> All { get; } =
    [
        new("Uniform.Odd", device => Ops.Uniform(device, [103], 3)),
        new("Uniform.Offset", device => Ops.Uniform(device, [63], 0x9E3779B97F4A7C15, 40)),
        new("Uniform.Far", device => Ops.Uniform(device, [37], 1, 4L << 33)),
        new("Normal.Odd", device => Ops.Normal(device, [103], 3)),
        new("Normal.Offset", device => Ops.Normal(device, [63], 0x9E3779B97F4A7C15, 40)),
        new("Normal.Far", device => Ops.Normal(device, [37], 1, 4L << 33)),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<VerificationOrder> Orders => [VerificationOrder.Forward];

    /// <inheritdoc/>
    internal override IReadOnlyList<Answer> Compute(Device device)
    {
        using var tape = Tape.Start();
        return [Answer.Of(VerificationOrder.Forward, "y", Function(device), Verification.Fixture.Load(Fixture), $"{Name}/y", Tolerance.Standard.Forward)];
    }
}
