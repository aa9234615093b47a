using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>The regressor on one picture after another: its glance and its look as plans. A face that was found before needs no glance.</summary>
public sealed class FaceReader : IDisposable
{
    private readonly Tensor _image, _crop;
    private readonly Plan _glance, _look;
    private readonly float[] _grid = new float[Regressor.LookSize * Regressor.LookSize * 2];

    /// <summary>Writes the plans down.</summary>
    /// <param name="regressor">The network.</param>
    /// <param name="size">Side of the pictures.</param>
    /// <param name="arena">Memory for what is computed on the way.</param>
    public FaceReader(Regressor regressor, int size, Arena arena)
    {
        _image = Tensor.Lasting(arena.Device, [1, size, size, 3]);
        _crop = Tensor.Lasting(arena.Device, [1, Regressor.LookSize, Regressor.LookSize, 2]);
        _glance = Plan.Record(arena, [_image], x => [regressor.Glance(x[0])]);
        int factor = Math.Max(1, size / Regressor.SeenSize);
        _look = Plan.Record(arena, [_image, _crop], x =>
        {
            // A look samples one point a pixel, and would skip others of a larger picture.
            var seen = factor > 1 && size % factor == 0 ? x[0].AveragePool(factor) : x[0];
            var (identity, expression, camera, _) = regressor.Look(seen, x[1]);
            return [identity, expression, camera];
        });
    }

    /// <summary>What a reading runs, in order.</summary>
    public IEnumerable<Plan> Plans => [_glance, _look];

    /// <summary>Reads a face: looks where it was found, and once more where the first look sees it; or where a glance finds it.</summary>
    /// <param name="pixels"><c>(S, S, 3)</c> in [0, 1], with a face large in their middle where none was found.</param>
    /// <param name="found">Where the face was found; null where nobody has searched, or found one.</param>
    /// <param name="face">Receives what it shows.</param>
    public void Read(ReadOnlySpan<float> pixels, FaceCrop? found, Face face)
    {
        _image.Assign(pixels);
        face.Crop = found ?? Glance(face.Camera);
        Look(face.Crop, face);
        if (found is { } crop && FaceCrop.Around(face.Camera) is var seen && crop.IsNear(seen))
        {
            Look(seen, face);
        }
    }

    private FaceCrop Glance(float[] camera)
    {
        _glance.Run();
        _glance.Outputs[0].CopyTo(camera);
        Regressor.DenormalizeCamera(camera, camera);
        return FaceCrop.Around(camera);
    }

    private void Look(FaceCrop crop, Face face)
    {
        crop.Grid(Regressor.LookSize, _grid);
        _crop.Assign(_grid);
        _look.Run();
        _look.Outputs[0].CopyTo(face.Identity);
        _look.Outputs[1].CopyTo(face.Expression);
        _look.Outputs[2].CopyTo(face.Camera);
        Regressor.DenormalizeCamera(face.Camera, face.Camera);
        crop.ToPicture(face.Camera);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _glance.Dispose();
        _look.Dispose();
        _image.Dispose();
        _crop.Dispose();
    }
}

/// <summary>What a <see cref="FaceReader"/> reads in a picture.</summary>
/// <param name="model">The face model whose coefficients these are.</param>
public sealed class Face(FaceModel model)
{
    // A head that Framing has cut around reaches at least this far, in grid units.
    private const float LeastHalfSide = 0.5f;

    /// <summary>In standard deviations.</summary>
    public float[] Identity { get; } = new float[model.Identity.Length];

    /// <summary>In weights.</summary>
    public float[] Expression { get; } = new float[model.Expression.Length];

    /// <summary>The 3×4 camera in the picture's grid.</summary>
    public float[] Camera { get; } = new float[Pose.MatrixLength];

    /// <summary>Where the regressor looked first.</summary>
    public FaceCrop Crop { get; set; }

    /// <summary>
    /// Whether the picture seems to show the face that it was cut around: the look found one where the finder or the glance did, and as
    /// large as it should be. Pictures without a face often fail this, not always.
    /// </summary>
    public bool IsThere
    {
        get
        {
            var seen = FaceCrop.Around(Camera);
            return seen.HalfSide > LeastHalfSide && Crop.IsNear(seen);
        }
    }
}
