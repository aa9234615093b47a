using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Mimesh.Imaging;
using Mimesh.Video;

namespace Mimesh.Training;

/// <summary>
/// An index of real clips, laid out as the field's preparation scripts for VoxCeleb leave them. A clip is a video file, or a folder
/// with pictures in it, anywhere below the given one. Who it shows is the first part of its path, up to the first <c>#</c>:
/// <c>id10001/1zcIwhmdeo4/0000001.jpg</c>, <c>id10001/clip.mp4</c>, <c>id10001#1zcIwhmdeo4#000001#000200.mp4</c> (a video, or a folder of
/// that name) are all of <c>id10001</c>. One in twenty people, at least one of two, is held out; the name alone decides who.
/// </summary>
public sealed class ClipFolder
{
    private const int HeldOutEvery = 20;
    private static readonly string[] s_videos = [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg"];

    private ClipFolder(string path, IReadOnlyList<Person> training, IReadOnlyList<Person> heldOut) =>
        (Path, Training, HeldOut) = (path, training, heldOut);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>How many people are learned from.</summary>
    public int TrainingPeople => Training.Count;

    /// <summary>How many people are held out; none if there is only one in all, who is then measured on as well.</summary>
    public int HeldOutPeople => HeldOut.Count;

    /// <summary>How many clips there are.</summary>
    public int Clips => People.Sum(p => p.Clips.Count);

    /// <summary>How many of the clips are video files.</summary>
    public int Videos => People.Sum(p => p.Clips.Count(c => c.IsVideo));

    internal IReadOnlyList<Person> Training { get; }

    internal IReadOnlyList<Person> HeldOut { get; }

    private IEnumerable<Person> People => Training.Concat(HeldOut);

    /// <summary>Looks through a folder; no picture or video is opened.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InputException">There is no such folder, it cannot be read, it holds no clips, or it holds videos and there is no ffmpeg.</exception>
    public static ClipFolder Open(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new InputException($"There is no folder '{path}'; give one with a folder for each person.");
        }

        Clip[] clips;
        try
        {
            clips = [.. Find(path)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{path}' cannot be read: {e.Message}", e);
        }

        Person[] people = [.. clips.GroupBy(c => PersonOf(c.Name), StringComparer.Ordinal)
            .Select(g => new Person(g.Key, [.. g.OrderBy(c => c.Name, StringComparer.Ordinal)]))
            .OrderBy(p => Hash(p.Name)).ThenBy(p => p.Name, StringComparer.Ordinal)];
        if (people.Length == 0)
        {
            throw new InputException(
                $"There is no clip in '{path}': neither a folder with two pictures nor a video; give a folder for each person, and in it one for each clip.");
        }

        if (clips.Any(c => c.IsVideo))
        {
            Ffmpeg.Check(path);
        }

        int heldOut = people.Length == 1 ? 0 : Math.Max(1, people.Length / HeldOutEvery);
        return new ClipFolder(path, people[heldOut..], people[..heldOut]);
    }

    /// <summary>Whether a path is this folder, or lies in it.</summary>
    internal bool Contains(string path)
    {
        string way = System.IO.Path.GetRelativePath(AtomicFile.Destination(Path), AtomicFile.Destination(path));
        return way.Split(System.IO.Path.DirectorySeparatorChar)[0] != ".." && !System.IO.Path.IsPathRooted(way);
    }

    /// <summary>A checksum of the names of all clips and pictures, wherever the folder is: what samples are drawn from.</summary>
    internal string Checksum()
    {
        var names = People.SelectMany(p => p.Clips).SelectMany(
            c => (c.Frames ?? []).Select(f => System.IO.Path.GetFileName(f)).Prepend(c.Name));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names))));
    }

    private static IEnumerable<Clip> Find(string root)
    {
        var folders = new Stack<string>([root]);
        var seen = new HashSet<string>([AtomicFile.Destination(root)]); // a link may lead back
        while (folders.TryPop(out string? folder))
        {
            string[] pictures = ImageFile.In(folder);
            if (pictures.Length >= 2)
            {
                yield return new Clip(Relative(folder), folder, pictures);
            }

            foreach (string video in Directory.EnumerateFiles(folder).Where(f => ImageFile.HasEnding(f, s_videos)))
            {
                yield return new Clip(Relative(video), video, null);
            }

            foreach (string inner in Directory.EnumerateDirectories(folder).Where(d => seen.Add(AtomicFile.Destination(d))))
            {
                folders.Push(inner);
            }
        }

        string Relative(string file) => System.IO.Path.GetRelativePath(root, file).Replace(System.IO.Path.DirectorySeparatorChar, '/');
    }

    private static string PersonOf(string clip) => clip.Split('/')[0].Split('#')[0];

    // Scatters names evenly, on every machine alike.
    private static ulong Hash(string name) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Somebody's clips.</summary>
    internal sealed record Person(string Name, IReadOnlyList<Clip> Clips);

    /// <summary>A clip: its path below the folder, where it is, and its pictures; null for a video.</summary>
    internal sealed record Clip(string Name, string Path, string[]? Frames)
    {
        public bool IsVideo => Frames is null;
    }
}
