namespace Mimesh.Kernels;

/// <summary>
/// <c>y[YOffset + Σ iₖ·Yₖ] = x[XOffset + Σ iₖ·Xₖ]</c> over the box <c>(D0, D1, D2, D3)</c>. Slices, padding, concatenation,
/// transposition and broadcasting (X stride 0) are all this one copy. Elements of y outside the box keep their value. Callers
/// merge dimensions first, so that runs get long.
/// </summary>
/// <param name="D0">Outermost size of the box.</param>
/// <param name="D1">Second size.</param>
/// <param name="D2">Third size.</param>
/// <param name="D3">Innermost size.</param>
/// <param name="X0">Stride of x along D0, in elements.</param>
/// <param name="X1">Stride of x along D1.</param>
/// <param name="X2">Stride of x along D2.</param>
/// <param name="X3">Stride of x along D3.</param>
/// <param name="Y0">Stride of y along D0.</param>
/// <param name="Y1">Stride of y along D1.</param>
/// <param name="Y2">Stride of y along D2.</param>
/// <param name="Y3">Stride of y along D3.</param>
/// <param name="XOffset">First element read.</param>
/// <param name="YOffset">First element written.</param>
public readonly record struct StridedCopySpec(
    int D0, int D1, int D2, int D3,
    int X0, int X1, int X2, int X3,
    int Y0, int Y1, int Y2, int Y3,
    int XOffset, int YOffset);
