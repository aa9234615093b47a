using System.Diagnostics;
using System.Globalization;
using Mimesh.Cli;
using Mimesh.Imaging;
using Mimesh.Layers;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary><c>mimesh train</c> as a process: killed at any moment, the same command goes on to the same bits.</summary>
public sealed class TrainTests
{
    private const int Steps = 40;
    private TemporaryDirectory _directory = null!;

    [OneTimeSetUp]
    public void TrainThrough()
    {
        _directory = new TemporaryDirectory();
        Assert.That(CliRun.Of(Line("through")).Code, Is.Zero);
    }

    [OneTimeTearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void KilledAtAnyMomentItGoesOnToTheSameBits()
    {
        string log = Path.Combine(_directory["killed"], TrainingLog.FileName);
        var random = new Random(5);
        for (int kill = 0; kill < 4; kill++)
        {
            using var process = CliRun.Start(_directory.Root, Line("killed"));
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            try
            {
                // From when it is at work: it is the steps, the checkpoints and the log that are to be hit, not the start.
                long before = Length(log);
                var waited = Stopwatch.StartNew();
                while (Length(log) == before && !process.HasExited)
                {
                    Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromMinutes(2)), "no report came");
                    Thread.Sleep(1);
                }

                Thread.Sleep(random.Next(1500));
            }
            finally
            {
                process.Kill(entireProcessTree: true); // SIGKILL
                process.WaitForExit();
            }
        }

        if (StepOf("killed") < Steps)
        {
            Assert.That(CliRun.Of(Line("killed")).Code, Is.Zero);
        }

        Assert.Multiple(() =>
        {
            Assert.That(Bytes("killed", TrainingOptions.CheckpointFile), Is.EqualTo(Bytes("through", TrainingOptions.CheckpointFile)));
            Assert.That(Bytes("killed", "regressor.safetensors"), Is.EqualTo(Bytes("through", "regressor.safetensors")));
            Assert.That(Losses("killed"), Is.EqualTo(Losses("through")));
            Assert.That(_directory.Entries, Has.None.EndsWith(".tmp"));
        });
    }

    [Test]
    public void TheRunsFolderHoldsCurvesAndAPageThatNeedsNoNetwork()
    {
        string page = File.ReadAllText(Path.Combine(_directory["through"], TrainingPage.PageFile));
        var curves = ImageFile.Load(Path.Combine(_directory["through"], TrainingPage.CurvesFile));
        Assert.Multiple(() =>
        {
            Assert.That(page, Does.Contain($"through: the regressor after step {Steps}"));
            Assert.That(page, Does.Contain("<th>vertices mm</th>").And.Contain("<td>--learning-rate</td><td>0.0003</td>"));
            Assert.That(page, Does.Contain("mimesh train regressor --output"));
            Assert.That(page, Does.Not.Contain("http:").And.Not.Contain("https:"));
            Assert.That(page, Does.Contain($"src=\"{TrainingPage.CurvesFile}"));
            Assert.That(curves.Pixels.Min(), Is.LessThan(0.3f), "nothing is drawn");
        });
    }

    // The words of a chart are there without any font in the system: ink left of its frame and below it.
    [Test]
    public void ChartsAreLabelled()
    {
        var curves = ImageFile.Load(Path.Combine(_directory["through"], TrainingPage.CurvesFile));
        bool Ink(int left, int top, int width, int height) => Enumerable.Range(0, width * height)
            .Any(i => curves.Pixels[3 * (((top + (i / width)) * curves.Width) + left + (i % width))] < 0.3f);
        Assert.Multiple(() =>
        {
            Assert.That(Ink(0, 24, 40, 150), "values");
            Assert.That(Ink(50, 188, 350, 12), "steps");
            Assert.That(Ink(50, 8, 350, 12), "title");
        });
    }

    [Test]
    public void ALogThatIsNoneIsRefusedBeforeAnythingIsTrained()
    {
        string notes = _directory.Write("notes.txt", "mine\n"u8.ToArray());
        var run = CliRun.Of([.. Line("refused"), "--log", notes]);
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Error, Does.Contain("notes.txt"));
            Assert.That(File.ReadAllText(notes), Is.EqualTo("mine\n"));
        });
    }

    [Test]
    public void AStepThatIsNotFiniteEndsWithExitCode1AndOneLine()
    {
        // Adam's step has the size of its rate, whatever the gradient: such weights overflow at once.
        string[] line = ["train", "regressor", "--output", _directory["wild"], "--size", "32", "--batch", "1", "--steps", "9", "--learning-rate", "1", "--checkpoint-every", "1000"];
        var run = CliRun.Of(line);
        Assert.That(run.Code, Is.EqualTo(1));
        Assert.That(run.ErrorLines[^1], Does.StartWith("mimesh: Step ").And.Contain("nan-step-"));
        Assert.That(_directory.Entries, Has.Some.Match(@"^wild.nan-step-\d{6}\.safetensors$"));
    }

    private string[] Line(string name) =>
    [
        "train", "regressor", "--output", _directory[name], "--size", "32", "--batch", "1", "--steps", $"{Steps}", "--learning-rate", "0.0003",
        "--checkpoint-every", "5", "--threads", "1", "--render-threads", "1",
    ];

    // What was done when the last checkpoint was written.
    private int StepOf(string name) => File.Exists(Path.Combine(_directory[name], TrainingOptions.CheckpointFile))
        ? int.Parse(Safetensors.Read(Bytes(name, TrainingOptions.CheckpointFile)).Metadata["step"], CultureInfo.InvariantCulture)
        : 0;

    private byte[] Bytes(string name, string file) => File.ReadAllBytes(Path.Combine(_directory[name], file));

    private string[] Losses(string name) =>
        [.. TrainingLog.Read(Path.Combine(_directory[name], TrainingLog.FileName)).Select(r => $"{r.Step}: {string.Join(' ', r.Losses.Select(l => $"{l.Key} {l.Value:R}"))}")];

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
