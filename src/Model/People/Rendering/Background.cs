using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// What stands behind the head: a lit gradient with a noise texture, and blurred things before it. A function of the
/// picture's coordinates alone, so it stays put while the head moves.
/// </summary>
internal sealed class Background
{
    private readonly record struct Blob(Vector2 Center, Vector2 Axis, Vector2 Inverse, float Edge, float Box, Vector3 Color,
        float Opacity);

    private Vector3 top, bottom, grain, mottle;
    private Vector2 slope, glow;
    private float glowGain, grainScale, grainStretch, mottleScale, squares;
    private bool flat;
    private Vector3 noiseAt;
    private Blob[] blobs = [];

    /// <summary>A random background.</summary>
    public static Background Sample(ref Rng rng, bool painterly)
    {
        if (!painterly && rng.NextBool(0.16f))
        {
            return Cutout(ref rng);
        }

        int kind = painterly || rng.NextBool(0.12f) ? 6 : rng.NextInt(7);
        var b = new Background
        {
            noiseAt = new Vector3(rng.NextFloat(), rng.NextFloat(), rng.NextFloat()),
            glow = new Vector2(rng.NextFloat(-1.2f, 1.2f), rng.NextFloat(-1.2f, 0.8f)),
            glowGain = rng.NextFloat(0f, 1.2f),
            grainScale = rng.NextFloat(0.1f, 0.6f),
            grainStretch = rng.NextBool(0.3f) ? rng.NextFloat(0.1f, 0.4f) : 1,
            mottleScale = rng.NextFloat(0.03f, 0.12f),
        };
        float tilt = rng.NextGaussian() * 0.6f;
        b.slope = new Vector2(MathF.Sin(tilt), MathF.Cos(tilt));
        switch (kind)
        {
            case 0: // studio paper
                b.top = Palette.Warmth(rng.NextGaussian() * 0.5f) * rng.NextFloat(0.03f, 0.8f);
                b.bottom = b.top * rng.NextFloat(0.35f, 1.5f);
                b.mottle = b.top * rng.NextFloat(0f, 0.5f);
                break;
            case 1: // coloured wall
                b.top = Palette.Cloth(ref rng);
                b.bottom = b.top * rng.NextFloat(0.5f, 1.3f);
                b.grain = b.top * rng.NextFloat(0f, 0.35f);
                b.mottle = b.top * rng.NextFloat(0f, 0.6f);
                break;
            case 2: // outdoors: sky, leaves, ground
                b.top = Vector3.Lerp(Palette.Hex(0xBFD6EE), Palette.Hex(0xEFEDE6), rng.NextFloat()) * rng.NextFloat(0.5f, 1.1f);
                b.bottom = Vector3.Lerp(Palette.Hex(0x3F5A2A), Palette.Hex(0x8A7A60), rng.NextFloat())
                    * rng.NextFloat(0.4f, 1.1f);
                b.grain = b.bottom * rng.NextFloat(0.2f, 0.8f);
                b.mottle = b.bottom * rng.NextFloat(0.3f, 1.2f);
                b.blobs = Blobs(ref rng, rng.NextInt(14), 0.08f, 0.6f, boxes: 0.15f, edge: 0.8f, leaf: true);
                break;
            case 3: // a room out of focus
                b.top = Palette.Warmth(rng.NextGaussian() * 0.6f) * rng.NextFloat(0.05f, 0.6f);
                b.bottom = b.top * rng.NextFloat(0.3f, 1.1f);
                b.blobs = Blobs(ref rng, 4 + rng.NextInt(14), 0.08f, 0.9f, boxes: 0.85f, edge: rng.NextFloat(0.05f, 0.5f),
                    leaf: false);
                break;
            case 4 when rng.NextBool(0.6f): // lights out of focus
                b.top = Palette.Cloth(ref rng) * 0.35f;
                b.bottom = Palette.Cloth(ref rng) * 0.35f;
                b.blobs = Blobs(ref rng, 6 + rng.NextInt(18), 0.05f, 0.3f, boxes: 0, edge: rng.NextFloat(0.1f, 0.5f),
                    leaf: false);
                break;
            case 4 or 5: // two colours and large shapes
                b.top = Palette.Cloth(ref rng);
                b.bottom = Palette.Cloth(ref rng);
                b.grain = (b.top + b.bottom) * rng.NextFloat(0f, 0.3f);
                b.blobs = Blobs(ref rng, 2 + rng.NextInt(6), 0.3f, 1.4f, boxes: 0.5f, edge: rng.NextFloat(0.02f, 0.3f),
                    leaf: false);
                break;
            default: // the dark ground of an old painting
                b.top = Vector3.Lerp(Palette.Hex(0x1A130C), Palette.Hex(0x5A5238), rng.NextFloat()) * rng.NextFloat(0.3f, 1.4f);
                b.bottom = b.top * rng.NextFloat(0.3f, 1.4f);
                b.grain = b.top * rng.NextFloat(0.1f, 0.5f);
                b.mottle = b.top * rng.NextFloat(0.2f, 0.9f);
                if (rng.NextBool(0.4f))
                {
                    b.blobs = Blobs(ref rng, rng.NextInt(9), 0.2f, 1.1f, boxes: 0.1f, edge: 0.9f, leaf: true);
                }

                break;
        }

        return b;
    }

    // What a figure cut out of its picture is laid on: paper white, black, grey, one colour, or the squares that stand for nothing.
    private static Background Cutout(ref Rng rng)
    {
        // So bright that every exposure makes it white.
        Vector3 paper = rng.NextFloat() switch
        {
            < 0.45f => new Vector3(12),
            < 0.65f => Vector3.Zero,
            < 0.8f => new Vector3(rng.NextFloat(0.05f, 0.7f)),
            _ => Palette.Cloth(ref rng) * 1.5f,
        };
        bool checker = rng.NextBool(0.2f);
        return new Background
        {
            flat = true,
            top = checker ? new Vector3(rng.NextFloat(0.5f, 12f)) : paper,
            bottom = checker ? new Vector3(rng.NextFloat(0.1f, 0.45f)) : paper,
            squares = checker ? rng.NextFloat(6f, 20f) : 0,
        };
    }

    /// <summary>The colour at a point of the [−1, 1] grid, linear RGB.</summary>
    public Vector3 At(float x, float y)
    {
        if (flat)
        {
            return squares > 0 && (((int)MathF.Floor(x * squares) + (int)MathF.Floor(y * squares)) & 1) != 0 ? bottom : top;
        }

        var p = new Vector2(x, y);
        Vector3 c = Vector3.Lerp(top, bottom, Math.Clamp(0.5f + (0.5f * Vector2.Dot(p, slope)), 0, 1));
        Vector4 wide = Noise.Sample(noiseAt + new Vector3(x * mottleScale, y * mottleScale, 0));
        Vector4 fine = Noise.Sample(noiseAt + new Vector3(x * grainScale * grainStretch, y * grainScale, 0.4f));
        c += (mottle * wide.W) + (grain * fine.W);
        // The noise bends the shapes' outlines, so that they do not read as geometry.
        p += new Vector2(wide.X, wide.Y) * 0.25f;
        foreach (ref readonly Blob blob in blobs.AsSpan())
        {
            Vector2 d = p - blob.Center;
            var local = new Vector2(Vector2.Dot(d, blob.Axis), (d.Y * blob.Axis.X) - (d.X * blob.Axis.Y)) * blob.Inverse;
            float distance = float.Lerp(local.Length(), MathF.Max(MathF.Abs(local.X), MathF.Abs(local.Y)), blob.Box);
            float cover = Math.Clamp((1 - distance) * blob.Edge, 0, 1) * blob.Opacity;
            if (cover > 0)
            {
                c = Vector3.Lerp(c, blob.Color, cover);
            }
        }

        float far = (new Vector2(x, y) - glow).LengthSquared();
        return Vector3.Max(c, Vector3.Zero) * (0.75f + (glowGain / (1 + (1.5f * far))));
    }

    private static Blob[] Blobs(ref Rng rng, int count, float small, float large, float boxes, float edge, bool leaf)
    {
        var blobs = new Blob[count];
        for (int i = 0; i < count; i++)
        {
            bool box = rng.NextBool(boxes);
            float angle = box ? rng.NextGaussian() * 0.05f : rng.NextFloat(0f, MathF.PI);
            float size = small * MathF.Pow(large / small, rng.NextFloat());
            var radii = new Vector2(size, size * (box || leaf ? rng.NextFloat(0.25f, 2f) : 1));
            Vector3 color = leaf
                ? Vector3.Lerp(Palette.Hex(0x22331A), Palette.Hex(0x9AA55A), rng.NextFloat()) * rng.NextFloat(0.3f, 1.2f)
                : rng.NextBool(0.5f) ? Palette.Cloth(ref rng) : Palette.Warmth(rng.NextGaussian()) * rng.NextFloat();
            blobs[i] = new Blob(
                new Vector2(rng.NextFloat(-1.2f, 1.2f), rng.NextFloat(-1.2f, 1.2f)),
                new Vector2(MathF.Cos(angle), MathF.Sin(angle)),
                Vector2.One / radii,
                1 / MathF.Max(edge * rng.NextFloat(0.6f, 1.3f), 0.02f),
                box ? 1 : 0,
                color,
                rng.NextFloat(0.3f, 1f));
        }

        return blobs;
    }
}
