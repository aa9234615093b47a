namespace Mimesh.Imaging;

/// <summary>
/// The files that one command writes: they appear together, each whole, or not at all. None of them may be a file that the command
/// reads, and no two may be one.
/// </summary>
/// <param name="inputs">The files that are read.</param>
public sealed class OutputFiles(params IEnumerable<string> inputs) : IDisposable
{
    private readonly HashSet<string> _inputs = [.. inputs.Where(i => i.Length > 0).Select(AtomicFile.Destination)];
    private readonly HashSet<string> _expected = [];
    private readonly HashSet<string> _written = [];
    private readonly List<AtomicFile.Staged> _staged = [];
    private readonly List<IDisposable> _directories = [];
    private readonly Lock _lock = new();

    /// <summary>Checks, before any work is done, that files can be written.</summary>
    /// <param name="paths">The files; null for one that is not asked for.</param>
    /// <exception cref="InputException">A file is a directory, is in none, is read, or is named twice.</exception>
    public void Expect(params ReadOnlySpan<string?> paths)
    {
        foreach (string? path in paths)
        {
            if (path is not null)
            {
                AtomicFile.CheckTarget(path);
                Add(_expected, path);
            }
        }
    }

    /// <summary>Makes sure that a directory is there; it goes again if nothing is written to it in the end.</summary>
    /// <param name="path">The directory; parents are created as well.</param>
    /// <exception cref="InputException">It cannot be created.</exception>
    public void CreateDirectory(string path) => _directories.Add(OutputDirectory.Create(path));

    /// <summary>Writes a file's content, to appear with <see cref="Commit"/>. Threads may do so at the same time.</summary>
    /// <param name="path">The file; it need not have been expected.</param>
    /// <param name="write">Writes the content; may throw.</param>
    /// <exception cref="InputException">The file cannot be written there, is read, or is written twice.</exception>
    public void Write(string path, Action<Stream> write)
    {
        lock (_lock)
        {
            Add(_written, path);
        }

        var staged = new AtomicFile.Staged(path, write);
        lock (_lock)
        {
            _staged.Add(staged);
        }
    }

    /// <summary>The same of a file's bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its bytes.</param>
    /// <exception cref="InputException">As above.</exception>
    public void Write(string path, byte[] content) => Write(path, stream => stream.Write(content));

    /// <summary>The same of a text (UTF-8, no byte order mark).</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its text.</param>
    /// <exception cref="InputException">As above.</exception>
    public void Write(string path, string content) => Write(path, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Puts all files in their places.</summary>
    /// <exception cref="InputException">One cannot be put there.</exception>
    /// <remarks>Everything is written by then, and a file takes its place by being renamed; a device may be full, and goes first.</remarks>
    public void Commit() => _staged.OrderByDescending(s => s.IsForDevice).ToList().ForEach(s => s.Commit());

    /// <summary>Takes away whatever was not committed.</summary>
    public void Dispose()
    {
        _staged.ForEach(s => s.Dispose());
        Enumerable.Reverse(_directories).ToList().ForEach(d => d.Dispose());
    }

    private void Add(HashSet<string> names, string path)
    {
        string target = AtomicFile.Destination(path);
        if (_inputs.Contains(target))
        {
            throw new InputException($"'{path}' is read here, and would be replaced; give the output another name.");
        }

        if (!names.Add(target) && !AtomicFile.IsDevice(target))
        {
            throw new InputException($"'{path}' is to be written twice; give every output a name of its own.");
        }
    }
}
