using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Faces;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>From coefficients to the two meshes of the paper's figure 2.</summary>
public static class MeshRegression
{
    /// <summary>
    /// <c>M_s = mesh(id_s, exp_s, pose_s)</c> and <c>M_d = mesh(id_s, exp_d, pose_d)</c>: the driving mesh wears the source's identity,
    /// so the driving face's shape never enters; unless the swap is left out. Each is <c>(N, V, 3)</c>, projected.
    /// </summary>
    public static (Tensor Source, Tensor Driving) Meshes(FaceModel model, Regression source, Regression driving, bool swap = true)
    {
        float[] identity = source.Identity.ToArray();
        return (Project(model, identity, source), Project(model, swap ? identity : driving.Identity.ToArray(), driving));
    }

    /// <summary>Projected vertices, (V, 3), of a face.</summary>
    public static float[] Project(FaceModel model, ReadOnlySpan<float> identity, ReadOnlySpan<float> expression, ReadOnlySpan<float> camera)
    {
        float[] mesh = new float[3 * model.VertexCount];
        var vertices = MemoryMarshal.Cast<float, Vector3>(mesh.AsSpan());
        model.Shape(identity, expression, vertices);
        FaceModel.Project(vertices, camera, vertices);
        return mesh;
    }

    private static Tensor Project(FaceModel model, float[] identity, Regression face)
    {
        int n = face.Camera.Shape[0], identities = model.Identity.Length, expressions = model.Expression.Length;
        float[] expression = face.Expression.ToArray(), cameras = face.PictureCameras();
        float[][] meshes = new float[n][];
        Parallel.For(0, n, i => meshes[i] = Project(
            model,
            identity.AsSpan(i * identities, identities),
            expression.AsSpan(i * expressions, expressions),
            cameras.AsSpan(i * Pose.MatrixLength, Pose.MatrixLength)));
        return Batch.Upload(face.Camera.Device, [n, model.VertexCount, 3], meshes, m => m);
    }
}
