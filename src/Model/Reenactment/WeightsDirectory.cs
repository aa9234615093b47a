using Mimesh.Imaging;

namespace Mimesh.Reenactment;

/// <summary>Where the weights are that come with Mimesh.</summary>
public static class WeightsDirectory
{
    private const string Name = "weights";

    /// <summary>
    /// The nearest directory <c>weights</c> that holds <see cref="Weights.ReenactorFile"/>: beside the program (a published
    /// program carries its weights), else upward from there (a build inside the repository), else upward from the current directory.
    /// </summary>
    /// <exception cref="InputException">There is none.</exception>
    public static string Find()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Directory.GetCurrentDirectory() })
        {
            for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
            {
                string candidate = Path.Combine(directory.FullName, Name);
                if (File.Exists(Path.Combine(candidate, Weights.ReenactorFile)))
                {
                    return candidate;
                }
            }
        }

        throw new InputException("No trained weights came with this program; train them ('mimesh train --help') and name their directory with --weights.");
    }
}
