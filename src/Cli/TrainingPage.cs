using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Mimesh.Imaging;
using Mimesh.Training;

namespace Mimesh.Cli;

/// <summary>
/// A run's folder to look at: <c>curves.png</c> and <c>report.html</c>, made anew from the log at every checkpoint. The page needs no
/// network, and shows the pictures that lie beside it.
/// </summary>
internal sealed class TrainingPage(string directory, string logPath, string stage, ParseResult parsed)
{
    public const string PageFile = "report.html";
    public const string CurvesFile = "curves.png";

    private const string Style = """
        :root { color-scheme: light dark; --ink: light-dark(#1c1c1e, #e6e6e8); --faint: light-dark(#6b6b70, #9a9aa0); --line: light-dark(#dcdce0, #3a3a3f); --page: light-dark(#fff, #17171a) }
        body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
        p { margin: .3rem 0 } .faint { color: var(--faint) }
        progress { width: 100% }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums }
        th, td { text-align: right; padding: .2rem .8rem; border-bottom: 1px solid var(--line) } th:first-child, td:first-child { text-align: left; padding-left: 0 }
        .box { overflow: auto; max-height: 22rem } .box th { position: sticky; top: 0; background: var(--page) }
        img { max-width: 100% } input { width: 100% } code { overflow-wrap: anywhere }
        .settings td { text-align: left }
        @media (prefers-color-scheme: dark) { .curves { filter: invert(.91) hue-rotate(180deg) } }
        """;

    private const string Slider = """
        const step = document.getElementById('step'), picture = document.getElementById('picture'), label = document.getElementById('label');
        step.oninput = () => { picture.src = previews[step.value]; label.textContent = 'step ' + Number(previews[step.value].match(/\d+/)[0]); };
        """;

    /// <summary>Passes reports on, and makes the page anew when one has held-out figures.</summary>
    public IProgress<TrainingReport> With(IProgress<TrainingReport> progress) => new Listener(report =>
    {
        progress.Report(report);
        if (report.HeldOut is not null)
        {
            Refresh();
        }
    });

    /// <summary>Makes curves and page from the log as it is now; nothing, if there is none or it is empty.</summary>
    public void Refresh()
    {
        IReadOnlyList<TrainingReport> log = File.Exists(logPath) ? TrainingLog.Read(logPath) : [];
        if (log.Count > 0)
        {
            ImageFile.Save(TrainingCurves.Draw(log), Path.Combine(directory, CurvesFile), DigitalSource.AlgorithmicMedia);
            AtomicFile.Write(Path.Combine(directory, PageFile), Page(log));
        }
    }

    private string Page(IReadOnlyList<TrainingReport> log)
    {
        var last = log[^1];
        string name = Path.GetFileName(Path.GetFullPath(directory).TrimEnd(Path.DirectorySeparatorChar));
        string title = Escaped($"{name}: the {stage} after step {last.Step}");
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
            <style>{Style}</style></head><body>
            <h1>{title}</h1>
            <p><progress max="{last.Steps}" value="{last.Step}"></progress></p>
            <p>{last.Step} of {last.Steps} steps in {TrainingDisplay.Format(TimeSpan.FromSeconds(last.Seconds))}; {TrainingDisplay.Rates(last)}; learning rate {last.LearningRate:0.##e-0}.</p>
            <p class="faint">Losses: {Escaped(TrainingDisplay.Format(last.Losses))}. Gradient norms: {Escaped(TrainingDisplay.Format(last.GradientNorms))}.</p>

            """);
        TrainingReport[] measured = [.. log.Where(r => r.HeldOut is not null).Reverse()];
        if (measured.Length > 0)
        {
            string[] names = [.. measured.SelectMany(r => r.HeldOut!.Keys).Distinct()];
            page.Append("<h2>On held-out people</h2>\n<div class=\"box\">");
            Table(page, names.Prepend("step"), measured.Select(r => names.Select(n => Figure(r.HeldOut!, n)).Prepend($"{r.Step}")));
            page.Append("</div>\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"<h2>Curves</h2>\n<img class=\"curves\" src=\"{CurvesFile}?{last.Step}\" alt=\"Losses, held-out figures, gradient norms and rates by step\">\n");
        Previews(page, last.Step);
        page.Append(CultureInfo.InvariantCulture, $"<h2>Settings</h2>\n<p><code>mimesh {Escaped(string.Join(' ', parsed.Tokens.Select(t => Quoted(t.Value))))}</code></p>\n<div class=\"settings\">");
        Table(page, ["option", "value"], Settings().Select(s => new[] { s.Name, s.Value }));
        return page.Append("</div>\n</body></html>\n").ToString();
    }

    private void Previews(StringBuilder page, int lastStep)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(directory, "preview-*.png").Select(p => Path.GetFileName(p)!)
                .Where(f => int.TryParse(f["preview-".Length..^".png".Length], NumberStyles.None, CultureInfo.InvariantCulture, out int step) && step <= lastStep)
                .Order(StringComparer.Ordinal),
        ];
        if (files.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <h2>Previews</h2>
                <p>Source, driving, the source warped by the flow alone, and the result, on people never trained on; <span id="label">step {lastStep}</span>.</p>
                <p><input id="step" type="range" min="0" max="{files.Length - 1}" value="{files.Length - 1}" aria-label="step"></p>
                <img id="picture" src="{files[^1]}" alt="Preview">
                <script>const previews = {JsonSerializer.Serialize(files)};
                {Slider}step.oninput();</script>

                """);
        }
    }

    // Every option of the command, given or not.
    private IEnumerable<(string Name, string Value)> Settings() =>
        from option in parsed.CommandResult.Command.Options
        let result = parsed.GetResult(option)
        where result is not null
        select (option.Name, Convert.ToString(result.GetValueOrDefault<object>(), CultureInfo.InvariantCulture) ?? "");

    private static void Table(StringBuilder page, IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows)
    {
        page.Append("<table>\n<tr>").AppendJoin("", header.Select(h => $"<th>{Escaped(h)}</th>")).Append("</tr>\n");
        foreach (var row in rows)
        {
            page.Append("<tr>").AppendJoin("", row.Select(c => $"<td>{Escaped(c)}</td>")).Append("</tr>\n");
        }

        page.Append("</table>");
    }

    private static string Figure(IReadOnlyDictionary<string, float> figures, string name) =>
        figures.TryGetValue(name, out float value) ? value.ToString("0.####", CultureInfo.InvariantCulture) : "";

    private static string Quoted(string word) => word.Any(c => !char.IsAsciiLetterOrDigit(c) && !"-_./=:,+".Contains(c)) ? $"'{word}'" : word;

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    private sealed class Listener(Action<TrainingReport> hear) : IProgress<TrainingReport>
    {
        public void Report(TrainingReport value) => hear(value);
    }
}
