using Mimesh.Model.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Imaging;

public sealed class ResampleTests
{
    [Test]
    public void TheSameSizeIsTheSamePicture()
    {
        var picture = TestPictures.Corners(33, 33);
        Assert.That(Resample.CentreSquare(picture, 33).Pixels, Is.EqualTo(picture.Pixels));
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

        Assert.That(Resample.CentreSquare(stripes, 64).Pixels, Is.All.EqualTo(0.5f).Within(0.06f));
    }

    [Test]
    public void ARampStaysARampAndIsCentred()
    {
        var ramp = new Image(100, 300); // the middle square is rows 100 to 199
        for (int i = 0; i < ramp.Pixels.Length; i++)
        {
            ramp.Pixels[i] = ((i / 300) - 100) / 100f;
        }

        var square = Resample.CentreSquare(ramp, 50);
        float[] inner = [.. Enumerable.Range(2, 46).Select(y => square.Pixels[((y * 50) + 25) * 3])];
        Assert.That(inner, Is.EqualTo(Enumerable.Range(2, 46).Select(y => ((2 * y) + 0.5f) / 100f)).Within(1e-3f));
    }
}
