using System.Globalization;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Onnx;

/// <summary>
/// Writes the parts of a <see cref="Reenactor"/> as ONNX models of operator set 17, for pictures of one size and any batch. Each
/// part is run once under a <see cref="Trace"/>, and what it did is translated, so the graphs cannot differ from the networks.
/// Pictures are <c>(N, 3, S, S)</c> in [0, 1], maps <c>(N, channels, S/4, S/4)</c>, all float32.
/// </summary>
public static class OnnxExport
{
    /// <summary><c>image (N, 3, S, S)</c> to <c>identity (N, 50)</c>, <c>expression (N, 52)</c> and <c>camera (N, 12)</c>, the row-major 3×4 matrix of <see cref="Pose.ToMatrix"/>.</summary>
    public const string RegressorFile = "regressor.onnx";

    /// <summary><c>identity</c>, <c>expression</c> and <c>camera</c> to <c>mesh (N, V, 3)</c>, all projected vertices; and, always the same, <c>triangles (T, 3)</c>, indices of them, <c>channels (T)</c>, the channel of the drawing that shows each triangle's part or −1, <c>mirror (V)</c>, the vertex that each becomes when left and right are swapped, and <c>outside (1)</c>, how many of the first vertices make the head's outside.</summary>
    public const string FaceModelFile = "face_model.onnx";

    /// <summary>
    /// <c>source_mesh</c> and <c>driving_mesh (N, V, 3)</c>, and their <c>drawing (N, 16, S, S)</c> by <see cref="MeshMotion"/>, to
    /// <c>flow (N, 2, S/4, S/4)</c>; see <see cref="MotionNet.Forward"/>.
    /// </summary>
    public const string MotionNetFile = "motion_net.onnx";

    /// <summary><c>source (N, 3, S, S)</c>, <c>flow</c> and <c>drawing</c> to <c>image</c>, <c>warped</c>, <c>flow_mask</c> and <c>occlusion</c>; see <see cref="Painting"/>.</summary>
    public const string ReenactingModuleFile = "reenacting_module.onnx";

    // Any batch gives the same graph; with more than one, an operation that mixes up batch and broadcasting shows.
    private const int TracedBatch = 2;

    /// <summary>Writes the four files into a directory.</summary>
    /// <param name="reenactor">The networks.</param>
    /// <param name="size">S, the side of the pictures; a multiple of <see cref="Preset.SizeStep"/>.</param>
    /// <param name="directory">Where to; created if it is not there.</param>
    /// <param name="outputs">What the files appear together with; it is not committed here.</param>
    /// <param name="cancellation">Stops it between two files.</param>
    /// <returns>The files' names.</returns>
    /// <exception cref="InputException">The size is not such a multiple, or a file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<string> Write(Reenactor reenactor, int size, string directory, OutputFiles outputs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reenactor);
        ArgumentNullException.ThrowIfNull(outputs);
        if (reenactor.Preset.FactorAt(size) > 1)
        {
            throw new InputException($"The networks see pictures of {reenactor.Preset.Size}; export them at that size, and enlarge what they give.");
        }

        (string File, Func<OnnxGraph> Graph)[] models =
        [
            (RegressorFile, () => TraceRegressor(reenactor.Regressor, size)),
            (FaceModelFile, () => TraceFaceModel(reenactor)),
            (MotionNetFile, () => TraceMotionNet(reenactor, size)),
            (ReenactingModuleFile, () => TraceReenactingModule(reenactor.Generator, size)),
        ];
        outputs.CreateDirectory(directory);
        foreach (var (file, trace) in models)
        {
            cancellation.ThrowIfCancellationRequested();
            var graph = trace();
            outputs.Write(Path.Combine(directory, file), stream => graph.Write(
                stream,
                [("preset", reenactor.Preset.Name), ("without", Ablations.Format(reenactor.Without)), ("size", size.ToString(CultureInfo.InvariantCulture))]));
        }

        return [.. models.Select(m => m.File)];
    }

    private static OnnxGraph TraceRegressor(Regressor regressor, int size) => GraphOf(
        "regressor", regressor.Device, regressor.NamedParameters, [("image", [TracedBatch, size, size, 3])], inputs =>
        {
            var crop = TensorCrop.Around(TensorCrop.Denormalize(regressor.Glance(inputs[0])));
            var (identity, expression, camera, _) = regressor.Look(inputs[0], crop.Grid(Regressor.LookSize));
            return [("identity", identity), ("expression", expression), ("camera", crop.ToPicture(TensorCrop.Denormalize(camera)))];
        });

    private static OnnxGraph TraceFaceModel(Reenactor reenactor)
    {
        var (model, device) = (reenactor.Model, reenactor.Regressor.Device);
        using var face = new TensorFaceModel(model, device);
        var graph = GraphOf(
            "face_model", device, [],
            [("identity", [TracedBatch, model.Identity.Length]), ("expression", [TracedBatch, model.Expression.Length]), ("camera", [TracedBatch, Pose.MatrixLength])],
            inputs => [("mesh", face.Project(inputs[0], inputs[1], inputs[2]))]);
        var surface = new DrawnSurface(model, reenactor.Without);
        graph.AddConstantOutput("triangles", [surface.Triangles.Length / 3, 3], [.. surface.Triangles.Select(i => (long)i)]);
        graph.AddConstantOutput("channels", [surface.Channel.Length], [.. surface.Channel.Select(i => (long)i)]);
        graph.AddConstantOutput("mirror", [surface.Mirror.Length], [.. surface.Mirror.Select(i => (long)i)]);
        graph.AddConstantOutput("outside", [1], [surface.GraphVertexCount]);
        graph.AddConstantOutput("looseness", [model.VertexCount, 2], surface.Looseness);
        return graph;
    }

    private static OnnxGraph TraceMotionNet(Reenactor reenactor, int size)
    {
        var motion = reenactor.Generator.Motion;
        Shape mesh = [TracedBatch, reenactor.Model.VertexCount, 3];
        return GraphOf(
            "motion_net", motion.Device, motion.NamedParameters,
            [("source_mesh", mesh), ("driving_mesh", mesh), ("drawing", [TracedBatch, size, size, MeshMotion.Channels])],
            inputs => [("flow", motion.Forward(inputs[0], inputs[1], inputs[2]))]);
    }

    private static OnnxGraph TraceReenactingModule(Generator generator, int size)
    {
        var reenacting = generator.Reenacting;
        return GraphOf(
            "reenacting_module", reenacting.Device, reenacting.NamedParameters,
            [("source", [TracedBatch, size, size, 3]), ("flow", [TracedBatch, size / 4, size / 4, 2]), ("drawing", [TracedBatch, size, size, MeshMotion.Channels])],
            inputs =>
            {
                var painting = reenacting.Forward(inputs[0], inputs[1], inputs[2]);
                return [("image", painting.Image), ("warped", painting.Warped), ("flow_mask", painting.FlowMask), ("occlusion", painting.Occlusion)];
            });
    }

    /// <summary>Computes once under a trace, and translates that to a graph.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="parameters">The tensors that become named constants.</param>
    /// <param name="inputs">Names and shapes of the inputs, the leading axis a batch of any size.</param>
    /// <param name="compute">From the inputs to the outputs, by name.</param>
    internal static OnnxGraph GraphOf(
        string name, Device device, IEnumerable<(string Name, Tensor Parameter)> parameters, (string Name, Shape Shape)[] inputs,
        Func<Tensor[], (string Name, Tensor Tensor)[]> compute)
    {
        using var tape = Tape.Start();
        using var pause = Tape.NoGrad();
        Tensor[] given = [.. inputs.Select(input => Tensor.Full(device, input.Shape, 0f))];
        using var trace = Trace.Start();
        var outputs = compute(given);

        var graph = new OnnxGraph(name);
        var translator = new TraceTranslator(graph);
        for (int i = 0; i < inputs.Length; i++)
        {
            translator.AddInput(inputs[i].Name, given[i]);
        }

        translator.AddParameters(parameters);
        translator.Translate(trace.Operations);
        foreach (var (output, tensor) in outputs)
        {
            translator.AddOutput(output, tensor);
        }

        return graph;
    }
}
