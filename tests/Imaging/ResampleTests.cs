using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Imaging;

public sealed class ResampleTests
{
    [Test]
    public void TheSameSizeIsTheSamePicture()
    {
        var picture = TestPictures.Corners(33, 33);
        Assert.That(Resample.Fit(picture, 33).Pixels, Is.EqualTo(picture.Pixels));
    }

    [TestCase(7, 5, 64, 64)]
    [TestCase(1000, 16, 3, 48)]
    [TestCase(1, 1, 32, 32)]
    [TestCase(65, 63, 64, 64)]
    public void AConstantStaysConstant(int width, int height, int newWidth, int newHeight)
    {
        var picture = new Image(width, height);
        Array.Fill(picture.Pixels, 0.3f);
        var resized = Resample.Resize(picture, newWidth, newHeight);
        Assert.That(resized.Pixels, Has.Length.EqualTo(newWidth * newHeight * 3));
        Assert.That(resized.Pixels, Is.All.EqualTo(0.3f).Within(1e-5f));
    }

    [Test]
    public void ShrinkingAveragesInsteadOfAliasing()
    {
        var stripes = new Image(640, 640);
        for (int i = 0; i < stripes.Pixels.Length; i++)
        {
            stripes.Pixels[i] = i / 3 % 2;
        }

        Assert.That(Resample.Fit(stripes, 64).Pixels, Is.All.EqualTo(0.5f).Within(0.06f));
    }

    [Test]
    public void ARampStaysARampAndIsCentred()
    {
        var ramp = new Image(100, 300); // the square is rows 100 to 199
        for (int i = 0; i < ramp.Pixels.Length; i++)
        {
            ramp.Pixels[i] = ((i / 300) - 100) / 100f;
        }

        var square = Resample.Square(ramp, 0, 100, 100, 50);
        float[] inner = [.. Enumerable.Range(2, 46).Select(y => square.Pixels[((y * 50) + 25) * 3])];
        Assert.That(inner, Is.EqualTo(Enumerable.Range(2, 46).Select(y => ((2 * y) + 0.5f) / 100f)).Within(1e-3f));
    }

    [Test]
    public void ATallPictureFitsWithItsEdgesDrawnOut()
    {
        var picture = new Image(20, 40); // red at the left, green at the right
        for (int i = 0; i < 800; i++)
        {
            picture.Pixels[(3 * i) + (i % 20 < 10 ? 0 : 1)] = 1f;
        }

        var square = Resample.Fit(picture, 40);
        for (int i = 0; i < 1600; i++)
        {
            Assert.That(square.Pixels[3 * i], Is.EqualTo(i % 40 < 20 ? 1f : 0f).Within(1e-5f), $"column {i % 40}");
        }
    }

    [TestCase(-1, 0, 10)]
    [TestCase(0, 11, 10)]
    [TestCase(0, 0, 0)]
    [TestCase(0, 0, 21)]
    public void ASquareOutsideThePictureIsRefused(int left, int top, int side) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Resample.Square(new Image(30, 20), left, top, side, 8));
}
