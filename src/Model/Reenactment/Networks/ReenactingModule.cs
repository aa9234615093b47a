using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// The reenacting module: warps the source by the flow, finds what is occluded, and paints the result:
/// <c>I_s' = warp(I_s, T*)</c>, <c>(O, M) = occlusion(I_s', I_s, meshes)</c>, <c>T = M ⊙ T*</c>,
/// <c>Î_d = decoder(O ⊙ warp(encoder(I_s), T))</c>.
/// </summary>
/// <remarks>
/// Extensions of ours, not the paper's. The flow is as fine as the picture where the meshes are drawn: what the drawing has beyond its own
/// quarter is added to T*. The decoder sees the drawing (<see cref="MeshMotion"/>): at a quarter before its residual blocks, and at full
/// size beside its own features, with what may be carried over. Its head also predicts three maps: S, what stands still (M at the
/// picture's own resolution: it is added to M's logit), B and C. With the carried picture <c>K = S ⊙ I_s + (1 − S) ⊙ I_s'</c> it paints
/// <c>P = B ⊙ K + (1 − B) ⊙ (C ⊙ mirrored + (1 − C) ⊙ painted)</c>: detail that the source shows is carried over rather than
/// repainted, moved or as it stands, never moved by half; and from the other half of the face where only that is seen. Where the source
/// shows a place, O, the output takes its finest detail from there too: <c>Î_d = P + O ⊙ A ⊙ E ⊙ (H(K) − H(P))</c>, H a picture less its
/// means over 4×4 pixels; A is near 0 where these means of K and P differ, since something else was painted there, and E where the drawn
/// motion jumps, at the edge of one surface before another, and where the meshes know that the source hides a place.
/// </remarks>
public sealed class ReenactingModule : Module
{
    private const int ResidualCount = 6;

    // Of C before the sigmoid: the mirror image is hardly used at first.
    private const float MirrorBias = -3f;

    // Pixels by which a motion may differ from that around it and be taken for one with it.
    private const float Jump = 3f;

    // Differences of two colours, 1 the whole range: up to the first they are of one thing, from the second on they are not.
    private const float Alike = 0.1f, Apart = 0.3f;

    private static readonly Fusion s_activated = new() { OutputSlope = 0.1f };
    private readonly Layers.Conv2d _stem, _down0, _down1, _up0, _up1, _head;
    private readonly ResidualBlock[] _residual;
    private readonly OcclusionNet? _occlusion;
    private readonly Layers.Conv2d? _parts, _detail, _detailHead;
    private readonly bool _occludes, _masks, _sharpens;

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
        _sharpens = !without.HasFlag(Ablation.Sharpening);
        _occlusion = _occludes || _masks ? Child("occlusion", new OcclusionNet(init, preset, _occludes && _masks ? 2 : 1)) : null;
        _residual = [.. Enumerable.Range(0, ResidualCount).Select(i => Child($"decoder.residual{i}", new ResidualBlock(init, 4 * w)))];
        _up0 = Child("decoder.up0", new Layers.Conv2d(init, 4 * w, 2 * w, 3));
        _up1 = Child("decoder.up1", new Layers.Conv2d(init, 2 * w, w, 3));
        _head = Child("decoder.head", new Layers.Conv2d(init, w, 4, 7, gain: 0.2f));
        if (!without.HasFlag(Ablation.Parts))
        {
            _parts = Child("decoder.parts", new Layers.Conv2d(init, MeshMotion.Channels, 4 * w, 3, gain: 0f));
            _detail = Child("decoder.detail", new Layers.Conv2d(init, w + MeshMotion.Channels + 9, w / 2, 3));
            _detailHead = Child("decoder.detail_head", new Layers.Conv2d(init, w / 2, _masks ? 6 : 5, 3, gain: 0f));
        }
    }

    /// <summary>Paints the source as the flow says.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c> in [0, 1].</param>
    /// <param name="flow">T*, <c>(N, S/4, S/4, 2)</c>.</param>
    /// <param name="drawn">The <see cref="MeshMotion"/> of the two meshes, <c>(N, S, S, Channels)</c>.</param>
    public Painting Forward(Tensor source, Tensor flow, Tensor drawn) => Paint(source, Encode(source), flow, drawn);

    /// <summary>What the source alone gives: its features <c>(N, S/4, S/4, 4·width)</c>.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c> in [0, 1].</param>
    internal Tensor Encode(Tensor source) =>
        _down1.Forward(_down0.Forward(_stem.Forward(source.Affine(2f, -1f), s_activated), s_activated));

    /// <summary><see cref="Forward"/> of a source whose features are known.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c>.</param>
    /// <param name="features">What <see cref="Encode"/> gives of them.</param>
    /// <param name="flow">T*.</param>
    /// <param name="drawn">As for <see cref="Forward"/>.</param>
    internal Painting Paint(Tensor source, Tensor features, Tensor flow, Tensor drawn)
    {
        int size = source.Shape[1];
        Tensor Enlarged(Tensor map) => map.Resize(size, size);
        var quarter = drawn.AveragePool(4); // (N, S/4, S/4, Channels)
        var fine = drawn.Slice(-1, MeshMotion.Offset, 2).Sub(Enlarged(quarter.Slice(-1, MeshMotion.Offset, 2))); // (N, S, S, 2)
        var warped = source.Warp(Enlarged(flow).Add(fine)); // I_s'
        var logits = _occlusion?.Forward(warped, source, drawn.Slice(-1, MeshMotion.Covered, 2));
        Tensor? moves = _masks ? logits!.Slice(-1, _occludes ? 1 : 0, 1) : null;
        Tensor occlusion = Map(_occludes ? logits!.Slice(-1, 0, 1) : null, flow), mask = Map(moves, flow);
        var masked = flow.Mul(mask); // T

        var x = features.Warp(masked, occlusion);
        x = _parts is null ? x : x.Add(_parts.Forward(quarter));
        foreach (var block in _residual)
        {
            x = block.Forward(x);
        }

        x = _up0.Forward(x, s_activated with { InputSlope = 0.1f, Upsample = true }); // (N, S/2, S/2, 2w)
        x = _up1.Forward(x, s_activated with { Upsample = true }); // (N, S, S, w)
        var head = _head.Forward(x); // (N, S, S, 4)
        Tensor image;
        Tensor? still = moves is null ? null : Enlarged(moves).Mul(-1f);
        if (_detail is null)
        {
            head = head.Sigmoid();
            image = head.Slice(-1, 0, 3);
        }
        else
        {
            var mirrored = source.Warp(drawn.Slice(-1, MeshMotion.MirrorOffset, 2));
            var detail = _detailHead!.Forward(_detail.Forward(Ops.Concat(-1, x, drawn, warped, mirrored, source), s_activated)); // (N, S, S, 6)
            still = still?.Add(detail.Slice(-1, 5, 1));
            head = head.Add(detail.Slice(-1, 0, 4)).Sigmoid();
            var mirror = detail.Slice(-1, 4, 1).Add(MirrorBias).Sigmoid().Mul(drawn.Slice(-1, MeshMotion.MirrorSeen, 1)); // C
            image = Ops.Lerp(head.Slice(-1, 0, 3), mirrored, mirror);
        }

        still = still?.Sigmoid(); // S
        var carried = still is null ? warped : Ops.Lerp(warped, source, still); // K
        image = Ops.Lerp(image, carried, head.Slice(-1, 3, 1)); // P
        if (_sharpens)
        {
            // What is said of visibility must not depend on how well it pays to sharpen.
            Tensor there = carried.AveragePool(4), here = image.AveragePool(4), agree = occlusion.Mul(Agreement(there, here)).Detach();
            image = image.Add(carried.Sub(image).Sub(Enlarged(there.Sub(here))).Mul(Enlarged(agree).Mul(Shown(drawn, fine))));
        }

        return new Painting(image, warped, masked, mask, occlusion, still);
    }

    /// <summary>
    /// A painting at a multiple of its size: enlarged, and with the detail of the larger source where that is visible,
    /// <c>Î = up(Î_s) + O ⊙ A ⊙ E ⊙ (K − up(down(K)))</c>.
    /// </summary>
    /// <param name="small">The painting, s×s.</param>
    /// <param name="source">Source images <c>(N, S, S, 3)</c>.</param>
    /// <param name="flow">T*.</param>
    /// <param name="drawn">The meshes' drawing, <c>(N, S, S, Channels)</c>.</param>
    /// <param name="factor">S/s.</param>
    internal static Painting Enlarge(Painting small, Tensor source, Tensor flow, Tensor drawn, int factor)
    {
        int size = source.Shape[1];
        Tensor Enlarged(Tensor map) => map.Resize(size, size);
        var offset = drawn.Slice(-1, MeshMotion.Offset, 2);
        var fine = offset.Sub(Enlarged(offset.AveragePool(4 * factor)));
        var warped = source.Warp(Enlarged(flow).Add(fine));
        var carried = small.Still is null ? warped : Ops.Lerp(warped, source, Enlarged(small.Still));
        var pooled = carried.AveragePool(factor);
        var agree = small.Occlusion.Mul(Agreement(pooled.AveragePool(4), small.Image.AveragePool(4)));
        var detail = carried.Sub(Enlarged(pooled)).Mul(Enlarged(agree).Mul(Shown(drawn, fine)));
        return small with { Image = Enlarged(small.Image).Add(detail), Warped = warped };
    }

    // E: 1 where the motion is as in its neighbourhood, 0 where it is off by Jump pixels and more, or the meshes hide the place.
    private static Tensor Shown(Tensor drawn, Tensor fine)
    {
        float pixels = fine.Shape[1] / (2f * Jump);
        var smooth = fine.Mul(pixels).Square().Sum(-1).Affine(-1f, 1f).Relu(); // (N, S, S, 1)
        return drawn.Slice(-1, MeshMotion.Seen, 1).Sub(drawn.Slice(-1, MeshMotion.Covered, 1)).Add(1f).Mul(smooth);
    }

    // A: 1 where two pictures have about the same colour, 0 where they are Apart and more.
    private static Tensor Agreement(Tensor a, Tensor b) =>
        a.Sub(b).Abs().Mean(-1).Affine(1f, -Alike).Relu().Affine(-1f / (Apart - Alike), 1f).Relu();

    // A map that is left out is 1 everywhere.
    private static Tensor Map(Tensor? logits, Tensor flow) => logits?.Sigmoid() ?? flow.Slice(-1, 0, 1).Affine(0f, 1f);
}

/// <summary>What a <see cref="ReenactingModule"/> makes of a batch.</summary>
/// <param name="Image">Î_d, <c>(N, S, S, 3)</c> in [0, 1].</param>
/// <param name="Warped">I_s' = warp(I_s, T*), <c>(N, S, S, 3)</c>.</param>
/// <param name="Masked">T = M ⊙ T*, <c>(N, s/4, s/4, 2)</c>, s the side that the networks see.</param>
/// <param name="FlowMask">M, <c>(N, s/4, s/4, 1)</c> in (0, 1).</param>
/// <param name="Occlusion">O, <c>(N, s/4, s/4, 1)</c> in (0, 1); 0 is occluded.</param>
/// <param name="Still">S, <c>(N, s, s, 1)</c> in (0, 1): 1 where the source is taken as it stands; null if there is no flow mask.</param>
public sealed record Painting(Tensor Image, Tensor Warped, Tensor Masked, Tensor FlowMask, Tensor Occlusion, Tensor? Still);
