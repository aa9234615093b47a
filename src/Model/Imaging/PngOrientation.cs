using System.Buffers.Binary;

namespace Mimesh.Imaging;

/// <summary>The EXIF orientation of a PNG, which stands in its eXIf chunk (PNG 3rd edition, 11.3.4.5); the codec leaves it unread.</summary>
internal static class PngOrientation
{
    private const int Tag = 0x0112;

    /// <summary>1 to 8 as EXIF counts them; 1, upright, for files that are no PNG, say nothing of it, or are damaged there.</summary>
    public static int Of(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> signature = [0x89, .. "PNG\r\n\u001a\n"u8];
        if (!file.StartsWith(signature))
        {
            return 1;
        }

        // Chunks: length, type, content, checksum.
        for (var rest = file[signature.Length..]; rest.Length >= 12;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
            {
                return 1;
            }

            if (rest[4..8].SequenceEqual("eXIf"u8))
            {
                return OfTiff(rest.Slice(8, (int)length));
            }

            rest = rest[((int)length + 12)..];
        }

        return 1;
    }

    // A byte order, 42, the offset of a directory; there a count, and entries of tag, type, count and value.
    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || !(little || tiff.StartsWith("MM\0*"u8)))
        {
            return 1;
        }

        uint offset = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (offset > tiff.Length - 2)
        {
            return 1;
        }

        var directory = tiff[(int)offset..];
        int count = Short(directory);
        for (int entry = 2; entry + 12 <= directory.Length && count > 0; entry += 12, count--)
        {
            if (Short(directory[entry..]) == Tag)
            {
                int orientation = Short(directory[(entry + 8)..]);
                return orientation is >= 1 and <= 8 ? orientation : 1;
            }
        }

        return 1;

        int Short(ReadOnlySpan<byte> at) => little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
    }
}
