using System.Globalization;
using System.Text;

namespace Mimesh.Cli;

/// <summary>A table of figures, for the terminal and for Markdown files.</summary>
/// <param name="Title">What it shows; may be empty.</param>
/// <param name="Header">Names of the columns.</param>
/// <param name="Rows">A text for each column.</param>
internal sealed record FigureTable(string Title, string[] Header, string[][] Rows)
{
    /// <summary>Writes tables to stdout.</summary>
    public static void Print(Terminal terminal, IEnumerable<FigureTable> tables)
    {
        foreach (var table in tables)
        {
            if (table.Title.Length > 0)
            {
                terminal.Output.WriteLine(table.Title);
            }

            terminal.WriteTable(table.Header, table.Rows);
            terminal.Output.WriteLine();
        }
    }

    /// <summary>A Markdown page of tables.</summary>
    /// <param name="title">Its heading.</param>
    /// <param name="command">The command that writes it.</param>
    /// <param name="tables">The tables.</param>
    public static string Markdown(string title, string command, IEnumerable<FigureTable> tables)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"# {title}\n\nWritten by `{command}`.\n");
        foreach (var table in tables)
        {
            text.Append(table.Title.Length > 0 ? $"\n{table.Title}\n\n" : "\n");
            Append(table.Header);
            Append([.. table.Header.Select(_ => "---")]);
            foreach (string[] row in table.Rows)
            {
                Append(row);
            }
        }

        return text.ToString();

        void Append(string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }
}
