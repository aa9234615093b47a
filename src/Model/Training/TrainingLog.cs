using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mimesh.Imaging;

namespace Mimesh.Training;

/// <summary>
/// A training's log: a JSON object a line, one for each <see cref="TrainingReport"/>. It is
/// cut back to the checkpoint that a training goes on from, so that no step is there twice.
/// </summary>
public sealed class TrainingLog : IDisposable
{
    /// <summary>The log's file name in a run's folder, unless another file is given.</summary>
    public const string FileName = "log.jsonl";

    private static readonly JsonSerializerOptions s_format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly FileStream _file;
    private readonly FileStream? _held;
    private readonly string? _run;
    private readonly bool _isNew;

    private TrainingLog(FileStream file, bool isNew, string? run, FileStream? held) => (_file, _isNew, _run, _held) = (file, isNew, run, held);

    /// <summary>Opens or creates a log.</summary>
    /// <param name="path">The file.</param>
    /// <param name="directory">The run's folder; a log that lies elsewhere names it in every line.</param>
    /// <exception cref="InputException">It cannot be written, or is some other file, or another run's log.</exception>
    internal static TrainingLog Open(string path, string directory)
    {
        AtomicFile.CheckTarget(path);
        string folder = Path.TrimEndingDirectorySeparator(AtomicFile.Destination(directory)), target = AtomicFile.Destination(path);
        string? run = Path.GetDirectoryName(target) == folder ? null : folder;
        if (AtomicFile.IsDevice(target))
        {
            throw new InputException($"'{path}' is a device, which keeps no log; give a file.");
        }

        if (run is null && !string.Equals(Path.GetExtension(target), Path.GetExtension(FileName), StringComparison.OrdinalIgnoreCase))
        {
            throw new InputException($"'{path}' is a name of the run's other files; end the log in {Path.GetExtension(FileName)}, or put it elsewhere.");
        }

        // In a run's folder the folder's own lock does that.
        var held = run is null ? null : Hold(path + ".lock", path);
        try
        {
            bool isNew = !File.Exists(path);

            // Without a buffer, whose rest would be written when the file is closed: on a full disk that fails a second time.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            try
            {
                foreach (var (_, report) in Lines(file))
                {
                    if (report is null)
                    {
                        throw new InputException($"'{path}' is not the log of a training; give another file.");
                    }

                    if (run is not null && report.Run != run)
                    {
                        throw new InputException($"'{path}' is the log of {(report.Run is { } other ? $"the run in '{other}'" : "another run")}; give another file.");
                    }
                }

                return new TrainingLog(file, isNew, run, held);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e)
        {
            held?.Dispose();
            if (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                throw new InputException($"Cannot write '{path}': {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>
    /// Keeps everybody else from a training's files: two would mix theirs. One that was killed leaves the file, but not the lock on it.
    /// </summary>
    /// <param name="path">The file that is locked.</param>
    /// <param name="what">What is kept, for the message.</param>
    /// <exception cref="InputException">Another training has it, or it cannot be written.</exception>
    internal static FileStream Hold(string path, string what)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException($"Cannot write into '{what}': permission denied; choose a place that you may write to.", e);
        }
        catch (IOException e)
        {
            throw new InputException(
                IsHeld(e)
                    ? $"Another training is at work in '{what}'; wait for it, or give another place."
                    : $"Cannot write into '{what}': {e.Message}",
                e);
        }

        // EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
        static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
    }

    /// <summary>Reads a log; a training may be writing it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It cannot be read, or is some other file.</exception>
    public static IReadOnlyList<TrainingReport> Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return [.. Lines(file).Select(l => l.Report ?? throw new InputException($"'{path}' is not the log of a training."))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"Cannot read '{path}': {e.Message}", e);
        }
    }

    /// <summary>Drops every report of a step after the given one, and a line that was never finished.</summary>
    /// <param name="step">The step that the training goes on from.</param>
    /// <returns>The time that the training had taken by then, in seconds.</returns>
    internal double CutAfter(int step)
    {
        long end = 0;
        double seconds = 0;
        foreach (var (lineEnd, report) in Lines(_file).TakeWhile(l => l.Report?.Step <= step))
        {
            end = lineEnd;
            seconds = report!.Seconds;
        }

        _file.SetLength(end);
        _file.Position = end;
        return seconds;
    }

    /// <summary>Appends a report.</summary>
    /// <exception cref="InputException">The disk is full.</exception>
    internal void Add(TrainingReport report)
    {
        try
        {
            _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(report with { Run = _run }, s_format), (byte)'\n']);
            _file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (AtomicFile.IsWriteFailure(e))
        {
            throw new InputException($"Cannot write '{_file.Name}': {e.Message}", e);
        }
    }

    /// <summary>Closes the file; one that was made here, and that nothing could be written to, goes again.</summary>
    public void Dispose()
    {
        bool isLeftEmpty = _isNew && _file.Length == 0;
        _file.Dispose();
        if (isLeftEmpty)
        {
            AtomicFile.Delete(_file.Name);
        }

        _held?.Dispose();
    }

    // Every whole line with the place where it ends; null for one that is no report. Of a last line without an end only the
    // beginning is looked at: a training may have been killed while it wrote it.
    private static IEnumerable<(long End, TrainingReport? Report)> Lines(FileStream file)
    {
        file.Position = 0;
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        int start = 0;
        while (start < bytes.Length)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0)
            {
                if (bytes[start] != (byte)'{')
                {
                    yield return (bytes.Length, null);
                }

                yield break;
            }

            yield return (start + length + 1, Parse(bytes.AsSpan(start, length)));
            start += length + 1;
        }
    }

    private static TrainingReport? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingReport>(line, s_format);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
