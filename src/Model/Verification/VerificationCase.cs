using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>What is verified of a case.</summary>
public enum VerificationOrder
{
    /// <summary>The values.</summary>
    Forward,

    /// <summary>The first derivatives.</summary>
    Gradient,

    /// <summary>The derivatives of the first derivatives.</summary>
    SecondOrder,

    /// <summary>That the vector-Jacobian product is the adjoint of the Jacobian-vector product; this needs no reference.</summary>
    Adjoint,

    /// <summary>That the same computation gives the same bits again; the error counts those numbers that differ.</summary>
    Repeat,
}

/// <summary>One computation with known answers: an operation at one set of shapes, a module, an optimiser.</summary>
/// <param name="Fixture">The file of reference answers.</param>
/// <param name="Name">Its name there: operation, dot, variant.</param>
public abstract record VerificationCase(string Fixture, string Name)
{
    /// <summary>The operation's name.</summary>
    public string Op => Name[..Name.IndexOf('.')];

    /// <summary>What this case verifies.</summary>
    public abstract IReadOnlyList<VerificationOrder> Orders { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => Name;

    /// <summary>Computes everything on a device, and compares.</summary>
    /// <param name="device">Where.</param>
    internal abstract IReadOnlyList<Answer> Compute(Device device);
}

/// <summary>One tensor that a case computed, beside its reference.</summary>
/// <param name="Order">What it is.</param>
/// <param name="Values">What was computed.</param>
/// <param name="Error">How far it is from the reference; infinite where it is not a number.</param>
/// <param name="Tolerance">How far it may be.</param>
/// <param name="Detail">Where the worst element is and what it should be.</param>
internal sealed record Answer(VerificationOrder Order, float[] Values, double Error, double Tolerance, string Detail)
{
    /// <summary>Compares a tensor with a stored one.</summary>
    public static Answer Of(
        VerificationOrder order, string what, Tensor actual, Safetensors fixture, string stored, double tolerance) =>
        actual.Shape == fixture.Tensors[stored].Shape
            ? Of(order, what, actual.ToArray(), fixture.Tensors[stored].Values, tolerance)
            : new Answer(order, [], double.PositiveInfinity, tolerance, $"{what} is {actual.Shape}, not {fixture.Tensors[stored].Shape}");

    /// <summary>Compares numbers with as many others.</summary>
    public static Answer Of(VerificationOrder order, string what, float[] actual, float[] expected, double tolerance)
    {
        var (error, at) = Worst(actual, expected);
        string detail = at < 0 ? what : $"{what}: element {at} of {actual.Length} is {actual[at]:R}, not {expected[at]:R}";
        return new Answer(order, actual, error, tolerance, detail);
    }

    /// <summary>The largest <c>|a − r|/(1 + |r|)</c> and where it is; −1 where all are equal.</summary>
    public static (double Error, int At) Worst(float[] actual, float[] expected)
    {
        (double Error, int At) worst = (0, -1);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs((double)actual[i] - expected[i]) / (1 + Math.Abs((double)expected[i]));
            if (!(error <= worst.Error))
            {
                worst = (double.IsNaN(error) ? double.PositiveInfinity : error, i);
            }
        }

        return worst;
    }
}
