namespace Mimesh.Model;

/// <summary>
/// Reads a file that the user names, whole, within bounds on memory and time whatever the name stands for: a file, a device that never
/// ends, a pipe that nobody writes to.
/// </summary>
internal static class InputFile
{
    /// <summary>The most that is taken from what does not say its length beforehand, bytes.</summary>
    public const int MostUnsized = 256 << 20;

    /// <summary>How long such a source may take until its first byte, or from one to the next.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Reads all bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <param name="missing">The message for where nothing is.</param>
    /// <exception cref="InputException">There is nothing, it may not be read, is too long, or nothing comes.</exception>
    public static byte[] Read(string path, int most, string? missing = null) => Read(path, most, missing, Patience);

    /// <summary><see cref="Read(string, int, string)"/> with another patience.</summary>
    internal static byte[] Read(string path, int most, string? missing, TimeSpan patience)
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
            // Only a regular file says its length, and only such a one surely gives it at once.
            long length = new FileInfo(path).Length;
            return length > most ? throw TooLong(path, most)
                : length > 0 ? ReadSized(path, (int)length)
                : ReadUnsized(path, Math.Min(most, MostUnsized), patience);
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

    private static byte[] ReadSized(string path, int length)
    {
        using var file = Open(path);
        byte[] bytes = new byte[length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // Opening a pipe waits in the system until somebody writes to it, and so may reading. Neither can be broken off, so both happen on a
    // thread of their own, which is left behind where nothing comes.
    private static byte[] ReadUnsized(string path, int most, TimeSpan patience)
    {
        long last = Environment.TickCount64;
        var reading = Task.Factory.StartNew(
            () =>
            {
                using var file = Open(path);
                return ReadToEnd(file, most, () => Volatile.Write(ref last, Environment.TickCount64));
            },
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

    private static byte[] ReadToEnd(FileStream file, int most, Action progress)
    {
        byte[] bytes = new byte[1 << 16];
        int count = 0;
        for (int n; (n = file.Read(bytes.AsSpan(count))) > 0; progress())
        {
            count += n;
            if (count > most)
            {
                throw TooLong(file.Name, most);
            }

            if (count == bytes.Length)
            {
                // Never twice the most: the last step goes straight to it.
                Array.Resize(ref bytes, 2L * count < most ? 2 * count : most + 1);
            }
        }

        Array.Resize(ref bytes, count);
        return bytes;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    private static InputException TooLong(string path, int most) => new($"'{path}' is longer than {most >> 20} MiB, more than is read of such a file.");
}
