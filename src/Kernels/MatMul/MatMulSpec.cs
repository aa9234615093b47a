namespace Mimesh.Kernels;

/// <summary>
/// A batch of matrix products <c>C_b = op(A_b)·op(B_b)</c>, row-major: op(A) is <c>(M, K)</c>, op(B) <c>(K, N)</c>,
/// C <c>(M, N)</c>; a transposed operand is stored <c>(K, M)</c> or <c>(N, K)</c>.
/// </summary>
/// <param name="Batch">Number of products.</param>
/// <param name="M">Rows of the result.</param>
/// <param name="N">Columns of the result.</param>
/// <param name="K">Inner length.</param>
/// <param name="TransposeA">Whether A is stored transposed.</param>
/// <param name="TransposeB">Whether B is stored transposed.</param>
public readonly record struct MatMulSpec(int Batch, int M, int N, int K, bool TransposeA, bool TransposeB)
{
    /// <summary>Floating-point operations.</summary>
    public long Flops => 2L * Batch * M * N * K;
}
