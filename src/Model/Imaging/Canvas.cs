namespace Mimesh.Imaging;

/// <summary>A colour, sRGB-encoded, each part in [0, 1].</summary>
/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
public readonly record struct Rgb(float R, float G, float B)
{
    /// <inheritdoc/>
    public static Rgb White => new(1, 1, 1);

    /// <inheritdoc/>
    public static Rgb Grey(float value) => new(value, value, value);

    /// <inheritdoc/>
    public static Rgb Lerp(Rgb a, Rgb b, float t) =>
        new(float.Lerp(a.R, b.R, t), float.Lerp(a.G, b.G, t), float.Lerp(a.B, b.B, t));

    /// <inheritdoc/>
    public static Rgb operator *(Rgb a, float s) => new(a.R * s, a.G * s, a.B * s);
}

/// <summary>The few painting operations that the explanatory pictures need.</summary>
public static class Canvas
{
    /// <summary>Lays a colour over one pixel; outside of the picture nothing happens.</summary>
    public static void Blend(Image image, int x, int y, Rgb color, float alpha)
    {
        if ((uint)x >= (uint)image.Width || (uint)y >= (uint)image.Height)
        {
            return;
        }

        var pixel = image.Pixels.AsSpan(((y * image.Width) + x) * 3, 3);
        pixel[0] += (color.R - pixel[0]) * alpha;
        pixel[1] += (color.G - pixel[1]) * alpha;
        pixel[2] += (color.B - pixel[2]) * alpha;
    }

    /// <summary>Fills the whole picture.</summary>
    public static void Fill(Image image, Rgb color)
    {
        for (int i = 0; i < image.Pixels.Length; i += 3)
        {
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (color.R, color.G, color.B);
        }
    }

    /// <summary>Copies a picture into another, which must have room for it at that place.</summary>
    public static void Paste(Image image, Image part, int left, int top)
    {
        for (int y = 0; y < part.Height; y++)
        {
            part.Pixels.AsSpan(y * part.Width * 3, part.Width * 3)
                .CopyTo(image.Pixels.AsSpan((((top + y) * image.Width) + left) * 3));
        }
    }
}
