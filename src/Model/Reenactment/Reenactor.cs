using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>
/// The whole system with trained weights: a source portrait takes on the head pose and expression of a driving portrait.
/// </summary>
/// <example>
/// <code>
/// using var device = Device.Open("cpu");
/// using var reenactor = Reenactor.Load(device, "weights");
/// var result = reenactor.Reenact(source, driving, size: 128);
/// ImageFile.Save(result.Image, "out.png", DigitalSource.TrainedAlgorithmicMedia);
/// </code>
/// </example>
public sealed class Reenactor : IDisposable
{
    private readonly Device _device;

    private Reenactor(Initializer init, Preset preset, Ablation without, IReadOnlyList<MeshLevel> hierarchy)
    {
        _device = init.Device;
        Model = Ablations.FaceOf(without);
        Regressor = new Regressor(init, Model.Identity.Length, Model.Expression.Length);
        Generator = new Generator(init, preset, hierarchy, Model, without);
    }

    /// <summary>What the weights were trained as.</summary>
    public Preset Preset => Generator.Preset;

    /// <summary>What the weights were trained without.</summary>
    public Ablation Without => Generator.Without;

    /// <summary>The face model whose coefficients the regressor sees, and whose vertices make the meshes.</summary>
    public FaceModel Model { get; }

    /// <summary>What finds the faces of pictures; an untrained reenactor has none, and takes the middle of each.</summary>
    public FaceFinder? Finder { get; private set; }

    /// <inheritdoc/>
    public Regressor Regressor { get; }

    /// <inheritdoc/>
    public Generator Generator { get; }

    /// <summary>A system that has learnt nothing, its weights drawn from seed 0: for measuring speed, and as a start.</summary>
    /// <param name="device">Where to run; it must outlive the reenactor.</param>
    /// <param name="preset">The sizes of its networks.</param>
    /// <param name="without">What is left out.</param>
    public static Reenactor Untrained(Device device, Preset preset, Ablation without = Ablation.None) =>
        new(new Initializer(device, 0), preset, without, MeshHierarchy.Build(Ablations.FaceOf(without), MotionNet.Levels));

    /// <summary>Loads trained weights.</summary>
    /// <param name="device">Where to run; it must outlive the reenactor.</param>
    /// <param name="directory">Holds <see cref="Weights.RegressorFile"/> and <see cref="Weights.ReenactorFile"/>; for the finder see <see cref="FaceFinder.Load"/>.</param>
    /// <exception cref="InputException">A file is missing, cut short, of another preset than it says, trained on another mesh, or without something that is not known.</exception>
    public static Reenactor Load(Device device, string directory)
    {
        // Face and mesh are built while the files are read; together they are most of a program's start.
        var face = Task.Run(() => FaceModel.BuiltIn);
        string regressorPath = Path.Combine(directory, Weights.RegressorFile), reenactorPath = Path.Combine(directory, Weights.ReenactorFile);
        var generator = Weights.Read(reenactorPath);
        var (preset, without) = (Weights.PresetOf(generator, reenactorPath), Weights.WithoutOf(generator, reenactorPath));
        var hierarchy = face.ContinueWith(_ => MeshHierarchy.Build(Ablations.FaceOf(without), MotionNet.Levels), TaskScheduler.Default);
        var regressor = Weights.Read(regressorPath);
        var reenactor = new Reenactor(new Initializer(device, null), preset, without, hierarchy.GetAwaiter().GetResult());
        try
        {
            Weights.Load(regressor, regressorPath, "regressor", reenactor.Regressor.NamedParameters);
            Weights.LoadGenerator(generator, reenactorPath, reenactor.Generator);
            reenactor.Finder = FaceFinder.Load(device, directory);
            return reenactor;
        }
        catch
        {
            reenactor.Dispose();
            throw;
        }
    }

    /// <summary>Reenacts a source portrait; of each picture the largest face is taken, or its middle if none is found.</summary>
    /// <param name="source">I_s: who is shown.</param>
    /// <param name="driving">I_d: whose pose and expression is shown.</param>
    /// <param name="size">Side of the square result, see <see cref="Preset"/>; of both pictures a square around the face is cut and resized to it.</param>
    /// <exception cref="InputException">The preset does not take that size.</exception>
    public ReenactmentResult Reenact(Image source, Image driving, int size)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(driving);
        Preset.FactorAt(size);
        return Reenact(source, Largest(source), driving, Largest(driving), size);
    }

    /// <summary>Reenacts a source portrait.</summary>
    /// <param name="source">I_s: who is shown.</param>
    /// <param name="sourceFace">The face there; null takes the picture's middle. A head that is tilted by more than 45° is brought upright by quarter turns of the picture.</param>
    /// <param name="driving">I_d: whose pose and expression is shown.</param>
    /// <param name="drivingFace">The same there.</param>
    /// <param name="size">Side of the square result, see <see cref="Preset"/>; of both pictures a square around the face is cut and resized to it.</param>
    /// <exception cref="InputException">The preset does not take that size.</exception>
    public ReenactmentResult Reenact(Image source, FoundFace? sourceFace, Image driving, FoundFace? drivingFace, int size)
    {
        ArgumentNullException.ThrowIfNull(driving);
        using var animation = Animate(source, sourceFace, size);
        return animation.Reenact(Framing.Cut(driving, drivingFace, size));
    }

    /// <summary>Prepares a source portrait for any number of driving pictures; the largest face is taken, or the middle if none is found.</summary>
    /// <param name="source">I_s: who is shown.</param>
    /// <param name="size">Side of the square results, see <see cref="Preset"/>; of the source a square around the face is cut and resized to it.</param>
    /// <returns>What draws the results; it must not outlive the reenactor.</returns>
    /// <exception cref="InputException">The preset does not take that size.</exception>
    public Animation Animate(Image source, int size)
    {
        ArgumentNullException.ThrowIfNull(source);
        Preset.FactorAt(size);
        return Animate(source, Largest(source), size);
    }

    /// <summary>Prepares a source portrait for any number of driving pictures.</summary>
    /// <param name="source">I_s: who is shown.</param>
    /// <param name="face">The face there; null takes the picture's middle.</param>
    /// <param name="size">Side of the square results, see <see cref="Preset"/>.</param>
    /// <param name="queue">
    /// Where to run: a <see cref="Device.Fork"/> of the reenactor's device, so that several threads animate at the same time and share
    /// its weights; null for the device itself.
    /// </param>
    /// <returns>What draws the results; it must not outlive the reenactor.</returns>
    /// <exception cref="InputException">The preset does not take that size.</exception>
    /// <exception cref="DeviceMismatchException">The queue is none of the reenactor's device.</exception>
    public Animation Animate(Image source, FoundFace? face, int size, Device? queue = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        Preset.FactorAt(size);
        var framed = Framing.Cut(source, face, size);
        var animation = Animate(size, queue);
        try
        {
            animation.Begin(framed);
            return animation;
        }
        catch
        {
            animation.Dispose();
            throw;
        }
    }

    private FoundFace? Largest(Image picture) => Finder?.Find(picture) is [var largest, ..] ? largest : null;

    /// <summary>An animation that has no source yet; see <see cref="Animation.Begin(Image)"/>.</summary>
    /// <param name="size">Side of the square results, see <see cref="Preset"/>.</param>
    /// <param name="queue">Where to run: a <see cref="Device.Fork"/> of the reenactor's device; null for the device itself.</param>
    /// <returns>What draws the results; it must not outlive the reenactor.</returns>
    /// <exception cref="InputException">The preset does not take that size.</exception>
    public Animation Animate(int size, Device? queue = null) => new(queue ?? _device, Model, Regressor, Generator, size);

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        Regressor.Dispose();
        Generator.Dispose();
        Finder?.Dispose();
    }
}

/// <summary>A reenactment with everything that the paper's figures show of it. Pictures are S×S, maps of the networks S/4 × S/4.</summary>
/// <param name="Image">Î_d, the result.</param>
/// <param name="Source">I_s as the networks saw it.</param>
/// <param name="Driving">I_d as the networks saw it.</param>
/// <param name="Warped">I_s' = warp(I_s, T*).</param>
/// <param name="SourceMesh">M_s: the graph's vertices in grid units.</param>
/// <param name="DrivingMesh">M_d, which wears the source's identity.</param>
/// <param name="Flow">T*, <c>(S, S, 2)</c> offsets in grid units.</param>
/// <param name="FlowMask">M, <c>(S/4, S/4)</c>.</param>
/// <param name="Occlusion">O, <c>(S/4, S/4)</c>; 0 is occluded.</param>
/// <param name="SourceHasFace">Whether a face seems to be in I_s: the regressor's look agrees with the finder or, where that found none, with its glance, and the face is large. Pictures without a face often fail this, not always.</param>
/// <param name="DrivingHasFace">The same of I_d.</param>
public sealed record ReenactmentResult(
    Image Image, Image Source, Image Driving, Image Warped, Vector3[] SourceMesh, Vector3[] DrivingMesh,
    float[] Flow, float[] FlowMask, float[] Occlusion, bool SourceHasFace, bool DrivingHasFace);
