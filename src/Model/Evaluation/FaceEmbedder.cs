using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;
using Mimesh.Training;

namespace Mimesh.Evaluation;

/// <summary>What the regressor reads in a picture.</summary>
/// <param name="Crop">Where it looked.</param>
/// <param name="Pose">The head's pose.</param>
/// <param name="Expression">Expression weights, (K_exp).</param>
/// <param name="Landmarks">The 68 landmarks in the picture's [−1, 1] grid.</param>
public sealed record SeenFace(FaceCrop Crop, Pose Pose, float[] Expression, Vector2[] Landmarks);

/// <summary>Says who is in a picture, for <see cref="EmbeddingNet.Cosine"/>.</summary>
public interface IFaceEmbedder : IDisposable
{
    /// <summary>What it is called, for reports.</summary>
    string Name { get; }

    /// <summary>The SHA-256 of its file, in hexadecimal digits.</summary>
    string Checksum { get; }

    /// <summary>Embeds a face.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="face">The face in it.</param>
    /// <returns>A vector; its direction says who it is.</returns>
    float[] Embed(Image image, SeenFace face);
}

/// <summary>Our own embedding, <see cref="EmbeddingNet"/>, on one picture after another.</summary>
public sealed class FaceEmbedder : IFaceEmbedder
{
    private readonly EmbeddingNet _net;
    private readonly Arena _arena;
    private readonly Tensor _image, _grid;
    private readonly Plan _plan;
    private readonly float[] _pixels = new float[EmbeddingNet.CropSize * EmbeddingNet.CropSize * 2];

    private FaceEmbedder(EmbeddingNet net, string checksum, int size)
    {
        _net = net;
        Checksum = checksum;
        _arena = new Arena(net.Device);
        _image = Tensor.Lasting(net.Device, [1, size, size, 3]);
        _grid = Tensor.Lasting(net.Device, [1, EmbeddingNet.CropSize, EmbeddingNet.CropSize, 2]);
        _plan = Plan.Record(_arena, [_image, _grid], x => [net.Forward(x[0], x[1])]);
    }

    /// <inheritdoc/>
    public string Name => Weights.EmbeddingFile;

    /// <inheritdoc/>
    public string Checksum { get; }

    /// <summary>Loads trained weights.</summary>
    /// <param name="device">Where to run; it must outlive the embedder.</param>
    /// <param name="directory">Holds <see cref="Weights.EmbeddingFile"/>.</param>
    /// <param name="size">Side of the pictures.</param>
    /// <exception cref="InputException">The file is missing or damaged.</exception>
    public static FaceEmbedder Load(Device device, string directory, int size)
    {
        string path = Path.Combine(directory, Weights.EmbeddingFile);
        byte[] bytes = Weights.ReadBytes(path);
        var file = Weights.Parse(bytes, path);
        var net = new EmbeddingNet(new Initializer(device, null));
        try
        {
            Weights.Load(file, path, "embedding", net.NamedParameters);
            return new FaceEmbedder(net, Weights.Checksum(bytes), size);
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public float[] Embed(Image image, SeenFace face)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(face);
        _image.Assign(image.Pixels);
        face.Crop.Grid(EmbeddingNet.CropSize, _pixels);
        _grid.Assign(_pixels);
        _plan.Run();
        return _plan.Outputs[0].ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan.Dispose();
        _image.Dispose();
        _grid.Dispose();
        _arena.Dispose();
        _net.Dispose();
    }
}
