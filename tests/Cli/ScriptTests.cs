using System.Diagnostics;
using Mimesh.Cli;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>The scripts that train for hours: what they would run is understood.</summary>
public sealed class ScriptTests
{
    [TestCase("benchmarks/ablations.sh --steps 2 --size 64 --batch 2", 9)]
    [TestCase("weights/reproduce.sh --device cuda", 8)]
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
    public void ARunThatIsThereIsNotTrainedAgain(string script)
    {
        using var directory = new TemporaryDirectory();
        directory.Write("program", "#!/usr/bin/env bash\necho \"$1\" >> \"$CALLS\"\nwhile (($#)); do [[ $1 == --output ]] && mkdir -p \"$2\" && touch \"$2/embedding.safetensors\"; shift; done\n"u8.ToArray());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory["program"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        string[] Calls()
        {
            var run = Run(directory.Root, [script, "--output", "runs"]);
            Assert.That(run.Code, Is.Zero, run.Error);
            string[] calls = File.ReadAllLines(directory["calls"]);
            File.Delete(directory["calls"]);
            return calls;
        }

        Assert.That(Calls().Distinct(), Is.EqualTo(new[] { "train", "evaluate" }));
        Assert.That(Calls().Distinct(), Is.EqualTo(new[] { "evaluate" }));
    }

    [TestCase("benchmarks/ablations.sh --steps")]
    [TestCase("weights/reproduce.sh now please")]
    [TestCase("weights/reproduce.sh --size 64")]
    public void BadOptionsAreOneLine(string line)
    {
        using var directory = new TemporaryDirectory();
        var (code, output, error) = Run(directory.Root, line.Split(' '));
        Assert.That((code, output, error.Count(c => c == '\n')), Is.EqualTo((2, "", 1)), error);
    }

    private static (int Code, string Output, string Error) Run(string directory, string[] line)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(RepositoryRoot.Path, line[0]), .. line[1..]])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MIMESH"] = Path.Combine(directory, "program");
        start.Environment["CALLS"] = Path.Combine(directory, "calls");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
