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

    [Test]
    public void EveryProjectStandsOnOneFloor() =>
        Assert.That(s_floors.SelectMany(f => f), Is.EquivalentTo(SourceProjects.Names));

    [TestCaseSource(typeof(SourceProjects), nameof(SourceProjects.Names))]
    public void ReferencesRunDown(string project)
    {
        int floor = FloorOf(project);
        foreach (string below in References(project))
        {
            Assert.That(FloorOf(below), Is.LessThan(floor), $"{project} references {below}");
        }
    }

    [TestCaseSource(typeof(SourceProjects), nameof(SourceProjects.Names))]
    public void OneProjectIsOneNamespace(string project)
    {
        foreach (string file in SourceProjects.Files(project))
        {
            var spaces = File.ReadLines(file).Where(l => l.StartsWith("namespace ", StringComparison.Ordinal));
            Assert.That(spaces, Is.EqualTo([$"namespace {project};"]), file);
        }
    }

    [Test]
    public void AUserOfTrainedWeightsGetsNeitherFfmpegNorProtobufNorFixtures()
    {
        string[] all = [.. Closure("Mimesh.Reenactment")];
        Assert.Multiple(() =>
        {
            Assert.That(all, Is.EquivalentTo(["Mimesh.Reenactment", "Mimesh.Layers", "Mimesh.Kernels", "Mimesh.Faces", "Mimesh.Imaging"]));
            string[] packages = [.. all.SelectMany(p => SourceProjects.Items(p, "PackageReference"))];
            Assert.That(packages, Has.None.EqualTo("CliWrap").And.None.EqualTo("Google.Protobuf"));
            Assert.That(all.SelectMany(p => SourceProjects.Items(p, "EmbeddedResource")), Is.Empty);
        });
    }

    [Test]
    public void InternalsAreVisibleToTestsAlone()
    {
        // ILGPU emits its launchers into an assembly of that name.
        string[] allowed = ["Mimesh.Tests", "Mimesh.Benchmarks", "ILGPURuntime"];
        var common = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src/Directory.Build.props"));
        const string kind = "InternalsVisibleTo";
        var seen = SourceProjects.Names.SelectMany(p => SourceProjects.Items(p, kind)).Concat(SourceProjects.Items(common, kind));
        Assert.That(seen, Is.SubsetOf(allowed));
    }

    private static int FloorOf(string project) => Array.FindIndex(s_floors, f => f.Contains(project));

    private static IEnumerable<string> References(string project) =>
        SourceProjects.Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    private static IEnumerable<string> Closure(string project) =>
        References(project).SelectMany(Closure).Prepend(project).Distinct();
}
