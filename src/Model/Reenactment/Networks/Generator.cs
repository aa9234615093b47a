using Mimesh.Faces;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>The motion net and the reenacting module, which train together: meshes and a source image to the reenacted image.</summary>
public sealed class Generator : Module
{
    /// <summary>Creates an untrained generator.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Its sizes.</param>
    /// <param name="model">The face whose graph's vertices the meshes hold, <see cref="Ablations.FaceOf"/> of what is left out.</param>
    /// <param name="without">What is left out.</param>
    public Generator(Initializer init, Preset preset, FaceModel model, Ablation without = Ablation.None)
        : this(init, preset, MeshHierarchy.Build(model, MotionNet.Levels), model, without)
    {
    }

    /// <summary>Creates an untrained generator whose mesh levels are known.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Its sizes.</param>
    /// <param name="hierarchy">The graph and its <see cref="MotionNet.Levels"/> coarser levels.</param>
    /// <param name="model">The face that is drawn.</param>
    /// <param name="without">What is left out.</param>
    internal Generator(Initializer init, Preset preset, IReadOnlyList<MeshLevel> hierarchy, FaceModel model, Ablation without = Ablation.None)
        : base(init)
    {
        ArgumentNullException.ThrowIfNull(preset);
        Preset = preset;
        Without = without;
        Mesh = MeshHierarchy.Fingerprint(hierarchy);
        Motion = Child("motion", new MotionNet(init, preset, hierarchy));
        Reenacting = Child("reenacting", new ReenactingModule(init, preset, without));
        Meshes = new MeshMotion(model, without);
    }

    /// <summary>Its sizes.</summary>
    public Preset Preset { get; }

    /// <summary>What is left out of it, and of its training.</summary>
    public Ablation Without { get; }

    /// <summary>The mesh it was built for; see <see cref="MeshHierarchy.Fingerprint"/>.</summary>
    public string Mesh { get; }

    /// <summary>Whether the driving mesh wears the source's identity; see <see cref="MeshRegression.Meshes"/>.</summary>
    public bool Swaps => !Without.HasFlag(Ablation.Swap);

    internal MeshMotion Meshes { get; }

    /// <inheritdoc/>
    public MotionNet Motion { get; }

    /// <inheritdoc/>
    public ReenactingModule Reenacting { get; }

    /// <summary>Reenacts a batch.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c> in [0, 1].</param>
    /// <param name="sourceMesh">M_s, all vertices of the face model, <c>(N, V, 3)</c> in grid units.</param>
    /// <param name="drivingMesh">M_d, <c>(N, V, 3)</c>.</param>
    /// <returns>T* and what the reenacting module makes of it.</returns>
    public (Tensor Flow, Painting Painting) Forward(Tensor source, Tensor sourceMesh, Tensor drivingMesh)
    {
        ArgumentNullException.ThrowIfNull(source);
        var drawn = Meshes.Draw(sourceMesh, drivingMesh, source.Shape[1]);
        var flow = Move(sourceMesh, drivingMesh, drawn);
        return (flow, Paint(source, Encode(source), flow, drawn));
    }

    /// <summary>T*, at a quarter of what the networks see; see <see cref="MotionNet.Forward"/>.</summary>
    internal Tensor Move(Tensor sourceMesh, Tensor drivingMesh, Tensor drawn) => Motion.Forward(sourceMesh, drivingMesh, Seen(drawn));

    /// <summary>What the source alone gives.</summary>
    internal Tensor Encode(Tensor source) => Reenacting.Encode(Seen(source));

    /// <summary>Paints what is known to move.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c>, of any size that the preset takes.</param>
    /// <param name="features">Their <see cref="Encode"/>.</param>
    /// <param name="flow">T*.</param>
    /// <param name="drawn">The <see cref="MeshMotion"/> of the two meshes, <c>(N, S, S, Channels)</c>.</param>
    internal Painting Paint(Tensor source, Tensor features, Tensor flow, Tensor drawn)
    {
        var painting = Reenacting.Paint(Seen(source), features, flow, Seen(drawn));
        int factor = Preset.FactorAt(source.Shape[1]);
        return factor == 1 ? painting : ReenactingModule.Enlarge(painting, source, flow, drawn, factor);
    }

    // Pictures and drawings as the networks see them.
    private Tensor Seen(Tensor picture) =>
        Preset.FactorAt(picture.Shape[1]) is > 1 and var factor ? picture.AveragePool(factor) : picture;
}
