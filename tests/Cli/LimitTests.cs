using System.Diagnostics;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>Little of what the system gives, and inputs without an end: one line and a code, never a stack trace.</summary>
[Platform(Exclude = "Win", Reason = "limits of Unix")]
public sealed class LimitTests
{
    private static readonly string s_weights = Path.Combine(RepositoryRoot.Path, "weights", "small");
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void Create() => _directory = new TemporaryDirectory();

    [TearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void TooFewFilesAreSaidSo([Values(40, 60, 80)] int files)
    {
        var (code, lines) = Limited($"ulimit -n {files}", "devices");
        Assert.That((code, lines.Length), Is.EqualTo((2, 1)), string.Join('\n', lines));
        Assert.That(lines[0], Does.StartWith("mimesh: ").And.Contain("files"));
    }

    [Test]
    public void EnoughFilesAreEnough()
    {
        var (code, lines) = Limited("ulimit -n 200", "evaluate", "--weights", s_weights, "--count", "1");
        Assert.That(code, Is.Zero, string.Join('\n', lines));
    }

    [Test]
    public void AFullDiskAtTheLogsFirstLineIsOneLine([Values] bool isElsewhere)
    {
        // A file may not grow, as on a disk without space; the log is the first that does.
        Directory.CreateDirectory(_directory["logs"]);
        string log = isElsewhere ? "logs/outside.jsonl" : "run/log.jsonl";
        var (code, lines) = Limited(
            "export DOTNET_EnableWriteXorExecute=0; trap '' XFSZ; ulimit -f 0", // .NET itself would need a file in memory
            "train", "regressor", "--output", _directory["run"], "--log", _directory[log], "--size", "32", "--steps", "10", "--batch", "1");
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(2), string.Join('\n', lines));
            Assert.That(lines.Where(l => l.Contains("mimesh: ")), Has.One.Contains(Path.GetFileName(log)));
            Assert.That(lines, Has.None.StartsWith("   at "));
            Assert.That(_directory.Entries.Except(["run", "logs"]), Is.Empty);
        });
    }

    [Test]
    public void WeightsWithoutAnEndAreRefused([Values("regressor.safetensors", "reenactor.safetensors")] string file)
    {
        Directory.CreateDirectory(_directory["weights"]);
        foreach (string name in (string[])["regressor.safetensors", "reenactor.safetensors"])
        {
            File.CreateSymbolicLink(_directory[$"weights/{name}"], name == file ? "/dev/zero" : Path.Combine(s_weights, name));
        }

        string samples = Path.Combine(RepositoryRoot.Path, "samples");
        var (code, lines) = Limited(
            "ulimit -v 16000000", // more address space than .NET reserves, and less than it took to read without an end
            "reenact", "--weights", _directory["weights"], "--source", Path.Combine(samples, "source.png"), "--driving", Path.Combine(samples, "driving.png"),
            "--output", _directory["out.png"]);
        Assert.That((code, lines.Length), Is.EqualTo((2, 1)), string.Join('\n', lines));
        Assert.That(lines[0], Does.Contain(file).And.Contain("longer than"));
    }

    [Test]
    public void AnOutputThatCannotBeWrittenIsOneLine(
        [Values("exec >&-", "exec >/dev/full")] string limit, [Values("devices", "--help", "synth --help")] string command)
    {
        var (code, lines) = Limited(limit, command.Split(' '));
        Assert.That((code, lines.Length), Is.EqualTo((1, 1)), string.Join('\n', lines));
        Assert.That(lines[0], Does.StartWith("mimesh: Standard output cannot be written: "));
    }

    [TestCase("exec >&-", 1)]
    [TestCase("exec >/dev/full", 1)]
    [TestCase("exec >&- 2>&-", 1)]
    [TestCase("exec 2>&-", 0)]
    [TestCase("exec 2>/dev/full", 0)]
    public void AResultThatNobodyIsToldOfIsThere(string limit, int expected)
    {
        var (code, lines) = Limited(limit, "synth", "portrait", "--output", _directory["face.png"], "--size", "64");
        Assert.That((code, lines.Length), Is.EqualTo((expected, limit.Contains("2>", StringComparison.Ordinal) ? 0 : 1)), string.Join('\n', lines));
        Assert.That(_directory.Entries, Has.Member("face.png"));
    }

    [Test]
    public void AWrongOptionThatNobodyIsToldOfHasItsCode([Values("exec 2>&-", "exec 2>/dev/full")] string limit)
    {
        var (code, lines) = Limited(limit, "reenact", "--nonsense");
        Assert.That((code, lines.Length), Is.EqualTo((2, 0)));
    }

    [Test]
    public void ADirectoryThatIsGoneIsOneLine()
    {
        string gone = Directory.CreateDirectory(_directory["gone"]).FullName;
        var (code, lines) = Limited($"cd '{gone}' && rmdir '{gone}'", "devices");
        Assert.That((code, lines.Length), Is.EqualTo((2, 1)), string.Join('\n', lines));
        Assert.That(lines[0], Does.Contain("directory is gone"));
    }

    private (int Code, string[] Lines) Limited(string limit, params string[] args)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"{limit}; exec \"$@\"", "bash", "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "mimesh.dll"), .. args])
        {
            WorkingDirectory = _directory.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        output.GetAwaiter().GetResult();
        return (process.ExitCode, error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
