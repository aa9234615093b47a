using System.Globalization;
using System.Text;
using Microsoft.VisualBasic.FileIO;
using Mimesh.Imaging;
using Mimesh.People;

namespace Mimesh.Evaluation;

/// <summary>
/// Pairs of pictures to evaluate on, as a CSV file. With the header <c>person,moment,driving_person,driving_moment</c> each line
/// names two moments of rendered people of <see cref="Split.Test"/>; with <c>source,driving,truth</c> it names picture files relative
/// to the list. The truth is what the answer should be: the driving picture for one person, nothing where nobody knows it.
/// </summary>
/// <param name="Name">What the list is called.</param>
/// <param name="Self">The pairs of one person each.</param>
/// <param name="Cross">The pairs of two people.</param>
public sealed record PairList(string Name, IReadOnlyList<EvaluationPair> Self, IReadOnlyList<EvaluationPair> Cross)
{
    private const string RenderedHeader = "person,moment,driving_person,driving_moment";
    private const string PictureHeader = "source,driving,truth";

    private const int MostBytes = 256 << 20;

    private static readonly Lazy<PairList> s_test = new(() =>
    {
        using var stream = typeof(PairList).Assembly.GetManifestResourceStream("pairs/test.csv")!;
        using var reader = new StreamReader(stream);
        return Parse("test", reader.ReadToEnd(), ".");
    });

    /// <summary>
    /// The list that comes with Mimesh: 2,000 pairs of each kind, of the first 2,000 people of <see cref="Split.Test"/>. Each person
    /// is once a source and once a driving person of either kind.
    /// </summary>
    public static PairList Test => s_test.Value;

    /// <summary>Reads a list.</summary>
    /// <param name="path">The CSV file.</param>
    /// <exception cref="InputException">It cannot be read, or a line is wrong; the message names the line.</exception>
    public static PairList Read(string path)
    {
        string text = Encoding.UTF8.GetString(InputFile.Read(path, MostBytes));
        return Parse(path, text, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>The first pairs of each kind.</summary>
    /// <param name="count">How many at most.</param>
    public PairList First(int count) => new(Name, [.. Self.Take(count)], [.. Cross.Take(count)]);

    /// <summary>The list as a CSV file, which <see cref="Read"/> understands; its paths are as they are here.</summary>
    public string ToCsv()
    {
        EvaluationPair[] pairs = [.. Self, .. Cross];
        string header = pairs.Length > 0 && pairs[0] is PicturePair ? PictureHeader : RenderedHeader;
        return string.Concat(pairs.Select(p => string.Join(',', p.Fields.Select(Quoted)) + "\n").Prepend(header + "\n"));

        static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";
    }

    /// <summary>What <see cref="Read"/> does with a file's content.</summary>
    /// <param name="name">The list's name, for messages too.</param>
    /// <param name="text">The content.</param>
    /// <param name="directory">What picture paths are relative to.</param>
    internal static PairList Parse(string name, string text, string directory)
    {
        string[] lines = text.Split('\n');
        string header = lines[0].Trim('\r', ' ', '\uFEFF');
        Func<string[], EvaluationPair> read = header switch
        {
            RenderedHeader => Rendered,
            PictureHeader => fields => Pictures(fields, directory),
            _ => throw new InputException($"'{name}' is not a list of pairs: its first line is not '{RenderedHeader}' or '{PictureHeader}'."),
        };
        List<EvaluationPair> self = [], cross = [];
        for (int i = 1; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                var pair = read(Fields(line, header.Split(',')));
                (pair.IsSelf ? self : cross).Add(pair);
            }
            catch (FormatException e)
            {
                throw new InputException($"'{name}', line {i + 1}: {e.Message}", e);
            }
        }

        return self.Count + cross.Count > 0 ? new PairList(name, self, cross) : throw new InputException($"'{name}' has no pairs.");
    }

    private static string[] Fields(string line, string[] header)
    {
        using var parser = new TextFieldParser(new StringReader(line)) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
        string[] fields;
        try
        {
            fields = parser.ReadFields()!;
        }
        catch (MalformedLineException e)
        {
            throw new FormatException("its quotation marks do not match.", e);
        }

        return fields.Length == header.Length
            ? fields
            : throw new FormatException($"it has {fields.Length} field{(fields.Length == 1 ? "" : "s")}, not {header.Length}: {string.Join(", ", header)}.");
    }

    private static RenderedPair Rendered(string[] fields)
    {
        ulong Number(int i, ulong most) =>
            ulong.TryParse(fields[i], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= most
                ? number
                : throw new FormatException($"'{fields[i]}' is not a whole number from 0 to {most}.");
        return new RenderedPair(
            Number(0, ClipSampler.LastPerson), Number(1, ulong.MaxValue), Number(2, ClipSampler.LastPerson), Number(3, ulong.MaxValue));
    }

    private static PicturePair Pictures(string[] fields, string directory)
    {
        string Existing(string field)
        {
            string path = field.Length == 0 ? throw new FormatException("a source and a driving picture are needed.") : Path.Combine(directory, field);
            return File.Exists(path) ? path : throw new FormatException($"there is no picture '{path}'.");
        }

        return new PicturePair(Existing(fields[0]), Existing(fields[1]), fields[2].Length == 0 ? null : Existing(fields[2]));
    }
}
