using Mimesh.Cli;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

public sealed class ReadmeTests
{
    private const string Run = "dotnet run -c Release --project src/Cli --";
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md"));

    [Test]
    public void ItsCommandsAreThereAndAreUnderstood()
    {
        string[] lines = [.. Text.Split('\n').Select(l => l.Trim())];
        string[] commands =
        [
            .. lines.Where(l => l.StartsWith(Run + " ", StringComparison.Ordinal)).Select(l => l[Run.Length..]),
            .. lines.Where(l => l.StartsWith("mimesh ", StringComparison.Ordinal)).Select(l => l["mimesh".Length..]),
        ];
        Assert.Multiple(() =>
        {
            Assert.That(lines, Has.Member($"{Run} reenact --source samples/source.png --driving samples/driving.png --output out.png"));
            Assert.That(lines, Has.Member("dotnet test -c Release"));
            Assert.That(lines, Has.Member("dotnet publish -c Release src/Cli -o DIR"));
            foreach (string command in commands)
            {
                Assert.That(Application.Build().Parse(HelpTests.Words(command)).Errors, Is.Empty, command);
            }
        });
    }

    [Test]
    public void ItsFirstCommandWritesThePicture()
    {
        using var directory = new TemporaryDirectory();
        string samples = Path.Combine(RepositoryRoot.Path, "samples");
        var run = CliRun.Of(
            "reenact", "--source", Path.Combine(samples, "source.png"), "--driving", Path.Combine(samples, "driving.png"),
            "--output", directory["out.png"]);
        Assert.Multiple(() =>
        {
            Assert.That(run.Error, Is.Empty);
            Assert.That(run.Code, Is.Zero);
            Assert.That(directory.Entries, Is.EqualTo(new[] { "out.png" }));
        });
    }

    // Publishing takes longer than a test may; what makes the published program start at once is said in its project.
    [TestCase("PublishSelfContained")]
    [TestCase("PublishReadyToRun")]
    [TestCase("PublishReadyToRunComposite")]
    public void TheProgramIsPublishedCompiledAheadOfTime(string setting)
    {
        var project = System.Xml.Linq.XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", "Cli", "Mimesh.Cli.csproj"));
        Assert.That(project.Descendants(setting).Select(e => e.Value), Is.EqualTo(new[] { "true" }));
    }

    [Test]
    public void TheFilesItPointsToExist() => Assert.Multiple(() =>
    {
        foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(Text, @"\]\((?!https?:)([^)]+)\)"))
        {
            Assert.That(File.Exists(Path.Combine(RepositoryRoot.Path, link.Groups[1].Value)), link.Groups[1].Value);
        }
    });
}
