namespace Mimesh.Layers;

/// <summary>
/// <c>x + conv(relu(norm(conv(relu(norm(x))))))</c>, both 3×3 (He et al. 2016, pre-activation). Only the branch is normalised:
/// what runs along the sum keeps its means and scales, so a portrait's colours pass unchanged.
/// </summary>
public sealed class ResidualBlock : Module
{
    private readonly Conv2d _first, _second;

    /// <summary>Creates a block whose branch starts small.</summary>
    /// <param name="init">First values.</param>
    /// <param name="channels">Channels in and out.</param>
    public ResidualBlock(Initializer init, int channels)
        : base(init)
    {
        _first = Child("conv1", new Conv2d(init, channels, channels, 3));
        _second = Child("conv2", new Conv2d(init, channels, channels, 3, gain: 0.2f));
    }

    /// <summary><c>(N, H, W, C)</c> to the same.</summary>
    public Tensor Forward(Tensor x) => x.Add(_second.Forward(_first.Forward(x.InstanceNorm().Relu()).InstanceNorm().Relu()));
}
