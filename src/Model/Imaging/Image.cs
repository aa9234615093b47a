namespace Mimesh.Imaging;

/// <summary>
/// An RGB picture in memory: <c>(H, W, 3)</c> floats, sRGB-encoded, nominally in [0, 1], rows from top to bottom.
/// The layout is the networks' own (NHWC with N = 1), so a picture becomes a tensor by one copy.
/// </summary>
public sealed class Image
{
    /// <summary>Creates a black picture.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is smaller than 1.</exception>
    public Image(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        Width = width;
        Height = height;
        Pixels = new float[checked(width * height * 3)];
    }

    private Image(int width, int height, float[] pixels) => (Width, Height, Pixels) = (width, height, pixels);

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels, <c>(H, W, 3)</c>, red first.</summary>
    public float[] Pixels { get; }

    /// <summary>A picture of these pixels, which are not copied.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="pixels"><c>(H, W, 3)</c>.</param>
    /// <exception cref="ArgumentException">There are more or fewer numbers than that.</exception>
    public static Image From(int width, int height, float[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return pixels.Length == checked(width * height * 3)
            ? new Image(width, height, pixels)
            : throw new ArgumentException($"A {width}×{height} picture has {width * height * 3} numbers, not {pixels.Length}.", nameof(pixels));
    }
}
