using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mimesh.Kernels;

/// <summary>
/// <c>y[i, j] = Σ_k x[i, k]·w[j, k]</c> for few rows i and many columns j, as of a linear layer at a small batch: the weights
/// are what there is to read, and they are read once. Four rows × four columns at a time, vectors along k.
/// </summary>
internal static unsafe class FewRowsKernel
{
    // So many k of four columns and of four rows fit the nearest cache, where the next rows or columns find them.
    private const int Slab = 1024;

    // How far ahead of its use memory is asked for, in floats: the four streams are more than the processor foresees.
    private const int Ahead = 512;

    /// <summary>Whether the sixteen accumulators fit the registers.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    /// <summary>Computes rows × columns elements; rows of x, w and y are these strides apart.</summary>
    public static void Run(float* x, nint xRow, int rows, float* w, nint wRow, int columns, int depth, float* y, nint yRow)
    {
        for (int j = 0; j < columns; j += 4)
        {
            for (int k = 0; k < depth; k += Slab)
            {
                for (int i = 0; i < rows; i += 4)
                {
                    Tile(
                        x + (i * xRow) + k, xRow, Math.Min(4, rows - i), w + (j * wRow) + k, wRow, Math.Min(4, columns - j),
                        Math.Min(Slab, depth - k), y + (i * yRow) + j, yRow, k > 0);
                }
            }
        }
    }

    // Rows and columns that do not exist compute the first one again and are not stored.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(float* x, nint xRow, int rows, float* w, nint wRow, int columns, int depth, float* y, nint yRow, bool add)
    {
        float* x1 = rows > 1 ? x + xRow : x, x2 = rows > 2 ? x + (2 * xRow) : x, x3 = rows > 3 ? x + (3 * xRow) : x;
        float* w1 = columns > 1 ? w + wRow : w, w2 = columns > 2 ? w + (2 * wRow) : w, w3 = columns > 3 ? w + (3 * wRow) : w;
        Vector512<float> a0 = default, a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        Vector512<float> c0 = a0, c1 = a0, c2 = a0, c3 = a0, d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        nint k = 0;
        for (; k + 16 <= depth; k += 16)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(w + k + Ahead);
                Sse.Prefetch0(w1 + k + Ahead);
                Sse.Prefetch0(w2 + k + Ahead);
                Sse.Prefetch0(w3 + k + Ahead);
            }

            Vector512<float> v0 = Vector512.Load(w + k), v1 = Vector512.Load(w1 + k), v2 = Vector512.Load(w2 + k), v3 = Vector512.Load(w3 + k);
            var u = Vector512.Load(x + k);
            a0 = Vector512.FusedMultiplyAdd(u, v0, a0);
            a1 = Vector512.FusedMultiplyAdd(u, v1, a1);
            a2 = Vector512.FusedMultiplyAdd(u, v2, a2);
            a3 = Vector512.FusedMultiplyAdd(u, v3, a3);
            u = Vector512.Load(x1 + k);
            b0 = Vector512.FusedMultiplyAdd(u, v0, b0);
            b1 = Vector512.FusedMultiplyAdd(u, v1, b1);
            b2 = Vector512.FusedMultiplyAdd(u, v2, b2);
            b3 = Vector512.FusedMultiplyAdd(u, v3, b3);
            u = Vector512.Load(x2 + k);
            c0 = Vector512.FusedMultiplyAdd(u, v0, c0);
            c1 = Vector512.FusedMultiplyAdd(u, v1, c1);
            c2 = Vector512.FusedMultiplyAdd(u, v2, c2);
            c3 = Vector512.FusedMultiplyAdd(u, v3, c3);
            u = Vector512.Load(x3 + k);
            d0 = Vector512.FusedMultiplyAdd(u, v0, d0);
            d1 = Vector512.FusedMultiplyAdd(u, v1, d1);
            d2 = Vector512.FusedMultiplyAdd(u, v2, d2);
            d3 = Vector512.FusedMultiplyAdd(u, v3, d3);
        }

        float* sums = stackalloc float[16]
        {
            Vector512.Sum(a0), Vector512.Sum(a1), Vector512.Sum(a2), Vector512.Sum(a3),
            Vector512.Sum(b0), Vector512.Sum(b1), Vector512.Sum(b2), Vector512.Sum(b3),
            Vector512.Sum(c0), Vector512.Sum(c1), Vector512.Sum(c2), Vector512.Sum(c3),
            Vector512.Sum(d0), Vector512.Sum(d1), Vector512.Sum(d2), Vector512.Sum(d3),
        };
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                float sum = sums[(4 * i) + j];
                for (nint rest = k; rest < depth; rest++)
                {
                    sum += x[(i * xRow) + rest] * w[(j * wRow) + rest];
                }

                y[(i * yRow) + j] = sum + (add ? y[(i * yRow) + j] : 0f);
            }
        }
    }
}
