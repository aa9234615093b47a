using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Training;

namespace Mimesh.Benchmarks.Peers;

/// <summary>Whole networks.</summary>
internal static class NetworkCases
{
    private const double FramesPerSecond = 30;

    /// <summary>One picture of preset <c>base</c>, the meshes drawn before.</summary>
    public static PeerCase Generator { get; } = new(
        "motion net + reenacting module, base 256²",
        [
            new(OnnxRuntimePeer.Name, 0.5, OpenOnnxRuntime),
            new(PyTorchPeer.Name, 0.25, OpenPyTorch),
        ],
        0,
        setting => new Ours(setting.Threads, device => new GeneratorWork(device).Launch));

    /// <summary>The generator's and the critic's step with the gradient penalty.</summary>
    public static PeerCase TrainingStep { get; } = new(
        "training step with WGAN-GP, base 128², batch 4",
        [new(PyTorchPeer.Name, 0.35, setting => TrainingWork.OpenPyTorch(setting.PyTorch!))],
        0,
        setting => new Ours(setting.Threads, device => new TrainingWork(device).Launch));

    /// <summary>Frame after frame of a driving video with one source: regressor, meshes, motion net, reenacting module; no codecs.</summary>
    public static PeerCase VideoLoop { get; } = new(
        "frame of a video, base 256²",
        [new($"{FramesPerSecond:0} frames/s", 1.0, _ => new Mark(() => 1000 / FramesPerSecond))],
        0,
        setting => new Ours(setting.Threads, PrepareVideo));

    private static Launch PrepareVideo(Device device)
    {
        const int Size = 256;
        var pair = FramePair.Render(FaceModel.BuiltIn, Split.Test, 1, 0, Size);
        var animation = Reenactor.Untrained(device, Preset.Base).Animate(Image.From(Size, Size, pair.Source), Size);
        float[] result = new float[Size * Size * 3];
        return new(() => animation.Next(pair.Driving, result), () =>
        {
            animation.Next(pair.Driving, result);
            return result;
        });
    }

    private static OnnxRuntimePeer OpenOnnxRuntime(PeerSetting setting)
    {
        using var device = Device.Open("cpu", setting.Threads);
        var work = new GeneratorWork(device);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, OnnxRuntimePeer.Bytes(work.Graph()));
            return OnnxRuntimePeer.OfGenerator(path, setting.Threads, work.Inputs());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static PyTorchPeer OpenPyTorch(PeerSetting setting)
    {
        using var device = Device.Open("cpu", setting.Threads);
        var work = new GeneratorWork(device);
        var file = work.Inputs();
        file.Add("generator", work.Generator.NamedParameters);
        return new PyTorchPeer(setting.PyTorch!, "generator", TwinSpec.Of(Preset.Base, file), file);
    }
}

/// <summary>What the PyTorch twin of the networks must know of them.</summary>
internal static class TwinSpec
{
    /// <summary>Sizes, and the mesh's levels, whose Laplacians' values are added to the file.</summary>
    public static object Of(Preset preset, Safetensors file, TrainingOptions? training = null, float warmUp = 0)
    {
        var levels = MeshHierarchy.Build(FaceModel.BuiltIn, MotionNet.Levels);
        foreach (var (i, level) in levels.Index())
        {
            file.Tensors.Add($"laplacian{i}", ([level.Laplacian.Value.Length], level.Laplacian.Value));
        }

        return new
        {
            preset.Width,
            PresetSize = preset.Size,
            Identities = FaceModel.BuiltIn.Identity.Length,
            Expressions = FaceModel.BuiltIn.Expression.Length,
            Levels = levels.Select(level => new { level.Kept, level.Laplacian.RowStart, level.Laplacian.Column }),
            Seed = training?.Seed ?? 0,
            Steps = training?.Steps ?? 0,
            Rate = training?.LearningRate ?? 0,
            WarmUp = warmUp,
        };
    }
}
