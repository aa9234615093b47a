namespace Mimesh.Tests;

/// <summary>A fresh directory for one test, deleted after it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Root = Directory.CreateTempSubdirectory("mimesh-test-").FullName;

    public string Root { get; }

    /// <summary>Every file and directory in it, relative, sorted.</summary>
    public string[] Entries =>
        [.. Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(Root, p)).Order(StringComparer.Ordinal)];

    public string this[string name] => Path.Combine(Root, name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
