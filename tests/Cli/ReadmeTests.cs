using System.Text.RegularExpressions;
using System.Xml.Linq;
using BenchmarkDotNet.ConsoleArguments;
using BenchmarkDotNet.Loggers;
using Mimesh.Benchmarks.Peers;
using Mimesh.Cli;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary>The documents: their commands are understood, their links lead somewhere, and what they name exists.</summary>
public sealed partial class ReadmeTests
{
    private const string Run = "dotnet run -c Release --project src/Cli --";
    private const string RunBenchmarks = "dotnet run -c Release --project benchmarks --";
    private const string Readme = "README.md";

    public static IEnumerable<string> Documents() =>
    [
        Readme, "CONTRIBUTING.md", "CHANGELOG.md", "src/PACKAGE.md", "weights/README.md", "benchmarks/RESULTS.md",
        .. Directory.EnumerateFiles(PathOf("docs"), "*.md").Select(f => "docs/" + Path.GetFileName(f)).Order(StringComparer.Ordinal),
    ];

    // Those that describe the code of today: a changelog names what is gone.
    public static string[] DocumentsOfTheCode { get; } = ["docs/ARCHITECTURE.md", "CONTRIBUTING.md"];

    [Test]
    public void TheReadmeIsShort() => Assert.That(File.ReadLines(PathOf(Readme)).Count(), Is.AtMost(150));

    [Test]
    public void TheReadmeHasTheFirstCommands() => Assert.That(
        CodeLines(Readme),
        Has.Member($"{Run} reenact --source samples/source.png --driving samples/driving.png --output out.png")
            .And.Member("dotnet test -c Release").And.Member("dotnet publish -c Release src/Cli -o DIR"));

    [TestCaseSource(nameof(Documents))]
    public void CommandsAreUnderstood(string document) => Assert.Multiple(() =>
    {
        foreach (string line in CodeLines(document))
        {
            if (line.StartsWith("mimesh ", StringComparison.Ordinal))
            {
                Assert.That(ErrorsOf(line["mimesh".Length..]), Is.Empty, line);
            }
            else if (line.StartsWith(Run + " ", StringComparison.Ordinal))
            {
                Assert.That(ErrorsOf(line[Run.Length..]), Is.Empty, line);
            }
            else if (line.StartsWith(RunBenchmarks + " ", StringComparison.Ordinal))
            {
                Assert.That(BenchmarksUnderstand(HelpTests.Words(line[RunBenchmarks.Length..])), line);
            }
            else
            {
                Assert.That(line, Does.Not.StartWith("dotnet run "), "no program of this repository");
            }
        }
    });

    [TestCaseSource(nameof(Documents))]
    public void LinksLeadSomewhere(string document) => Assert.Multiple(() =>
    {
        string folder = Path.GetDirectoryName(PathOf(document))!;
        foreach (Match link in Link().Matches(File.ReadAllText(PathOf(document))))
        {
            string file = link.Groups["file"].Value, heading = link.Groups["heading"].Value;
            string target = file.Length == 0 ? PathOf(document) : Path.Combine(folder, file);
            Assert.That(File.Exists(target), link.Value);
            if (heading.Length > 0 && File.Exists(target))
            {
                Assert.That(File.ReadLines(target).Where(l => l.StartsWith('#')).Select(AnchorOf), Has.Member(heading), link.Value);
            }
        }
    });

    [Test]
    public void TheReadmeLeadsToEveryDocument()
    {
        var linked = Link().Matches(File.ReadAllText(PathOf(Readme))).Select(m => m.Groups["file"].Value);
        Assert.That(Documents().Except(linked), Is.EqualTo(new[] { Readme }));
    }

    // In backticks: a type, a member (Type.Member) or a file.
    [TestCaseSource(nameof(DocumentsOfTheCode))]
    public void NamesExist(string document)
    {
        string[] quoted = [.. Quoted().Matches(WithoutCode(File.ReadAllText(PathOf(document)))).Select(m => m.Groups[1].Value).Distinct()];
        string[] names = [.. quoted.Where(q => Name().IsMatch(q) && !q.StartsWith("Mimesh.", StringComparison.Ordinal))];
        string[] files = [.. quoted.Where(q => FilePath().IsMatch(q))];
        Assert.That(names, Is.Not.Empty);
        Assert.That(files, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(names.SelectMany(n => n.Split('.')).Except(s_words.Value), Is.Empty);
            Assert.That(files.Where(f => !File.Exists(PathOf(f)) && !Directory.Exists(PathOf(f))), Is.Empty);
        });
    }

    [Test]
    public void TheTableOfProjectsShowsTheirReferences()
    {
        var table = File.ReadLines(PathOf("docs/ARCHITECTURE.md")).Select(l => ProjectRow().Match(l)).Where(m => m.Success)
            .Select(m => $"{m.Groups["project"]}: {string.Join(", ", m.Groups["references"].Value.Trim('–').Split(", ").Order(StringComparer.Ordinal))}");
        var projects = Directory.EnumerateFiles(PathOf("src"), "*.csproj", SearchOption.AllDirectories).Select(file =>
        {
            var references = XDocument.Load(file).Descendants("ProjectReference").Select(e => ShortName((string)e.Attribute("Include")!));
            return $"{ShortName(file)}: {string.Join(", ", references.Order(StringComparer.Ordinal))}";
        });
        Assert.That(table, Is.EquivalentTo(projects));

        static string ShortName(string file) => Path.GetFileNameWithoutExtension(file)["Mimesh.".Length..];
    }

    [Test]
    public void ItsFirstCommandWritesThePicture()
    {
        using var directory = new TemporaryDirectory();
        string samples = PathOf("samples");
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

    // Publishing takes longer than a test may; what makes the published program start at once is said in its project. A tool that is
    // packed runs on its user's .NET instead.
    [TestCase("PublishSelfContained")]
    [TestCase("PublishReadyToRun")]
    [TestCase("PublishReadyToRunComposite")]
    public void TheProgramIsPublishedCompiledAheadOfTime(string setting)
    {
        var project = XDocument.Load(PathOf("src/Cli/Mimesh.Cli.csproj"));
        var published = project.Descendants(setting).Where(e => (string?)e.Parent!.Attribute("Condition") != "'$(_IsPacking)' == 'true'");
        Assert.That(published.Select(e => e.Value), Is.EqualTo(new[] { "true" }));
    }

    // Every identifier of the code.
    private static readonly Lazy<HashSet<string>> s_words = new(() =>
    [
        .. new[] { "src", "tests", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Contains("obj"))
            .SelectMany(f => Word().Matches(File.ReadAllText(f)).Select(m => m.Value)),
    ]);

    private static string PathOf(string file) => Path.Combine(RepositoryRoot.Path, file);

    // The lines of the blocks between ``` and ```.
    private static IEnumerable<string> CodeLines(string document)
    {
        bool inside = false;
        foreach (string line in File.ReadLines(PathOf(document)).Select(l => l.Trim()))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = !inside;
            }
            else if (inside)
            {
                yield return line;
            }
        }
    }

    private static string WithoutCode(string text) => string.Concat(text.Split("```").Where((_, i) => i % 2 == 0));

    private static IEnumerable<string> ErrorsOf(string command) => Application.Build().Parse(HelpTests.Words(command)).Errors.Select(e => e.Message);

    // A filter that no case passes ends 'peers' after its options were read.
    private static bool BenchmarksUnderstand(string[] args)
    {
        const string Nothing = "no case of this name";
        if (args is not ["peers", .. var options])
        {
            return ConfigParser.Parse(args, NullLogger.Instance).isSuccess;
        }

        using var output = new StringWriter();
        PeersCommand.Run([.. options, "--filter", Nothing], output);
        return output.ToString().Contains($"'{Nothing}'", StringComparison.Ordinal);
    }

    // As GitHub makes them.
    private static string AnchorOf(string heading) =>
        NotInAnchors().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?!https?:)(?<file>[^)#\s]*)(#(?<heading>[^)]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^[A-Z]\w+(\.[A-Z]\w+)*$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(\w+|\.ci)(/[\w.-]+)+$")]
    private static partial Regex FilePath();

    [GeneratedRegex(@"^\| \d \| `Mimesh\.(?<project>\w+)` \| [^|]* \| (?<references>[^|]*) \|$")]
    private static partial Regex ProjectRow();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"[^\w -]")]
    private static partial Regex NotInAnchors();
}
