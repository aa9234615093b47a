namespace Mimesh.Verification;

/// <summary>
/// How far an answer may be from its reference: <c>|a − r| ≤ t·(1 + |r|)</c>. Every tolerance of <see cref="Verifier"/> and of the
/// tests of layers is in this file; one that is looser than <see cref="Standard"/> says why.
/// </summary>
/// <param name="Forward">Of values.</param>
/// <param name="Gradient">Of first derivatives.</param>
/// <param name="SecondOrder">Of derivatives of derivatives.</param>
internal readonly record struct Tolerance(double Forward, double Gradient, double SecondOrder)
{
    /// <summary>Float32 against a float64 reference.</summary>
    public static readonly Tolerance Standard = new(1e-5, 1e-4, 1e-3);

    /// <summary>Adjoint identities, relative to the norms of both factors: sums of some thousand float32 products.</summary>
    public const double Adjoint = 1e-5;

    /// <summary>
    /// Parameters after ten steps of Adam. Looser than a gradient: Adam divides by √v, so a gradient near 0 brings its
    /// relative error, not its absolute one, into the step.
    /// </summary>
    public const double AfterAdam = 1e-3;

    /// <summary>
    /// ONNX Runtime's answer of a whole network, relative to the largest number of ours: float32 on both sides, summed in other
    /// orders through some thirty layers.
    /// </summary>
    public const double OnnxRuntime = 1e-4;

    /// <summary>
    /// The least norm that a parameter's gradient is measured by, as a part of the largest gradient's of its network. A bias
    /// before an instance norm has no gradient but what rounding leaves.
    /// </summary>
    public const double GradientFloor = 1e-3;
}
