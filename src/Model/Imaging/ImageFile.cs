using SkiaSharp;

namespace Mimesh.Imaging;

/// <summary>
/// Pictures in files. This is the only file that calls an image codec: to use another one, change what is in here.
/// </summary>
public static class ImageFile
{
    /// <summary>The shortest side that is accepted, in pixels; below it there is no face to see.</summary>
    public const int MinSide = 16;

    /// <summary>The most pixels that are accepted (8,192 × 8,192), so that a picture fits in memory as floats.</summary>
    public const long MaxPixels = 8192L * 8192;

    // A file that decodes to MaxPixels can hardly be longer.
    private const int MaxBytes = 512 << 20;

    private const int Quality = 95;

    // What can be read, by the name's ending.
    private static readonly string[] s_readable = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    private static readonly Dictionary<string, SKEncodedImageFormat> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = SKEncodedImageFormat.Png,
        [".jpg"] = SKEncodedImageFormat.Jpeg,
        [".jpeg"] = SKEncodedImageFormat.Jpeg,
        [".webp"] = SKEncodedImageFormat.Webp,
    };

    /// <summary>The pictures in a folder, by the endings of their names, in the order of their names; names that begin with a dot are left out.</summary>
    /// <param name="directory">The folder.</param>
    public static string[] In(string directory) =>
        [.. Directory.EnumerateFiles(directory).Where(f => HasEnding(f, s_readable)).Order(StringComparer.Ordinal)];

    /// <summary>Whether a file's name has one of some endings, in capitals or not.</summary>
    /// <param name="file">The file.</param>
    /// <param name="endings">As in <c>.png</c>.</param>
    /// <returns>Always false for a name that begins with a dot: such files are not what they seem, as those that macOS leaves.</returns>
    public static bool HasEnding(string file, string[] endings) =>
        !Path.GetFileName(file).StartsWith('.') && endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Reads a PNG, JPEG, WebP, BMP or GIF (its first frame). The EXIF orientation is applied, an embedded colour profile
    /// is converted to sRGB, and transparent pixels are laid over white, as a browser or a printed page would show them.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The picture upright, (H,W,3).</returns>
    /// <exception cref="InputException">
    /// There is no such file, it is not a picture, it is damaged or cut short, or it is too small or too large.
    /// </exception>
    public static Image Load(string path)
    {
        byte[] bytes = InputFile.Read(path, MaxBytes);
        return bytes.Length > 0
            ? Decode(bytes, path)
            : throw new InputException($"'{path}' is empty (zero bytes); copy or export the picture again.");
    }

    /// <summary>What <see cref="Load"/> does with a file's content; the path is for messages.</summary>
    internal static Image Decode(byte[] bytes, string path)
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data)
            ?? throw new InputException($"'{path}' is not a picture that can be read; give a PNG, JPEG, WebP, BMP or GIF file.");
        CheckSize(path, codec.Info.Width, codec.Info.Height);

        using var srgb = SKColorSpace.CreateSrgb();
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, srgb);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(info))
        {
            throw new InputException($"There is not enough memory for '{path}' ({info.Width}×{info.Height}); scale it down first.");
        }

        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            string problem = result == SKCodecResult.IncompleteInput ? "is cut short" : "is damaged";
            throw new InputException($"'{path}' {problem}: its pixels cannot all be decoded; copy or export the picture again.");
        }

        // Skia's origins count as EXIF does.
        var origin = codec.EncodedFormat == SKEncodedImageFormat.Png ? (SKEncodedOrigin)PngOrientation.Of(bytes) : codec.EncodedOrigin;
        return Upright(bitmap.GetPixelSpan(), info.Width, info.Height, origin);
    }

    /// <summary>
    /// Writes a picture as PNG, JPEG or WebP, by the file's extension, whole or not at all. The file says how the picture
    /// came to be (XMP metadata with the IPTC digital source type).
    /// </summary>
    /// <param name="image">The picture; values outside [0, 1] are clamped.</param>
    /// <param name="path">The file, ending in .png, .jpg, .jpeg or .webp.</param>
    /// <param name="source">How the picture was made.</param>
    /// <exception cref="InputException">The extension is unknown or the file cannot be written.</exception>
    public static void Save(Image image, string path, DigitalSource source) => AtomicFile.Write(path, Encode(image, path, source));

    /// <summary>The same as one of a command's files.</summary>
    /// <param name="image">The picture; values outside [0, 1] are clamped.</param>
    /// <param name="path">The file, ending in .png, .jpg, .jpeg or .webp.</param>
    /// <param name="source">How the picture was made.</param>
    /// <param name="outputs">What it appears together with.</param>
    /// <exception cref="InputException">The extension is unknown or the file cannot be written.</exception>
    public static void Save(Image image, string path, DigitalSource source, OutputFiles outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        outputs.Write(path, Encode(image, path, source));
    }

    private static byte[] Encode(Image image, string path, DigitalSource source)
    {
        ArgumentNullException.ThrowIfNull(image);
        var format = Format(path);
        byte[] rgba = ToBytes(image);
        using var srgb = SKColorSpace.CreateSrgb();
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque, srgb);
        using var pixels = SKImage.FromPixelCopy(info, rgba);
        using var pixmap = pixels.PeekPixels();
        using var encoded = format switch
        {
            SKEncodedImageFormat.Jpeg => pixmap.Encode(
                new SKJpegEncoderOptions(Quality, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore)),
            SKEncodedImageFormat.Webp => pixmap.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossy, Quality)),
            _ => pixmap.Encode(SKPngEncoderOptions.Default),
        } ?? throw new InputException(
            $"A picture of {image.Width}×{image.Height} cannot be stored as '{path}'; choose .png, or a smaller size.");
        return Provenance.Embed(encoded.AsSpan(), source, image.Width, image.Height);
    }

    /// <summary>
    /// Checks, before any work is done, that <see cref="Save(Image, string, DigitalSource)"/> can write there: a known extension, an existing
    /// directory, a size that the format takes.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="width">W in pixels.</param>
    /// <param name="height">H in pixels.</param>
    /// <exception cref="InputException">It cannot, or it would be larger than <see cref="Load"/> takes.</exception>
    public static void CheckTarget(string path, long width = 1, long height = 1)
    {
        AtomicFile.CheckTarget(path);
        long longest = Format(path) switch
        {
            SKEncodedImageFormat.Webp => 16_383,
            SKEncodedImageFormat.Jpeg => 65_535,
            _ => int.MaxValue,
        };
        if (Math.Max(width, height) > longest || width * height > MaxPixels)
        {
            throw new InputException($"A picture of {width}×{height} cannot be stored as '{path}'; choose {(width * height > MaxPixels ? "" : ".png, or ")}a smaller size.");
        }
    }

    private static SKEncodedImageFormat Format(string path) =>
        Formats.TryGetValue(Path.GetExtension(path), out var format)
            ? format
            : throw new InputException($"'{path}' does not say which picture format to write; end it in .png, .jpg or .webp.");

    private static void CheckSize(string path, int width, int height)
    {
        if ((long)width * height > MaxPixels)
        {
            throw new InputException(
                $"'{path}' is too large ({width}×{height}); scale it down to at most {MaxPixels / 1_000_000} megapixels.");
        }

        if (Math.Min(width, height) < MinSide)
        {
            throw new InputException(
                $"'{path}' is too small ({width}×{height}); give a picture of at least {MinSide}×{MinSide} pixels.");
        }
    }

    // The EXIF orientations say where the stored row 0 and column 0 lie in the upright picture.
    private static Image Upright(ReadOnlySpan<byte> rgba, int width, int height, SKEncodedOrigin origin)
    {
        bool transposed = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop
            or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        bool mirrored = origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight
            or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom;
        bool flipped = origin is SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft
            or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var image = transposed ? new Image(height, width) : new Image(width, height);
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i += 4)
            {
                int u = transposed ? y : x, v = transposed ? x : y;
                u = mirrored ? image.Width - 1 - u : u;
                v = flipped ? image.Height - 1 - v : v;
                var pixel = image.Pixels.AsSpan(((v * image.Width) + u) * 3, 3);
                float alpha = rgba[i + 3] / 255f;
                for (int c = 0; c < 3; c++)
                {
                    pixel[c] = (rgba[i + c] / 255f * alpha) + (1 - alpha);
                }
            }
        }

        return image;
    }

    private static byte[] ToBytes(Image image)
    {
        byte[] rgba = new byte[image.Width * image.Height * 4];
        for (int i = 0, j = 0; i < rgba.Length; i += 4, j += 3)
        {
            for (int c = 0; c < 3; c++)
            {
                float value = image.Pixels[j + c];
                rgba[i + c] = value > 0 ? (byte)(Math.Min(value, 1) * 255 + 0.5f) : (byte)0; // NaN becomes black
            }

            rgba[i + 3] = 255;
        }

        return rgba;
    }
}
