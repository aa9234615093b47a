using Mimesh.Faces;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// The mesh regression network: an image to the coefficients of the face model, the paper's first module. It looks twice. A
/// glance at the whole picture finds the head; a look at the crop around it, upright and as large as the network takes it, reads
/// identity, expression and the exact camera: a mouth is then always at the same place, whatever the framing. The look's feature
/// maps also serve as the perceptual features of the reconstruction loss.
/// </summary>
public sealed class Regressor : Module
{
    /// <summary>Side of the pictures it glances at.</summary>
    public const int GlanceSize = 64;

    /// <summary>Side of the crops it looks at.</summary>
    public const int LookSize = 128;

    /// <summary>Side of the pictures in which a look finds about a pixel for each of its own.</summary>
    internal const int SeenSize = 256;

    /// <summary>Grid units per millimetre that the camera's rotation part is divided by, so that targets are about 1.</summary>
    private const float RotationUnit = 0.01f;

    /// <summary>Grid units that the camera's translation is divided by.</summary>
    private const float TranslationUnit = 0.3f;

    private readonly Trunk _glance, _look;
    private readonly Linear _head, _identity, _expression, _camera;

    /// <summary>Creates an untrained regressor.</summary>
    /// <param name="init">First values.</param>
    /// <param name="identityCount">Identity coefficients.</param>
    /// <param name="expressionCount">Expression coefficients.</param>
    public Regressor(Initializer init, int identityCount, int expressionCount)
        : base(init)
    {
        _glance = Child("glance", new Trunk(init, GlanceSize, [16, 32, 64, 96], 128));
        _head = Child("head", new Linear(init, 128, Pose.MatrixLength, gain: 0.1f));
        _look = Child("look", new Trunk(init, LookSize, [24, 48, 96, 144, 192], 256));
        _identity = Child("identity", new Linear(init, 256, identityCount, gain: 0.1f));
        _expression = Child("expression", new Linear(init, 256, expressionCount, gain: 0.1f));
        _camera = Child("camera", new Linear(init, 256, Pose.MatrixLength, gain: 0.1f));
    }

    /// <summary>Glances, then looks.</summary>
    /// <param name="image">Images <c>(N, H, W, 3)</c> in [0, 1], square.</param>
    public Regression Forward(Tensor image) => Look(image, CropsOf(Glance(image)));

    /// <summary>Finds the head in a picture.</summary>
    /// <param name="image">Images <c>(N, H, W, 3)</c> in [0, 1], square.</param>
    /// <returns>Cameras <c>(N, 12)</c>, see <see cref="NormalizeCamera"/>: good enough to crop by.</returns>
    public Tensor Glance(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        while (image.Shape[1] >= 2 * GlanceSize && image.Shape[1] % 2 == 0)
        {
            image = image.AveragePool(); // a bilinear resize alone would skip pixels
        }

        return _head.Forward(_glance.Forward(image.Resize(GlanceSize, GlanceSize)).Hidden);
    }

    /// <summary>The crops around the heads that <see cref="Glance"/> found.</summary>
    /// <param name="cameras"><c>(N, 12)</c>.</param>
    public static FaceCrop[] CropsOf(Tensor cameras)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        float[] values = cameras.ToArray();
        var crops = new FaceCrop[cameras.Shape[0]];
        float[] camera = new float[Pose.MatrixLength];
        for (int i = 0; i < crops.Length; i++)
        {
            DenormalizeCamera(values.AsSpan(i * Pose.MatrixLength, Pose.MatrixLength), camera);
            crops[i] = FaceCrop.Around(camera);
        }

        return crops;
    }

    /// <summary>Regresses the coefficients of the faces in crops. Differentiable in the image.</summary>
    /// <param name="image">Images <c>(N, H, W, 3)</c> in [0, 1], square.</param>
    /// <param name="crops">Where to look in each.</param>
    public Regression Look(Tensor image, IReadOnlyList<FaceCrop> crops)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(crops);
        int n = crops.Count, length = LookSize * LookSize * 2;
        float[] grid = new float[n * length];
        Parallel.For(0, n, i => crops[i].Grid(LookSize, grid.AsSpan(i * length, length)));
        var (identity, expression, camera, features) = Look(image, Tensor.From(image.Device, [n, LookSize, LookSize, 2], grid));
        return new Regression(identity, expression, camera, crops, features);
    }

    /// <summary><see cref="Look(Tensor, IReadOnlyList{FaceCrop})"/> at the pixels of a grid <c>(N, LookSize, LookSize, 2)</c>.</summary>
    public (Tensor Identity, Tensor Expression, Tensor Camera, Tensor[] Features) Look(Tensor image, Tensor grid)
    {
        var (features, hidden) = _look.Forward(image.GridSample(grid));
        return (_identity.Forward(hidden), _expression.Forward(hidden), _camera.Forward(hidden), features);
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

    /// <summary><see cref="DenormalizeCamera"/> of a batch <c>(N, 12)</c>, differentiably.</summary>
    public static Tensor Denormalize(Tensor cameras)
    {
        Tensor Row(Func<int, float> value) =>
            Tensor.From(cameras.Device, [1, Pose.MatrixLength], [.. Enumerable.Range(0, Pose.MatrixLength).Select(value)]);
        return cameras.Add(Row(Frontal)).Mul(Row(Unit));
    }

    private static float Unit(int i) => i % 4 == 3 ? TranslationUnit : RotationUnit;

    private static float Frontal(int i) => i switch { 0 or 10 => 0.8f, 5 => -0.8f, _ => 0f };
}

/// <summary>What a <see cref="Regressor"/> sees in a batch of images.</summary>
/// <param name="Identity"><c>(N, identities)</c>, in standard deviations.</param>
/// <param name="Expression"><c>(N, expressions)</c>, in weights.</param>
/// <param name="Camera"><c>(N, 12)</c> in the crop's grid, see <see cref="Regressor.NormalizeCamera"/>.</param>
/// <param name="Crops">Where it looked in each image.</param>
/// <param name="Features">Feature maps of the crops at 1/2, 1/4 … 1/32 of <see cref="Regressor.LookSize"/>.</param>
public sealed record Regression(
    Tensor Identity, Tensor Expression, Tensor Camera, IReadOnlyList<FaceCrop> Crops, IReadOnlyList<Tensor> Features)
{
    /// <summary>The 3×4 cameras in the pictures' grid, <see cref="Pose.MatrixLength"/> numbers each.</summary>
    public float[] PictureCameras()
    {
        float[] cameras = Camera.ToArray();
        for (int i = 0; i < Crops.Count; i++)
        {
            var camera = cameras.AsSpan(i * Pose.MatrixLength, Pose.MatrixLength);
            Regressor.DenormalizeCamera(camera, camera);
            Crops[i].ToPicture(camera);
        }

        return cameras;
    }
}
