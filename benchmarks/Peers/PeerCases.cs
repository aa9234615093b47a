using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Benchmarks.Peers;

/// <summary>Every figure that Mimesh is held to on a processor.</summary>
internal static class PeerCases
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<PeerCase> All { get; } =
    [
        .. KernelCase.All.Where(c => LimitOf(c) is not null).OrderBy(c => c.Kernel is not nameof(IKernels.Conv2d)).Select(OfKernel),
        NetworkCases.Generator,
        NetworkCases.TrainingStep,
        ProcessCases.Memory,
        NetworkCases.VideoLoop,
        ProcessCases.Start,
        Threads(KernelCase.Of("Conv2d 64→64 3×3, 128²").Name, (device, c) => KernelCase.Of(c).On(device)),
        Threads(NetworkCases.Generator.Name, (device, _) => new GeneratorWork(device).Launch),
        ProcessCases.Narrow("Conv2d 128→128 3×3, 64²"),
        ProcessCases.Narrow("Conv2d 128→128 4×4 stride 2, 128²"),
    ];

    private static PeerCase OfKernel(KernelCase c)
    {
        var (peer, atMost) = LimitOf(c)!.Value;
        return new(c.Name, [new(peer, atMost, Open)], c.Flops, setting => new Ours(setting.Threads, c.On));

        IContender Open(PeerSetting setting) => peer == PyTorchPeer.Name ? PyTorchPeer.Of(c, setting.PyTorch!) : OnnxRuntimePeer.Of(c, setting.Threads);
    }

    // Batches are for the GPU's table.
    private static (string Peer, double AtMost)? LimitOf(KernelCase c) => (c.Kernel, c.Spec) switch
    {
        // Where Winograd's algorithm pays.
        (nameof(IKernels.Conv2d), Conv2dSpec { N: 1, R: 3, S: 3, Stride: 1, C: >= 64, H: <= 128 }) => (OnnxRuntimePeer.Name, 0.6),
        (nameof(IKernels.Conv2d), Conv2dSpec { N: 1 }) => (OnnxRuntimePeer.Name, 1.0),
        (nameof(IKernels.Conv2dInputGrad) or nameof(IKernels.Conv2dWeightGrad), Conv2dSpec { N: 1 }) => (PyTorchPeer.Name, 0.5),
        (nameof(IKernels.GridSample), _) => (OnnxRuntimePeer.Name, 0.5),
        ("InstanceNormRelu", _) => (OnnxRuntimePeer.Name, 0.4),
        (nameof(IKernels.MatMul), MatMulSpec { M: 1024 }) => (OnnxRuntimePeer.Name, 1.0),
        (nameof(ChebyshevConv), _) => (PyTorchPeer.Name, 0.2),
        _ => null,
    };

    // Two threads beside one.
    private static PeerCase Threads(string name, Func<Device, string, Launch> prepare) => new(
        $"{name}, two threads",
        [new("one thread", 1 / 1.8, _ => new Ours(1, device => prepare(device, name)))],
        0,
        _ => new Ours(2, device => prepare(device, name)));
}
