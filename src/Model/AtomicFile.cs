using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Mimesh.Model;

/// <summary>
/// Writes a file whole or not at all: into a temporary file in the same directory, which takes the file's place in one
/// step once it is complete and on the disk. A failure, a cancellation or the end of the process leaves whatever stood
/// there before, and no temporary file. A symbolic link is followed; what is no file, such as a device, is written as it is.
/// </summary>
public static partial class AtomicFile
{
    // What is being written now. An interrupted process takes these away as it exits.
    private static readonly ConcurrentDictionary<string, byte> Unfinished = new();

    static AtomicFile() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (string path in Unfinished.Keys)
        {
            Delete(path);
        }
    };

    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content; may throw, for example on cancellation, and then nothing has happened.</param>
    /// <exception cref="InputException">The file cannot be written there.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string target = Destination(path);
        if (IsDevice(target))
        {
            WriteInPlace(path, target, write);
            return;
        }

        string temporary = Path.Combine(
            Path.GetDirectoryName(target) ?? target, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        Unfinished[temporary] = 0;
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"Cannot write '{path}': {Reason(e, target)}", e);
        }
        finally
        {
            Delete(temporary);
            Unfinished.TryRemove(temporary, out _);
        }
    }

    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its bytes.</param>
    /// <exception cref="InputException">The file cannot be written there.</exception>
    public static void Write(string path, byte[] content) => Write(path, stream => stream.Write(content));

    /// <summary>Writes or replaces a text file (UTF-8, no byte order mark).</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its text.</param>
    /// <exception cref="InputException">The file cannot be written there.</exception>
    public static void Write(string path, string content) => Write(path, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary><see cref="CheckTarget"/> of every file of a command, and that no two of them are the same.</summary>
    /// <param name="paths">The files; null for one that is not asked for.</param>
    /// <exception cref="InputException">One cannot be written, or is named twice.</exception>
    public static void CheckTargets(params ReadOnlySpan<string?> paths)
    {
        var seen = new HashSet<string>();
        foreach (string? path in paths)
        {
            if (path is null)
            {
                continue;
            }

            CheckTarget(path);
            if (!seen.Add(Path.GetFullPath(path)))
            {
                throw new InputException($"'{path}' is to be written twice; give every output a file of its own.");
            }
        }
    }

    /// <summary>Checks, before any work is done, that a file of that name can be written: its directory exists and it is none itself.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It cannot.</exception>
    public static void CheckTarget(string path)
    {
        if (path.Length == 0)
        {
            throw new InputException("The name of a file to write is empty; give one.");
        }

        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new InputException($"'{path}' is a directory; give the name of a file.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            throw new InputException($"The directory of '{path}' does not exist; create it first.");
        }
    }

    /// <summary>Deletes what a process that was killed while it wrote into a directory left there.</summary>
    /// <param name="directory">The directory; nobody else writes to it now.</param>
    internal static void DeleteUnfinished(string directory)
    {
        foreach (string path in Directory.EnumerateFiles(directory, ".*.tmp").Where(p => TemporaryName().IsMatch(Path.GetFileName(p))))
        {
            Delete(path);
        }
    }

    [GeneratedRegex(@"^\..+\.[0-9a-f]{32}\.tmp$")]
    private static partial Regex TemporaryName();

    // Where a name leads: the file itself, or what a symbolic link in its place stands for.
    private static string Destination(string path)
    {
        string target = Path.GetFullPath(path);
        try
        {
            return IsDevice(target) ? target : File.ResolveLinkTarget(target, returnFinalTarget: true)?.FullName ?? target;
        }
        catch (IOException)
        {
            return target;
        }
    }

    // Nothing there can be replaced by a file: /dev/stdout, /dev/null.
    private static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows() && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal));

    private static void WriteInPlace(string path, string target, Action<Stream> write)
    {
        // A codec may seek, a pipe cannot.
        using var content = new MemoryStream();
        write(content);
        try
        {
            using var stream = new FileStream(target, FileMode.Open, FileAccess.Write);
            content.WriteTo(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"Cannot write '{path}': {Reason(e, target)}", e);
        }
    }

    private static string Reason(Exception e, string target) => e switch
    {
        FileNotFoundException => "nothing can be created there; choose another place.",
        DirectoryNotFoundException => "its directory does not exist; create it first, or choose another place.",
        _ when Directory.Exists(target) => "it is a directory; give the name of a file.",
        UnauthorizedAccessException => "permission denied; choose a place that you may write to.",
        _ => e.Message.ReplaceLineEndings(" "),
    };

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing better can be done here, and the failure that led here matters more.
        }
    }
}
