using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Reenactment;

namespace Mimesh.Evaluation;

/// <summary>What the judge reads in a picture.</summary>
/// <param name="Face">Pose and expression.</param>
/// <param name="Identity">The embedding of who it is.</param>
internal sealed record Reading(SeenFace Face, float[] Identity);

/// <summary>Reads poses, expressions and identities in pictures, the same way in results and in what they are compared with.</summary>
internal sealed class FaceJudge : IDisposable
{
    private readonly FaceModel _model;
    private readonly IFaceEmbedder _embedder;
    private readonly Arena _arena;
    private readonly FaceReader _reader;
    private readonly Face _face;

    /// <param name="device">Where the regressor is.</param>
    /// <param name="model">The face model whose coefficients it sees.</param>
    /// <param name="regressor">What reads pose and expression.</param>
    /// <param name="embedder">What says who it is.</param>
    /// <param name="size">Side of the pictures.</param>
    public FaceJudge(Device device, FaceModel model, Regressor regressor, IFaceEmbedder embedder, int size)
    {
        _model = model;
        _embedder = embedder;
        _arena = new Arena(device);
        _reader = new FaceReader(regressor, size, _arena);
        _face = new Face(model);
    }

    public Reading Read(Image image)
    {
        _reader.Read(image.Pixels, null, _face);
        var mesh = MemoryMarshal.Cast<float, Vector3>(MeshRegression.Project(_model, _face.Identity, _face.Expression, _face.Camera));
        var landmarks = new Vector2[_model.Landmarks.Length];
        for (int i = 0; i < landmarks.Length; i++)
        {
            Vector3 at = mesh[_model.Landmarks[i]];
            landmarks[i] = new Vector2(at.X, at.Y);
        }

        var seen = new SeenFace(_face.Crop, Pose.FromMatrix(_face.Camera), [.. _face.Expression], landmarks);
        return new Reading(seen, _embedder.Embed(image, seen));
    }

    public void Dispose()
    {
        _reader.Dispose();
        _arena.Dispose();
    }
}
