using Mimesh.Layers;

namespace Mimesh.Model.Networks;

/// <summary>
/// The reenacting module: warps the source by the flow, finds what is occluded, and paints the result:
/// <c>I_s' = warp(I_s, T*)</c>, <c>(O, M) = occlusion(I_s', I_s, meshes)</c>, <c>T = M ⊙ T*</c>,
/// <c>Î_d = decoder(O ⊙ warp(encoder(I_s), T))</c>.
/// </summary>
/// <remarks>
/// An extension of ours, not the paper's: the decoder's head also predicts a map B, and the output is
/// <c>B ⊙ warp(I_s, T) + (1 − B) ⊙ painted</c>, so detail that is visible in the source is carried over rather than repainted.
/// </remarks>
public sealed class ReenactingModule : Module
{
    private const int ResidualCount = 6;
    private static readonly Fusion s_activated = new() { OutputSlope = 0.1f };
    private readonly Layers.Conv2d _stem, _down0, _down1, _up0, _up1, _head;
    private readonly ResidualBlock[] _residual;
    private readonly OcclusionNet? _occlusion;
    private readonly bool _occludes, _masks;

    /// <summary>Creates an untrained module.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Its width.</param>
    /// <param name="without">What is left out.</param>
    public ReenactingModule(Initializer init, Preset preset, Ablation without = Ablation.None)
        : base(init)
    {
        ArgumentNullException.ThrowIfNull(preset);
        int w = preset.Width;
        _stem = Child("encoder.stem", new Layers.Conv2d(init, 3, w, 7));
        _down0 = Child("encoder.down0", new Layers.Conv2d(init, w, 2 * w, 4, stride: 2));
        _down1 = Child("encoder.down1", new Layers.Conv2d(init, 2 * w, 4 * w, 4, stride: 2));
        (_occludes, _masks) = (!without.HasFlag(Ablation.Occlusion), !without.HasFlag(Ablation.FlowMask));
        _occlusion = _occludes || _masks ? Child("occlusion", new OcclusionNet(init, preset, _occludes && _masks ? 2 : 1)) : null;
        _residual = [.. Enumerable.Range(0, ResidualCount).Select(i => Child($"decoder.residual{i}", new ResidualBlock(init, 4 * w)))];
        _up0 = Child("decoder.up0", new Layers.Conv2d(init, 4 * w, 2 * w, 3));
        _up1 = Child("decoder.up1", new Layers.Conv2d(init, 2 * w, w, 3));
        _head = Child("decoder.head", new Layers.Conv2d(init, w, 4, 7, gain: 0.2f));
    }

    /// <summary>Paints the source as the flow says.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c> in [0, 1].</param>
    /// <param name="flow">T*, <c>(N, S/4, S/4, 2)</c>.</param>
    /// <param name="coverage">What the driving mesh covers, and what of it the source shows, <c>(N, s, s, 2)</c> of any side s.</param>
    public Painting Forward(Tensor source, Tensor flow, Tensor coverage) => Paint(source, Encode(source), flow, coverage);

    /// <summary>What the source alone gives: its features <c>(N, S/4, S/4, 4·width)</c>.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c> in [0, 1].</param>
    internal Tensor Encode(Tensor source) =>
        _down1.Forward(_down0.Forward(_stem.Forward(source.Affine(2f, -1f), s_activated), s_activated));

    /// <summary><see cref="Forward"/> of a source whose features are known.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c>.</param>
    /// <param name="features">What <see cref="Encode"/> gives of them.</param>
    /// <param name="flow">T*.</param>
    /// <param name="coverage">As for <see cref="Forward"/>.</param>
    internal Painting Paint(Tensor source, Tensor features, Tensor flow, Tensor coverage)
    {
        int size = source.Shape[1];
        var warped = source.Warp(flow.Resize(size, size)); // I_s'
        var maps = _occlusion?.Forward(warped, source, coverage.Resize(size, size));
        Tensor occlusion = Map(maps, _occludes, 0, flow), mask = Map(maps, _masks, _occludes ? 1 : 0, flow);
        var masked = flow.Mul(mask); // T

        var x = features.Warp(masked, occlusion);
        foreach (var block in _residual)
        {
            x = block.Forward(x);
        }

        x = _up0.Forward(x, s_activated with { InputSlope = 0.1f, Upsample = true }); // (N, S/2, S/2, 2w)
        x = _up1.Forward(x, s_activated with { Upsample = true }); // (N, S, S, w)
        var head = _head.Forward(x).Sigmoid(); // (N, S, S, 4)
        var carried = source.Warp(masked.Resize(size, size));
        var image = Ops.Lerp(head.Slice(-1, 0, 3), carried, head.Slice(-1, 3, 1));
        return new Painting(image, warped, masked, mask, occlusion);
    }

    // A map that is left out is 1 everywhere.
    private static Tensor Map(Tensor? maps, bool isLearnt, int channel, Tensor flow) =>
        isLearnt ? maps!.Slice(-1, channel, 1) : flow.Slice(-1, 0, 1).Affine(0f, 1f);
}

/// <summary>What a <see cref="ReenactingModule"/> makes of a batch.</summary>
/// <param name="Image">Î_d, <c>(N, S, S, 3)</c> in [0, 1].</param>
/// <param name="Warped">I_s' = warp(I_s, T*), <c>(N, S, S, 3)</c>.</param>
/// <param name="Masked">T = M ⊙ T*, <c>(N, S/4, S/4, 2)</c>.</param>
/// <param name="FlowMask">M, <c>(N, S/4, S/4, 1)</c> in (0, 1).</param>
/// <param name="Occlusion">O, <c>(N, S/4, S/4, 1)</c> in (0, 1); 0 is occluded.</param>
public sealed record Painting(Tensor Image, Tensor Warped, Tensor Masked, Tensor FlowMask, Tensor Occlusion);
