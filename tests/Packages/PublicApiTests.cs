using System.Reflection;
using NUnit.Framework;
using PublicApiGenerator;

namespace Mimesh.Tests.Packages;

/// <summary>
/// What the packages offer, beside what they offered before: a change to a public name or signature is seen as a change to a file in
/// <c>tests/Packages/api</c>.
/// </summary>
public sealed class PublicApiTests
{
    [TestCaseSource(typeof(SourceProjects), nameof(SourceProjects.Libraries))]
    public void TheSurfaceIsTheOneThatWasReviewed(string assembly) =>
        Assert.That(
            Surface(assembly), Is.EqualTo(File.ReadAllText(FileOf(assembly))),
            $"run `dotnet test -c Release --filter {nameof(WriteTheSurfaces)}`, and look at the difference");

    [Test, Explicit]
    public void WriteTheSurfaces()
    {
        foreach (string assembly in SourceProjects.Libraries)
        {
            File.WriteAllText(FileOf(assembly), Surface(assembly));
        }
    }

    private static string FileOf(string assembly) => Path.Combine(RepositoryRoot.Path, "tests", "Packages", "api", assembly + ".txt");

    private static string Surface(string assembly) =>
        Assembly.Load(assembly).GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n") + "\n";
}
