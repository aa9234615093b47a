using System.Buffers.Binary;
using System.Text;
using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Imaging;

/// <summary>Reads the mark back as each format's specification says, apart from the code that wrote it.</summary>
public sealed class ProvenanceTests
{
    [TestCase(".png", DigitalSource.TrainedAlgorithmicMedia, "trainedAlgorithmicMedia")]
    [TestCase(".png", DigitalSource.AlgorithmicMedia, "algorithmicMedia")]
    [TestCase(".jpg", DigitalSource.TrainedAlgorithmicMedia, "trainedAlgorithmicMedia")]
    [TestCase(".webp", DigitalSource.TrainedAlgorithmicMedia, "trainedAlgorithmicMedia")]
    public void EveryPictureSaysHowItCameToBe(string extension, DigitalSource source, string type)
    {
        using var directory = new TemporaryDirectory();
        ImageFile.Save(TestPictures.Corners(64, 48), directory["a" + extension], source);
        string xmp = ReadXmp(File.ReadAllBytes(directory["a" + extension]));
        var description = System.Xml.Linq.XDocument.Parse(xmp).Descendants()
            .Single(e => e.Name.LocalName == "Description");
        Assert.Multiple(() =>
        {
            Assert.That(
                description.Attribute(System.Xml.Linq.XName.Get("DigitalSourceType", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"))?.Value,
                Is.EqualTo("http://cv.iptc.org/newscodes/digitalsourcetype/" + type));
            Assert.That(
                description.Attribute(System.Xml.Linq.XName.Get("CreatorTool", "http://ns.adobe.com/xap/1.0/"))?.Value,
                Is.EqualTo("Mimesh"));
        });
    }

    /// <summary>The XMP packet of a PNG, JPEG or WebP file.</summary>
    internal static string ReadXmp(byte[] file) => file[0] switch
    {
        0x89 => FromPng(file),
        0xFF => FromJpeg(file),
        _ => FromWebp(file),
    };

    private static string FromPng(byte[] png)
    {
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (png.AsSpan(at + 4, 4).SequenceEqual("iTXt"u8))
            {
                uint crc = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length));
                Assert.That(crc, Is.EqualTo(Provenance.Crc32(png.AsSpan(at + 4, length + 4))));
                string text = Encoding.UTF8.GetString(png, at + 8, length);
                Assert.That(text, Does.StartWith("XML:com.adobe.xmp\0\0\0\0\0"));
                return text["XML:com.adobe.xmp\0\0\0\0\0".Length..];
            }

            at += 12 + length;
        }

        throw new InvalidDataException("No iTXt chunk.");
    }

    private static string FromJpeg(byte[] jpeg)
    {
        for (int at = 2; jpeg[at] == 0xFF && jpeg[at + 1] != 0xDA;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
            string text = Encoding.UTF8.GetString(jpeg, at + 4, length - 2);
            if (jpeg[at + 1] == 0xE1 && text.StartsWith("http://ns.adobe.com/xap/1.0/\0", StringComparison.Ordinal))
            {
                return text["http://ns.adobe.com/xap/1.0/\0".Length..];
            }

            at += 2 + length;
        }

        throw new InvalidDataException("No XMP segment.");
    }

    private static string FromWebp(byte[] webp)
    {
        Assert.That(BinaryPrimitives.ReadInt32LittleEndian(webp.AsSpan(4)), Is.EqualTo(webp.Length - 8));
        Assert.That(Encoding.ASCII.GetString(webp, 12, 4), Is.EqualTo("VP8X"));
        Assert.That(webp[20] & 0x04, Is.Not.Zero, "the XMP flag");
        for (int at = 12; at < webp.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(webp.AsSpan(at + 4));
            if (webp.AsSpan(at, 4).SequenceEqual("XMP "u8))
            {
                return Encoding.UTF8.GetString(webp, at + 8, length);
            }

            at += 8 + length + (length & 1);
        }

        throw new InvalidDataException("No XMP chunk.");
    }
}
