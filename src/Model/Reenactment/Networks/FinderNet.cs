using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// The face finder's network: convolutions alone, from pixels to cells of <see cref="Stride"/> pixels. Each cell says whether the
/// centre of a face is in it, and if so where exactly, how large the face is and how the head is tilted (objects as points, Zhou et
/// al. 2019). It knows faces whose side is within <see cref="LeastSide"/> and <see cref="MostSide"/> pixels: larger ones are found in
/// halvings of the picture, see <see cref="PyramidLayout"/>, so that a face of any size is seen by the same weights.
/// </summary>
public sealed class FinderNet : Module
{
    /// <summary>Pixels a side of a cell.</summary>
    public const int Stride = 4;

    /// <summary>Numbers of a cell: the centre's logit, its place from the cell's middle in cells (x, y), ln(side/<see cref="UnitSide"/>), cos and sin of the roll.</summary>
    public const int Outputs = 6;

    /// <summary>The smallest face that is learned, side in pixels.</summary>
    public const float LeastSide = 11f;

    /// <summary>The largest.</summary>
    public const float MostSide = 36f;

    /// <summary>The side of which a cell gives the logarithm's difference.</summary>
    public const float UnitSide = 20f;

    private const float Slope = 0.1f;
    private const int Narrow = 16, Fine = 32, Coarse = 80, Blocks = 3;

    // Few cells hold a centre: with this logit at the start the many others do not outweigh them (Lin et al. 2017).
    private const float Prior = -4f;

    private readonly Conv2d _stem, _fine, _down, _lateral, _head, _output;
    private readonly ResidualBlock[] _blocks = new ResidualBlock[Blocks];

    /// <summary>Creates an untrained network.</summary>
    /// <param name="init">First values.</param>
    public FinderNet(Initializer init)
        : base(init)
    {
        _stem = Child("stem", new Conv2d(init, 3, Narrow, 3, stride: 2));
        _fine = Child("fine", new Conv2d(init, Narrow, Fine, 3, stride: 2));
        _down = Child("down", new Conv2d(init, Fine, Coarse, 3, stride: 2));
        for (int i = 0; i < Blocks; i++)
        {
            _blocks[i] = Child($"block{i}", new ResidualBlock(init, Coarse, normalize: false));
        }

        _lateral = Child("lateral", new Conv2d(init, Coarse, Fine, 1));
        _head = Child("head", new Conv2d(init, Fine, Fine, 3));
        _output = Child("output", new Conv2d(init, Fine, Outputs, 1, gain: 0.1f));
    }

    /// <summary>What every cell says.</summary>
    /// <param name="image">Pictures <c>(N, H, W, 3)</c> in [0, 1], sides multiples of <see cref="PyramidLayout.Step"/>.</param>
    /// <returns><c>(N, H/4, W/4, Outputs)</c>.</returns>
    public Tensor Forward(Tensor image)
    {
        var rectified = new Fusion { OutputSlope = Slope };
        var fine = _fine.Forward(_stem.Forward(image.Affine(4f, -2f), rectified), rectified);
        var coarse = _down.Forward(fine, rectified);
        foreach (var block in _blocks)
        {
            coarse = block.Forward(coarse);
        }

        var both = fine.Add(_lateral.Forward(coarse).Upsample());
        return _output.Forward(_head.Forward(both, new Fusion { InputSlope = Slope, OutputSlope = Slope }));
    }

    /// <summary>A centre's logit from a cell's first number.</summary>
    internal static float Logit(float value) => value + Prior;

    /// <summary><see cref="Logit(float)"/> of every cell, differentiably.</summary>
    /// <param name="cells">What <see cref="Forward"/> gives.</param>
    public static Tensor Logits(Tensor cells) => cells.Slice(-1, 0, 1).Add(Prior);
}
