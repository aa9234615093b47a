using System.Xml.Linq;
using NUnit.Framework;

namespace Mimesh.Tests;

/// <summary>The projects of <c>src</c> stand on floors: each references only projects of floors below its own.</summary>
public sealed class ArchitectureTests
{
    // From the ground up. A project that is not on a floor fails the test that reads them all.
    private static readonly string[][] s_floors =
    [
        ["Mimesh.Kernels", "Mimesh.Imaging", "Mimesh.Weights"],
        ["Mimesh.Layers", "Mimesh.Faces", "Mimesh.Video"],
        ["Mimesh.Reenactment", "Mimesh.People", "Mimesh.Verification"],
        ["Mimesh.Training", "Mimesh.Onnx"],
        ["Mimesh.Evaluation"],
        ["Mimesh.Cli"],
    ];

    private static readonly Dictionary<string, XDocument> s_projects = Directory
        .EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(p => Path.GetFileNameWithoutExtension(p)!, XDocument.Load);

    [Test]
    public void EveryProjectStandsOnOneFloor() =>
        Assert.That(s_floors.SelectMany(f => f), Is.EquivalentTo(s_projects.Keys));

    [TestCaseSource(nameof(Projects))]
    public void ReferencesRunDown(string project)
    {
        int floor = FloorOf(project);
        foreach (string below in References(project))
        {
            Assert.That(FloorOf(below), Is.LessThan(floor), $"{project} references {below}");
        }
    }

    [TestCaseSource(nameof(Projects))]
    public void OneProjectIsOneNamespace(string project)
    {
        string folder = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), project + ".csproj", SearchOption.AllDirectories).Single();
        var spaces = Directory.EnumerateFiles(Path.GetDirectoryName(folder)!, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Contains("obj"))
            .SelectMany(File.ReadLines)
            .Where(l => l.StartsWith("namespace ", StringComparison.Ordinal));
        Assert.That(spaces.Distinct(), Is.SubsetOf([$"namespace {project};"]));
    }

    [Test]
    public void AUserOfTrainedWeightsGetsNeitherFfmpegNorProtobufNorFixtures()
    {
        string[] all = [.. Closure("Mimesh.Reenactment")];
        Assert.Multiple(() =>
        {
            Assert.That(all, Is.EquivalentTo(["Mimesh.Reenactment", "Mimesh.Layers", "Mimesh.Kernels", "Mimesh.Faces", "Mimesh.Imaging"]));
            string[] packages = [.. all.SelectMany(p => Items(p, "PackageReference"))];
            Assert.That(packages, Has.None.EqualTo("CliWrap").And.None.EqualTo("Google.Protobuf"));
            Assert.That(all.SelectMany(p => Items(p, "EmbeddedResource")), Is.Empty);
        });
    }

    [Test]
    public void InternalsAreVisibleToTestsAlone()
    {
        // ILGPU emits its launchers into an assembly of that name.
        string[] allowed = ["Mimesh.Tests", "Mimesh.Benchmarks", "ILGPURuntime"];
        var common = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src/Directory.Build.props"));
        var seen = s_projects.Values.Append(common).SelectMany(d => d.Descendants("InternalsVisibleTo")).Select(e => (string)e.Attribute("Include")!);
        Assert.That(seen, Is.SubsetOf(allowed));
    }

    private static IEnumerable<string> Projects() => s_projects.Keys;

    private static int FloorOf(string project) => Array.FindIndex(s_floors, f => f.Contains(project));

    private static IEnumerable<string> Items(string project, string kind) =>
        s_projects[project].Descendants(kind).Select(e => (string)e.Attribute("Include")!);

    private static IEnumerable<string> References(string project) =>
        Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    private static IEnumerable<string> Closure(string project) =>
        References(project).SelectMany(Closure).Prepend(project).Distinct();
}
