using System.CommandLine;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Reenactment;

namespace Mimesh.Cli;

/// <summary><c>mimesh mesh</c>: the face mesh fitted to pictures.</summary>
internal static class MeshCommand
{
    public static Command Create()
    {
        var pictures = new Option<string[]>("--picture")
        {
            Description = "A picture of one face or more (PNG, JPEG, WebP, BMP or GIF); several are drawn side by side.",
            HelpName = "file",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var output = CommonOptions.Path("--output", "The drawing to write (.png, .jpg or .webp): the face, the mesh with its 68 landmarks over it, pose in degrees and strongest expressions.");
        var json = CommonOptions.OptionalPath("--json", "Also write what was fitted: pose, coefficients, landmarks in pixels.");
        var weights = CommonOptions.OptionalPath("--weights", "Directory with the trained regressor; the one that comes with Mimesh unless given.", "directory");
        var face = FaceChoice.Option("--face", "each picture", all: true);
        var anyway = FaceChoice.Anyway();
        var size = CommonOptions.Size("Side of each square of the drawing.", 384);
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new Command("mesh", "Fit the face mesh to pictures, and draw it over them.") { pictures, output, json, face, anyway, weights, size, device, threads };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var terminal = Terminal.Of(parsed);
                string target = parsed.GetRequiredValue(output);
                string[] files = parsed.GetRequiredValue(pictures);
                int side = parsed.GetValue(size);
                string directory = parsed.GetValue(weights) ?? WeightsDirectory.Find();
                using var outputs = new OutputFiles([.. files, .. Weights.FilesIn(directory)]);
                outputs.Expect(target, parsed.GetValue(json));
                ImageFile.CheckTarget(target, (long)side * files.Length, side);
                Image[] images = [.. files.Select(ImageFile.Load)];
                using var opened = Device.Open(parsed.GetRequiredValue(device), parsed.GetValue(threads));
                using var fitter = MeshFitter.Load(opened, directory);
                var warnings = new List<string>();
                var faces = files.Zip(images).SelectMany(f =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    var taken = parsed.GetRequiredValue(face).Take(fitter.Finder, f.First, f.Second, parsed.GetValue(anyway), warnings);
                    return taken.Select((found, i) =>
                        (File: f.First, Image: f.Second, Found: found, Name: taken.Count == 1 ? $"the face in {f.First}" : $"face {i + 1} in {f.First}"));
                }).ToArray();
                ImageFile.CheckTarget(target, (long)side * faces.Length, side);
                var fits = faces.Select(f =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return fitter.Fit(f.Image, f.Found);
                }).ToArray();
                var drawing = Panels.Strip([.. faces.Zip(fits, (f, fit) =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return (Path.GetFileNameWithoutExtension(f.File), fit.Draw(f.Image, fitter.Model, side));
                })]);
                cancellation.ThrowIfCancellationRequested();
                if (parsed.GetValue(json) is { } facts)
                {
                    outputs.Write(facts, MeshFit.ToJson(fitter.Model, faces.Zip(fits, (f, fit) => (f.File, fit))));
                }

                ImageFile.Save(drawing, target, DigitalSource.TrainedAlgorithmicMedia, outputs);
                outputs.Commit();
                warnings.AddRange(faces.Zip(fits).Where(f => f.First.Found is not null && !f.Second.HasFace)
                    .Select(f => $"{f.First.Name} is not seen well, so its mesh is likely wrong; try a picture that shows it larger, or less turned"));
                warnings.ForEach(terminal.Warn);
                terminal.Output.WriteLine($"{target}: {fits.Length} {(fits.Length == 1 ? "face" : "faces")}");
                return 0;
            },
            CancellationToken.None));
        return command.WithExamples(
            ("See the mesh in a picture, its pose and expressions", "mimesh mesh --picture samples/source.png --output mesh.png"),
            ("Every face of a group", "mimesh mesh --picture group.jpg --face all --output meshes.png"),
            ("Several side by side, and everything that was fitted", "mimesh mesh --picture a.jpg b.jpg --output meshes.png --json meshes.json"));
    }
}
