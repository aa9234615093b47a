using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Mimesh.Imaging;

/// <summary>
/// Writes a file whole or not at all: into a temporary file in the same directory, which takes the file's place in one
/// step once it is complete and on the disk. A failure, a cancellation or the end of the process leaves whatever stood
/// there before, and no temporary file. A symbolic link is followed; what is no file, such as a device, is written as it is. A file that
/// is replaced keeps its access rights.
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
        using var staged = new Staged(path, write);
        staged.Commit();
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

    /// <summary>Checks, before any work is done, that a file of that name can be written: its directory exists and it is none itself.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It cannot.</exception>
    public static void CheckTarget(string path)
    {
        if (path.Length == 0)
        {
            throw new InputException("The name of a file to write is empty; give one.");
        }

        string full = Destination(path);
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
    public static void DeleteUnfinished(string directory)
    {
        foreach (string path in Directory.EnumerateFiles(directory, ".*.tmp").Where(p => TemporaryName().IsMatch(Path.GetFileName(p))))
        {
            Delete(path);
        }
    }

    [GeneratedRegex(@"^\..+\.[0-9a-f]{32}\.tmp$")]
    private static partial Regex TemporaryName();

    /// <summary>Where a name leads, through symbolic links in its place and on the way there; a device stays what it is.</summary>
    public static string Destination(string path) => Destination(path, links: 40);

    private static string Destination(string path, int links)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } parent)
        {
            return full;
        }

        string place = Path.Combine(Destination(parent, links), Path.GetFileName(full));
        try
        {
            return links > 0 && !IsDevice(place) && File.ResolveLinkTarget(place, returnFinalTarget: false) is { } target
                ? Destination(target.FullName, links - 1)
                : place;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return place;
        }
    }

    /// <summary>Whether nothing there can be replaced by a file: /dev/stdout, /dev/null.</summary>
    public static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows()
        && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal))
        && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>
    /// Whether an exception says that a file cannot be written: also that it has become longer than its file system or the process's
    /// limit takes (EFBIG), for which .NET throws an ArgumentOutOfRangeException.
    /// </summary>
    public static bool IsWriteFailure(Exception e) =>
        e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" };

    private static string Reason(Exception e, string target, string? temporary) => e switch
    {
        FileNotFoundException => "nothing can be created there; choose another place.",
        DirectoryNotFoundException => "its directory does not exist; create it first, or choose another place.",
        _ when Directory.Exists(target) => "it is a directory; give the name of a file.",
        UnauthorizedAccessException => "permission denied; choose a place that you may write to.",
        ArgumentOutOfRangeException => "it is longer than files may be there.",
        _ => e.Message.Replace(temporary ?? target, target, StringComparison.Ordinal),
    };

    /// <summary>Deletes a file if that can be done.</summary>
    public static void Delete(string path)
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

    /// <summary>A file's whole content, not yet in its place.</summary>
    internal sealed class Staged : IDisposable
    {
        // Of a temporary file's name, so that it is never longer than a file system takes.
        private const int LongestPrefix = 40;

        private readonly string _path;
        private readonly string _target;
        private readonly string? _temporary;
        private readonly MemoryStream? _content;

        /// <param name="path">The file.</param>
        /// <param name="write">Writes the content.</param>
        /// <exception cref="InputException">The file cannot be written there.</exception>
        public Staged(string path, Action<Stream> write)
        {
            _path = path;
            _target = Destination(path);
            if (IsDevice(_target))
            {
                // A codec may seek, a pipe cannot.
                write(_content = new MemoryStream());
                return;
            }

            string name = Path.GetFileName(_target);
            _temporary = Path.Combine(Path.GetDirectoryName(_target) ?? _target, $".{name[..Math.Min(name.Length, LongestPrefix)]}.{Guid.NewGuid():N}.tmp");
            Unfinished[_temporary] = 0;
            try
            {
                Try(() =>
                {
                    if (Directory.Exists(_target))
                    {
                        throw new IOException();
                    }

                    using var stream = Create(_temporary, _target);
                    write(stream);
                    stream.Flush(flushToDisk: true);
                });
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        /// <summary>Whether it goes to a device, which takes it or fails but does not keep what was there.</summary>
        public bool IsForDevice => _temporary is null;

        /// <summary>Puts the file in its place.</summary>
        /// <exception cref="InputException">It cannot be written there.</exception>
        public void Commit() => Try(() =>
        {
            if (_temporary is not null)
            {
                File.Move(_temporary, _target, overwrite: true);
            }
            else
            {
                using var stream = new FileStream(_target, FileMode.Open, FileAccess.Write);
                _content!.WriteTo(stream);
            }
        });

        /// <summary>Takes away what was not put in its place.</summary>
        public void Dispose()
        {
            if (_temporary is not null)
            {
                Delete(_temporary);
                Unfinished.TryRemove(_temporary, out _);
            }
        }

        // With the rights of the file that it will replace, before anything is in it; they are set once more, as the umask may have narrowed them.
        private static FileStream Create(string temporary, string target)
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (OperatingSystem.IsWindows() || !File.Exists(target))
            {
                return new FileStream(temporary, options);
            }

            var rights = File.GetUnixFileMode(target);
            options.UnixCreateMode = rights;
            var stream = new FileStream(temporary, options);
            File.SetUnixFileMode(stream.SafeFileHandle, rights);
            return stream;
        }

        private void Try(Action action)
        {
            try
            {
                action();
            }
            catch (Exception e) when (IsWriteFailure(e))
            {
                throw new InputException($"Cannot write '{_path}': {Reason(e, _target, _temporary)}", e);
            }
        }
    }
}
