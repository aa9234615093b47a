using System.CommandLine;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Onnx;
using Mimesh.Reenactment;

namespace Mimesh.Cli;

/// <summary><c>mimesh export</c>: the networks for other programs.</summary>
internal static class ExportCommand
{
    public static Command Create() => new("export", "Write the networks in a format that other programs run.") { CreateOnnx() };

    private static Command CreateOnnx()
    {
        var output = CommonOptions.Path("--output", "Directory for the models.", "directory");
        var weights = CommonOptions.Weights();
        var preset = new Option<string?>("--preset")
        {
            Description = $"Sizes of the networks ({string.Join(", ", Preset.All.Select(p => p.Name))}). Those of the weights unless given; any other is exported untrained, to measure speed.",
            HelpName = "name",
        };
        var size = CommonOptions.Size("Side of the pictures that the models take; as trained unless given.");
        var command = new Command(
            "onnx",
            $"Write {OnnxExport.RegressorFile}, {OnnxExport.FaceModelFile}, {OnnxExport.MotionNetFile} and {OnnxExport.ReenactingModuleFile}: ONNX models for any batch of pictures of one size.")
        {
            output, weights, preset, size,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(
                Terminal.Of(parsed), parsed.GetRequiredValue(output), parsed.GetValue(weights), parsed.GetValue(preset), parsed.GetValue(size), cancellation),
            CancellationToken.None));
        return command.WithExamples(
            ("Export the networks that come with Mimesh", "mimesh export onnx --output onnx"),
            ("Export your own, for pictures of 256 pixels", "mimesh export onnx --weights runs/reenactor --output onnx --size 256"),
            ("Measure how fast another runtime runs a larger preset", "mimesh export onnx --preset paper --output onnx-paper"));
    }

    private static int Run(Terminal terminal, string output, string? weights, string? presetName, int? size, CancellationToken cancellation)
    {
        OutputDirectory.CheckTarget(output);
        var preset = presetName is null ? null : Preset.Parse(presetName);
        using var device = Device.Open("cpu");
        weights ??= WeightsDirectory.Find();
        using var outputs = new OutputFiles(Weights.FilesIn(weights));
        var reenactor = Reenactor.Load(device, weights);
        bool trained = preset is null || preset == reenactor.Preset;
        if (!trained)
        {
            reenactor.Dispose();
            reenactor = Reenactor.Untrained(device, preset!);
        }

        using (reenactor)
        {
            cancellation.ThrowIfCancellationRequested();
            int side = size ?? reenactor.Preset.Size;
            var files = OnnxExport.Write(reenactor, side, output, outputs, cancellation);
            outputs.Commit();
            terminal.Output.WriteLine(
                $"{output}: {string.Join(", ", files)}; preset {reenactor.Preset.Name}, {side}×{side}{(trained ? "" : ", untrained weights (seed 0)")}");
        }

        return 0;
    }
}
