namespace Mimesh.Imaging;

/// <summary>How near a picture is to the true one: on floats in [0, 1], before any rounding to bytes.</summary>
public static class PictureQuality
{
    private const int Window = 11;
    private const double Sigma = 1.5;

    /// <summary>Peak signal-to-noise ratio <c>−10·log₁₀ mean((a − b)²)</c> over all pixels and channels, in dB; at most 100.</summary>
    /// <param name="a">One picture.</param>
    /// <param name="b">The other, as many numbers.</param>
    public static double Psnr(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length, b.Length);
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double d = a[i] - b[i];
            sum += d * d;
        }

        return Math.Min(100, -10 * Math.Log10(Math.Max(sum / a.Length, 1e-10)));
    }

    /// <summary>
    /// Structural similarity (Wang et al. 2004): the mean over channels and over all whole windows of
    /// <c>(2μₐμ_b + C₁)(2σₐ_b + C₂)/((μₐ² + μ_b² + C₁)(σₐ² + σ_b² + C₂))</c>, an 11×11 Gaussian window with σ = 1.5,
    /// C₁ = 0.01², C₂ = 0.03².
    /// </summary>
    /// <param name="a">One picture.</param>
    /// <param name="b">The other, of the same size, at least 11×11.</param>
    public static double Ssim(Image a, Image b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Width, b.Width);
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Height, b.Height);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(a.Width, a.Height), Window);
        const double C1 = 0.01 * 0.01, C2 = 0.03 * 0.03;
        int count = a.Width * a.Height;
        double sum = 0;
        float[] product = new float[count];
        for (int channel = 0; channel < 3; channel++)
        {
            float[] x = Channel(a, channel), y = Channel(b, channel);
            float[] Blurred(float[] p, float[] q)
            {
                for (int i = 0; i < count; i++)
                {
                    product[i] = p[i] * q[i];
                }

                return Blur(product, a.Width, a.Height);
            }

            float[] mx = Blur(x, a.Width, a.Height), my = Blur(y, a.Width, a.Height);
            float[] xx = Blurred(x, x), yy = Blurred(y, y), xy = Blurred(x, y);
            for (int i = 0; i < mx.Length; i++)
            {
                double m = (double)mx[i] * my[i], mm = ((double)mx[i] * mx[i]) + ((double)my[i] * my[i]);
                sum += ((2 * m) + C1) * ((2 * (xy[i] - m)) + C2) / ((mm + C1) * (xx[i] + yy[i] - mm + C2)) / mx.Length / 3;
            }
        }

        return sum;
    }

    private static float[] Channel(Image image, int channel)
    {
        float[] values = new float[image.Width * image.Height];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = image.Pixels[(3 * i) + channel];
        }

        return values;
    }

    // Gaussian means of the whole windows: (H − 10)·(W − 10).
    private static float[] Blur(float[] x, int width, int height)
    {
        float[] kernel = new float[Window];
        double total = 0;
        for (int k = 0; k < Window; k++)
        {
            double d = k - (Window / 2);
            total += kernel[k] = (float)Math.Exp(-d * d / (2 * Sigma * Sigma));
        }

        int outWidth = width - Window + 1, outHeight = height - Window + 1;
        float[] rows = new float[height * outWidth], y = new float[outHeight * outWidth];
        float scale = (float)(1 / total);
        for (int i = 0; i < height; i++)
        {
            for (int j = 0; j < outWidth; j++)
            {
                float sum = 0;
                for (int k = 0; k < Window; k++)
                {
                    sum += kernel[k] * x[(i * width) + j + k];
                }

                rows[(i * outWidth) + j] = sum * scale;
            }
        }

        for (int i = 0; i < outHeight; i++)
        {
            for (int j = 0; j < outWidth; j++)
            {
                float sum = 0;
                for (int k = 0; k < Window; k++)
                {
                    sum += kernel[k] * rows[((i + k) * outWidth) + j];
                }

                y[(i * outWidth) + j] = sum * scale;
            }
        }

        return y;
    }
}
