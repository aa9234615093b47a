namespace Mimesh.Layers;

/// <summary>
/// <c>x + conv(relu(norm(conv(relu(norm(x))))))</c>, both 3×3 (He et al. 2016, pre-activation). Only the branch is normalised:
/// what runs along the sum keeps its means and scales, so a portrait's colours pass unchanged. Without normalisation it is
/// <c>x + conv(lrelu(conv(lrelu(x))))</c>.
/// </summary>
public sealed class ResidualBlock : Module
{
    private readonly Conv2d _first, _second;
    private readonly bool _normalize;

    /// <summary>Creates a block whose branch starts small.</summary>
    /// <param name="init">First values.</param>
    /// <param name="channels">Channels in and out.</param>
    /// <param name="normalize">Whether the branch is normalised.</param>
    public ResidualBlock(Initializer init, int channels, bool normalize = true)
        : base(init)
    {
        _normalize = normalize;
        _first = Child("conv1", new Conv2d(init, channels, channels, 3));
        _second = Child("conv2", new Conv2d(init, channels, channels, 3, gain: 0.2f));
    }

    /// <summary><c>(N, H, W, C)</c> to the same.</summary>
    public Tensor Forward(Tensor x)
    {
        var way = new Fusion { Normalize = _normalize, InputSlope = _normalize ? 0f : 0.1f, Measure = _normalize };
        return _second.Forward(_first.Forward(x, way), way with { Residual = x });
    }
}
