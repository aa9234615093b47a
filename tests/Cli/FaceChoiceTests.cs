using System.Text.Json;
using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>Pictures of several people, of tilted heads, and of nobody, with the shipped weights.</summary>
public sealed class FaceChoiceTests
{
    private static readonly string s_source = Path.Combine(RepositoryRoot.Path, "samples", "source.png");
    private static readonly string s_driving = Path.Combine(RepositoryRoot.Path, "samples", "driving.png");
    private TemporaryDirectory _directory = null!;

    [OneTimeSetUp]
    public void WritePictures()
    {
        _directory = new TemporaryDirectory();
        Image left = ImageFile.Load(s_source), right = Resample.Resize(ImageFile.Load(s_driving), left.Width / 2, left.Height / 2);
        var both = new Image(2 * left.Width, left.Height);
        Canvas.Fill(both, Rgb.Grey(0.4f));
        Canvas.Paste(both, left, 0, 0);
        Canvas.Paste(both, right, left.Width + (left.Width / 4), left.Height / 4);
        ImageFile.Save(both, _directory["two.png"], DigitalSource.AlgorithmicMedia);
        ImageFile.Save(Resample.Turn(left, 2), _directory["down.png"], DigitalSource.AlgorithmicMedia);
        var wall = new Image(200, 150);
        Array.Fill(wall.Pixels, 0.6f);
        ImageFile.Save(wall, _directory["wall.png"], DigitalSource.AlgorithmicMedia);
    }

    [OneTimeTearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void EveryFaceIsWrittenDown()
    {
        var run = Mesh("two.png", "--face", "all");
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.Contain("2 faces"));
        float[] noses = Noses();
        Assert.That(noses, Has.Length.EqualTo(2));
        Assert.That(noses[0], Is.LessThan(noses[1]), "the larger one first, which is at the left");
        Assert.That(Frames().Select(f => f.GetProperty("picture").GetString()), Is.All.EqualTo(_directory["two.png"]));
    }

    [TestCase("left", false)]
    [TestCase("right", true)]
    [TestCase("largest", false)]
    [TestCase("1", false)]
    [TestCase("2", true)]
    public void AFaceIsChosen(string which, bool right)
    {
        var run = Mesh("two.png", "--face", which);
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        float middle = ImageFile.Load(_directory["two.png"]).Width / 2f;
        Assert.That(Noses().Single(), right ? Is.GreaterThan(middle) : Is.LessThan(middle));
    }

    [Test]
    public void ANumberWhereNobodyIsIsAnErrorWhateverElseIsSaid()
    {
        var run = Mesh("wall.png", "--face", "2", "--anyway");
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--face 2: no face was found in"));
    }

    [Test]
    public void OfSeveralTheLargestIsTakenAndThatIsSaid()
    {
        var run = Mesh("two.png");
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.Zero);
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Error, Does.StartWith("warning: ").And.Contain("2 faces").And.Contain("--face left"));
            Assert.That(Noses(), Has.Length.EqualTo(1));
        });
    }

    [TestCase("3", "3")]
    [TestCase("0", "'0'")]
    [TestCase("middle", "'middle'")]
    public void AFaceThatIsNotThereIsTheUsersError(string which, string says)
    {
        var run = CliRun.Of("mesh", "--picture", _directory["two.png"], "--output", _directory["never.png"], "--face", which);
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Error, Does.Contain("--face").And.Contain(says));
            Assert.That(File.Exists(_directory["never.png"]), Is.False);
        });
    }

    [Test]
    public void NoFaceIsAnErrorUnlessOneGoesOnAnyway([Values] bool anyway)
    {
        string output = _directory[$"walled{anyway}.png"];
        var run = CliRun.Of([
            "reenact", "--source", _directory["wall.png"], "--driving", s_driving, "--output", output,
            "--weights", Path.Combine(RepositoryRoot.Path, "weights", "small"), .. anyway ? ["--anyway"] : Array.Empty<string>()]);
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(anyway ? 0 : 2));
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Error.ToLowerInvariant(), Does.Contain("no face was found").And.Contain("wall.png"));
            Assert.That(File.Exists(output), Is.EqualTo(anyway));
        });
    }

    [Test]
    public void APictureThatIsUpsideDownIsTurned()
    {
        string weights = Path.Combine(RepositoryRoot.Path, "weights", "small");
        var down = CliRun.Of("reenact", "--source", _directory["down.png"], "--driving", s_driving, "--output", _directory["turned.png"], "--weights", weights);
        var up = CliRun.Of("reenact", "--source", s_source, "--driving", s_driving, "--output", _directory["upright.png"], "--weights", weights);
        float[] difference = [.. ImageFile.Load(_directory["turned.png"]).Pixels.Zip(ImageFile.Load(_directory["upright.png"]).Pixels, (a, b) => MathF.Abs(a - b))];
        Assert.Multiple(() =>
        {
            Assert.That((down.Code, up.Code, up.Error), Is.EqualTo((0, 0, "")));
            Assert.That(down.Error, Does.StartWith("note: ").And.Contain("180°"));
            Assert.That(difference.Average(), Is.LessThan(0.03f));
        });
    }

    private CliRun Mesh(string picture, params string[] more) => CliRun.Of([
        "mesh", "--picture", _directory[picture], "--output", _directory["mesh.png"], "--json", _directory["mesh.json"], "--size", "64", .. more]);

    private JsonElement[] Frames() => [.. JsonDocument.Parse(File.ReadAllText(_directory["mesh.json"])).RootElement.GetProperty("frames").EnumerateArray()];

    private float[] Noses() => [.. Frames().Select(f => f.GetProperty("landmarks")[30][0].GetSingle())];
}
