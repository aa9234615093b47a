using Microsoft.Win32.SafeHandles;

namespace Mimesh.Cli;

/// <summary>Where the program starts.</summary>
internal static class Program
{
    // More than any command opens beyond what is open here: parts of .NET, weights, pictures, pipes. Without them .NET fails anywhere.
    private const int FilesNeeded = 128;

    private static Task<int> Main(string[] args)
    {
        if (MayOpen(FilesNeeded))
        {
            return Run(args);
        }

        WriteError("mimesh: This process may open too few files; raise the limit, such as with 'ulimit -n 1024'.\n"u8);
        return Task.FromResult(Application.BadInput);
    }

    // A method of its own: what it needs is loaded when it is called.
    private static Task<int> Run(string[] args)
    {
        StandardStream.Install();
        if (!HasDirectory())
        {
            Console.Error.WriteLine("mimesh: The current directory is gone; change to another one.");
            return Task.FromResult(Application.BadInput);
        }

        return Application.RunAsync(args, Console.Out, Console.Error);
    }

    // Where it was deleted, no relative path has a meaning, and .NET fails wherever it needs one.
    private static bool HasDirectory()
    {
        try
        {
            _ = Directory.GetCurrentDirectory();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool MayOpen(int count)
    {
        var files = new SafeFileHandle?[OperatingSystem.IsWindows() ? 0 : count];
        try
        {
            for (int i = 0; i < files.Length; i++)
            {
                files[i] = File.OpenHandle("/dev/null");
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            foreach (var file in files)
            {
                file?.Dispose();
            }
        }
    }

    // Without Console, whose parts could not be loaded.
    private static void WriteError(ReadOnlySpan<byte> message)
    {
        try
        {
            using var error = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            error.Write(message);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // Standard error is closed or full: nobody can be told.
        }
    }
}
