using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mimesh.Kernels;
using Mimesh.Model;
using Mimesh.Model.Training;

namespace Mimesh.Cli;

/// <summary><c>mimesh evaluate</c>: how good the weights are, on people that no training sees.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions JsonFormat = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        var pairs = CommonOptions.Number("--pairs", "Pairs of pictures, for the same person and again for two people.", 200, 1, 1_000_000);
        var weights = CommonOptions.Weights();
        var size = CommonOptions.Size("Side of the pictures; as trained unless given.");
        var json = CommonOptions.OptionalPath("--json", "Also write the figures there.");
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new Command("evaluate", "Measure PSNR and SSIM on rendered people that no training sees, beside simple baselines.")
        {
            pairs, weights, size, json, device, threads, EvaluateRegressorCommand.Create(),
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var terminal = Terminal.Of(parsed);
                string? target = parsed.GetValue(json);
                if (target is not null)
                {
                    AtomicFile.CheckTarget(target);
                }

                using var opened = Device.Open(parsed.GetRequiredValue(device), parsed.GetValue(threads));
                using var reenactor = Reenactor.Load(opened, parsed.GetValue(weights) ?? WeightsDirectory.Find());
                int count = parsed.GetValue(pairs);
                var report = terminal.WithProgress("evaluating", 2 * count, progress =>
                    Evaluation.Run(reenactor, count, parsed.GetValue(size) ?? reenactor.Preset.Size, progress, cancellation));
                if (target is not null)
                {
                    AtomicFile.Write(target, JsonSerializer.Serialize(report, JsonFormat) + "\n");
                }

                Print(terminal, report);
                return 0;
            },
            CancellationToken.None));
        return command.WithExamples(
            ("Measure the weights that come with Mimesh", "mimesh evaluate"),
            ("Measure a training run, into a file", "mimesh evaluate --weights runs/reenactor --pairs 400 --json metrics.json"));
    }

    private static void Print(Terminal terminal, EvaluationReport report) => terminal.WriteTable(
        ["Driving picture", "Method", "PSNR dB", "SSIM"],
        [.. Rows("same person", report.Self), .. Rows("another person", report.Cross)]);

    private static IEnumerable<string[]> Rows(string protocol, ProtocolScores scores) =>
        new[] { ("Mimesh", scores.Model), ("copy the source", scores.CopySource), ("warp by T* alone", scores.FlowOnly) }.Select(row => new[]
        {
            protocol,
            row.Item1,
            row.Item2.Psnr.ToString("0.00", CultureInfo.InvariantCulture),
            row.Item2.Ssim.ToString("0.000", CultureInfo.InvariantCulture),
        });
}
