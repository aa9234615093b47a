using System.Globalization;
using Mimesh.Training;
using Spectre.Console;

namespace Mimesh.Cli;

/// <summary>Shows a training on stderr: a live bar with losses where a person looks, else a line a report.</summary>
internal static class TrainingDisplay
{
    public static void Run(Terminal terminal, Action<IProgress<TrainingReport>> train)
    {
        var timeLeft = new TimeLeft();
        if (!terminal.ErrorIsLive)
        {
            train(new Reporter(report =>
            {
                string heldOut = report.HeldOut is { } measured ? $"  held out: {Format(measured)}" : "";
                terminal.Error.WriteLine($"step {report.Step}/{report.Steps}  {State(report, timeLeft.After(report))}{heldOut}");
            }));
            return;
        }

        var console = terminal.ErrorConsole();
        console.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(progress =>
            {
                var bar = progress.AddTask("rendering the first samples");
                train(new Reporter(report =>
                {
                    bar.MaxValue = report.Steps;
                    bar.Value = report.Step;
                    bar.Description = Markup.Escape(State(report, timeLeft.After(report)));
                    if (report.HeldOut is { } measured)
                    {
                        console.MarkupLineInterpolated($"step {report.Step}, held out: [bold]{Format(measured)}[/]");
                    }
                }));
            });
    }

    /// <summary>Figures by name, as text.</summary>
    public static string Format(IReadOnlyDictionary<string, float> values) =>
        string.Join(", ", values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key} {v.Value:0.####}")));

    /// <summary>A time as a person would say it: two units at most.</summary>
    public static string Format(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{(int)time.TotalSeconds} s",
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };

    /// <summary>How fast samples come and go.</summary>
    public static string Rates(TrainingReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.TrainedPerSecond:0.0} samples/s trained, {report.RenderedPerSecond:0.0} rendered, starved {report.Starved:0 %}");

    private static string State(TrainingReport report, TimeSpan? left) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Format(report.Losses)}, gradient {Format(report.GradientNorms)}, rate {report.LearningRate:0.##e-0}, {Rates(report)}")
        + (left is { } time ? $", {Format(time)} left" : "");

    // From this start's own reports: what earlier starts took says little about this machine now.
    private sealed class TimeLeft
    {
        private TrainingReport? _first;

        public TimeSpan? After(TrainingReport report)
        {
            _first ??= report;
            return report.Step > _first.Step
                ? TimeSpan.FromSeconds((report.Steps - report.Step) * (report.Seconds - _first.Seconds) / (report.Step - _first.Step))
                : null;
        }
    }

    // Unlike Progress<T>, in the training's own thread: reports come in order, and none after its end.
    private sealed class Reporter(Action<TrainingReport> report) : IProgress<TrainingReport>
    {
        public void Report(TrainingReport value) => report(value);
    }
}
