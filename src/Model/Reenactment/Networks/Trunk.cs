using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// Convolutions that halve a picture, residual blocks between them, and a hidden layer that sees all of it. Nothing is
/// normalised: how much there is of a feature is what is asked for.
/// </summary>
public sealed class Trunk : Module
{
    private readonly Conv2d[] _down;
    private readonly ResidualBlock[] _residual;
    private readonly Linear _hidden;

    /// <param name="init">First values.</param>
    /// <param name="size">Side of the pictures.</param>
    /// <param name="widths">Channels after each halving.</param>
    /// <param name="hidden">Numbers of the hidden layer.</param>
    public Trunk(Initializer init, int size, ReadOnlySpan<int> widths, int hidden)
        : base(init)
    {
        _down = new Conv2d[widths.Length];
        _residual = new ResidualBlock[widths.Length - 1];
        for (int i = 0; i < widths.Length; i++)
        {
            _down[i] = Child($"down{i}", new Conv2d(init, i == 0 ? 3 : widths[i - 1], widths[i], i == 0 ? 5 : 3, stride: 2));
            if (i > 0)
            {
                _residual[i - 1] = Child($"residual{i}", new ResidualBlock(init, widths[i], normalize: false));
            }
        }

        int side = size >> widths.Length;
        _hidden = Child("hidden", new Linear(init, side * side * widths[^1], hidden, gain: 1.4f));
    }

    /// <summary>Pictures <c>(N, size, size, 3)</c> to the feature maps after each halving and the hidden layer <c>(N, hidden)</c>.</summary>
    public (Tensor[] Features, Tensor Hidden) Forward(Tensor image)
    {
        var x = image.Affine(4f, -2f);
        var features = new Tensor[_down.Length];
        for (int i = 0; i < _down.Length; i++)
        {
            x = _down[i].Forward(x, new Fusion { OutputSlope = 0.1f });
            x = i > 0 ? _residual[i - 1].Forward(x) : x;
            features[i] = x;
        }

        return (features, _hidden.Forward(x.Reshape(x.Shape[0], -1)).LeakyRelu(0.1f));
    }
}
