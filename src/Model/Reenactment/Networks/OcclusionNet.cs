using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// The hourglass that sees the warped source I_s' and gives, at a quarter of its side, the occlusion map O and the flow mask M.
/// Beside the paper's, it also sees what the meshes say is hidden, since an opening mouth cannot be told from the warped picture,
/// and the source where it is, since what stands still cannot either.
/// </summary>
public sealed class OcclusionNet : Module
{
    private static readonly Fusion s_activated = new() { OutputSlope = 0.1f };
    private readonly Layers.Conv2d[] _down, _up;
    private readonly Layers.Conv2d _maps;

    /// <summary>Creates an untrained hourglass.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Its width.</param>
    /// <param name="maps">How many maps it gives.</param>
    public OcclusionNet(Initializer init, Preset preset, int maps = 2)
        : base(init)
    {
        ArgumentNullException.ThrowIfNull(preset);
        int w = preset.Width;
        int[] widths = [8, w, 2 * w, 3 * w, 4 * w];
        _down = [.. Enumerable.Range(0, 4).Select(i => Child($"down{i}", new Layers.Conv2d(init, widths[i], widths[i + 1], 4, stride: 2)))];
        _up =
        [
            Child("up0", new Layers.Conv2d(init, 4 * w, 3 * w, 3)),
            Child("up1", new Layers.Conv2d(init, 6 * w, 2 * w, 3)),
        ];
        _maps = Child("maps", new Layers.Conv2d(init, 4 * w, maps, 3, gain: 0.1f));
    }

    /// <summary>The maps of a batch of warped sources.</summary>
    /// <param name="warped"><c>(N, S, S, 3)</c> in [0, 1], S a multiple of 16.</param>
    /// <param name="source">The sources, of the same shape.</param>
    /// <param name="coverage">What the driving mesh covers, and what of it the source shows, <c>(N, S, S, 2)</c> in [0, 1].</param>
    /// <returns>The logits of O and M, or of one of them, <c>(N, S/4, S/4, maps)</c>.</returns>
    public Tensor Forward(Tensor warped, Tensor source, Tensor coverage)
    {
        var half = _down[0].Forward(Ops.Concat(-1, warped, source, coverage).Affine(2f, -1f), s_activated);
        var quarter = _down[1].Forward(half, s_activated); // (N, S/4, S/4, 2w)
        var eighth = _down[2].Forward(quarter, s_activated); // (N, S/8, S/8, 3w)
        var x = _down[3].Forward(eighth, s_activated); // (N, S/16, S/16, 4w)
        x = Ops.Concat(-1, _up[0].Forward(x, s_activated with { Upsample = true }), eighth);
        x = Ops.Concat(-1, _up[1].Forward(x, s_activated with { Upsample = true }), quarter); // (N, S/4, S/4, 4w)

        // Biased open: the untrained masks keep the flow and the features rather than blur them.
        return _maps.Forward(x).Add(2f);
    }
}
