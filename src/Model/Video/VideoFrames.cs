using System.Collections.Concurrent;
using System.Globalization;
using Mimesh.Imaging;

namespace Mimesh.Video;

/// <summary>
/// Frames of videos, decoded by the user's ffmpeg. When a clip is first asked for, up to <see cref="MaxFrames"/> frames are spread
/// evenly over it and kept as JPEGs in a folder: to decode a clip once takes no longer than to seek the two frames of
/// one pair in it (0.6 s and 0.8 s for ten seconds at 256²), and each pair after that is as quick as one of pictures.
/// </summary>
/// <param name="cache">The folder for the frames.</param>
/// <param name="size">Their side: the largest square in the middle, scaled.</param>
/// <param name="cancellation">Ends a decoding that is under way.</param>
public sealed class VideoFrames(string cache, int size, CancellationToken cancellation)
{
    /// <summary>Frames that are kept of a clip.</summary>
    public const int MaxFrames = 64;

    private readonly ConcurrentDictionary<string, Lazy<string[]>> _frames = new(StringComparer.Ordinal);

    /// <summary>The files of a clip's frames, in order.</summary>
    /// <param name="name">The clip's name; its frames' folder below the cache has it.</param>
    /// <param name="video">The video.</param>
    /// <exception cref="InputException">It cannot be decoded, or the cache cannot be written.</exception>
    public string[] Of(string name, string video) =>
        _frames.GetOrAdd(name, _ => new Lazy<string[]>(() => Extract(Path.Combine(cache, name), video))).Value;

    private string[] Extract(string folder, string video)
    {
        if (!Directory.Exists(folder))
        {
            // The folder appears when it is complete.
            string unfinished = $"{folder}.{Guid.NewGuid():N}.tmp";
            OutputDirectory.Create(unfinished);
            try
            {
                Decode(video, unfinished);
                Directory.Move(unfinished, folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"Cannot write the frames of '{video}' to '{folder}': {e.Message}", e);
            }
            finally
            {
                if (Directory.Exists(unfinished))
                {
                    Directory.Delete(unfinished, recursive: true);
                }
            }
        }

        return ImageFile.In(folder);
    }

    private void Decode(string video, string folder)
    {
        var (seconds, rate) = Ffmpeg.Probe(video, cancellation);
        string spread = seconds * rate > MaxFrames
            ? string.Create(CultureInfo.InvariantCulture, $"fps={MaxFrames / seconds:0.######},")
            : "";

        // Frames get new, even times, so that none is dropped or doubled on the way to a file. A '%' in the folder's name would be read as
        // part of the pattern, so ffmpeg runs in it.
        string filters = $"{spread}crop='min(iw,ih)':'min(iw,ih)',scale={size}:{size}:flags=area,settb=1/25,setpts=N";
        Ffmpeg.Decode(video, folder, ["-vf", filters, "-r", "25", "-frames:v", $"{MaxFrames}", "-q:v", "2", "%03d.jpg"], cancellation);
    }
}
