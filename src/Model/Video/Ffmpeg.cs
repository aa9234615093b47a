using System.Globalization;
using System.Text;
using System.Text.Json;
using CliWrap;
using Mimesh.Imaging;

namespace Mimesh.Video;

/// <summary>
/// The user's ffmpeg, on films that nobody vouches for. Its arguments are a list, never a line that is taken apart again, and a film's name
/// is the name of a file, whatever it looks like: <c>file:</c> stands before it. Nothing but that file is opened: of protocols it may use
/// <c>file</c> and <c>pipe</c>, and of formats those that hold their own pictures, so no playlist and no list of other films.
/// </summary>
public static class Ffmpeg
{
    private const string Decoder = "ffmpeg", Prober = "ffprobe";
    private const string Protocols = "file,pipe";
    private const string Formats = "asf,avi,flv,gif,matroska,m4v,mov,mpeg,mpegts,mpegvideo,ogg";

    // What is kept of a program's complaints, characters; a damaged film may cause one a frame.
    private const int LongestComplaint = 4096;

    /// <summary>Checks that ffmpeg and ffprobe are there.</summary>
    /// <param name="path">Whose films they are to decode, for the message.</param>
    /// <exception cref="InputException">One is not.</exception>
    public static void Check(string path)
    {
        foreach (string program in (string[])[Decoder, Prober])
        {
            if (Find(program) is null)
            {
                throw new InputException($"'{path}' holds videos, and there is no {program} to decode them; install ffmpeg, or give pictures.");
            }
        }
    }

    /// <summary>How long a film is, and how many pictures a second it has; 0 where it does not say.</summary>
    /// <param name="film">The file.</param>
    /// <param name="cancellation">Ends the program.</param>
    /// <exception cref="InputException">It cannot be read, or has no pictures.</exception>
    public static (double Seconds, double Rate) Probe(string film, CancellationToken cancellation)
    {
        InputFile.CheckRegular(film);
        var answer = new StringBuilder();
        string[] arguments =
        [
            "-v", "error", .. Input(film),
            "-select_streams", "V:0", "-show_entries", "stream=avg_frame_rate:format=duration", "-of", "json=compact=1",
        ];
        string? complaint = Run(Prober, arguments, null, PipeTarget.ToStringBuilder(answer), cancellation);
        if (complaint is not null)
        {
            throw Unreadable(film, complaint);
        }

        using var facts = JsonDocument.Parse(answer.ToString());
        if (facts.RootElement.GetProperty("streams") is { } streams && streams.GetArrayLength() == 0)
        {
            throw new InputException($"'{film}' has no pictures in it.");
        }

        string[] rate = (Text(streams[0], "avg_frame_rate") ?? "0/1").Split('/');
        double over = Number(rate[^1]);
        return (Number(Text(facts.RootElement.GetProperty("format"), "duration")), over > 0 ? Number(rate[0]) / over : 0);

        static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

        static double Number(string? text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : 0;
    }

    /// <summary>Turns a film's first stream of pictures into files.</summary>
    /// <param name="film">The file.</param>
    /// <param name="directory">Where names in <paramref name="output"/> are relative to.</param>
    /// <param name="output">Filters, and what to write.</param>
    /// <param name="cancellation">Ends the program.</param>
    /// <exception cref="InputException">It cannot be decoded.</exception>
    public static void Decode(string film, string directory, string[] output, CancellationToken cancellation)
    {
        string? complaint = Run(
            Decoder, ["-nostdin", "-v", "error", .. Input(film), "-map", "0:V:0", .. output], directory, PipeTarget.Null, cancellation);
        if (complaint is not null)
        {
            throw Unreadable(film, complaint);
        }
    }

    // The limit of pixels is that of pictures.
    private static string[] Input(string film) =>
    [
        "-protocol_whitelist", Protocols, "-format_whitelist", Formats,
        "-max_pixels", Imaging.ImageFile.MaxPixels.ToString(CultureInfo.InvariantCulture), "-i", $"file:{Path.GetFullPath(film)}",
    ];

    private static InputException Unreadable(string film, string complaint) => new(
        complaint.Contains("not on whitelist", StringComparison.Ordinal)
            ? $"'{film}' is a playlist, or of a format that may name other files; give films that hold their own pictures."
            : $"'{film}' cannot be decoded by ffmpeg; copy or export it again.");

    // Where a program is. The system's own search would start in the current directory, where a program may have come with the films.
    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Where(Path.IsPathFullyQualified)
        .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? $"{program}.exe" : program))
        .FirstOrDefault(File.Exists);

    // What a program complained of if it failed, else null.
    private static string? Run(
        string program, string[] arguments, string? directory, PipeTarget output, CancellationToken cancellation)
    {
        var complaints = new StringBuilder();
        var result = Cli.Wrap(Find(program) ?? program)
            .WithArguments(arguments)
            .WithWorkingDirectory(directory ?? Environment.CurrentDirectory)
            .WithStandardOutputPipe(output)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line =>
            {
                if (complaints.Length < LongestComplaint)
                {
                    complaints.AppendLine(line);
                }
            }))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellation).Task.GetAwaiter().GetResult();
        return result.IsSuccess ? null : complaints.ToString();
    }
}
