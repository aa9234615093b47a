using System.CommandLine;
using Mimesh.Kernels;
using Mimesh.Model;
using Mimesh.Model.Imaging;
using Mimesh.Model.Networks;

namespace Mimesh.Cli;

/// <summary><c>mimesh mesh</c>: the face mesh fitted to pictures.</summary>
internal static class MeshCommand
{
    public static Command Create()
    {
        var pictures = new Option<string[]>("--picture")
        {
            Description = "A picture of a face (PNG, JPEG, WebP, BMP or GIF; a square is cut around the face); several are drawn side by side.",
            HelpName = "file",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var output = CommonOptions.Path("--output", "The drawing to write (.png, .jpg or .webp): the face, the mesh with its 68 landmarks over it, pose in degrees and strongest expressions.");
        var json = CommonOptions.OptionalPath("--json", "Also write what was fitted: pose, coefficients, landmarks in pixels.");
        var weights = CommonOptions.OptionalPath("--weights", "Directory with the trained regressor; the one that comes with Mimesh unless given.", "directory");
        var size = CommonOptions.Size("Side of each square of the drawing.", 384);
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new Command("mesh", "Fit the face mesh to pictures, and draw it over them.") { pictures, output, json, weights, size, device, threads };
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
                var fits = images.Select(image =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return fitter.Fit(image);
                }).ToArray();
                var drawing = Panels.Strip([.. files.Zip(images, fits).Select(f =>
                    (Path.GetFileNameWithoutExtension(f.First), f.Third.Draw(f.Second, fitter.Model, side)))]);
                if (parsed.GetValue(json) is { } facts)
                {
                    outputs.Write(facts, MeshFit.ToJson(fitter.Model, files.Zip(fits)));
                }

                ImageFile.Save(drawing, target, DigitalSource.TrainedAlgorithmicMedia, outputs);
                outputs.Commit();
                foreach (var (name, _) in files.Zip(fits).Where(f => !f.Second.HasFace))
                {
                    terminal.Error.WriteLine($"warning: no face was found in {name}, so its mesh is likely wrong; try a picture that shows one larger and upright");
                }

                terminal.Output.WriteLine($"{target}: {files.Length} {(files.Length == 1 ? "face" : "faces")}");
                return 0;
            },
            CancellationToken.None));
        return command.WithExamples(
            ("See the mesh in a picture, its pose and expressions", "mimesh mesh --picture samples/source.png --output mesh.png"),
            ("Several side by side, and everything that was fitted", "mimesh mesh --picture a.jpg b.jpg --output meshes.png --json meshes.json"));
    }
}
