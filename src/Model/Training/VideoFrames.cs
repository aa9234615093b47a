using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using FFMpegCore;

namespace Mimesh.Model.Training;

/// <summary>
/// Frames of videos, decoded by the user's ffmpeg. When a clip is first asked for, up to <see cref="MaxFrames"/> frames are spread
/// evenly over it and kept as JPEGs in a folder: to decode a clip once takes no longer than to seek the two frames of
/// one pair in it (0.6 s and 0.8 s for ten seconds at 256²), and each pair after that is as quick as one of pictures.
/// </summary>
/// <param name="cache">The folder for the frames.</param>
/// <param name="size">Their side: the largest square in the middle, scaled.</param>
internal sealed class VideoFrames(string cache, int size)
{
    /// <summary>Frames that are kept of a clip.</summary>
    public const int MaxFrames = 64;

    private readonly ConcurrentDictionary<string, Lazy<string[]>> _frames = new(StringComparer.Ordinal);

    /// <summary>Checks that there is a program to decode videos with.</summary>
    /// <param name="path">Whose videos they are, for the message.</param>
    /// <exception cref="InputException">There is not.</exception>
    public static void CheckFfmpeg(string path)
    {
        foreach (string program in new[] { GlobalFFOptions.GetFFMpegBinaryPath(), GlobalFFOptions.GetFFProbeBinaryPath() })
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, "-version") { RedirectStandardOutput = true })!;
                process.StandardOutput.ReadToEnd();
                process.WaitForExit();
            }
            catch (Win32Exception e)
            {
                throw new InputException($"'{path}' holds videos, and there is no {Path.GetFileName(program)} to decode them; install ffmpeg, or give pictures.", e);
            }
        }
    }

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
            catch (Exception e) when (e is not InputException)
            {
                throw new InputException($"'{video}' cannot be decoded by ffmpeg; copy or export it again.", e);
            }
            finally
            {
                if (Directory.Exists(unfinished))
                {
                    Directory.Delete(unfinished, recursive: true);
                }
            }
        }

        return ClipFolder.PicturesIn(folder);
    }

    private void Decode(string video, string folder)
    {
        var analysis = FFProbe.Analyse(video);
        if (analysis.PrimaryVideoStream is not { } stream)
        {
            throw new InputException($"'{video}' has no pictures in it.");
        }

        double seconds = analysis.Duration.TotalSeconds, rate = stream.AverageFrameRate;
        string spread = seconds * rate > MaxFrames
            ? string.Create(CultureInfo.InvariantCulture, $"fps={MaxFrames / seconds:0.######},")
            : "";
        FFMpegArguments.FromFileInput(video)
            .OutputToFile(Path.Combine(folder, "%03d.jpg"), overwrite: true, options => options
                .WithCustomArgument($"-an -vf \"{spread}crop='min(iw,ih)':'min(iw,ih)',scale={size}:{size}:flags=area\" -vsync 0 -frames:v {MaxFrames} -q:v 2"))
            .ProcessSynchronously();
    }
}
