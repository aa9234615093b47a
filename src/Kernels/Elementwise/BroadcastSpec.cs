namespace Mimesh.Kernels;

/// <summary>
/// The index space of a binary element-wise kernel: y is contiguous <c>(D0, D1, D2, D3)</c>; a and b are read with these
/// strides, 0 where they are broadcast. Callers merge dimensions first, so equal shapes arrive as <c>(1, 1, 1, n)</c>.
/// </summary>
/// <param name="D0">Outermost size.</param>
/// <param name="D1">Second size.</param>
/// <param name="D2">Third size.</param>
/// <param name="D3">Innermost size.</param>
/// <param name="A0">Stride of a along D0, in elements.</param>
/// <param name="A1">Stride of a along D1.</param>
/// <param name="A2">Stride of a along D2.</param>
/// <param name="A3">Stride of a along D3: 1 or 0.</param>
/// <param name="B0">Stride of b along D0.</param>
/// <param name="B1">Stride of b along D1.</param>
/// <param name="B2">Stride of b along D2.</param>
/// <param name="B3">Stride of b along D3: 1 or 0.</param>
public readonly record struct BroadcastSpec(
    int D0, int D1, int D2, int D3,
    int A0, int A1, int A2, int A3,
    int B0, int B1, int B2, int B3);
