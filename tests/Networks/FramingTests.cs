using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Model;
using Mimesh.Model.Faces;
using Mimesh.Model.Imaging;
using Mimesh.Model.Networks;
using Mimesh.Model.Rendering;
using NUnit.Framework;

namespace Mimesh.Tests.Networks;

public sealed class FramingTests
{
    private readonly CpuDevice _device = new(2);
    private Regressor _regressor = null!;

    [OneTimeSetUp]
    public void Load()
    {
        var model = FaceModel.BuiltIn;
        _regressor = new Regressor(new Initializer(_device, 0), model.Identity.Length, model.Expression.Length);
        string path = Path.Combine(RepositoryRoot.Path, "weights", Weights.RegressorFile);
        Weights.Load(Weights.Read(path), path, "regressor", _regressor.NamedParameters);
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _regressor.Dispose();
        _device.Dispose();
    }

    [TestCase(1f, 1f)]
    [TestCase(0.7f, 1f)]
    [TestCase(1f, 0.7f)]
    public void AHeadThatIsSmallInThePictureFillsTheSquare(float width, float height)
    {
        const int Count = 12, Size = 256;
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Validation);
        int found = 0;
        for (ulong i = 0; i < Count; i++)
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

            var square = Framing.Square(_regressor, _device, picture, 128);
            using var tape = Tape.Start();
            using var pause = Tape.NoGrad();
            var seen = _regressor.Forward(Tensor.From(_device, [1, 128, 128, 3], square.Pixels));
            var found1 = Pose.FromMatrix(seen.PictureCameras());

            // The head is as large as asked for, in the middle, and looks where it does.
            found += found1.Scale is > 0.005f and < 0.0085f && MathF.Abs(found1.X) < 0.3f && MathF.Abs(found1.Y) < 0.3f
                && MathF.Abs(found1.Yaw - pose.Yaw) < 0.25f && MathF.Abs(found1.Pitch - pose.Pitch) < 0.25f
                ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{found} of {Count}");
        Assert.That(found, Is.GreaterThanOrEqualTo(Count * 3 / 4));
    }

    [Test]
    public void AHeadThatFillsASquarePictureStaysWhole()
    {
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Validation);
        var frame = Enumerable.Range(0, 40).Select(i => sampler.Single((ulong)i, 128)).First(f => f.Pose.Scale > 0.0072f && MathF.Abs(f.Pose.Roll) < 0.2f);
        Assert.That(Framing.Square(_regressor, _device, frame.Image, 128).Pixels, Is.EqualTo(frame.Image.Pixels));
    }

    [TestCase(1, 1)]
    [TestCase(2, 900)]
    [TestCase(900, 3)]
    public void AnyPictureHasASquare(int width, int height) =>
        Assert.That(Framing.Square(_regressor, _device, new Image(width, height), 32).Pixels, Has.Length.EqualTo(32 * 32 * 3));
}
