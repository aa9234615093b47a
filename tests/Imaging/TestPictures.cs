using System.Buffers.Binary;
using System.IO.Compression;
using Mimesh.Imaging;

namespace Mimesh.Tests.Imaging;

/// <summary>Pictures and broken pictures that the tests feed in.</summary>
internal static class TestPictures
{
    /// <summary>Smooth colours, different in each corner: upper left red, upper right green, lower left blue, lower right grey.</summary>
    public static Image Corners(int width, int height)
    {
        var image = new Image(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float u = (float)x / Math.Max(1, width - 1), v = (float)y / Math.Max(1, height - 1);
                var pixel = image.Pixels.AsSpan(((y * width) + x) * 3, 3);
                pixel[0] = ((1 - u) * (1 - v)) + (u * v * 0.5f);
                pixel[1] = (u * (1 - v)) + (u * v * 0.5f);
                pixel[2] = ((1 - u) * v) + (u * v * 0.5f);
            }
        }

        return image;
    }

    public static byte[] Encoded(Image image, string extension)
    {
        using var directory = new TemporaryDirectory();
        string path = directory["picture" + extension];
        ImageFile.Save(image, path, DigitalSource.AlgorithmicMedia);
        return File.ReadAllBytes(path);
    }

    /// <summary>A complete PNG whose pixels all have these samples (at 1 bit: all are 0); the colour type is PNG's.</summary>
    public static byte[] Png(int width, int height, int bits, int colorType, params int[] samples)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] sample = [.. samples.SelectMany(s => bits == 16 ? [(byte)(s >> 8), (byte)s] : new[] { (byte)s })];
            byte[] row = bits == 1 ? new byte[1 + ((width + 7) / 8)] : [0, .. Enumerable.Repeat(sample, width).SelectMany(s => s)];
            for (int y = 0; y < height; y++)
            {
                zlib.Write(row);
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)bits, (byte)colorType);
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n',
            .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, compressed.ToArray()), .. Chunk("IEND"u8, []),
        ];
    }

    /// <summary>A JPEG, or a PNG of the other byte order, with EXIF that says how the camera was held.</summary>
    public static byte[] Oriented(Image image, byte orientation, string extension = ".jpg")
    {
        byte[] file = Encoded(image, extension);
        if (extension == ".png")
        {
            const int HeaderEnd = 33; // signature and IHDR
            byte[] big = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
            return [.. file[..HeaderEnd], .. Chunk("eXIf"u8, big), .. file[HeaderEnd..]];
        }

        byte[] tiff = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        byte[] exif = [0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif\0\0"u8, .. tiff];
        return [.. file[..2], .. exif, .. file[2..]];
    }

    /// <summary>The header of a 24-bit BMP and nothing behind it.</summary>
    public static byte[] BmpHeader(int width, int height)
    {
        byte[] bmp = new byte[54];
        "BM"u8.CopyTo(bmp);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), height);
        (bmp[26], bmp[28]) = (1, 24);
        return bmp;
    }

    /// <summary>A whole 24-bit BMP in one colour.</summary>
    public static byte[] Bmp(int width, int height, byte r, byte g, byte b)
    {
        byte[] row = new byte[(((width * 3) + 3) / 4) * 4];
        for (int x = 0; x < width; x++)
        {
            (row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]) = (b, g, r);
        }

        return [.. BmpHeader(width, height), .. Enumerable.Repeat(row, height).SelectMany(line => line)];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        byte[] chunk = [0, 0, 0, 0, .. type, .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Provenance.Crc32(chunk.AsSpan(4..^4)));
        return chunk;
    }
}
