using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Training;

namespace Mimesh.Benchmarks.Peers;

/// <summary>Steps of stage 2 of the training, with every loss that there is, on one batch.</summary>
internal sealed class TrainingWork
{
    private const int BatchSize = 4;

    private static readonly ReenactorOptions s_options =
        new(new TrainingOptions("", 1_000_000, BatchSize, 7, 2e-4f, 128, 1), Preset.Base, "") { WarmUpSteps = int.MaxValue, AdversarialFrom = 0 };

    private static readonly Lazy<FramePair[]> s_batch = new(() =>
        [.. Enumerable.Range(0, BatchSize).Select(i => FramePair.Render(FaceModel.BuiltIn, Split.Test, 1, i, s_options.Run.Size))]);

    private readonly Regressor _regressor;
    private readonly Generator _generator;
    private readonly Critic _critic;

    /// <param name="device">Where; the work is there for the device's whole life.</param>
    public TrainingWork(Device device)
    {
        var init = new Initializer(device, 1);
        _regressor = new Regressor(init, FaceModel.BuiltIn.Identity.Length, FaceModel.BuiltIn.Expression.Length);
        _generator = new Generator(init, s_options.Preset, FaceModel.BuiltIn);
        _critic = new Critic(init, s_options.Preset);
        var learner = new ReenactorLearner(s_options, FaceModel.BuiltIn, _regressor, _generator, _critic);
        Launch = new(() => Step(), Step);

        float[] Step()
        {
            using var tape = Tape.Start();
            return [.. learner.Step(s_batch.Value, 0).Losses.Select(loss => loss.Value)];
        }
    }

    /// <summary>A step; its answer is the losses before it, in the order of the learner's.</summary>
    public Launch Launch { get; }

    /// <summary>The same with PyTorch.</summary>
    public static PyTorchPeer OpenPyTorch(PyTorchProcess process)
    {
        using var device = Device.Open("cpu");
        var work = new TrainingWork(device);
        using var tape = Tape.Start();
        FramePair[] batch = s_batch.Value;
        int size = s_options.Run.Size, vertices = FaceModel.BuiltIn.VertexCount;
        var file = new Safetensors();
        void Add(string name, Shape shape, Func<FramePair, float[]> part) => file.Tensors.Add(name, (shape, [.. batch.SelectMany(part)]));
        Add("source", [BatchSize, size, size, 3], p => p.Source);
        Add("driving", [BatchSize, size, size, 3], p => p.Driving);
        Add("source_mesh", [BatchSize, vertices, 3], p => p.SourceMesh);
        Add("driving_mesh", [BatchSize, vertices, 3], p => p.DrivingMesh);
        Add("flow", [BatchSize, size / 4, size / 4, 2], p => p.Flow);
        Add("flow_mask", [BatchSize, size / 4, size / 4, 2], p => p.FlowMask);
        Add("details", [BatchSize, size, size, 1], p => p.Details);
        Tensor Mesh(string name) => Tensor.From(device, file.Tensors[name].Shape, file.Tensors[name].Values);
        var drawing = new MeshMotion(FaceModel.BuiltIn).Draw(Mesh("source_mesh"), Mesh("driving_mesh"), size);
        file.Tensors.Add("drawing", (drawing.Shape, drawing.ToArray()));
        file.Add("regressor", work._regressor.NamedParameters);
        file.Add("generator", work._generator.NamedParameters);
        file.Add("critic", work._critic.NamedParameters);
        return new PyTorchPeer(process, "training", TwinSpec.Of(s_options.Preset, file, s_options.Run, s_options.Flow), file);
    }
}
