namespace Mimesh.Layers;

/// <summary>A convolution with a bias, padded so that stride 1 keeps the size: weight <c>(K, R, R, C)</c>, bias <c>(K)</c>.</summary>
public sealed class Conv2d : Module
{
    private readonly Tensor _weight, _bias;
    private readonly int _stride, _pad;

    /// <summary>Creates a convolution with He-normal weights and zero biases.</summary>
    /// <param name="init">First values.</param>
    /// <param name="inputs">Input channels C.</param>
    /// <param name="outputs">Output channels K.</param>
    /// <param name="kernel">Filter side R.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="gain">Standard deviation of the weights times √(fan-in); 0 makes a layer that starts at zero.</param>
    public Conv2d(Initializer init, int inputs, int outputs, int kernel, int stride = 1, float gain = 1.41421356f)
        : base(init)
    {
        _weight = Parameter("weight", Init.Normal([outputs, kernel, kernel, inputs], kernel * kernel * inputs, gain));
        _bias = Parameter("bias", Init.Zeros([outputs]));
        _stride = stride;
        _pad = (kernel - 1) / 2;
    }

    /// <summary><c>(N, H, W, C)</c> to <c>(N, H/stride, W/stride, K)</c>; twice that where x is doubled on the way in.</summary>
    /// <param name="x">The images.</param>
    /// <param name="fusion">What rides along.</param>
    public Tensor Forward(Tensor x, in Fusion fusion = default) => x.Conv2d(_weight, _bias, _stride, _pad, fusion);
}
