using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Mimesh.Evaluation;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Reenactment;

namespace Mimesh.Cli;

/// <summary><c>mimesh evaluate</c>: how good weights are, by the paper's figures, on people that no training sees.</summary>
internal static class EvaluateCommand
{
    // Pairs of each protocol in the figure.
    private const int FigureRows = 4;

    private static readonly JsonSerializerOptions JsonFormat = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        var pairs = CommonOptions.OptionalPath(
            "--pairs", "A list of pairs (CSV: person,moment,driving_person,driving_moment of rendered people, or source,driving,truth of picture files); the one that comes with Mimesh unless given.");
        var count = CommonOptions.Number("--count", "Only the first pairs of the list, so many of one person and so many of two.", int.MaxValue, 1, int.MaxValue);
        var weights = new Option<string[]>("--weights")
        {
            Description = "Directory with the trained weights, those that come with Mimesh unless given; may be repeated, to compare. The first one's regressor judges.",
            HelpName = "directory",
            AllowMultipleArgumentsPerToken = true,
        };
        var size = CommonOptions.Size("Side of the pictures; as trained unless given.");
        var json = CommonOptions.OptionalPath("--json", "Also write the figures there.");
        var figure = CommonOptions.OptionalPath("--figure", $"Also draw the first {FigureRows} pairs of each kind there (.png, .jpg or .webp).");
        var markdown = CommonOptions.OptionalPath("--markdown", "Also write the tables there, as Markdown.");
        var csim = CommonOptions.OptionalPath("--csim-model", "A face-recognition model to measure CSIM with (ONNX, ArcFace's conventions); our own embedding unless given.");
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new Command("evaluate", "Measure CSIM, SSIM, PSNR, PRMSE and AUCON on people that no training sees, beside simple baselines.")
        {
            pairs, count, weights, size, json, markdown, figure, csim, device, threads, EvaluateRegressorCommand.Create(), EvaluateFinderCommand.Create(),
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var terminal = Terminal.Of(parsed);
                string? target = parsed.GetValue(json), page = parsed.GetValue(markdown), drawing = parsed.GetValue(figure);
                string? listed = parsed.GetValue(pairs), recogniser = parsed.GetValue(csim);
                var list = (listed is null ? PairList.Test : PairList.Read(listed)).First(parsed.GetValue(count));
                string[] directories = parsed.GetValue(weights) is { Length: > 0 } given ? given : [WeightsDirectory.Find()];
                string? judge = recogniser is null ? EmbeddingDirectory(directories[0]) : null;
                using var outputs = new OutputFiles(
                [
                    .. new[] { listed, recogniser }.OfType<string>(),
                    .. list.Self.Concat(list.Cross).SelectMany(p => p.Files),
                    .. directories.Append(judge).OfType<string>().SelectMany(Weights.FilesIn),
                ]);
                outputs.Expect(target, page, drawing);
                if (drawing is not null)
                {
                    ImageFile.CheckTarget(drawing);
                }

                using var opened = Device.Open(parsed.GetRequiredValue(device), parsed.GetValue(threads));
                var systems = new List<EvaluatedSystem>();
                try
                {
                    systems.AddRange(Names(directories).Select(d => Load(opened, d.Directory, d.Name)));
                    int side = parsed.GetValue(size) ?? systems[0].Reenactor.Preset.Size;
                    using IFaceEmbedder embedder = judge is null
                        ? OnnxFaceEmbedder.Load(recogniser!)
                        : FaceEmbedder.Load(opened, judge, side);
                    using var evaluator = new Evaluator(opened, list, side, systems, embedder);
                    var collected = drawing is null ? null : new EvaluationFigure([.. systems.Select(s => s.Weights.Name)], FigureRows);
                    var report = terminal.WithProgress("evaluating", list.Self.Count + list.Cross.Count, progress => evaluator.Run(collected, progress, cancellation));
                    if (target is not null)
                    {
                        outputs.Write(target, JsonSerializer.Serialize(report, JsonFormat) + "\n");
                    }

                    if (drawing is not null)
                    {
                        ImageFile.Save(collected!.Draw(), drawing, DigitalSource.TrainedAlgorithmicMedia, outputs);
                    }

                    FigureTable[] tables = [.. Tables(report)];
                    if (page is not null)
                    {
                        outputs.Write(page, FigureTable.Markdown("What reenactment reaches", Line(parsed, json, markdown, figure), tables));
                    }

                    outputs.Commit();
                    FigureTable.Print(terminal, tables);
                    return 0;
                }
                finally
                {
                    systems.ForEach(s => s.Reenactor.Dispose());
                }
            },
            CancellationToken.None));
        return command.WithExamples(
            ("Measure the weights that come with Mimesh, on some of the pairs", "mimesh evaluate --count 100"),
            ("Measure a training run, into files", "mimesh evaluate --weights runs/reenactor --json metrics.json --figure pairs.png"),
            ("Compare weights", "mimesh evaluate --weights runs/reenactor runs/no-occlusion runs/no-mask --count 200"),
            ("Measure on pictures of your own, with a face-recognition model of your own", "mimesh evaluate --pairs faces.csv --csim-model arcface.onnx"));
    }

    // The folders' own names; their whole paths, where names would be the same.
    private static IEnumerable<(string Directory, string Name)> Names(string[] directories)
    {
        if (directories.Distinct().Count() < directories.Length)
        {
            throw new InputException($"'{directories.GroupBy(d => d).First(g => g.Count() > 1).Key}' is given twice with --weights; give every directory once.");
        }

        string[] names = [.. directories.Select(d => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(d))))];
        return directories.Zip(names.Distinct().Count() == names.Length ? names : directories);
    }

    private static EvaluatedSystem Load(Device device, string directory, string name)
    {
        var reenactor = Reenactor.Load(device, directory);
        string Checksum(string file) => Weights.Checksum(Weights.ReadBytes(Path.Combine(directory, file)));
        return new EvaluatedSystem(new SystemWeights(name, Checksum(Weights.RegressorFile), Checksum(Weights.ReenactorFile)), reenactor);
    }

    // Of a run that has no embedding of its own, the one that comes with Mimesh judges.
    private static string EmbeddingDirectory(string directory) =>
        File.Exists(Path.Combine(directory, Weights.EmbeddingFile)) ? directory : WeightsDirectory.Find();

    // What gives the same tables again, without where it writes them.
    private static string Line(ParseResult parsed, params Option[] outputs)
    {
        string[] written = [.. outputs.Select(o => o.Name)];
        return string.Join(' ', parsed.CommandResult.Children.OfType<OptionResult>().Where(o => !o.Implicit && !written.Contains(o.Option.Name))
            .SelectMany(o => o.Tokens.Select(t => t.Value).Prepend(o.Option.Name)).Prepend("mimesh evaluate"));
    }

    // Tables as the paper's first (one person) and second (two).
    private static IEnumerable<FigureTable> Tables(EvaluationReport report)
    {
        return new[]
        {
            Table("Same person", report.Self, [.. report.Others.Select(o => (o.Weights.Name, o.Self))]),
            Table("Another person drives", report.Cross, [.. report.Others.Select(o => (o.Weights.Name, o.Cross))]),
        }.OfType<FigureTable>();

        FigureTable? Table(string title, ProtocolScores? scores, (string Name, SystemScores? Scores)[] others)
        {
            if (scores is null)
            {
                return null;
            }

            IEnumerable<(string, Scores?)> rows =
            [
                ("copy the source", scores.CopySource),
                ("warp by the true flow", scores.TrueFlow),
                ("true flow, hidden pixels given", scores.TrueFlowHiddenGiven),
                ("the true answer", scores.TrueAnswer),
                .. others.Prepend((report.Weights.Name, scores)).SelectMany(o => new (string, Scores?)[]
                {
                    ($"{o.Item1}: warp by T* alone", o.Item2!.FlowOnly), ($"{o.Item1}: Mimesh", o.Item2.Model),
                }),
            ];
            return new FigureTable(
                $"{title}: {scores.Count} pair{(scores.Count == 1 ? "" : "s")} of the list '{report.PairList}', {report.Size}×{report.Size}, CSIM by {report.CsimModel.Name}",
                ["Method", "CSIM", "SSIM", "PSNR dB", "PRMSE °", "AUCON"],
                [.. rows.Where(r => r.Item2 is not null).Select(r => (string[])[
                    r.Item1, Number(r.Item2!.Csim, "0.000"), Number(r.Item2.Ssim, "0.000"), Number(r.Item2.Psnr, "0.00"),
                    Number(r.Item2.Prmse, "0.00"), Number(r.Item2.Aucon, "0.000")])]);
        }
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
