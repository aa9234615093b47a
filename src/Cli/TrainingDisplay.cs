using System.Globalization;
using Mimesh.Model.Training;
using Spectre.Console;

namespace Mimesh.Cli;

/// <summary>Shows a training on stderr: a live bar with losses where a person looks, else a line a report.</summary>
internal static class TrainingDisplay
{
    public static void Run(Terminal terminal, Action<IProgress<TrainingReport>> train)
    {
        if (!terminal.ErrorIsLive)
        {
            train(new Reporter(report =>
            {
                string heldOut = report.HeldOut is { } measured ? $"  held out: {Format(measured)}" : "";
                terminal.Error.WriteLine($"step {report.Step}/{report.Steps}  {Losses(report)}{heldOut}");
            }));
            return;
        }

        var console = terminal.ErrorConsole();
        console.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(progress =>
            {
                var bar = progress.AddTask("rendering the first samples");
                train(new Reporter(report =>
                {
                    bar.MaxValue = report.Steps;
                    bar.Value = report.Step;
                    bar.Description = Markup.Escape(Losses(report));
                    if (report.HeldOut is { } measured)
                    {
                        console.MarkupLineInterpolated($"step {report.Step}, held out: [bold]{Format(measured)}[/]");
                    }
                }));
            });
    }

    private static string Losses(TrainingReport report) =>
        string.Create(CultureInfo.InvariantCulture, $"{Format(report.Losses)}, {report.TrainedPerSecond:0.0} samples/s trained, {report.RenderedPerSecond:0.0} rendered");

    private static string Format(IReadOnlyDictionary<string, float> values) =>
        string.Join(", ", values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key} {v.Value:0.####}")));

    // Unlike Progress<T>, in the training's own thread: reports come in order, and none after its end.
    private sealed class Reporter(Action<TrainingReport> report) : IProgress<TrainingReport>
    {
        public void Report(TrainingReport value) => report(value);
    }
}
