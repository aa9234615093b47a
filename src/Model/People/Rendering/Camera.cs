using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.People;

/// <summary>
/// What a camera, or a painter, makes of the light: exposure, white balance, a tone curve, colour or a tint, vignette, blur, grain,
/// block artefacts, and too few pixels.
/// </summary>
internal sealed class Camera
{
    private const int CurveLength = 1024;

    // The curve's argument is the square root of the light, so that shadows get as many entries as highlights.
    private const float CurveEnd = 2f;
    private readonly float[] curve = new float[CurveLength + 1];
    private Vector3 balance, lift, tint = Vector3.One;
    private float saturation, vignette, blur, grain, canvas, cracks, sharpness;
    private int coarseness, brush, fewPixels;

    /// <summary>A random camera, for a scene whose face sends it light of about <paramref name="faceLight"/>.</summary>
    public static Camera Sample(ref Rng rng, bool painterly, Vector3 faceLight)
    {
        float level = MathF.Max(Palette.Luminance(faceLight), 0.02f);
        float exposure = rng.NextFloat(0.26f, 0.58f) / level;
        exposure = float.Lerp(exposure, 1, 0.3f);
        if (!painterly)
        {
            // Some pictures are far too dark or blown out.
            float fault = rng.NextFloat();
            exposure *= fault < 0.07f ? rng.NextFloat(0.1f, 0.4f) : fault < 0.13f ? rng.NextFloat(2f, 4.5f) : 1;
        }

        // White balance takes out most of the light's colour.
        float adaptation = rng.NextFloat(0.4f, 1f);
        Vector3 white = Vector3.Max(faceLight / level, new Vector3(0.2f));
        var adapted = new Vector3(MathF.Pow(white.X, -adaptation), MathF.Pow(white.Y, -adaptation),
            MathF.Pow(white.Z, -adaptation));
        var camera = new Camera
        {
            balance = exposure * adapted * Palette.Warmth(
                (rng.NextGaussian() * 0.3f) + (painterly ? rng.NextFloat(0.2f, 1.1f) : 0)),
            lift = painterly ? Palette.Hex(0x2A2014) * rng.NextFloat(0f, 0.6f) : new Vector3(rng.NextFloat(0f, 0.01f)),
            saturation = painterly ? rng.NextFloat(0.45f, 1f) : Math.Clamp(1 + (rng.NextGaussian() * 0.18f), 0.5f, 1.5f),
            vignette = MathF.Max(0, (rng.NextGaussian() * 0.12f) + 0.05f),
            blur = rng.NextBool(0.65f) ? rng.NextFloat(0f, 0.4f) : rng.NextFloat(0.2f, 0.9f),
            grain = MathF.Abs(rng.NextGaussian()) * 0.014f,
            canvas = painterly ? rng.NextFloat(0f, 0.05f) : 0,
            cracks = painterly && rng.NextBool(0.4f) ? rng.NextFloat(0.05f, 0.4f) : 0,
            brush = painterly && rng.NextBool(0.45f) ? 1 + rng.NextInt(2) : 0,
            sharpness = rng.NextBool(0.35f) ? rng.NextFloat(0.05f, 0.35f) : 0,
            coarseness = rng.NextBool(0.35f) ? 2 + rng.NextInt(13) : rng.NextBool(0.08f) ? 15 + rng.NextInt(26) : 0,
        };
        if (!painterly && rng.NextBool(0.12f))
        {
            // Grey pictures, and those printed in one tone or seen through one colour.
            bool grey = rng.NextBool(0.6f);
            camera.saturation = grey || rng.NextBool(0.5f) ? 0 : rng.NextFloat(0.2f, 0.7f);
            camera.tint = grey ? Vector3.One : rng.NextBool(0.5f) ? new Vector3(1.06f, 0.96f, rng.NextFloat(0.7f, 0.9f))
                : Vector3.Lerp(Vector3.One, Palette.Hsv(rng.NextFloat(), 1, 1), rng.NextFloat(0.15f, 0.5f));
        }

        // Faces of 24 to 60 pixels, blown up.
        camera.fewPixels = !painterly && rng.NextBool(0.1f) ? (int)rng.NextFloat(36, 90) : 0;
        float shoulder = rng.NextFloat(0.4f, 1.2f), gamma = MathF.Exp(rng.NextGaussian() * 0.1f),
            contrast = rng.NextFloat(-0.1f, 0.45f);
        for (int i = 0; i <= CurveLength; i++)
        {
            float root = i * CurveEnd / CurveLength, x = root * root;
            x = x * (1 + (x * 0.12f * shoulder)) / (1 + (shoulder * x));
            x = MathF.Min(x * (1 + shoulder) / (1 + (0.4f * shoulder)), 1.2f);
            float s = MathF.Pow(x <= 0.0031308f ? 12.92f * x : (1.055f * MathF.Pow(x, 1 / 2.4f)) - 0.055f, gamma);
            float bounded = Math.Clamp(s, 0, 1);
            camera.curve[i] = float.Lerp(bounded, bounded * bounded * (3 - (2 * bounded)), contrast);
        }

        return camera;
    }

    /// <summary>Develops linear light into a picture, in place of the light.</summary>
    /// <param name="light">Linear RGB, one vector a pixel, (size, size); overwritten.</param>
    /// <param name="size">Pixels a side.</param>
    /// <param name="seed">Of the grain.</param>
    /// <param name="scratch">As long as <paramref name="light"/>.</param>
    /// <returns>The picture.</returns>
    public Image Develop(Vector3[] light, int size, uint seed, Vector3[] scratch)
    {
        var weights = new Vector3(0.299f, 0.587f, 0.114f);
        float step = 2f / size;
        for (int y = 0, i = 0; y < size; y++)
        {
            float v = ((y + 0.5f) * step) - 1;
            for (int x = 0; x < size; x++, i++)
            {
                float u = ((x + 0.5f) * step) - 1;
                Vector3 c = (light[i] * balance * (1 - (vignette * ((u * u) + (v * v))))) + lift;
                c = new Vector3(Tone(c.X), Tone(c.Y), Tone(c.Z));
                float gray = Vector3.Dot(c, weights);
                light[i] = (new Vector3(gray) + ((c - new Vector3(gray)) * saturation)) * tint;
            }
        }

        float sigma = blur * size / 128f;
        if (sigma > 0.15f)
        {
            Blur(light, scratch, size, sigma);
        }

        if (brush > 0)
        {
            Brush(light, scratch, size, Math.Max(1, brush * size / 192));
            (light, scratch) = (scratch, light);
        }

        var image = new Image(size, size);
        float[] pixels = image.Pixels;
        for (int y = 0, i = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++, i++)
            {
                uint h = Noise.Hash((uint)i + (seed * 0x9E3779B1u));
                uint g = Noise.Hash(h ^ 0x68E31DA4u);
                float common = ((h & 1023) + ((h >> 10) & 1023)) * (1f / 1023) - 1;
                var noise = new Vector3(
                    common + (((g & 1023) + ((h >> 20) & 1023)) * (0.5f / 1023)) - 0.5f,
                    common + (((g >> 10) & 1023) * (1f / 1023)) - 0.5f,
                    common + (((g >> 20) & 1023) * (1.4f / 1023)) - 0.7f);
                Vector3 c = light[i] + (noise * grain);
                if (sharpness > 0 && x > 0 && y > 0 && x < size - 1 && y < size - 1)
                {
                    c += sharpness * ((4 * light[i]) - light[i - 1] - light[i + 1] - light[i - size] - light[i + size]);
                }

                if (canvas > 0)
                {
                    c *= 1 + (canvas * Noise.Sample(new Vector3(x * 12f / size, y * 12f / size, 0.3f)).W);
                }

                if (cracks > 0)
                {
                    float crack = MathF.Abs(Noise.Sample(new Vector3(x * 2.3f / size, y * 2.3f / size, 0.7f)).W);
                    c *= 1 - (cracks * MathF.Max(0, 1 - (crack * 12)));
                }

                c = Vector3.Clamp(c, Vector3.Zero, Vector3.One);
                pixels[3 * i] = c.X;
                pixels[(3 * i) + 1] = c.Y;
                pixels[(3 * i) + 2] = c.Z;
            }
        }

        if (fewPixels > 0 && fewPixels < size)
        {
            int few = (fewPixels + 7) / 8 * 8;
            Image small = Resample.Resize(image, few, few);
            if (coarseness > 0)
            {
                BlockTransform.Coarsen(small.Pixels, few, Math.Min(coarseness, 14));
            }

            image = Resample.Resize(small, size, size);
        }
        else if (coarseness > 0 && size % 8 == 0)
        {
            BlockTransform.Coarsen(pixels, size, coarseness);
        }

        return image;
    }

    private float Tone(float x)
    {
        float at = MathF.Min(MathF.Sqrt(MathF.Max(x, 0)) * (CurveLength / CurveEnd), CurveLength - 0.01f);
        int i = (int)at;
        return curve[i] + ((curve[i + 1] - curve[i]) * (at - i));
    }

    // Strokes: each pixel takes the mean of the calmest of the four squares that meet in it (Kuwahara's filter), so edges stay
    // and what lies between them becomes patches of paint.
    private static void Brush(Vector3[] image, Vector3[] painted, int size, int reach)
    {
        float share = 1f / ((reach + 1) * (reach + 1));
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                float calmest = float.MaxValue;
                for (int corner = 0; corner < 4; corner++)
                {
                    int x0 = (corner & 1) == 0 ? x - reach : x, y0 = (corner & 2) == 0 ? y - reach : y;
                    Vector3 sum = Vector3.Zero, squares = Vector3.Zero;
                    for (int v = y0; v <= y0 + reach; v++)
                    {
                        int row = Math.Clamp(v, 0, size - 1) * size;
                        for (int u = x0; u <= x0 + reach; u++)
                        {
                            Vector3 c = image[row + Math.Clamp(u, 0, size - 1)];
                            sum += c;
                            squares += c * c;
                        }
                    }

                    Vector3 mean = sum * share;
                    float spread = Vector3.Dot((squares * share) - (mean * mean), Vector3.One);
                    if (spread < calmest)
                    {
                        calmest = spread;
                        painted[(y * size) + x] = mean;
                    }
                }
            }
        }
    }

    private static void Blur(Vector3[] image, Vector3[] scratch, int size, float sigma)
    {
        int radius = Math.Max(1, (int)MathF.Ceiling(2.2f * sigma));
        Span<float> kernel = stackalloc float[(2 * radius) + 1];
        float sum = 0;
        for (int k = -radius; k <= radius; k++)
        {
            sum += kernel[k + radius] = MathF.Exp(-k * k / (2 * sigma * sigma));
        }

        for (int k = 0; k < kernel.Length; k++)
        {
            kernel[k] /= sum;
        }

        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                Vector3 c = Vector3.Zero;
                for (int k = -radius; k <= radius; k++)
                {
                    c += image[(y * size) + Math.Clamp(x + k, 0, size - 1)] * kernel[k + radius];
                }

                scratch[(y * size) + x] = c;
            }
        }

        for (int y = 0; y < size; y++)
        {
            Span<Vector3> row = image.AsSpan(y * size, size);
            row.Clear();
            for (int k = -radius; k <= radius; k++)
            {
                ReadOnlySpan<Vector3> from = scratch.AsSpan(Math.Clamp(y + k, 0, size - 1) * size, size);
                float w = kernel[k + radius];
                for (int x = 0; x < size; x++)
                {
                    row[x] += from[x] * w;
                }
            }
        }
    }
}
