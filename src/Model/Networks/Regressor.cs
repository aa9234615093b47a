using Mimesh.Layers;
using Mimesh.Model.Faces;

namespace Mimesh.Model.Networks;

/// <summary>
/// The mesh regression network: an image to the coefficients of the face model, the paper's first module. It looks at 128²
/// pixels, whatever the picture's size. Its feature maps also serve as the perceptual features of the reconstruction loss.
/// </summary>
public sealed class Regressor : Module
{
    /// <summary>Side of the pictures it looks at.</summary>
    public const int InputSize = 128;

    /// <summary>Grid units per millimetre that the camera's rotation part is divided by, so that targets are about 1.</summary>
    private const float RotationUnit = 0.01f;

    /// <summary>Grid units that the camera's translation is divided by.</summary>
    private const float TranslationUnit = 0.3f;

    private const int Width = 24;
    private readonly Layers.Conv2d[] _down;
    private readonly ResidualBlock[] _residual;
    private readonly Linear _hidden, _identity, _expression, _camera;

    /// <summary>Creates an untrained regressor.</summary>
    /// <param name="init">First values.</param>
    /// <param name="identityCount">Identity coefficients.</param>
    /// <param name="expressionCount">Expression coefficients.</param>
    public Regressor(Initializer init, int identityCount, int expressionCount)
        : base(init)
    {
        int[] widths = [3, Width, 2 * Width, 4 * Width, 6 * Width, 8 * Width];
        _down = new Layers.Conv2d[widths.Length - 1];
        _residual = new ResidualBlock[widths.Length - 2];
        for (int i = 0; i < _down.Length; i++)
        {
            _down[i] = Child($"down{i}", new Layers.Conv2d(init, widths[i], widths[i + 1], i == 0 ? 5 : 3, stride: 2));
            if (i > 0)
            {
                _residual[i - 1] = Child($"residual{i}", new ResidualBlock(init, widths[i + 1]));
            }
        }

        int side = InputSize >> _down.Length;
        _hidden = Child("hidden", new Linear(init, side * side * widths[^1], 256, gain: 1.4f));
        _identity = Child("identity", new Linear(init, 256, identityCount, gain: 0.1f));
        _expression = Child("expression", new Linear(init, 256, expressionCount, gain: 0.1f));
        _camera = Child("camera", new Linear(init, 256, Pose.MatrixLength, gain: 0.1f));
    }

    /// <summary>Regresses coefficients.</summary>
    /// <param name="image">Images <c>(N, H, W, 3)</c> in [0, 1], square.</param>
    public Regression Forward(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var x = (image.Shape[1] == InputSize ? image : image.Resize(InputSize, InputSize)).Affine(4f, -2f); // (N, 128, 128, 3)
        var features = new Tensor[_down.Length];
        for (int i = 0; i < _down.Length; i++)
        {
            x = _down[i].Forward(x).LeakyRelu(0.1f);
            x = i > 0 ? _residual[i - 1].Forward(x) : x;
            features[i] = x;
        }

        var hidden = _hidden.Forward(x.Reshape(x.Shape[0], -1)).LeakyRelu(0.1f); // (N, 256)
        return new Regression(_identity.Forward(hidden), _expression.Forward(hidden), _camera.Forward(hidden), features);
    }

    /// <summary>A camera matrix in the units that the network predicts: <c>(P − P₀)/unit</c>, P₀ a face that looks ahead.</summary>
    /// <param name="camera">12 numbers of <see cref="Pose.ToMatrix"/>.</param>
    /// <param name="normalized">12 numbers.</param>
    public static void NormalizeCamera(ReadOnlySpan<float> camera, Span<float> normalized)
    {
        for (int i = 0; i < Pose.MatrixLength; i++)
        {
            normalized[i] = (camera[i] / Unit(i)) - Frontal(i);
        }
    }

    /// <summary>The inverse of <see cref="NormalizeCamera"/>.</summary>
    /// <param name="normalized">12 numbers.</param>
    /// <param name="camera">12 numbers.</param>
    public static void DenormalizeCamera(ReadOnlySpan<float> normalized, Span<float> camera)
    {
        for (int i = 0; i < Pose.MatrixLength; i++)
        {
            camera[i] = (normalized[i] + Frontal(i)) * Unit(i);
        }
    }

    private static float Unit(int i) => i % 4 == 3 ? TranslationUnit : RotationUnit;

    private static float Frontal(int i) => i switch { 0 or 10 => 0.8f, 5 => -0.8f, _ => 0f };
}

/// <summary>What a <see cref="Regressor"/> sees in a batch of images.</summary>
/// <param name="Identity"><c>(N, identities)</c>, in standard deviations.</param>
/// <param name="Expression"><c>(N, expressions)</c>, in weights.</param>
/// <param name="Camera"><c>(N, 12)</c>, see <see cref="Regressor.NormalizeCamera"/>.</param>
/// <param name="Features">Feature maps at 1/2, 1/4 … 1/32 of 128².</param>
public sealed record Regression(Tensor Identity, Tensor Expression, Tensor Camera, IReadOnlyList<Tensor> Features);
