using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Reenactment;
using Mimesh.Training;

namespace Mimesh.Cli;

/// <summary><c>mimesh evaluate regressor</c>: how well the regressor sees pose, shape and each expression.</summary>
internal static class EvaluateRegressorCommand
{
    private static readonly JsonSerializerOptions JsonFormat = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        var count = CommonOptions.Number("--count", "People, one picture of each.", 1000, 2, 1_000_000);
        var weights = CommonOptions.OptionalPath("--weights", "Directory with the trained regressor; the one that comes with Mimesh unless given.", "directory");
        var size = CommonOptions.Size("Side of the pictures.", Regressor.LookSize);
        var json = CommonOptions.OptionalPath("--json", "Also write the figures there.");
        var markdown = CommonOptions.OptionalPath("--markdown", "Also write the tables there, as Markdown.");
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new Command("regressor", "Measure the regressor on rendered people that no training sees: pose, vertices, and each expression.")
        {
            count, weights, size, json, markdown, device, threads,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                CommonOptions.RefuseStray(parsed);
                var terminal = Terminal.Of(parsed);
                string directory = parsed.GetValue(weights) ?? WeightsDirectory.Find();
                using var outputs = new OutputFiles(Weights.FilesIn(directory));
                outputs.Expect(parsed.GetValue(json), parsed.GetValue(markdown));
                using var opened = Device.Open(parsed.GetRequiredValue(device), parsed.GetValue(threads));
                using var regressor = Weights.LoadRegressor(opened, FaceModel.BuiltIn, directory);
                int people = parsed.GetValue(count);
                var report = terminal.WithProgress("evaluating", people, progress =>
                    RegressorEvaluation.Run(regressor, people, parsed.GetValue(size), progress, cancellation));
                if (parsed.GetValue(json) is { } jsonFile)
                {
                    outputs.Write(jsonFile, JsonSerializer.Serialize(report, JsonFormat) + "\n");
                }

                FigureTable[] tables = [.. Tables(report)];
                if (parsed.GetValue(markdown) is { } markdownFile)
                {
                    outputs.Write(markdownFile, FigureTable.Markdown(
                        "The regressor's errors",
                        string.Create(CultureInfo.InvariantCulture, $"mimesh evaluate regressor --count {report.People} --size {report.Size} --markdown FILE"),
                        tables));
                }

                outputs.Commit();
                FigureTable.Print(terminal, tables);
                return 0;
            },
            CancellationToken.None));
        return command.WithExamples(
            ("Measure the regressor that comes with Mimesh", "mimesh evaluate regressor"),
            ("Measure a training run, into files", "mimesh evaluate regressor --weights runs/regressor --count 500 --json figures.json --markdown figures.md"));
    }

    private static IEnumerable<FigureTable> Tables(RegressorReport report)
    {
        yield return new FigureTable(
            "",
            ["Pose", "mean absolute error"],
            [["yaw", Format(report.Pose.Yaw, "0.00°")], ["pitch", Format(report.Pose.Pitch, "0.00°")], ["roll", Format(report.Pose.Roll, "0.00°")]]);
        yield return new FigureTable(
            "",
            ["Vertices, mean distance in mm", "whole head", "face"],
            [
                Row("as regressed", v => v.Total), Row("after similarity alignment", v => v.Aligned),
                Row("identity alone", v => v.Identity), Row("identity alone, aligned", v => v.IdentityAligned),
                Row("expression alone", v => v.Expression), Row("the average face instead", v => v.AverageFace),
                Row("the average face, aligned", v => v.AverageFaceAligned),
            ]);
        yield return new FigureTable(
            "",
            ["Expression", "mean absolute error", "R²", "deviation"],
            [
                .. report.Expression.Shapes.Select(s => new[]
                {
                    s.Name, Format(s.MeanAbsoluteError, "0.000"), s.Explained is { } r ? Format(r, "0.00") : "", Format(s.Deviation, "0.000"),
                }),
                ["all", Format(report.Expression.MeanAbsoluteError, "0.000"), Format(report.Expression.Explained, "0.00"), ""],
            ]);
        yield return new FigureTable(
            "",
            ["Heads found", "share"], [["by the glance, anywhere in a picture", Format(100 * report.Found, "0.0") + " %"]]);

        string[] Row(string name, Func<VertexErrors, double> value) => [name, Format(value(report.Mesh), "0.00"), Format(value(report.Face), "0.00")];
    }

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
