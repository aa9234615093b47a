using System.Diagnostics;
using Mimesh.Cli;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>The scripts that train for hours: what they would run is understood.</summary>
public sealed class ScriptTests
{
    [TestCase("benchmarks/ablations.sh --steps 2 --size 64 --batch 2", 13)]
    [TestCase("weights/reproduce.sh --device cuda", 10)]
    public void EveryCommandOfADryRunIsUnderstood(string line, int count)
    {
        using var directory = new TemporaryDirectory();
        var (code, output, error) = Run(directory.Root, [.. line.Split(' '), "--dry-run", "--output", "runs"]);
        string[] commands = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.Zero, error);
            Assert.That(commands, Has.Length.EqualTo(count).And.All.StartsWith("mimesh "));
            Assert.That(directory.Entries, Is.Empty, "nothing is written");
            foreach (string command in commands)
            {
                Assert.That(Application.Build().Parse(HelpTests.Words(command)[1..]).Errors, Is.Empty, command);
            }
        });
    }

    [TestCase("benchmarks/ablations.sh")]
    [TestCase("weights/reproduce.sh")]
    public void ItTrainsThenMeasuresAndKeepsTheFigures(string script)
    {
        using var directory = new TemporaryDirectory();
        Program(directory, "echo \"$1\" >> \"$CALLS\"; echo figures\nwhile (($#)); do [[ $1 == --output ]] && mkdir -p \"$2\" && touch \"$2/embedding.safetensors\"; shift; done");
        var run = Run(directory.Root, [script, "--output", "runs"]);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(File.ReadAllLines(directory["calls"]).Distinct(), Is.EqualTo(new[] { "train", "evaluate" }));
        string[] kept = [.. directory.Entries.Where(e => e.EndsWith(".txt", StringComparison.Ordinal))];
        Assert.That(kept, Is.Not.Empty);
        Assert.That(kept.Select(f => File.ReadAllText(directory[f])), Is.All.EqualTo("figures\n"));
        Assert.That(directory.Entries, Has.None.EndsWith(".part"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "signals are POSIX's")]
    public void StoppedItStopsTheTraining()
    {
        using var directory = new TemporaryDirectory();
        Program(directory, "trap 'echo stopped >> \"$CALLS\"; exit 130' TERM\necho started >> \"$CALLS\"\nfor i in {1..1200}; do sleep 0.1; done");
        using var process = Process.Start(Line(directory.Root, ["weights/reproduce.sh", "--output", "runs"]))!;
        while (!File.Exists(directory["calls"]))
        {
            Assert.That(process.HasExited, Is.False);
            Thread.Sleep(10);
        }

        Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();
        Assert.That(process.WaitForExit(TimeSpan.FromMinutes(1)), "it went on");
        Assert.That(process.ExitCode, Is.EqualTo(130));
        Assert.That(File.ReadAllLines(directory["calls"]), Is.EqualTo(new[] { "started", "stopped" }));
    }

    [TestCase("benchmarks/ablations.sh --steps")]
    [TestCase("weights/reproduce.sh now please")]
    [TestCase("weights/reproduce.sh --size 64")]
    [TestCase("weights/reproduce.sh --batch 6")]
    [TestCase("weights/reproduce.sh --output --dry-run")]
    [TestCase("benchmarks/ablations.sh --without mesh")]
    [TestCase("benchmarks/ablations.sh --steps 9999999999")]
    [TestCase("benchmarks/ablations.sh --warm-up soon")]
    public void BadOptionsAreOneLine(string line)
    {
        using var directory = new TemporaryDirectory();
        var (code, output, error) = Run(directory.Root, line.Split(' '));
        Assert.That((code, output, error.Count(c => c == '\n')), Is.EqualTo((2, "", 1)), error);
    }

    private static void Program(TemporaryDirectory directory, string script)
    {
        directory.Write("program", System.Text.Encoding.UTF8.GetBytes($"#!/usr/bin/env bash\n{script}\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory["program"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static ProcessStartInfo Line(string directory, string[] line) => new("bash", [Path.Combine(RepositoryRoot.Path, line[0]), .. line[1..]])
    {
        WorkingDirectory = directory,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["MIMESH"] = Path.Combine(directory, "program"), ["CALLS"] = Path.Combine(directory, "calls") },
    };

    private static (int Code, string Output, string Error) Run(string directory, string[] line)
    {
        using var process = Process.Start(Line(directory, line))!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
