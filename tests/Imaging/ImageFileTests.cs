using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Imaging;

public sealed class ImageFileTests
{
    [TestCase(".png", 0.5f / 255 + 1e-6f)]
    [TestCase(".jpg", 0.03f)]
    [TestCase(".JPEG", 0.03f)]
    [TestCase(".webp", 0.05f)]
    public void SaveThenLoadGivesThePictureBack(string extension, float tolerance)
    {
        using var directory = new TemporaryDirectory();
        var picture = TestPictures.Corners(67, 45);
        ImageFile.Save(picture, directory["a" + extension], DigitalSource.TrainedAlgorithmicMedia);
        var loaded = ImageFile.Load(directory["a" + extension]);
        Assert.Multiple(() =>
        {
            Assert.That((loaded.Width, loaded.Height), Is.EqualTo((67, 45)));
            Assert.That(loaded.Pixels, Is.EqualTo(picture.Pixels).Within(tolerance));
            Assert.That(directory.Entries, Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void SaveClampsAndMakesNaNBlack()
    {
        using var directory = new TemporaryDirectory();
        var picture = new Image(16, 16);
        (picture.Pixels[0], picture.Pixels[1], picture.Pixels[2]) = (2, -1, float.NaN);
        ImageFile.Save(picture, directory["a.png"], DigitalSource.AlgorithmicMedia);
        Assert.That(ImageFile.Load(directory["a.png"]).Pixels[..3], Is.EqualTo(new float[] { 1, 0, 0 }));
    }

    // Where the stored picture's upper left (red) and upper right (green) corner go.
    [TestCase(1, 0, 0, 1, 0)]
    [TestCase(2, 1, 0, 0, 0)]
    [TestCase(3, 1, 1, 0, 1)]
    [TestCase(4, 0, 1, 1, 1)]
    [TestCase(5, 0, 0, 0, 1)]
    [TestCase(6, 1, 0, 1, 1)]
    [TestCase(7, 1, 1, 1, 0)]
    [TestCase(8, 0, 1, 0, 0)]
    public void LoadHonoursTheExifOrientation(byte orientation, int redX, int redY, int greenX, int greenY)
    {
        using var directory = new TemporaryDirectory();
        Assert.Multiple(() =>
        {
            foreach (string extension in (string[])[".jpg", ".png"])
            {
                byte[] file = TestPictures.Oriented(TestPictures.Corners(48, 32), orientation, extension);
                var loaded = ImageFile.Load(directory.Write("a" + extension, file));
                Assert.That((loaded.Width, loaded.Height), Is.EqualTo(orientation < 5 ? (48, 32) : (32, 48)), extension);
                Assert.That(Corner(loaded, redX, redY), Is.EqualTo(new float[] { 1, 0, 0 }).Within(0.1f), extension);
                Assert.That(Corner(loaded, greenX, greenY), Is.EqualTo(new float[] { 0, 1, 0 }).Within(0.1f), extension);
            }
        });

        static float[] Corner(Image picture, int u, int v)
        {
            int at = ((v * (picture.Height - 1) * picture.Width) + (u * (picture.Width - 1))) * 3;
            return picture.Pixels[at..(at + 3)];
        }
    }

    [TestCase(8, 0, new[] { 51 }, 0.2f, TestName = "Load takes 8-bit grey")]
    [TestCase(16, 0, new[] { 13107 }, 0.2f, TestName = "Load takes 16-bit grey")]
    [TestCase(16, 2, new[] { 13107, 13107, 13107 }, 0.2f, TestName = "Load takes 16-bit RGB")]
    [TestCase(8, 4, new[] { 51, 255 }, 0.2f, TestName = "Load takes grey with alpha")]
    [TestCase(8, 6, new[] { 0, 0, 0, 51 }, 0.8f, TestName = "Load lays transparency over white")]
    [TestCase(8, 6, new[] { 9, 9, 9, 0 }, 1f, TestName = "Load shows full transparency as white")]
    public void LoadTakesPng(int bits, int colorType, int[] samples, float expected)
    {
        using var directory = new TemporaryDirectory();
        var loaded = ImageFile.Load(directory.Write("a.png", TestPictures.Png(20, 17, bits, colorType, samples)));
        Assert.That(loaded.Pixels, Is.All.EqualTo(expected).Within(1 / 255f));
    }

    [Test]
    public void LoadTakesBmpAndGoesByContentNotByName()
    {
        using var directory = new TemporaryDirectory();
        var loaded = ImageFile.Load(directory.Write("a.png", TestPictures.Bmp(17, 19, 255, 0, 51)));
        Assert.That(loaded.Pixels[..3], Is.EqualTo(new[] { 1, 0, 0.2f }).Within(1e-6f));
    }

    public static IEnumerable<TestCaseData> BadPictures()
    {
        byte[] png = TestPictures.Encoded(TestPictures.Corners(64, 64), ".png");
        byte[] jpeg = TestPictures.Encoded(TestPictures.Corners(64, 64), ".jpg");
        byte[] webp = TestPictures.Encoded(TestPictures.Corners(64, 64), ".webp");
        byte[] damaged = [.. png];
        damaged[^30] ^= 0x55;
        return
        [
            Case("zero bytes", [], "empty"),
            Case("text", "not a picture at all"u8.ToArray(), "not a picture"),
            Case("only a signature", png[..8], "not a picture"),
            Case("PNG cut in half", png[..(png.Length / 2)], "cut short"),
            Case("PNG without its last 40 bytes", png[..^40], "cut short"),
            Case("PNG with a damaged byte", damaged, "damaged"),
            Case("JPEG cut in half", jpeg[..(jpeg.Length * 3 / 4)], "cut short"),
            Case("JPEG without its last 30 bytes", jpeg[..^30], "cut short"),
            Case("WebP cut in half", webp[..(webp.Length / 2)], ""),
            Case("BMP with a header only", TestPictures.BmpHeader(64, 64), "cut short"),
            Case("1×1", TestPictures.Png(1, 1, 8, 0, 0), "too small"),
            Case("15×400", TestPictures.Png(15, 400, 8, 0, 0), "too small"),
            Case("20000×20000, whole", TestPictures.Png(20_000, 20_000, 1, 0), "too large"),
            Case("20000×20000, header only", TestPictures.BmpHeader(20_000, 20_000), "too large"),
        ];

        static TestCaseData Case(string name, byte[] content, string says) =>
            new TestCaseData(content, says).SetName($"Load refuses: {name}");
    }

    [TestCaseSource(nameof(BadPictures))]
    public void LoadRefuses(byte[] content, string says)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("bad", content);
        var error = Assert.Throws<InputException>(() => ImageFile.Load(path))!;
        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Does.Contain(says).And.Contain(path).And.Not.Contain("\n"));
            Assert.That(error.Message, Does.EndWith(".").And.Contain("; "), "one line: what is wrong; what to do.");
        });
    }

    [Test]
    public void LoadNamesAMissingFileAndADirectory()
    {
        using var directory = new TemporaryDirectory();
        Assert.Multiple(() =>
        {
            Assert.That(() => ImageFile.Load(directory["none.png"]), Throws.TypeOf<InputException>().With.Message.Contains("no file"));
            Assert.That(() => ImageFile.Load(directory["no/such.png"]), Throws.TypeOf<InputException>().With.Message.Contains("no file"));
            Assert.That(() => ImageFile.Load(directory.Root), Throws.TypeOf<InputException>().With.Message.Contains("directory"));
            Assert.That(() => ImageFile.Load(""), Throws.TypeOf<InputException>());
        });
    }

    [TestCase("a.tiff")]
    [TestCase("a")]
    [TestCase("missing/a.png")]
    public void SaveRefusesBeforeAnyWork(string name)
    {
        using var directory = new TemporaryDirectory();
        Assert.Multiple(() =>
        {
            Assert.That(() => ImageFile.CheckTarget(directory[name]), Throws.TypeOf<InputException>());
            Assert.That(() => ImageFile.Save(new Image(16, 16), directory[name], default), Throws.TypeOf<InputException>());
            Assert.That(directory.Entries, Is.Empty);
        });
    }
}
