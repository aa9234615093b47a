using Mimesh.Layers;
using Mimesh.Model.Faces;

namespace Mimesh.Model.Networks;

/// <summary>The motion net and the reenacting module, which train together: meshes and a source image to the reenacted image.</summary>
public sealed class Generator : Module
{
    /// <summary>Creates an untrained generator.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Its sizes.</param>
    /// <param name="model">The face whose graph's vertices the meshes hold, <see cref="Ablations.FaceOf"/> of what is left out.</param>
    /// <param name="without">What is left out.</param>
    public Generator(Initializer init, Preset preset, FaceModel model, Ablation without = Ablation.None)
        : this(init, preset, MeshHierarchy.Build(model, MotionNet.Levels), model.GraphTriangles, without)
    {
    }

    /// <summary>Creates an untrained generator for any mesh.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Its sizes.</param>
    /// <param name="hierarchy">The mesh and its <see cref="MotionNet.Levels"/> coarser levels.</param>
    /// <param name="triangles">Three vertex indices of the finest level a triangle, counter-clockwise as seen from outside.</param>
    /// <param name="without">What is left out.</param>
    internal Generator(Initializer init, Preset preset, IReadOnlyList<MeshLevel> hierarchy, int[] triangles, Ablation without = Ablation.None)
        : base(init)
    {
        ArgumentNullException.ThrowIfNull(preset);
        Preset = preset;
        Without = without;
        Mesh = MeshHierarchy.Fingerprint(hierarchy);
        Motion = Child("motion", new MotionNet(init, preset, hierarchy));
        Reenacting = Child("reenacting", new ReenactingModule(init, preset, without));
        Meshes = new MeshMotion(triangles);
    }

    /// <summary>Its sizes.</summary>
    public Preset Preset { get; }

    /// <summary>What is left out of it, and of its training.</summary>
    public Ablation Without { get; }

    /// <summary>The mesh it was built for; see <see cref="MeshHierarchy.Fingerprint"/>.</summary>
    public string Mesh { get; }

    /// <summary>Whether the driving mesh wears the source's identity; see <see cref="MeshRegression.Meshes"/>.</summary>
    internal bool Swaps => !Without.HasFlag(Ablation.Swap);

    internal MeshMotion Meshes { get; }

    internal MotionNet Motion { get; }

    internal ReenactingModule Reenacting { get; }

    /// <summary>Side of what <see cref="MeshMotion"/> draws for the networks, whatever the pictures' size.</summary>
    internal int DrawingSide => Preset.Size / 4;

    /// <summary>Reenacts a batch.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c> in [0, 1].</param>
    /// <param name="sourceMesh">M_s, <c>(N, V, 3)</c> in grid units.</param>
    /// <param name="drivingMesh">M_d, <c>(N, V, 3)</c>.</param>
    /// <returns>T* and what the reenacting module makes of it.</returns>
    public (Tensor Flow, Painting Painting) Forward(Tensor source, Tensor sourceMesh, Tensor drivingMesh)
    {
        ArgumentNullException.ThrowIfNull(source);
        var drawn = Meshes.Draw(sourceMesh, drivingMesh, DrawingSide);
        var flow = Motion.Forward(sourceMesh, drivingMesh, drawn, source.Shape[1]);
        return (flow, Paint(source, Reenacting.Encode(source), flow, drawn));
    }

    /// <summary>Paints what is known to move.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c>.</param>
    /// <param name="features">Their <see cref="ReenactingModule.Encode"/>.</param>
    /// <param name="flow">T*.</param>
    /// <param name="drawn">The <see cref="MeshMotion"/> of the two meshes.</param>
    internal Painting Paint(Tensor source, Tensor features, Tensor flow, Tensor drawn) =>
        Reenacting.Paint(source, features, flow, drawn.Slice(-1, 2, 2));
}
