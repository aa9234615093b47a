using Mimesh.Layers;
using Mimesh.Model.Faces;

namespace Mimesh.Model.Networks;

/// <summary>The motion net and the reenacting module, which train together: meshes and a source image to the reenacted image.</summary>
public sealed class Generator : Module
{
    private readonly MotionNet _motion;
    private readonly ReenactingModule _reenacting;
    private readonly MeshMotion _meshes;

    /// <summary>Creates an untrained generator.</summary>
    /// <param name="init">First values.</param>
    /// <param name="preset">Its sizes.</param>
    /// <param name="model">The face whose graph's vertices the meshes hold.</param>
    public Generator(Initializer init, Preset preset, FaceModel model)
        : base(init)
    {
        ArgumentNullException.ThrowIfNull(preset);
        ArgumentNullException.ThrowIfNull(model);
        var hierarchy = MeshHierarchy.Build(model, MotionNet.Levels);
        Preset = preset;
        Mesh = MeshHierarchy.Fingerprint(hierarchy);
        _motion = Child("motion", new MotionNet(init, preset, hierarchy));
        _reenacting = Child("reenacting", new ReenactingModule(init, preset));
        _meshes = new MeshMotion(model.GraphTriangles);
    }

    /// <summary>Its sizes.</summary>
    public Preset Preset { get; }

    /// <summary>The mesh it was built for; see <see cref="MeshHierarchy.Fingerprint"/>.</summary>
    public string Mesh { get; }

    /// <summary>Reenacts a batch.</summary>
    /// <param name="source">Source images <c>(N, S, S, 3)</c> in [0, 1].</param>
    /// <param name="sourceMesh">M_s, <c>(N, V, 3)</c> in grid units.</param>
    /// <param name="drivingMesh">M_d, <c>(N, V, 3)</c>.</param>
    /// <returns>T* and what the reenacting module makes of it.</returns>
    public (Tensor Flow, Painting Painting) Forward(Tensor source, Tensor sourceMesh, Tensor drivingMesh)
    {
        ArgumentNullException.ThrowIfNull(source);
        var drawn = _meshes.Draw(sourceMesh, drivingMesh, Preset.Size / 4);
        var flow = _motion.Forward(sourceMesh, drivingMesh, drawn, source.Shape[1]);
        return (flow, _reenacting.Forward(source, flow, drawn.Slice(-1, 2, 2)));
    }
}
