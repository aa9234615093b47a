using System.Buffers.Binary;
using System.Text;

namespace Mimesh.Imaging;

/// <summary>How a picture came to be, in the terms of the IPTC's Digital Source Type vocabulary.</summary>
public enum DigitalSource
{
    /// <summary>Made by a trained model from sampled content: a reenactment, or anything drawn over one.</summary>
    TrainedAlgorithmicMedia,

    /// <summary>Made by an algorithm alone, not learned from sampled content: a rendered person.</summary>
    AlgorithmicMedia,
}

/// <summary>
/// The machine-readable mark of generated media that every picture carries: an XMP packet with
/// <c>Iptc4xmpExt:DigitalSourceType</c>, stored where each format's specification puts XMP (PNG: an <c>iTXt</c> chunk
/// <c>XML:com.adobe.xmp</c>; JPEG: an APP1 segment; WebP: an <c>XMP </c> chunk).
/// </summary>
internal static class Provenance
{
    private const string Vocabulary = "http://cv.iptc.org/newscodes/digitalsourcetype/";

    private static readonly byte[] JpegHeader = "http://ns.adobe.com/xap/1.0/\0"u8.ToArray();

    /// <summary>Adds the mark to an encoded picture.</summary>
    /// <param name="file">A PNG, JPEG or WebP file.</param>
    /// <param name="source">How the picture came to be.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    public static byte[] Embed(ReadOnlySpan<byte> file, DigitalSource source, int width, int height)
    {
        byte[] packet = Encoding.UTF8.GetBytes(Packet(source));
        return file[0] switch
        {
            0x89 => EmbedPng(file, packet),
            0xFF => EmbedJpeg(file, packet),
            (byte)'R' => EmbedWebp(file, packet, width, height),
            _ => throw new ArgumentException("Neither PNG nor JPEG nor WebP.", nameof(file)),
        };
    }

    private static string Packet(DigitalSource source)
    {
        string type = source == DigitalSource.TrainedAlgorithmicMedia ? "trainedAlgorithmicMedia" : "algorithmicMedia";
        return $"""
            <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about=""
                xmlns:xmp="http://ns.adobe.com/xap/1.0/"
                xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
                xmp:CreatorTool="Mimesh"
                Iptc4xmpExt:DigitalSourceType="{Vocabulary}{type}"/>
             </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="r"?>
            """;
    }

    // The chunk goes behind the signature (8 bytes) and IHDR (25 bytes), which must come first.
    private static byte[] EmbedPng(ReadOnlySpan<byte> png, byte[] packet)
    {
        // Keyword, compression flag and method, empty language tag and translated keyword.
        byte[] body = [.. "iTXtXML:com.adobe.xmp\0\0\0\0\0"u8, .. packet];
        byte[] length = new byte[4], crc = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length - 4);
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32(body));
        return [.. png[..33], .. length, .. body, .. crc, .. png[33..]];
    }

    // The segment goes behind SOI and, where there is one, JFIF's APP0, which must follow SOI.
    private static byte[] EmbedJpeg(ReadOnlySpan<byte> jpeg, byte[] packet)
    {
        int at = jpeg[3] == 0xE0 ? 4 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[4..]) : 2;
        byte[] segment = [0xFF, 0xE1, 0, 0, .. JpegHeader, .. packet];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), checked((ushort)(segment.Length - 2)));
        return [.. jpeg[..at], .. segment, .. jpeg[at..]];
    }

    // XMP needs the extended format: a VP8X chunk first, with the XMP flag set, and the packet's chunk last.
    private static byte[] EmbedWebp(ReadOnlySpan<byte> webp, byte[] packet, int width, int height)
    {
        const int flags = 20, xmp = 0x04;
        byte[] body = [.. webp[12..]];
        if (!body.AsSpan(0, 4).SequenceEqual("VP8X"u8))
        {
            byte[] extended = [.. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)];
            body = [.. extended, .. body];
        }

        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, packet.Length);
        byte[] pad = packet.Length % 2 == 0 ? [] : [0];
        byte[] file = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. body, .. "XMP "u8, .. length, .. packet, .. pad];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        file[flags] |= xmp;
        return file;
    }

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    /// <summary>CRC-32 as in the PNG specification, annex D; packets are short, so without a table.</summary>
    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
