namespace Mimesh.Kernels;

/// <summary>
/// <c>y[k0, k2] = Σ_{r1, r3} x[k0, r1, k2, r3]ᵖ</c>: sums over up to two separate runs of axes, x contiguous. The order of
/// the additions depends only on these sizes, so the sum has the same bits on any number of threads.
/// </summary>
/// <param name="K0">Outermost size, kept.</param>
/// <param name="R1">Second size, summed.</param>
/// <param name="K2">Third size, kept.</param>
/// <param name="R3">Innermost size, summed.</param>
/// <param name="Power">p: 1, or 2 for the sum of the squares.</param>
public readonly record struct SumSpec(int K0, int R1, int K2, int R3, int Power = 1);
