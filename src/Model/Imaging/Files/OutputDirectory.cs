namespace Mimesh.Imaging;

/// <summary>Directories that results go to.</summary>
public static class OutputDirectory
{
    /// <summary>Checks, before any work is done, that no file has the directory's name.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="InputException">A file has.</exception>
    public static void CheckTarget(string path)
    {
        if (path.Length == 0)
        {
            throw new InputException("The name of a directory to write is empty; give one.");
        }

        if (File.Exists(path))
        {
            throw new InputException($"'{path}' is a file; name a directory.");
        }
    }

    /// <summary>Makes sure that a directory is there.</summary>
    /// <param name="path">The directory; parents are created as well.</param>
    /// <returns>Disposed of, it takes the directories that were created away again, if nothing is in them.</returns>
    /// <exception cref="InputException">It cannot be created.</exception>
    public static IDisposable Create(string path)
    {
        CheckTarget(path);
        try
        {
            var created = new Created();
            for (string? d = Path.GetFullPath(path); d is not null && !Directory.Exists(d); d = Path.GetDirectoryName(d))
            {
                created.Add(d);
            }

            Directory.CreateDirectory(path);
            return created;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"The directory '{path}' cannot be created; choose another place.", e);
        }
    }

    // Innermost first.
    private sealed class Created : List<string>, IDisposable
    {
        public void Dispose()
        {
            try
            {
                ForEach(Directory.Delete);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Something is in it: it stays, and those around it.
            }
        }
    }
}
