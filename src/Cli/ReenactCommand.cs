using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Reenactment;

namespace Mimesh.Cli;

/// <summary><c>mimesh reenact</c>: one portrait, moved by another.</summary>
internal static class ReenactCommand
{
    public static Command Create()
    {
        var source = CommonOptions.Path("--source", "The person to show (PNG, JPEG, WebP, BMP or GIF; a square is cut around the face).");
        var driving = CommonOptions.Path("--driving", "The picture whose head pose and expression to take; anybody.");
        var output = CommonOptions.Path("--output", "The picture to write (.png, .jpg or .webp).");
        var sourceFace = FaceChoice.Option("--source-face", "the source", all: false);
        var drivingFace = FaceChoice.Option("--driving-face", "the driving picture", all: false);
        var anyway = FaceChoice.Anyway();
        var weights = CommonOptions.Weights();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var size = CommonOptions.Size("Side of the result in pixels; as trained unless given, and above that its multiples only.");
        var explain = CommonOptions.OptionalPath("--explain", "Also write how it came about: meshes, flow, warped source, masks, a strip of all.", "directory");
        var command = new Command("reenact", "Draw the source person with the driving person's head pose and expression.")
        {
            source, driving, output, sourceFace, drivingFace, anyway, weights, device, threads, size, explain,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(
                Terminal.Of(parsed),
                (parsed.GetRequiredValue(source), parsed.GetRequiredValue(driving), parsed.GetRequiredValue(output)),
                (parsed.GetRequiredValue(sourceFace), parsed.GetRequiredValue(drivingFace), parsed.GetValue(anyway)),
                parsed.GetValue(weights),
                (parsed.GetRequiredValue(device), parsed.GetValue(threads)),
                parsed.GetValue(size),
                parsed.GetValue(explain),
                cancellation),
            CancellationToken.None));
        return command.WithExamples(
            ("Move one portrait with another", "mimesh reenact --source samples/source.png --driving samples/driving.png --output out.png"),
            ("Choose a face of each picture", "mimesh reenact --source group.jpg --source-face left --driving pair.jpg --driving-face 2 --output out.png"),
            ("See how the result came about", "mimesh reenact --source a.jpg --driving b.jpg --output out.png --explain how"),
            ("Compute on the first NVIDIA GPU, at 256 pixels", "mimesh reenact --source a.jpg --driving b.jpg --output out.webp --device cuda --size 256"));
    }

    private static int Run(
        Terminal terminal,
        (string Source, string Driving, string Output) files,
        (FaceChoice Source, FaceChoice Driving, bool Anyway) faces,
        string? weights,
        (string Name, int Threads) where,
        int? size,
        string? explain,
        CancellationToken cancellation)
    {
        weights ??= WeightsDirectory.Find();
        using var outputs = new OutputFiles([files.Source, files.Driving, .. Weights.FilesIn(weights)]);
        outputs.Expect(files.Output);
        ImageFile.CheckTarget(files.Output);
        if (explain is not null)
        {
            OutputDirectory.CheckTarget(explain);
            if (Path.GetFullPath(explain) == Path.GetFullPath(files.Output))
            {
                throw new InputException($"--explain and --output both name '{explain}'; give the explanation a directory of its own.");
            }
        }

        Image source = ImageFile.Load(files.Source), driving = ImageFile.Load(files.Driving);
        using var device = Device.Open(where.Name, where.Threads);
        using var reenactor = Reenactor.Load(device, weights);
        cancellation.ThrowIfCancellationRequested();
        var warnings = new List<string>();
        FoundFace? Take(FaceChoice choice, string file, Image picture) => choice.Take(reenactor.Finder!, file, picture, faces.Anyway, warnings)[0];
        FoundFace? sourceFace = Take(faces.Source, files.Source, source), drivingFace = Take(faces.Driving, files.Driving, driving);
        var clock = Stopwatch.StartNew();
        var result = reenactor.Reenact(source, sourceFace, driving, drivingFace, size ?? reenactor.Preset.Size);
        double seconds = clock.Elapsed.TotalSeconds;
        cancellation.ThrowIfCancellationRequested();

        if (explain is not null)
        {
            outputs.CreateDirectory(explain);
            foreach (var (name, picture) in Explanation.Draw(result, reenactor.Model.Triangles))
            {
                ImageFile.Save(picture, Path.Combine(explain, name + ".png"), DigitalSource.TrainedAlgorithmicMedia, outputs);
                cancellation.ThrowIfCancellationRequested();
            }
        }

        ImageFile.Save(result.Image, files.Output, DigitalSource.TrainedAlgorithmicMedia, outputs);
        outputs.Commit();
        foreach (var (file, face, hasFace) in new[] { (files.Source, sourceFace, result.SourceHasFace), (files.Driving, drivingFace, result.DrivingHasFace) })
        {
            if (face is { QuarterTurns: > 0 and int quarters })
            {
                terminal.Error.WriteLine($"note: the head in {file} is not upright; the picture was turned by {90 * (quarters == 3 ? 1 : quarters)}°{(quarters == 2 ? "" : quarters == 1 ? " clockwise" : " counter-clockwise")}");
            }

            if (face is not null && !hasFace)
            {
                warnings.Add($"the face in {file} is not seen well, so the result is likely wrong; try a picture that shows it larger, or less turned");
            }
        }

        warnings.ForEach(terminal.Warn);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{files.Output}: {result.Image.Width}×{result.Image.Height}, {seconds:0.00} s on {device.Name}"));
        return 0;
    }
}
