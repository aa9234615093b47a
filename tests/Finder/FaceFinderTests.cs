using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Finder;

/// <summary>The shipped finder.</summary>
public sealed class FaceFinderTests
{
    private static readonly string s_weights = Path.Combine(RepositoryRoot.Path, "weights");
    private readonly CpuDevice _device = new(2);
    private FaceFinder _finder = null!;
    private Image _portrait = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _finder = FaceFinder.Load(_device, s_weights);
        _portrait = ImageFile.Load(Path.Combine(RepositoryRoot.Path, "samples", "source.png"));
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _finder.Dispose();
        _device.Dispose();
    }

    [Test]
    public void MostFacesOfNewScenesAreFoundAndLittleElse()
    {
        var report = FinderEvaluation.Run(_finder, 60, 320, new Progress<int>(), CancellationToken.None);
        TestContext.Out.WriteLine($"precision {report.Precision:0.00}, recall {report.Recall:0.00}, roll {report.RollError:0.0}°");
        Assert.That(report.Precision, Is.GreaterThan(0.85));
        Assert.That(report.Recall, Is.GreaterThan(0.6));
        Assert.That(report.RollError, Is.LessThan(15));
    }

    [Test]
    public void GreyAndLightChangeLittle([Values(0f, 1f)] float colour, [Values(0.5f, 1f)] float light)
    {
        var changed = new Image(_portrait.Width, _portrait.Height);
        for (int i = 0; i < changed.Pixels.Length; i += 3)
        {
            float grey = (_portrait.Pixels[i] + _portrait.Pixels[i + 1] + _portrait.Pixels[i + 2]) / 3;
            for (int c = i; c < i + 3; c++)
            {
                changed.Pixels[c] = light * (grey + (colour * (_portrait.Pixels[c] - grey)));
            }
        }

        var (before, after) = (_finder.Find(_portrait), _finder.Find(changed));
        Assert.That(before, Has.Count.EqualTo(1));
        Assert.That(after, Has.Count.EqualTo(1));
        Assert.That(after[0].Overlap(before[0]), Is.GreaterThan(0.7f));
    }

    [Test]
    public void AFaceIsFoundAtAnySize([Values(32, 60, 120, 240, 480)] int side)
    {
        var page = new Image(640, 480);
        Canvas.Fill(page, Rgb.Grey(0.7f));
        Canvas.Paste(page, Resample.Resize(_portrait, side, side), (640 - side) / 2, (480 - side) / 2);
        var whole = _finder.Find(_portrait)[0];
        var found = _finder.Find(page);
        float scale = (float)side / _portrait.Width;
        var expected = whole with { X = (scale * whole.X) + ((640 - side) / 2), Y = (scale * whole.Y) + ((480 - side) / 2), Side = scale * whole.Side };
        Assert.That(found.Select(f => f.Overlap(expected)).DefaultIfEmpty().Max(), Is.GreaterThan(0.5f));
    }

    [Test]
    public void TheSameIsFoundWithAnyNumberOfThreads()
    {
        var scene = new SceneSampler(Split.Validation, 9, 320, pool: 16).Make(4);
        using var device = new CpuDevice(1);
        using var finder = FaceFinder.Load(device, s_weights);
        var picture = Image.From(scene.Size, scene.Size, scene.Pixels);
        Assert.That(finder.Find(picture), Is.EqualTo(_finder.Find(picture)));
    }

    [Test]
    public void ThePicturesOfAVideoAreSearchedInMemoryThatIsThere()
    {
        var picture = Resample.Resize(_portrait, 256, 192);
        for (int i = 0; i < 5; i++)
        {
            _finder.Find(picture);
        }

        long rented = _device.AllocatedBytes, before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            _finder.Find(picture);
        }

        Assert.That(_device.AllocatedBytes, Is.EqualTo(rented));
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 20, Is.LessThan(4096), "the list of faces alone");
    }

    [Test]
    public void AfterAPictureOfAnotherShapeTheSameIsFound()
    {
        var before = _finder.Find(_portrait);
        _finder.Find(new Image(300, 100));
        Assert.That(_finder.Find(_portrait), Is.EqualTo(before));
    }

    [Test]
    public void AWeightsDirectoryWithoutAFinderTakesTheShippedOne()
    {
        using var directory = new TemporaryDirectory();
        using var finder = FaceFinder.Load(_device, directory.Root);
        Assert.That(finder.Find(_portrait), Is.EqualTo(_finder.Find(_portrait)));
    }
}
