using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Onnx;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Training;

namespace Mimesh.Benchmarks.Peers;

/// <summary>
/// The motion net and the reenacting module of preset <c>base</c> on one pair of pictures of 256². Its weights are as first drawn,
/// but for the flow, which would be zero and hide what comes before it.
/// </summary>
internal sealed class GeneratorWork
{
    public const int Size = 256;

    private static readonly Preset s_preset = Preset.Base;
    private static readonly Lazy<Safetensors> s_inputs = new(MakeInputs);

    private readonly Tensor _source, _sourceMesh, _drivingMesh, _drawing;

    /// <param name="device">Where; the work is there for the device's whole life.</param>
    public GeneratorWork(Device device)
        : this(device, s_inputs.Value, 1)
    {
        var flow = Generator.Motion.NamedParameters.Single(p => p.Name == "flow.weight").Parameter;
        flow.Assign([.. KernelCase.Noise(flow.Count, 2).Select(v => 0.02f * v)]);
    }

    /// <param name="device">Where.</param>
    /// <param name="inputs">What <see cref="Inputs"/> gave.</param>
    /// <param name="seed">Of the weights; null where they are loaded.</param>
    public GeneratorWork(Device device, Safetensors inputs, ulong? seed)
    {
        Generator = new Generator(new Initializer(device, seed), s_preset, FaceModel.BuiltIn);
        Tensor On(string name) => Tensor.From(device, inputs.Tensors[name].Shape, inputs.Tensors[name].Values);
        (_source, _sourceMesh, _drivingMesh, _drawing) = (On("source"), On("source_mesh"), On("driving_mesh"), On("drawing"));
        Launch = Launch.Of(Plan.Record(new Arena(device), [_source, _sourceMesh, _drivingMesh, _drawing], inputs => [Compute([.. inputs])]));
    }

    public Generator Generator { get; }

    public Launch Launch { get; }

    /// <summary>The rendered pair: <c>source</c>, <c>source_mesh</c>, <c>driving_mesh</c> and their <c>drawing</c>.</summary>
    public Safetensors Inputs()
    {
        var copy = new Safetensors();
        foreach (var (name, tensor) in s_inputs.Value.Tensors)
        {
            copy.Tensors.Add(name, tensor);
        }

        return copy;
    }

    /// <summary>Both networks as one model, by the translation of <see cref="OnnxExport"/>.</summary>
    public OnnxGraph Graph() => OnnxExport.GraphOf(
        "generator", _source.Device, Generator.NamedParameters,
        [("source", _source.Shape), ("source_mesh", _sourceMesh.Shape), ("driving_mesh", _drivingMesh.Shape), ("drawing", _drawing.Shape)],
        inputs => [("image", Compute(inputs))]);

    private Tensor Compute(Tensor[] inputs)
    {
        var flow = Generator.Motion.Forward(inputs[1], inputs[2], inputs[3]);
        return Generator.Reenacting.Forward(inputs[0], flow, inputs[3]).Image;
    }

    private static Safetensors MakeInputs()
    {
        var pair = FramePair.Render(FaceModel.BuiltIn, Split.Test, 1, 0, Size);
        using var device = Device.Open("cpu", 1);
        using var tape = Tape.Start();
        Shape mesh = [1, FaceModel.BuiltIn.VertexCount, 3];
        var drawing = new MeshMotion(FaceModel.BuiltIn).Draw(
            Tensor.From(device, mesh, pair.SourceMesh), Tensor.From(device, mesh, pair.DrivingMesh), Size);
        var inputs = new Safetensors();
        inputs.Tensors.Add("source", ([1, Size, Size, 3], pair.Source));
        inputs.Tensors.Add("source_mesh", (mesh, pair.SourceMesh));
        inputs.Tensors.Add("driving_mesh", (mesh, pair.DrivingMesh));
        inputs.Tensors.Add("drawing", (drawing.Shape, drawing.ToArray()));
        return inputs;
    }
}
