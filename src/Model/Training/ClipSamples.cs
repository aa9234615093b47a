using System.Collections.Concurrent;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Video;

namespace Mimesh.Training;

/// <summary>
/// Pairs of frames out of real clips: two of one clip of one person, people equally likely, then that person's clips. Pair i of a seed
/// is always the same: what cannot be read is passed over by the pair's own next draws.
/// </summary>
internal sealed class ClipSamples
{
    private const int Draws = 32;
    private readonly ClipFolder _folder;
    private readonly VideoFrames _videos;
    private readonly UnreadableFiles _unreadable;
    private readonly int _size;

    /// <param name="folder">The clips.</param>
    /// <param name="size">Side of the pictures: of each frame the largest square in the middle, scaled.</param>
    /// <param name="cache">A folder for frames of videos.</param>
    /// <param name="unreadable">Hears of what cannot be read.</param>
    /// <param name="cancellation">Ends the decoding of a video.</param>
    public ClipSamples(ClipFolder folder, int size, string cache, UnreadableFiles unreadable, CancellationToken cancellation = default)
    {
        _folder = folder;
        _size = size;
        _videos = new VideoFrames(cache, size, cancellation);
        _unreadable = unreadable;
    }

    /// <summary>The pairs of a run; nobody who is held out is learned from.</summary>
    /// <param name="seed">Chooses the pairs to learn from.</param>
    public SampleSource<FramePair> Source(ulong seed)
    {
        var heldOut = _folder.HeldOut.Count > 0 ? _folder.HeldOut : _folder.Training;
        return new SampleSource<FramePair>(i => Pair(_folder.Training, SampleSeed.Of(seed, i)), i => Pair(heldOut, SampleSeed.Of(0, i)));
    }

    private FramePair Pair(IReadOnlyList<ClipFolder.Person> people, ulong seed)
    {
        var rng = new Rng(seed);
        for (int draw = 0; draw < Draws; draw++)
        {
            var clips = people[rng.NextInt(people.Count)].Clips;
            if (Pair(Frames(clips[rng.NextInt(clips.Count)]), ref rng) is { } pair)
            {
                return pair;
            }
        }

        // Hardly anything can be read: whatever there is, from some clip on.
        ClipFolder.Clip[] all = [.. people.SelectMany(p => p.Clips)];
        int first = rng.NextInt(all.Length);
        foreach (var clip in all.Skip(first).Concat(all.Take(first)))
        {
            float[][] readable = [.. Frames(clip).Select(Read).OfType<float[]>().Take(2)];
            if (readable.Length == 2)
            {
                return FramePair.Of(readable[0], readable[1]);
            }
        }

        throw new InputException($"No clip in '{_folder.Path}' has two frames that can be read; see '{_unreadable.Path}'.");
    }

    private FramePair? Pair(string[] frames, ref Rng rng)
    {
        if (frames.Length < 2)
        {
            return null;
        }

        int source = rng.NextInt(frames.Length), driving = (source + 1 + rng.NextInt(frames.Length - 1)) % frames.Length;
        return Read(frames[source]) is { } s && Read(frames[driving]) is { } d ? FramePair.Of(s, d) : null;
    }

    private string[] Frames(ClipFolder.Clip clip)
    {
        if (clip.Frames is { } files)
        {
            return files;
        }

        if (!_unreadable.Contains(clip.Path))
        {
            try
            {
                string[] frames = _videos.Of(clip.Name, clip.Path);
                if (frames.Length >= 2)
                {
                    return frames;
                }

                _unreadable.Add(clip.Path, $"'{clip.Path}' has fewer than two frames.");
            }
            catch (InputException e)
            {
                _unreadable.Add(clip.Path, e.Message);
            }
        }

        return [];
    }

    private float[]? Read(string file)
    {
        if (_unreadable.Contains(file))
        {
            return null;
        }

        try
        {
            var image = ImageFile.Load(file);
            int side = Math.Min(image.Width, image.Height);
            return Resample.Square(image, (image.Width - side) / 2, (image.Height - side) / 2, side, _size).Pixels;
        }
        catch (InputException e)
        {
            _unreadable.Add(file, e.Message);
            return null;
        }
    }
}

/// <summary>What a training could not read, counted and named, in a file of its run's folder: one line each, as the reader says it.</summary>
public sealed class UnreadableFiles
{
    /// <summary>The file's name in a run's folder.</summary>
    public const string FileName = "unreadable.txt";

    private readonly ConcurrentDictionary<string, byte> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lines;
    private readonly Lock _lock = new();

    /// <summary>Goes on with the file of a run's folder, if there is one.</summary>
    /// <param name="directory">The run's folder.</param>
    internal UnreadableFiles(string directory)
    {
        Path = System.IO.Path.Combine(directory, FileName);
        _lines = [.. Of(directory)];
    }

    internal string Path { get; }

    /// <summary>What a run could not read, a line each, sorted; empty if it could read all.</summary>
    /// <param name="directory">The run's folder.</param>
    public static IReadOnlyList<string> Of(string directory)
    {
        string path = System.IO.Path.Combine(directory, FileName);
        return File.Exists(path) ? [.. File.ReadAllLines(path).Order(StringComparer.Ordinal)] : [];
    }

    internal bool Contains(string file) => _files.ContainsKey(file);

    internal void Add(string file, string message)
    {
        message = InputException.OneLine(message);
        lock (_lock)
        {
            if (_files.TryAdd(file, 0) && _lines.Add(message))
            {
                try
                {
                    File.AppendAllText(Path, message + "\n");
                }
                catch (Exception e) when (AtomicFile.IsWriteFailure(e))
                {
                    throw new InputException($"Cannot write '{Path}': {e.Message}", e);
                }
            }
        }
    }
}
