using System.Xml.Linq;

namespace Mimesh.Tests;

/// <summary>The projects of <c>src</c>, by name.</summary>
internal static class SourceProjects
{
    private static readonly Dictionary<string, (string Folder, XDocument File)> s_all = Directory
        .EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(p => Path.GetFileNameWithoutExtension(p)!, p => (Path.GetDirectoryName(p)!, XDocument.Load(p)));

    public static IEnumerable<string> Names => s_all.Keys;

    /// <summary>Those that are packed as libraries: all but the program, and the weights, which have no code.</summary>
    public static IEnumerable<string> Libraries => Names.Except(["Mimesh.Cli", "Mimesh.Weights"]);

    public static IEnumerable<string> Items(string project, string kind) => Items(s_all[project].File, kind);

    public static IEnumerable<string> Items(XDocument file, string kind) => file.Descendants(kind).Select(e => (string)e.Attribute("Include")!);

    /// <summary>Its own source files.</summary>
    public static IEnumerable<string> Files(string project) => Directory
        .EnumerateFiles(s_all[project].Folder, "*.cs", SearchOption.AllDirectories)
        .Where(f => !Path.GetRelativePath(s_all[project].Folder, f).Split(Path.DirectorySeparatorChar).Contains("obj"));
}
