namespace Mimesh.Layers;

/// <summary>
/// Chebyshev graph convolution (Defferrard et al. 2016): <c>y = Σₖ Tₖ(L̃)·x·θₖ + bias</c> with the recurrence
/// <c>T₀x = x, T₁x = L̃x, Tₖx = 2L̃·Tₖ₋₁x − Tₖ₋₂x</c> on the rescaled Laplacian L̃; θ <c>(order·C, outputs)</c>.
/// </summary>
public sealed class ChebyshevConv : Module
{
    private readonly SparseMatrix _laplacian;
    private readonly Linear _linear;
    private readonly int _order;

    /// <summary>Creates a graph convolution.</summary>
    /// <param name="init">First values.</param>
    /// <param name="laplacian">L̃ <c>(V, V)</c>, spectrum in [−1, 1]; it stays its maker's, and outlives this.</param>
    /// <param name="inputs">Input features C.</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="order">Number of polynomials K, at least 1.</param>
    public ChebyshevConv(Initializer init, SparseMatrix laplacian, int inputs, int outputs, int order)
        : base(init)
    {
        ArgumentNullException.ThrowIfNull(laplacian);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        _laplacian = laplacian;
        _order = order;
        _linear = Child("theta", new Linear(init, order * inputs, outputs));
    }

    /// <summary><c>(N, V, C)</c> to <c>(N, V, outputs)</c>.</summary>
    public Tensor Forward(Tensor x) => _linear.Forward(Ops.ChebyshevTerms(_laplacian, x, _order));
}
