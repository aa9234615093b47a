using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;
using Mimesh.Tests.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>The whole way from two files to a picture, with untrained weights; and weights that do not fit.</summary>
public sealed class ReenactTests
{
    private TemporaryDirectory _directory = null!;

    [OneTimeSetUp]
    public void WriteFiles()
    {
        _directory = new TemporaryDirectory();
        ImageFile.Save(TestPictures.Corners(90, 70), _directory["a.png"], DigitalSource.AlgorithmicMedia);
        ImageFile.Save(TestPictures.Corners(40, 140), _directory["b.jpg"], DigitalSource.AlgorithmicMedia);
        using var device = Device.Open("cpu");
        var init = new Initializer(device, 1);
        var model = FaceModel.BuiltIn;
        using var regressor = new Regressor(init, model.Identity.Length, model.Expression.Length);
        using var generator = new Generator(init, Preset.Small, model);
        var seen = new Safetensors();
        seen.Add("regressor", regressor.NamedParameters);
        var drawn = Weights.OfGenerator(generator, generator.NamedParameters);
        Write("good", seen, drawn);
        drawn.Metadata["preset"] = "paper";
        Write("other", seen, drawn);
        drawn.Metadata["preset"] = "enormous";
        Write("unknown", seen, drawn);
        drawn.Metadata["preset"] = Preset.Small.Name;
        Write("cut", seen, drawn, keep: 0.7);
        drawn.Tensors.First().Value.Values[5] = float.NaN;
        Write("nan", seen, drawn);
        Directory.CreateDirectory(_directory["empty"]);
    }

    [OneTimeTearDown]
    public void DeleteFiles() => _directory.Dispose();

    [Test]
    public void TwoPicturesBecomeOneAndItsExplanation()
    {
        var run = Reenact("good", "out.png", "--explain", _directory["how"]);
        string[] names = ["source_mesh", "driving_mesh", "flow", "warped", "flow_mask", "occlusion", "strip"];
        Assert.Multiple(() =>
        {
            // There are none in these pictures.
            Assert.That(run.ErrorLines, Has.Length.EqualTo(2).And.All.StartsWith("warning: no face was found"));
            Assert.That(run.Code, Is.Zero);
            var result = ImageFile.Load(_directory["out.png"]);
            Assert.That((result.Width, result.Height), Is.EqualTo((128, 128)));
            foreach (string file in names.Select(name => _directory[$"how/{name}.png"]).Append(_directory["out.png"]))
            {
                Assert.That(ProvenanceTests.ReadXmp(File.ReadAllBytes(file)), Does.Contain("/trainedAlgorithmicMedia\""), file);
            }
        });
    }

    [Test]
    public void TheResultDependsOnlyOnTheInput()
    {
        int[] codes = [Reenact("good", "one.png", "--threads", "1").Code, Reenact("good", "three.png", "--threads", "3").Code];
        Assert.That(codes, Is.All.Zero);
        Assert.That(File.ReadAllBytes(_directory["three.png"]), Is.EqualTo(File.ReadAllBytes(_directory["one.png"])));
    }

    // Below the trained size any multiple of 16, above it whole multiples of it.
    [TestCase("96")]
    [TestCase("256")]
    public void SizesThatTheNetworksTakeRun(string size)
    {
        Assert.That(Reenact("good", "sized.webp", "--size", size).Code, Is.Zero);
        Assert.That(ImageFile.Load(_directory["sized.webp"]).Width, Is.EqualTo(int.Parse(size)));
    }

    [Test]
    public void OtherSizesAboveTheTrainedOneAreRefused()
    {
        var run = Reenact("good", "sized.webp", "--size", "160");
        Assert.That((run.Code, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain("256"), "a size that would do");
    }

    [TestCase("empty", "reenactor.safetensors")]
    [TestCase("cut", "reenactor.safetensors")]
    [TestCase("other", "reenactor.safetensors")]
    [TestCase("unknown", "enormous")]
    [TestCase("nan", "NaN")]
    public void WeightsThatDoNotFitAreTheUsersError(string weights, string says)
    {
        var run = Reenact(weights, "never.png");
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Error, Does.Contain(says).And.Not.Contain("   at "));
            Assert.That(_directory.Entries, Has.None.Contains("never"));
        });
    }

    private CliRun Reenact(string weights, string output, params string[] more) => CliRun.Of([
        "reenact", "--source", _directory["a.png"], "--driving", _directory["b.jpg"], "--output", _directory[output],
        "--weights", _directory[weights], "--anyway", .. more]);

    private void Write(string name, Safetensors regressor, Safetensors reenactor, double keep = 1)
    {
        Directory.CreateDirectory(_directory[name]);
        foreach (var (file, content) in new[] { (Weights.RegressorFile, regressor), (Weights.ReenactorFile, reenactor) })
        {
            using var bytes = new MemoryStream();
            content.Write(bytes, half: true);
            _directory.Write(Path.Combine(name, file), bytes.ToArray()[..(int)(bytes.Length * keep)]);
        }
    }
}
