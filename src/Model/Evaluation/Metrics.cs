using Mimesh.Model.Faces;
using Mimesh.Model.Imaging;

namespace Mimesh.Model.Evaluation;

/// <summary>
/// The evaluation's measures: of pictures on floats in [0, 1], before any rounding to bytes, and of what is read in them.
/// </summary>
public static class Metrics
{
    /// <summary>
    /// The expression weight above which <see cref="ActionUnitAgreement"/> counts a muscle as active. A fifth of the whole movement: of
    /// the five intensities that action units are rated by, A (a trace) ends there and B (slight), where raters count a unit as there, begins.
    /// It is also three times the regressor's mean error.
    /// </summary>
    public const float ActiveWeight = 0.2f;

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

    /// <summary>Cosine of the angle between two vectors, <c>a·b/(|a|·|b|)</c>; 0 if one has no length.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other, as long.</param>
    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length, b.Length);
        double aa = 0, bb = 0, ab = 0;
        for (int i = 0; i < a.Length; i++)
        {
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
            ab += (double)a[i] * b[i];
        }

        return ab == 0 ? 0 : ab / Math.Sqrt(aa * bb);
    }

    /// <summary>
    /// PRMSE of one pair: <c>√((Δyaw² + Δpitch² + Δroll²)/3)</c> in degrees, each difference the short way round. A list's PRMSE is the
    /// mean over its pairs.
    /// </summary>
    /// <param name="a">One pose.</param>
    /// <param name="b">The other.</param>
    public static double PoseError(Pose a, Pose b)
    {
        static double Squared(float x, float y) => Math.Pow(Math.IEEERemainder((double)x - y, 2 * Math.PI) * (180 / Math.PI), 2);
        return Math.Sqrt((Squared(a.Yaw, b.Yaw) + Squared(a.Pitch, b.Pitch) + Squared(a.Roll, b.Roll)) / 3);
    }

    /// <summary>
    /// AUCON of one pair: the share of expression weights that are active, above <see cref="ActiveWeight"/>, in both faces or in
    /// neither. (Where others take OpenFace's action units, which are also on or off, these are the face model's ARKit shapes.) A list's
    /// AUCON is the mean over its pairs.
    /// </summary>
    /// <param name="a">One face's expression.</param>
    /// <param name="b">The other's, as many weights.</param>
    public static double ActionUnitAgreement(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length, b.Length);
        int agree = 0;
        for (int i = 0; i < a.Length; i++)
        {
            agree += (a[i] > ActiveWeight) == (b[i] > ActiveWeight) ? 1 : 0;
        }

        return agree / (double)a.Length;
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
