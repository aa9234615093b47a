using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// One source portrait, moved by one driving picture after another, as in a video. The source's face, mesh and features are
/// computed once; each picture after the first runs in memory that is already there. One thread at a time: that of its device or fork.
/// </summary>
/// <example>
/// <code>
/// using var animation = reenactor.Animate(source, size: 256);
/// foreach (float[] pixels in video)
/// {
///     animation.Next(pixels, result);
/// }
/// </code>
/// </example>
public sealed class Animation : IDisposable
{
    /// <summary>What a picture goes through, in the order of the times that <see cref="Next(ReadOnlySpan{float}, Span{float}, Span{double})"/> gives.</summary>
    public static IReadOnlyList<string> Stages { get; } = ["regressor", "mesh", "drawing", "motion", "reenacting"];

    /// <summary>The encoding of the source, before the first picture.</summary>
    public const string SourceStage = "source";

    private readonly Device _device;
    private readonly FaceModel _model;
    private readonly Arena _arena;
    private readonly FaceReader _reader;
    private readonly Face _sourceFace, _drivingFace;
    private readonly Vector3[] _neutral, _sourceMesh, _drivingMesh;
    private readonly bool _swap;
    private readonly MeshDrawing _drawing;
    private readonly float[] _pixels;
    private readonly Tensor _source, _sourcePoints, _drivingPoints, _drawn;
    private readonly Plan _encode, _motion, _paint;
    private Image? _picture;

    internal Animation(Device device, FaceModel model, Regressor regressor, Generator generator, int size)
    {
        int vertices = model.VertexCount;
        _device = device;
        _model = model;
        _arena = new Arena(device);
        _source = Tensor.Lasting(device, [1, size, size, 3]);
        _sourcePoints = Tensor.Lasting(device, [1, vertices, 3]);
        _drivingPoints = Tensor.Lasting(device, [1, vertices, 3]);
        _drawn = Tensor.Lasting(device, [1, size, size, MeshMotion.Channels]);
        (_sourceFace, _drivingFace) = (new Face(model), new Face(model));
        (_neutral, _sourceMesh, _drivingMesh) = (new Vector3[vertices], new Vector3[vertices], new Vector3[vertices]);
        _pixels = new float[size * size * MeshMotion.Channels];
        _drawing = generator.Meshes.NewDrawing();
        _swap = generator.Swaps;

        try
        {
            _encode = Plan.Record(_arena, [_source], x => [generator.Encode(x[0])]);
            _motion = Plan.Record(_arena, [_sourcePoints, _drivingPoints, _drawn], x => [generator.Move(x[0], x[1], x[2])]);
            _paint = Plan.Record(_arena, [_source, _encode.Outputs[0], _motion.Outputs[0], _drawn], x =>
            {
                var painting = generator.Paint(x[0], x[1], x[2], x[3]);
                return [painting.Image, painting.Warped, painting.FlowMask, painting.Occlusion];
            });
            _reader = new FaceReader(regressor, size, _arena);
            device.Trim(); // from here on no memory comes or goes
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Takes another source, with a face large in its middle.</summary>
    /// <param name="source">I_s, S×S.</param>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    public void Begin(Image source) => Begin(new FramedFace(source, null));

    /// <summary>Takes another source.</summary>
    /// <param name="source">I_s, S×S, and where its face was found.</param>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    public void Begin(FramedFace source)
    {
        ArgumentNullException.ThrowIfNull(source.Picture, nameof(source));
        _source.Assign(source.Picture.Pixels);
        _picture = source.Picture;
        _encode.Run();
        Read(source.Picture.Pixels, source.Face, _sourceFace);
        _model.Neutral(_sourceFace.Identity, _neutral);
        Mesh(_sourceFace, _sourceFace, _sourceMesh);
        _sourcePoints.Assign(MemoryMarshal.Cast<Vector3, float>(_sourceMesh));
        _drawing.Begin(_sourceMesh, _drawn.Shape[1]);
    }

    /// <summary>Bytes for what the networks compute on the way.</summary>
    public long ArenaBytes => _arena.Bytes;

    /// <summary>I_s as the networks see it, S×S.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public Image Source => _picture ?? throw new InvalidOperationException("The animation has no source yet: call Begin.");

    /// <summary>What the networks launch, by the stage that they belong to; <see cref="SourceStage"/> ran once.</summary>
    public IReadOnlyList<(string Stage, Plan Plan)> Plans =>
        [(SourceStage, _encode), .. _reader.Plans.Select(plan => (Stages[0], plan)), (Stages[3], _motion), (Stages[4], _paint)];

    /// <summary>The face that was read in the source.</summary>
    public Face SourceFace => _sourceFace;

    /// <summary>Reenacts the source: <see cref="Read"/>, then <see cref="Show"/>. It allocates nothing on the CPU.</summary>
    /// <param name="driving">The driving picture, <c>(S, S, 3)</c> in [0, 1], with a face large in its middle.</param>
    /// <param name="result">Receives Î_d, <c>(S, S, 3)</c>.</param>
    /// <exception cref="ArgumentException">A picture has another size.</exception>
    public void Next(ReadOnlySpan<float> driving, Span<float> result)
    {
        Read(driving, null, _drivingFace);
        Show(_drivingFace, result);
    }

    /// <summary>Reads the face of a picture; allocates nothing on the CPU.</summary>
    /// <param name="picture"><c>(S, S, 3)</c> in [0, 1], with a face large in its middle where none was found.</param>
    /// <param name="found">Where the face was found; null where nobody has searched, or found one.</param>
    /// <param name="face">Receives what the picture shows.</param>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    public void Read(ReadOnlySpan<float> picture, FaceCrop? found, Face face)
    {
        ArgumentNullException.ThrowIfNull(face);
        _reader.Read(picture, found, face);
    }

    /// <summary>
    /// Draws the source with the expression and the camera of a driving face, wherever they come from: a picture (<see cref="Read"/>), a
    /// file, a tracker, sliders. The identity is the source's. It allocates nothing on the CPU.
    /// </summary>
    /// <param name="driving">The driving face, of the reenactor's face model.</param>
    /// <param name="result">Receives Î_d, <c>(S, S, 3)</c>.</param>
    /// <exception cref="InvalidOperationException">There is no source yet.</exception>
    /// <exception cref="ArgumentException">The face is of another model or holds a number that is not finite, or the result has another size.</exception>
    /// <example>
    /// The source itself, with its jaw open:
    /// <code>
    /// var face = new Face(reenactor.Model);
    /// animation.SourceFace.Camera.CopyTo(face.Camera, 0);
    /// face.Expression[Array.IndexOf(reenactor.Model.ExpressionNames, "jawOpen")] = 0.8f;
    /// animation.Show(face, result);
    /// </code>
    /// </example>
    public void Show(Face driving, Span<float> result)
    {
        _ = Source;
        Check(driving);
        Mesh(driving);
        Draw();
        _motion.Run();
        _paint.Run();
        _paint.Outputs[0].CopyTo(result);
    }

    /// <summary><see cref="Next(ReadOnlySpan{float}, Span{float})"/>, waiting for each of the <see cref="Stages"/> to take its time.</summary>
    /// <param name="driving">The driving picture.</param>
    /// <param name="result">Receives Î_d.</param>
    /// <param name="milliseconds">Receives how long each stage took; as many as there are stages.</param>
    public void Next(ReadOnlySpan<float> driving, Span<float> result, Span<double> milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(milliseconds.Length, Stages.Count);
        _ = Source;
        long start = Stopwatch.GetTimestamp();
        Read(driving, null, _drivingFace);
        milliseconds[0] = Lap(ref start);
        Mesh(_drivingFace);
        milliseconds[1] = Lap(ref start);
        Draw();
        milliseconds[2] = Lap(ref start);
        _motion.Run();
        milliseconds[3] = Lap(ref start);
        _paint.Run();
        _paint.Outputs[0].CopyTo(result);
        milliseconds[4] = Lap(ref start);
    }

    /// <summary>Reenacts the source, and tells how it came about.</summary>
    /// <param name="driving">The driving picture, S×S, with a face large in its middle.</param>
    public ReenactmentResult Reenact(Image driving)
    {
        ArgumentNullException.ThrowIfNull(driving);
        return Reenact(new FramedFace(driving, null));
    }

    /// <summary>Reenacts the source, and tells how it came about.</summary>
    internal ReenactmentResult Reenact(FramedFace driving)
    {
        int size = Source.Width;
        var result = new Image(size, size);
        Read(driving.Picture.Pixels, driving.Face, _drivingFace);
        Show(_drivingFace, result.Pixels);
        using var tape = Tape.Start();
        return new ReenactmentResult(
            result,
            Source,
            driving.Picture,
            Image.From(size, size, _paint.Outputs[1].ToArray()),
            _sourceMesh[.._model.GraphVertexCount],
            _drivingMesh[.._model.GraphVertexCount],
            _motion.Outputs[0].Resize(size, size).ToArray(),
            _paint.Outputs[2].ToArray(),
            _paint.Outputs[3].ToArray(),
            _sourceFace.IsThere,
            _drivingFace.IsThere);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        // Some are null where the constructor came to no end.
        _reader?.Dispose();
        _paint?.Dispose();
        _motion?.Dispose();
        _encode?.Dispose();
        _arena.Dispose();
        _source.Dispose();
        _sourcePoints.Dispose();
        _drivingPoints.Dispose();
        _drawn.Dispose();
    }

    private void Check(Face driving)
    {
        ArgumentNullException.ThrowIfNull(driving);
        if (driving.Identity.Length != _sourceFace.Identity.Length || driving.Expression.Length != _sourceFace.Expression.Length)
        {
            throw new ArgumentException("The driving face is of another face model than the reenactor's.", nameof(driving));
        }

        if (!IsFinite(driving.Expression) || !IsFinite(driving.Camera))
        {
            throw new ArgumentException("The driving face's expression or camera holds a number that is not finite.", nameof(driving));
        }
    }

    private static bool IsFinite(ReadOnlySpan<float> numbers)
    {
        foreach (float x in numbers)
        {
            if (!float.IsFinite(x))
            {
                return false;
            }
        }

        return true;
    }

    private void Mesh(Face driving)
    {
        if (!_swap)
        {
            _model.Neutral(driving.Identity, _neutral);
        }

        Mesh(_swap ? _sourceFace : driving, driving, _drivingMesh);
        _drivingPoints.Assign(MemoryMarshal.Cast<Vector3, float>(_drivingMesh));
    }

    // Both meshes wear the source's identity, so the driving face's shape never enters; unless the swap is left out.
    private void Mesh(Face worn, Face face, Span<Vector3> mesh)
    {
        _model.Express(_neutral, worn.Identity, face.Expression, mesh);
        FaceModel.Project(mesh, face.Camera, mesh);
    }

    private void Draw()
    {
        _drawing.Draw(_drivingMesh, _pixels);
        _drawn.Assign(_pixels);
    }

    private double Lap(ref long start)
    {
        _device.Synchronize();
        long now = Stopwatch.GetTimestamp();
        double milliseconds = Stopwatch.GetElapsedTime(start, now).TotalMilliseconds;
        start = now;
        return milliseconds;
    }
}
