using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Reenactment;
using Mimesh.Training;

namespace Mimesh.Cli;

/// <summary><c>mimesh evaluate finder</c>: how many faces the finder finds, and what else.</summary>
internal static class EvaluateFinderCommand
{
    private static readonly JsonSerializerOptions s_format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static Command Create()
    {
        var count = CommonOptions.Number("--count", "Scenes.", 1000, 1, 1_000_000);
        var weights = CommonOptions.OptionalPath("--weights", "Directory with the trained finder; the one that comes with Mimesh unless given.", "directory");
        var size = CommonOptions.Size("Side of the scenes.", 320);
        var json = CommonOptions.OptionalPath("--json", "Also write the figures there.");
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new Command("finder", "Measure the face finder on made scenes whose people no training sees: precision, recall by size, tilt.")
        {
            count, weights, size, json, device, threads,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                CommonOptions.RefuseStray(parsed);
                var terminal = Terminal.Of(parsed);
                string directory = parsed.GetValue(weights) ?? WeightsDirectory.Find();
                using var outputs = new OutputFiles(Weights.FilesIn(directory));
                outputs.Expect(parsed.GetValue(json));
                using var opened = Device.Open(parsed.GetRequiredValue(device), parsed.GetValue(threads));
                using var finder = FaceFinder.Load(opened, directory);
                int scenes = parsed.GetValue(count);
                var report = terminal.WithProgress("evaluating", scenes, progress =>
                    FinderEvaluation.Run(finder, scenes, parsed.GetValue(size), progress, cancellation));
                if (parsed.GetValue(json) is { } file)
                {
                    outputs.Write(file, JsonSerializer.Serialize(report, s_format) + "\n");
                }

                outputs.Commit();
                FigureTable.Print(terminal, [.. Tables(report)]);
                return 0;
            },
            CancellationToken.None));
        return command.WithExamples(
            ("Measure the finder that comes with Mimesh", "mimesh evaluate finder"),
            ("Measure a training run, into a file", "mimesh evaluate finder --weights runs/finder --count 500 --json figures.json"));
    }

    private static IEnumerable<FigureTable> Tables(FinderReport report)
    {
        yield return new FigureTable(
            "",
            [string.Create(CultureInfo.InvariantCulture, $"{report.Scenes} scenes of {report.Size}×{report.Size}"), "figure"],
            [
                ["precision", Percent(report.Precision)], ["recall", Percent(report.Recall)],
                ["false alarms a scene", Format(report.FalseAlarms, "0.000")], ["tilt, mean absolute error", Format(report.RollError, "0.0°")],
            ]);
        yield return new FigureTable(
            "",
            ["Side of the face", "faces", "recall", "tilt"],
            [.. report.Bands.Select(b => new[]
            {
                double.IsInfinity(b.MostSide) ? Format(b.LeastSide, "from 0 px") : Format(b.LeastSide, "0") + Format(b.MostSide, " to 0 px"),
                Format(b.Faces, "0"), Percent(b.Recall), Format(b.RollError, "0.0°"),
            })]);
    }

    private static string Percent(double share) => Format(100 * share, "0.0") + " %";

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
