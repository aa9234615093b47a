using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>
/// Whether a device computes what it should: every operation, its first and second derivatives, the modules, Adam and the random
/// numbers, against answers of PyTorch in float64 that this library carries.
/// </summary>
public static class Verifier
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<VerificationCase> Cases { get; } =
        [.. OpCases.All, .. LayerCase.All, .. RandomCase.All, .. ModuleCase.All, new GradientPenaltyCase(), new AdamCase()];

    /// <summary>Computes a case twice on a device, compares with the references, and the second time with the first.</summary>
    /// <param name="device">Where.</param>
    /// <param name="verified">The case.</param>
    /// <returns>One row for each of the case's orders, and one for <see cref="VerificationOrder.Repeat"/>.</returns>
    public static IReadOnlyList<VerificationRow> Run(Device device, VerificationCase verified)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(verified);
        try
        {
            IReadOnlyList<Answer> answers = verified.Compute(device), again = verified.Compute(device);
            int differing = answers.Zip(again, (a, b) => Differing(a.Values, b.Values)).Sum();
            return
            [
                .. answers.GroupBy(a => a.Order).Select(order => order.MaxBy(a => a.Error / a.Tolerance)!).Select(
                    a => Row(a.Order, a.Error, a.Tolerance, a.Detail)),
                Row(VerificationOrder.Repeat, differing, 0, $"{differing} numbers differ from run to run"),
            ];
        }
        catch (Exception e)
        {
            // A kernel that does not compile or does not come back is a failed case; the others still tell something.
            return [Row(VerificationOrder.Forward, double.PositiveInfinity, 0, e.Message.ReplaceLineEndings(" "))];
        }

        VerificationRow Row(VerificationOrder order, double error, double tolerance, string detail) =>
            new(verified.Op, verified.Name, order, device.Name, error, tolerance) { Detail = detail };
    }

    // Bits, not values: NaN equals itself, and −0 is not 0.
    private static int Differing(float[] a, float[] b) =>
        Math.Abs(a.Length - b.Length)
        + MemoryMarshal.Cast<float, int>(a).ToArray().Zip(MemoryMarshal.Cast<float, int>(b).ToArray()).Count(pair => pair.First != pair.Second);
}

/// <summary>How far one case is from its references in one order.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Case">The case.</param>
/// <param name="Order">What was compared.</param>
/// <param name="Device">Where it was computed.</param>
/// <param name="Error">The largest <c>|a − r|/(1 + |r|)</c> over all elements a with references r, in the tensor that is worst beside its tolerance.</param>
/// <param name="Tolerance">How large it may be.</param>
public sealed record VerificationRow(string Op, string Case, VerificationOrder Order, string Device, double Error, double Tolerance)
{
    /// <summary>Whether the error is within the tolerance.</summary>
    public bool Pass => Error <= Tolerance;

    /// <summary>Which element is worst, or what went wrong.</summary>
    [JsonIgnore]
    public string Detail { get; init; } = "";
}
