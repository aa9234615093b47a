using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Faces;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// Where coefficients put points of the face in the picture, differentiably: <c>P·(mean + Σ cₖ·basisₖ)</c>, with the lids' and
/// eyeballs' small corrections left out.
/// </summary>
internal sealed class ProjectedFace : IDisposable
{
    // Every eighth vertex of the graph: neighbours move alike. Lids, lips and irises are small and count whole, as they do for people.
    private const int Step = 8;
    private static readonly Region[] s_whole = [Region.LidRims, Region.UpperLids, Region.UpperLip, Region.LowerLip];

    private readonly Tensor _mean, _basis;

    /// <summary>Points of a face model.</summary>
    /// <param name="device">Where.</param>
    /// <param name="model">The face.</param>
    public ProjectedFace(Device device, FaceModel model)
        : this(device, Points(model.Mean, model), [.. model.Identity.Concat(model.Expression).SelectMany(mode => Points(mode, model))])
    {
    }

    /// <summary>Any points.</summary>
    /// <param name="device">Where.</param>
    /// <param name="mean">M points, x, y and z of each.</param>
    /// <param name="basis">As much for each coefficient, identities first.</param>
    public ProjectedFace(Device device, float[] mean, float[] basis)
    {
        _mean = Tensor.Parameter(device, [1, mean.Length], mean);
        _basis = Tensor.Parameter(device, [basis.Length / mean.Length, mean.Length], basis);
    }

    /// <summary>The points in the camera's grid, <c>(N, M, 2)</c>.</summary>
    /// <param name="identity"><c>(N, identities)</c>.</param>
    /// <param name="expression"><c>(N, expressions)</c>.</param>
    /// <param name="camera"><c>(N, 12)</c>, see <see cref="Regressor.NormalizeCamera"/>.</param>
    public Tensor Project(Tensor identity, Tensor expression, Tensor camera)
    {
        int n = identity.Shape[0];
        var x = Ops.Concat(-1, identity, expression).MatMul(_basis.Detach()).Add(_mean.Detach()).Reshape(n, -1, 3); // (N, M, 3)
        var p = Regressor.Denormalize(camera).Reshape(n, 3, 4).Slice(1, 0, 2); // (N, 2, 4)
        return x.MatMul(p.Slice(-1, 0, 3), transposeB: true).Add(p.Slice(-1, 3, 1).Reshape(n, 1, 2));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean.Dispose();
        _basis.Dispose();
    }

    private static float[] Points(Vector3[] all, FaceModel model) => MemoryMarshal.Cast<Vector3, float>(
        Enumerable.Range(0, model.GraphVertexCount).Where(i => i % Step == 0 || IsWhole(model, i)).Select(i => all[i]).ToArray()).ToArray();

    private static bool IsWhole(FaceModel model, int vertex) => model.Regions is { } regions
        && (s_whole.Any(r => regions[r][vertex] > 0.5f) || regions.EyeAngles[vertex] is > 0f and <= FaceRegions.IrisEdge);
}
