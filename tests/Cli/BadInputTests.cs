using Mimesh.Tests.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>Whatever is wrong with the input: exit code 2, one line that says so, and no file left behind.</summary>
public sealed class BadInputTests
{
    private TemporaryDirectory _directory = null!;

    public static IEnumerable<TestCaseData> BadLines()
    {
        const string reenact = "reenact --source good.png --driving good.png --output out.png";
        return
        [
            Case("no command", "", "command"),
            Case("an unknown command", "dance", "'dance'"),
            Case("an unknown option", $"{reenact} --loud", "'--loud'"),
            Case("a missing option", "reenact --source good.png --driving good.png", "--output"),
            Case("an option without a value", $"{reenact} --device", "--device"),
            Case("a size that is no multiple of 16", $"{reenact} --size 100", "multiple of 16"),
            Case("a size that is no number", $"{reenact} --size big", "'big'"),
            Case("a negative number of threads", $"{reenact} --threads -1", "--threads"),
            Case("an unknown device", $"{reenact} --device abacus", "abacus"),
            Case("a GPU that is not there", $"{reenact} --device cuda:99", "cuda"),
            Case("weights that are not there", $"{reenact} --weights nowhere", "nowhere"),
            Case("a missing source", "reenact --source none.png --driving good.png --output out.png", "'none.png'"),
            Case("a missing driving picture", "reenact --source good.png --driving none.png --output out.png", "'none.png'"),
            Case("a directory as a picture", "reenact --source . --driving good.png --output out.png", "directory"),
            Case("a file without bytes", "reenact --source empty.png --driving good.png --output out.png", "'empty.png'"),
            Case("a file that is no picture", "reenact --source text.png --driving good.png --output out.png", "'text.png'"),
            Case("a truncated picture", "reenact --source good.png --driving cut.png --output out.png", "'cut.png'"),
            Case("a 1×1 picture", "reenact --source dot.png --driving good.png --output out.png", "1×1"),
            Case("a 20000×20000 picture", "reenact --source huge.bmp --driving good.png --output out.png", "20000×20000"),
            Case("an output of no known format", "reenact --source good.png --driving good.png --output out.tiff", "'out.tiff'"),
            Case("an output in a directory that is not there", "reenact --source good.png --driving good.png --output no/out.png", "'no/out.png'"),
            Case("an operation that is not there", "verify --op Convolve", "'Convolve'"),
            Case("rows in a directory that is not there", "verify --json no/rows.json", "'no/rows.json'"),
            Case("a measurement of no known preset", "benchmark --preset vast", "'vast'"),
            Case("a measurement of weights and of a preset", "benchmark --preset base --weights here", "--preset"),
            Case("a measurement of no frames", "benchmark --frames 0", "--frames"),
            Case("figures in a directory that is not there", "benchmark --json no/speed.json", "'no/speed.json'"),
            Case("pairs that are not there", "evaluate --pairs no.csv", "'no.csv'"),
            Case("pairs that are none", "evaluate --pairs text.png", "first line"),
            Case("a wrong line of a list of pairs", "evaluate --pairs wrong.csv", "'wrong.csv', line 3"),
            Case("an evaluation of weights that are not there", "evaluate --weights nowhere", "nowhere"),
            Case("an evaluation drawn in no known format", "evaluate --figure pairs.tiff", "'pairs.tiff'"),
            Case("two outputs of one name", "evaluate --json figures.txt --markdown ./figures.txt", "'./figures.txt'"),
            Case("a drawing and figures of one name", "mesh --picture good.png --output drawn.png --json drawn.png", "'drawn.png'"),
            Case("a drawing over its own picture", "mesh --picture good.png --output ./good.png", "'./good.png'"),
            Case("facts over their own picture", "mesh --picture good.png --output drawn.png --json good.png", "'good.png'"),
            Case("a result over its source", "reenact --source good.png --driving good.png --output good.png", "'good.png'"),
            Case("figures over their list", "evaluate --pairs right.csv --json right.csv", "'right.csv'"),
            Case("options before the command they are for", "evaluate --count 2 regressor", "--count stands before"),
            Case("options before the finder's evaluation", "evaluate --count 2 finder", "--count stands before"),
            Case("a finder that is not there", "evaluate finder --weights nowhere --json no/figures.json", "'no/figures.json'"),
            Case("no such face", "mesh --picture good.png --output drawn.png --face front", "'front'"),
            Case("all faces for one result", $"{reenact} --source-face all", "'all'"),
            Case("a picture without a face", reenact, "No face was found in 'good.png'"),
            Case("weights twice", "evaluate --weights here here", "given twice"),
            Case("a line break in a name", "reenact --source no\nsuch.png --driving good.png --output out.png", "no such.png"),
            Case("a directory as a list of pairs", "evaluate --pairs .", "is a directory"),
            Case("rendered people beside nothing", "train reenactor --regressor here --output run --rendered 1", "--data"),
            Case("a training in a file", "train regressor --output text.png", "'text.png' is a file"),
            Case("a training on a device that is not there", "train regressor --output run --device cuda:99", "cuda"),
            Case("a sheet too large for its format", "synth sheet --output sheet.webp --columns 64 --rows 1 --size 512", "32768×512"),
            Case("a sheet too large for anything", "synth sheet --output sheet.png --columns 64 --rows 64 --size 2048", "smaller size"),
            Case("facts where a directory is", "synth portrait --output taken.png --size 32", "taken.json"),
            Case("a sheet whose facts meet a directory", "synth sheet --output taken.png --size 32 --rows 1 --columns 1", "taken.json"),
            Case("frames where a directory is", "synth clip --output frames.d --size 32 --frames 3", "frame_0001.png"),
            Case("a clip before the end of a longer one", "synth clip --output longer.d --size 32 --frames 2", "frame_0002.png"),
            Case("a pair where a directory is", "synth pair --output pair.d --size 32", "truth.json"),
            Case("an export where a directory is", "export onnx --output models.d --size 64", "motion_net.onnx"),
            Case("an explanation over a file", $"{reenact} --explain text.png", "'text.png'"),
            Case("an export over a file", "export onnx --output text.png", "'text.png'"),
            Case("an export of no known preset", "export onnx --output models --preset vast", "'vast'"),
            Case("an export of weights that are not there", "export onnx --output models --weights nowhere", "nowhere"),
            Case("a part that cannot be left out", "train reenactor --regressor here --output run --without brakes", "'brakes'"),
            Case("an export of no format", "export", "command"),
        ];

        static TestCaseData Case(string name, string line, string says) => new TestCaseData(line, says).SetName($"Bad input: {name}");
    }

    [OneTimeSetUp]
    public void WriteFiles()
    {
        _directory = new TemporaryDirectory();
        byte[] good = TestPictures.Encoded(TestPictures.Corners(64, 64), ".png");
        _directory.Write("good.png", good);
        _directory.Write("empty.png", []);
        _directory.Write("text.png", "hello"u8.ToArray());
        _directory.Write("wrong.csv", "person,moment,driving_person,driving_moment\n1,0,1,1\n1,0,two,1\n"u8.ToArray());
        _directory.Write("cut.png", good[..(good.Length / 2)]);
        _directory.Write("dot.png", TestPictures.Png(1, 1, 8, 0, 0));
        Directory.CreateDirectory(_directory["longer.d"]);
        _directory.Write("longer.d/frame_0002.png", good);
        _directory.Write("right.csv", "person,moment,driving_person,driving_moment\n1,0,1,1\n"u8.ToArray());
        foreach (string taken in (string[])["taken.json", "frames.d/frame_0001.png", "pair.d/truth.json", "models.d/motion_net.onnx"])
        {
            Directory.CreateDirectory(_directory[taken]);
        }

        _directory.Write("huge.bmp", TestPictures.BmpHeader(20_000, 20_000));
    }

    [OneTimeTearDown]
    public void DeleteFiles() => _directory.Dispose();

    [TestCaseSource(nameof(BadLines))]
    public void IsOneLineAndExitCode2(string line, string says)
    {
        string[] before = _directory.Entries;
        // Files are named as if the directory were the current one; the message must name them so that the user knows which.
        string[] args = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(
            word => word.Contains('.') && !word.StartsWith('-') ? _directory[word] : word)];
        var run = CliRun.Of(args);
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.Output, Is.Empty);
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Error.Replace(_directory.Root + Path.DirectorySeparatorChar, ""), Does.Contain(says));
            Assert.That(run.Error, Does.Not.Contain("   at ").And.Not.Contain("Exception"));
            Assert.That(_directory.Entries, Is.EqualTo(before));
        });
    }

    [Test]
    public void TheProcessItselfExitsWith2()
    {
        using var process = CliRun.Start(_directory.Root, "reenact", "--source", "none.png", "--driving", "good.png", "--output", "out.png");
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Multiple(() =>
        {
            Assert.That(process.ExitCode, Is.EqualTo(2));
            Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(File.Exists(_directory["out.png"]), Is.False);
        });
    }

    [Test]
    public void AnEmptyNameIsRefused([Values("--json", "--explain")] string option)
    {
        string samples = Path.Combine(RepositoryRoot.Path, "samples");
        using var directory = new TemporaryDirectory();
        var run = option == "--json"
            ? CliRun.Of("benchmark", "--preset", "small", "--size", "32", "--frames", "1", "--json", "")
            : CliRun.Of(
                "reenact", "--source", Path.Combine(samples, "source.png"), "--driving", Path.Combine(samples, "driving.png"),
                "--output", directory["out.png"], "--explain", "");
        Assert.That(run.Code, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Contain("is empty"));
    }
}
