using Mimesh.Faces;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// Who is seen: the crop that the <see cref="Regressor"/> looks at, to a unit vector of <see cref="Length"/> numbers. Vectors of one
/// person point the same way, whatever the pose, the expression, the light and the camera; see
/// <see cref="EmbeddingTraining"/>.
/// </summary>
public sealed class EmbeddingNet : Module
{
    /// <summary>Numbers in an embedding.</summary>
    public const int Length = 128;

    /// <summary>Side of the crops it looks at.</summary>
    public const int CropSize = Regressor.LookSize;

    private readonly Trunk _trunk;
    private readonly Linear _embedding;

    /// <summary>Creates an untrained network.</summary>
    /// <param name="init">First values.</param>
    public EmbeddingNet(Initializer init)
        : base(init)
    {
        _trunk = Child("trunk", new Trunk(init, CropSize, [16, 32, 64, 96, 112], Length));
        _embedding = Child("embedding", new Linear(init, Length, Length));
    }

    /// <summary>Embeds the faces at the pixels of a grid. Differentiable in the image.</summary>
    /// <param name="image">Images <c>(N, H, W, 3)</c> in [0, 1], square.</param>
    /// <param name="grid">What <see cref="FaceCrop.Grid"/> gives for each, <c>(N, CropSize, CropSize, 2)</c>.</param>
    /// <returns>Unit vectors <c>(N, Length)</c>.</returns>
    public Tensor Forward(Tensor image, Tensor grid)
    {
        ArgumentNullException.ThrowIfNull(image);
        var vectors = _embedding.Forward(_trunk.Forward(image.GridSample(grid)).Hidden);
        return vectors.Div(vectors.L2Norm(-1));
    }

    /// <summary>The identity metric CSIM of two embeddings: the cosine of the angle between them, <c>a·b/(|a|·|b|)</c>; 0 if one has no length.</summary>
    /// <param name="a">One embedding.</param>
    /// <param name="b">The other, as long.</param>
    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(a.Length, b.Length);
        double aa = 0, bb = 0, ab = 0;
        for (int i = 0; i < a.Length; i++)
        {
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
            ab += (double)a[i] * b[i];
        }

        return ab == 0 ? 0 : ab / Math.Sqrt(aa * bb);
    }
}
