using System.CommandLine;
using Spectre.Console;

namespace Mimesh.Cli;

/// <summary>
/// What a command prints: results on stdout, progress and diagnostics on stderr. Colours, tables and live displays only
/// where a person looks; a file or a pipe gets plain lines.
/// </summary>
internal sealed class Terminal
{
    private Terminal(TextWriter output, TextWriter error)
    {
        Output = output;
        Error = error;
        OutputIsLive = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        ErrorIsLive = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
    }

    /// <summary>Where results go.</summary>
    public TextWriter Output { get; }

    /// <summary>Where everything else goes.</summary>
    public TextWriter Error { get; }

    /// <summary>A person sees stdout.</summary>
    public bool OutputIsLive { get; }

    /// <summary>A person sees stderr.</summary>
    public bool ErrorIsLive { get; }

    public static Terminal Of(ParseResult parsed) =>
        new(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);

    /// <summary>Says on stderr, in a line, what the user should know of a result.</summary>
    public void Warn(string text) => Error.WriteLine($"warning: {text}");

    /// <summary>A Spectre console on stderr, for progress.</summary>
    public IAnsiConsole ErrorConsole() => ConsoleOn(Error);

    /// <summary>A table on stdout; columns become plain, aligned text where nobody looks.</summary>
    public void WriteTable(string[] header, IReadOnlyList<string[]> rows)
    {
        if (OutputIsLive)
        {
            var table = new Table().Border(TableBorder.Rounded);
            foreach (string column in header)
            {
                table.AddColumn(Markup.Escape(column));
            }

            foreach (string[] row in rows)
            {
                table.AddRow([.. row.Select(Markup.Escape)]);
            }

            ConsoleOn(Output).Write(table);
            return;
        }

        int[] widths = [.. header.Select((h, i) => Math.Max(h.Length, rows.Max(r => r[i].Length)))];
        foreach (string[] row in rows.Prepend(header))
        {
            Output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }
    }

    /// <summary>Runs work that counts what it has done; a person on stderr sees a bar meanwhile.</summary>
    public T WithProgress<T>(string task, int total, Func<IProgress<int>, T> work)
    {
        if (!ErrorIsLive)
        {
            return work(new Counter(_ => { }));
        }

        return ErrorConsole().Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn())
            .Start(progress =>
            {
                var bar = progress.AddTask(task, maxValue: total);
                return work(new Counter(done => bar.Value = done));
            });
    }

    private static IAnsiConsole ConsoleOn(TextWriter writer) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

    private sealed class Counter(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
