namespace Mimesh.Kernels;

/// <summary>
/// One step of Adam (Kingma and Ba 2015) on <c>Length</c> parameters, in place:
/// <c>g ← GradScale·g; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − LearningRate·(m/(1 − β₁ᵗ))/(√(v/(1 − β₂ᵗ)) + Epsilon)</c>.
/// </summary>
/// <param name="Length">Number of parameters.</param>
/// <param name="Step">t, from 1.</param>
/// <param name="LearningRate">Step size.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the denominator.</param>
/// <param name="GradScale">Factor of the gradient, from clipping; 1 for none.</param>
public readonly record struct AdamSpec(
    long Length, int Step, float LearningRate, float Beta1, float Beta2, float Epsilon, float GradScale);
