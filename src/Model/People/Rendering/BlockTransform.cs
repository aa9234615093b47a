using System.Runtime.Intrinsics;

namespace Mimesh.People;

/// <summary>The loss of a block codec: an 8×8 cosine transform, quantised harder where the eye sees less.</summary>
internal static class BlockTransform
{
    private static readonly float[] basis = Basis(); // [frequency, position]

    /// <summary>Quantises every 8×8 block of each channel of a luma–chroma version of the picture.</summary>
    /// <param name="pixels">(size, size, 3) in [0, 1]; size a multiple of 8.</param>
    /// <param name="size">Pixels a side.</param>
    /// <param name="coarseness">Quantiser step of the lowest frequency, in 1/255.</param>
    public static void Coarsen(float[] pixels, int size, int coarseness)
    {
        Span<float> luma = stackalloc float[64], blue = stackalloc float[64], red = stackalloc float[64];
        for (int y = 0; y < size; y += 8)
        {
            for (int x = 0; x < size; x += 8)
            {
                for (int i = 0; i < 64; i++)
                {
                    int at = (((y + (i >> 3)) * size) + x + (i & 7)) * 3;
                    float r = pixels[at], g = pixels[at + 1], b = pixels[at + 2];
                    float l = (0.299f * r) + (0.587f * g) + (0.114f * b);
                    (luma[i], blue[i], red[i]) = (l, (b - l) * 0.564f, (r - l) * 0.713f);
                }

                float step = coarseness / 255f;
                Quantise(luma, step, 0.25f);
                Quantise(blue, step * 1.4f, 0.9f);
                Quantise(red, step * 1.4f, 0.9f);
                for (int i = 0; i < 64; i++)
                {
                    int at = (((y + (i >> 3)) * size) + x + (i & 7)) * 3;
                    float r = luma[i] + (1.403f * red[i]), b = luma[i] + (1.773f * blue[i]);
                    pixels[at] = Math.Clamp(r, 0, 1);
                    pixels[at + 1] = Math.Clamp((luma[i] - (0.299f * r) - (0.114f * b)) * 1.7036f, 0, 1);
                    pixels[at + 2] = Math.Clamp(b, 0, 1);
                }
            }
        }
    }

    private static void Quantise(Span<float> block, float step, float slope)
    {
        Span<float> half = stackalloc float[64], full = stackalloc float[64];
        Multiply(block, half);
        Transpose(half, full);
        Multiply(full, half); // half[k, j] is the coefficient of column frequency j and row frequency k
        for (int k = 0; k < 8; k++)
        {
            for (int j = 0; j < 8; j++)
            {
                float q = step * (1 + (slope * (j + k)));
                half[(8 * k) + j] = q * MathF.Round(half[(8 * k) + j] / q);
            }
        }

        MultiplyTransposed(half, full);
        Transpose(full, half);
        MultiplyTransposed(half, block);
    }

    /// <summary>y[k, :] = Σ basis[k, n]·x[n, :].</summary>
    private static void Multiply(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int k = 0; k < 8; k++)
        {
            var sum = Vector256<float>.Zero;
            for (int n = 0; n < 8; n++)
            {
                sum += Vector256.Create(x.Slice(8 * n, 8)) * basis[(8 * k) + n];
            }

            sum.CopyTo(y[(8 * k)..]);
        }
    }

    /// <summary>y[n, :] = Σ basis[k, n]·x[k, :].</summary>
    private static void MultiplyTransposed(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int n = 0; n < 8; n++)
        {
            var sum = Vector256<float>.Zero;
            for (int k = 0; k < 8; k++)
            {
                sum += Vector256.Create(x.Slice(8 * k, 8)) * basis[(8 * k) + n];
            }

            sum.CopyTo(y[(8 * n)..]);
        }
    }

    private static void Transpose(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int i = 0; i < 64; i++)
        {
            y[((i & 7) * 8) + (i >> 3)] = x[i];
        }
    }

    private static float[] Basis()
    {
        var b = new float[64];
        for (int k = 0; k < 8; k++)
        {
            for (int n = 0; n < 8; n++)
            {
                b[(8 * k) + n] = MathF.Sqrt(k == 0 ? 0.125f : 0.25f) * MathF.Cos(MathF.PI * k * ((2 * n) + 1) / 16);
            }
        }

        return b;
    }
}
