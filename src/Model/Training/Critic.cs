using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// The WGAN-GP critic: strided 4×4 convolutions with leaky ReLU 0.2, and the mean of a patch map as its score. It has no
/// normalisation over the batch, because the gradient penalty is per image (Gulrajani et al. 2017).
/// </summary>
public sealed class Critic : Module
{
    private readonly Layers.Conv2d[] _layers;
    private readonly Layers.Conv2d _patches;

    /// <summary>Creates an untrained critic.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Its width.</param>
    public Critic(Initializer init, Preset preset)
        : base(init)
    {
        ArgumentNullException.ThrowIfNull(preset);
        int w = preset.Width;
        int[] widths = [3, 2 * w, 4 * w, 8 * w, 8 * w];
        _layers = [.. Enumerable.Range(0, 4).Select(i => Child($"layer{i}", new Layers.Conv2d(init, widths[i], widths[i + 1], 4, stride: 2)))];
        _patches = Child("patches", new Layers.Conv2d(init, 8 * w, 1, 3, gain: 1f));
    }

    /// <summary>Scores a batch.</summary>
    /// <param name="image">Images <c>(N, S, S, 3)</c> in [0, 1].</param>
    /// <returns>The score of each image <c>(N, 1)</c>, higher for real, and the feature map of each layer.</returns>
    public (Tensor Score, IReadOnlyList<Tensor> Features) Forward(Tensor image)
    {
        var features = new Tensor[_layers.Length];
        var x = image.Affine(2f, -1f);
        for (int i = 0; i < _layers.Length; i++)
        {
            features[i] = x = _layers[i].Forward(x, new Fusion { OutputSlope = 0.2f });
        }

        return (_patches.Forward(x).GlobalAveragePool(), features);
    }
}
