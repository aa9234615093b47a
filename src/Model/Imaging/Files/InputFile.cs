namespace Mimesh.Imaging;

/// <summary>
/// Reads a file that the user names, whole, within bounds on memory and time whatever the name stands for: a file, a device that never
/// ends, a pipe that nobody writes to.
/// </summary>
public static class InputFile
{
    /// <summary>The most that is taken from what does not say its length beforehand, bytes.</summary>
    public const int MostUnsized = 256 << 20;

    /// <summary>How long any source may take until its first byte, or from one to the next.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const int Block = 1 << 20;

    /// <summary>Reads all bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <param name="missing">The message for where nothing is.</param>
    /// <exception cref="InputException">There is nothing, it may not be read, is too long, or nothing comes.</exception>
    public static byte[] Read(string path, int most, string? missing = null) => Read(path, most, missing, Patience);

    /// <summary><see cref="Read(string, int, string)"/> with another patience.</summary>
    internal static byte[] Read(string path, int most, string? missing, TimeSpan patience) =>
        Patiently(path, missing, patience, progress => ReadAll(path, most, progress));

    /// <summary>Checks that another program can read a file without waiting: that it is a regular one.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It is not there, may not be read, or is a device or a pipe.</exception>
    public static void CheckRegular(string path) => CheckRegular(path, Patience);

    /// <summary><see cref="CheckRegular(string)"/> with another patience.</summary>
    internal static void CheckRegular(string path, TimeSpan patience)
    {
        long length = Patiently(path, null, patience, _ =>
        {
            var (file, length) = Open(path);
            file.Dispose();
            return length;
        });
        if (length == 0)
        {
            throw new InputException($"'{path}' is empty, a device or a pipe; give a file.");
        }
    }

    private static T Patiently<T>(string path, string? missing, TimeSpan patience, Func<Action, T> read)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new InputException("The name of a file to read is empty; give one.");
        }

        if (Directory.Exists(path))
        {
            throw new InputException($"'{path}' is a directory; give the path of a file in it.");
        }

        try
        {
            return Wait(path, patience, read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException(missing ?? $"There is no file '{path}'; check the path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException($"'{path}' may not be read; check its permissions.", e);
        }
        catch (IOException e)
        {
            throw new InputException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    // Opening a pipe waits in the system until somebody writes to it, and so may reading. Neither can be broken off, so both happen on a
    // thread of their own, which is left behind where nothing comes.
    private static T Wait<T>(string path, TimeSpan patience, Func<Action, T> read)
    {
        long last = Environment.TickCount64;
        var reading = Task.Factory.StartNew(
            () => read(() => Volatile.Write(ref last, Environment.TickCount64)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        while (true)
        {
            var left = patience - TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref last));
            if (left <= TimeSpan.Zero)
            {
                throw new InputException($"Nothing has come out of '{path}' for {patience.TotalSeconds:0} seconds; is anything writing to it?");
            }

            if (Task.WaitAny([reading], left) == 0)
            {
                return reading.GetAwaiter().GetResult();
            }
        }
    }

    private static byte[] ReadAll(string path, int most, Action progress)
    {
        var (stream, length) = Open(path);
        using var file = stream;
        bool isSized = length > 0;
        most = isSized ? most : Math.Min(most, MostUnsized);
        if (length > most)
        {
            throw TooLong(path, most);
        }

        byte[] bytes = new byte[isSized ? length : Block];
        int count = 0;
        for (int n; (n = file.Read(bytes, count, Math.Min(Block, bytes.Length - count))) > 0; progress())
        {
            count += n;
            if (count > most)
            {
                throw TooLong(path, most);
            }

            if (count == bytes.Length && !isSized)
            {
                // Never twice the most: the last step goes straight to it.
                Array.Resize(ref bytes, 2L * count < most ? 2 * count : most + 1);
            }
        }

        Array.Resize(ref bytes, count);
        return bytes;
    }

    // With the length that it says; a device or a pipe says none.
    private static (FileStream Stream, long Length) Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        return (file, file.CanSeek ? file.Length : 0);
    }

    private static InputException TooLong(string path, int most) => new($"'{path}' is longer than {most >> 20} MiB, more than is read of such a file.");
}
