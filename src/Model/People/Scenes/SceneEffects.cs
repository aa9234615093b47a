using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>What cameras, printers and files do to a scene: exposure, contrast, colour casts, no colour at all, blur, grain, blocks.</summary>
internal static class SceneEffects
{
    /// <summary>Changes a scene in place.</summary>
    /// <param name="pixels"><c>(size, size, 3)</c>; in [0, 1] afterwards.</param>
    /// <param name="size">Side, a multiple of 8.</param>
    /// <param name="rng">Decides what.</param>
    public static void Apply(float[] pixels, int size, ref Rng rng)
    {
        float gamma = MathF.Exp(rng.NextGaussian(0.22f, 0.6f)), contrast = MathF.Exp(rng.NextGaussian(0.18f, 0.5f));
        float level = rng.NextBool(0.15f) ? rng.NextFloat(0.2f, 0.7f) : MathF.Exp(rng.NextGaussian(0.1f, 0.3f)), haze = rng.NextBool(0.15f) ? rng.NextFloat(0f, 0.35f) : 0;
        float colour = rng.NextFloat() switch { < 0.2f => 0f, < 0.3f => rng.NextFloat(0f, 0.6f), _ => rng.NextFloat(0.7f, 1.4f) };
        Vector3 cast = rng.NextBool(0.3f)
            ? new Vector3(MathF.Exp(rng.NextGaussian(0.2f, 0.5f)), MathF.Exp(rng.NextGaussian(0.1f, 0.3f)), MathF.Exp(rng.NextGaussian(0.25f, 0.6f))) : Vector3.One;
        float fade = rng.NextBool(0.3f) ? rng.NextGaussian(0.4f, 0.8f) : 0, along = rng.NextFloat(0, 6.3f);
        Vector2 slope = new Vector2(MathF.Cos(along), MathF.Sin(along)) * (fade / size);
        for (int i = 0; i < size * size; i++)
        {
            var pixel = pixels.AsSpan(3 * i, 3);
            float light = level * MathF.Exp((slope.X * ((i % size) - (size / 2))) + (slope.Y * ((i / size) - (size / 2))));
            var c = new Vector3(Tone(pixel[0]), Tone(pixel[1]), Tone(pixel[2])) * light;
            float grey = Vector3.Dot(c, new Vector3(0.299f, 0.587f, 0.114f));
            c = (new Vector3(grey) + ((c - new Vector3(grey)) * colour)) * cast;
            c += (new Vector3(0.8f) - c) * haze;
            c.CopyTo(pixel);
        }

        for (int i = rng.NextBool(0.35f) ? 1 + rng.NextInt(2) : 0; i > 0; i--)
        {
            Blur(pixels, size, rng.NextFloat(0.1f, 1f));
        }

        float grain = rng.NextBool(0.5f) ? MathF.Abs(rng.NextGaussian(0.02f, 0.08f)) : 0, common = rng.NextFloat();
        uint noise = (uint)rng.NextBits();
        for (int i = 0; i < size * size; i++)
        {
            uint h = Noise.Hash((uint)i + noise), g = Noise.Hash(h);
            float all = (((h & 1023) + ((h >> 10) & 1023)) / 1023f) - 1;
            for (int c = 0; c < 3; c++)
            {
                float own = (((g >> (10 * c)) & 1023) / 512f) - 1;
                pixels[(3 * i) + c] = Math.Clamp(pixels[(3 * i) + c] + (grain * float.Lerp(own, 1.5f * all, common)), 0, 1);
            }
        }

        if (rng.NextBool(0.3f))
        {
            BlockTransform.Coarsen(pixels, size, 2 + rng.NextInt(20));
        }

        float Tone(float x) => Math.Clamp(((MathF.Pow(Math.Clamp(x, 0, 1), gamma) - 0.5f) * contrast) + 0.5f, 0, 1.2f);
    }

    // Binomial, 1–2–1 both ways, by a share.
    private static void Blur(float[] pixels, int size, float share)
    {
        float side = share / 4, middle = 1 - (share / 2);
        float[] before = new float[pixels.Length];
        Pass(3, 3 * size);
        Pass(3 * size, 3);

        void Pass(int step, int other)
        {
            pixels.CopyTo(before, 0);
            for (int line = 0; line < size; line++)
            {
                for (int k = 0; k < size; k++)
                {
                    int at = (line * other) + (k * step), less = k == 0 ? at : at - step, more = k == size - 1 ? at : at + step;
                    for (int c = 0; c < 3; c++)
                    {
                        pixels[at + c] = (middle * before[at + c]) + (side * (before[less + c] + before[more + c]));
                    }
                }
            }
        }
    }
}
