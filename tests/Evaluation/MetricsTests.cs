using Mimesh.Evaluation;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Evaluation;

/// <summary>Every measure against its definition, written out.</summary>
public sealed class MetricsTests
{
    [Test]
    public void PsnrIsThatOfTheMeanSquare()
    {
        float[] a = [0f, 0.5f, 1f], b = [0.1f, 0.5f, 0.8f];
        Assert.That(PictureQuality.Psnr(a, b), Is.EqualTo(-10 * Math.Log10((0.01 + 0.04) / 3)).Within(1e-5));
        Assert.That(PictureQuality.Psnr(a, a), Is.EqualTo(100));
    }

    [Test]
    public void SsimIsTheMeanOverWholeWindows()
    {
        var random = new System.Random(3);
        Image Noise()
        {
            var image = new Image(14, 13);
            for (int i = 0; i < image.Pixels.Length; i++)
            {
                image.Pixels[i] = random.NextSingle();
            }

            return image;
        }

        Image a = Noise(), b = Noise();
        Assert.That(PictureQuality.Ssim(a, b), Is.EqualTo(Plain(a, b)).Within(1e-5));
        Assert.That(PictureQuality.Ssim(a, a), Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void CosineKnowsDirectionsAlone() => Assert.Multiple(() =>
    {
        Assert.That(EmbeddingNet.Cosine([3f, 4f], [6f, 8f]), Is.EqualTo(1).Within(1e-12));
        Assert.That(EmbeddingNet.Cosine([1f, 0f, 0f], [1f, 1f, 0f]), Is.EqualTo(Math.Sqrt(0.5)).Within(1e-12));
        Assert.That(EmbeddingNet.Cosine([1f, 2f], [-2f, 1f]), Is.Zero);
        Assert.That(EmbeddingNet.Cosine([0f, 0f], [1f, 1f]), Is.Zero);
    });

    [Test]
    public void PoseErrorIsTheRootMeanSquareOfThreeAnglesInDegrees()
    {
        static Pose Turned(float yaw, float pitch, float roll) =>
            new(float.DegreesToRadians(yaw), float.DegreesToRadians(pitch), float.DegreesToRadians(roll), 0.01f, 0.3f, 0f);
        Assert.Multiple(() =>
        {
            Assert.That(Metrics.PoseError(Turned(10, -5, 2), Turned(10, -5, 2) with { Scale = 1, X = 0 }), Is.Zero);
            Assert.That(Metrics.PoseError(Turned(3, 4, 0), Turned(0, 0, 12)), Is.EqualTo(13 / Math.Sqrt(3)).Within(1e-5));
            Assert.That(Metrics.PoseError(Turned(0, 0, 179), Turned(0, 0, -179)), Is.EqualTo(2 / Math.Sqrt(3)).Within(1e-4), "the short way round");
        });
    }

    [Test]
    public void ActionUnitsAgreeWhereBothAreOnOrOff() =>
        Assert.That(Metrics.ActionUnitAgreement([0f, 0.19f, 0.21f, 0.9f, 0.2f], [0.1f, 0.3f, 0.25f, 0f, -0.5f]), Is.EqualTo(3 / 5.0));

    private static double Plain(Image a, Image b)
    {
        double sum = 0;
        int count = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            for (int top = 0; top + 11 <= a.Height; top++)
            {
                for (int left = 0; left + 11 <= a.Width; left++, count++)
                {
                    double total = 0, ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
                    for (int i = 0; i < 121; i++)
                    {
                        int dy = i / 11, dx = i % 11, at = ((((top + dy) * a.Width) + left + dx) * 3) + channel;
                        double w = Math.Exp(-(((dy - 5) * (dy - 5)) + ((dx - 5) * (dx - 5))) / (2 * 1.5 * 1.5)), x = a.Pixels[at], y = b.Pixels[at];
                        total += w;
                        ma += w * x;
                        mb += w * y;
                        aa += w * x * x;
                        bb += w * y * y;
                        ab += w * x * y;
                    }

                    ma /= total;
                    mb /= total;
                    double va = (aa / total) - (ma * ma), vb = (bb / total) - (mb * mb), c = (ab / total) - (ma * mb);
                    sum += ((2 * ma * mb) + 1e-4) * ((2 * c) + 9e-4) / (((ma * ma) + (mb * mb) + 1e-4) * (va + vb + 9e-4));
                }
            }
        }

        return sum / count;
    }
}
