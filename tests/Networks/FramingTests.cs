using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.People;
using Mimesh.Reenactment;
using NUnit.Framework;

namespace Mimesh.Tests.Networks;

public sealed class FramingTests
{
    private readonly CpuDevice _device = new(2);
    private Regressor _regressor = null!;
    private FaceFinder _finder = null!;

    [OneTimeSetUp]
    public void Load()
    {
        string weights = Path.Combine(RepositoryRoot.Path, "weights");
        _regressor = Weights.LoadRegressor(_device, FaceModel.BuiltIn, weights);
        _finder = FaceFinder.Load(_device, weights);
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _regressor.Dispose();
        _finder.Dispose();
        _device.Dispose();
    }

    [TestCase(1f, 1f)]
    [TestCase(0.7f, 1f)]
    [TestCase(1f, 0.7f)]
    public void AHeadThatIsSmallInThePictureFillsTheSquare(float width, float height)
    {
        const int Size = 256;
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Validation);
        int count = 0, framed = 0;
        for (ulong i = 0; i < 36; i++)
        {
            var person = sampler.Person(i);
            var wide = sampler.Wide(person, i, Size);
            var pose = wide.Pose;
            int w = (int)(width * Size), h = (int)(height * Size);

            // Cut so that the head stays inside: around it, as far as the picture goes.
            int left = Math.Clamp((int)((pose.X + 1f) * Size / 2f) - (w / 2), 0, Size - w);
            int top = Math.Clamp((int)((pose.Y + 1f) * Size / 2f) - (h / 2), 0, Size - h);
            var picture = new Image(w, h);
            for (int y = 0; y < h; y++)
            {
                wide.Image.Pixels.AsSpan(3 * (((top + y) * Size) + left), 3 * w).CopyTo(picture.Pixels.AsSpan(3 * y * w, 3 * w));
            }

            // Larger heads fill more than the square; FaceFinderTests and AHeadIsFoundAndReadAtAnyTilt have profiles and tilts.
            if (pose.Scale > 0.0055f || MathF.Abs(pose.Yaw) > MathF.PI / 3 || MathF.Abs(pose.Roll) > 0.44f)
            {
                continue;
            }

            count++;
            if (_finder.Find(picture) is not [var face])
            {
                continue;
            }

            var found1 = Read(Framing.Cut(picture, face, 128));

            // The head is as large as asked for, in the middle, and looks where it does.
            framed += found1.Scale is > 0.005f and < 0.0085f && MathF.Abs(found1.X) < 0.3f && MathF.Abs(found1.Y) < 0.3f
                && MathF.Abs(found1.Yaw - pose.Yaw) < 0.25f && MathF.Abs(found1.Pitch - pose.Pitch) < 0.25f
                ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{framed} of {count}");
        Assert.That(count, Is.GreaterThanOrEqualTo(12));
        Assert.That(framed, Is.GreaterThanOrEqualTo(count * 3 / 4));
    }

    [Test]
    public void AHeadThatFillsASquarePictureStaysWhole()
    {
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Validation);
        var frame = Enumerable.Range(0, 40).Select(i => sampler.Single((ulong)i, 128))
            .First(f => f.Pose.Scale > 0.0072f && MathF.Abs(f.Pose.Roll) < 0.2f && _finder.Find(f.Image) is [_]);
        Assert.That(Framing.Cut(frame.Image, _finder.Find(frame.Image)[0], 128).Picture.Pixels, Is.EqualTo(frame.Image.Pixels));
    }

    [Test]
    public void AHeadIsFoundAndReadAtAnyTilt()
    {
        var portrait = ImageFile.Load(Path.Combine(RepositoryRoot.Path, "samples", "source.png"));
        var upright = Read(Framing.Cut(portrait, _finder.Find(portrait)[0], 128));
        for (int degrees = 30; degrees < 360; degrees += 30)
        {
            var face = _finder.Find(Turned(portrait, degrees * MathF.PI / 180))[0];
            float error = MathF.IEEERemainder(face.Roll - upright.Roll - (degrees * MathF.PI / 180), 2 * MathF.PI);
            Assert.That(error, Is.Zero.Within(0.35), $"tilted by {degrees}°");

            // Brought upright by quarter turns, with the rest of the tilt as it is.
            var seen = Read(Framing.Cut(Turned(portrait, degrees * MathF.PI / 180), face, 128));
            Assert.That(seen.Yaw, Is.EqualTo(upright.Yaw).Within(0.25), $"tilted by {degrees}°");
            Assert.That(MathF.Abs(seen.Roll), Is.LessThan(0.25 + (MathF.PI / 4)), $"tilted by {degrees}°");
        }
    }

    [TestCase(1, 1)]
    [TestCase(2, 900)]
    [TestCase(900, 3)]
    public void AnyPictureHasASquare(int width, int height)
    {
        var picture = new Image(width, height);
        Assert.Multiple(() =>
        {
            Assert.That(_finder.Find(picture), Is.Empty);
            Assert.That(Framing.Cut(picture, null, 32).Picture.Pixels, Has.Length.EqualTo(32 * 32 * 3));
            Assert.That(Framing.Cut(picture, new FoundFace(width, -5, 4000, 2, 1), 32).Picture.Pixels, Has.Length.EqualTo(32 * 32 * 3));
        });
    }

    private Pose Read(FramedFace face)
    {
        var seen = new Face(FaceModel.BuiltIn);
        using var arena = new Arena(_device);
        using var reader = new FaceReader(_regressor, face.Picture.Width, arena);
        reader.Read(face.Picture.Pixels, face.Face, seen);
        return Pose.FromMatrix(seen.Camera);
    }

    // Counter-clockwise about the middle, on grey.
    private static Image Turned(Image picture, float angle)
    {
        int size = picture.Width * 3 / 2;
        var (sin, cos) = MathF.SinCos(angle);
        var turned = new Image(size, size);
        Canvas.Fill(turned, Rgb.Grey(0.5f));
        for (int i = 0; i < size * size; i++)
        {
            float dx = (i % size) - (size / 2f), dy = (i / size) - (size / 2f);
            float x = (cos * dx) - (sin * dy) + (picture.Width / 2f), y = (sin * dx) + (cos * dy) + (picture.Height / 2f);
            if (x >= 0 && y >= 0 && x < picture.Width && y < picture.Height)
            {
                Resample.Bilinear(picture, x, y, turned.Pixels.AsSpan(3 * i, 3));
            }
        }

        return turned;
    }
}
