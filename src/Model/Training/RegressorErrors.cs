using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>Mean squared errors of a regressor on a batch, each a scalar.</summary>
/// <param name="Glance">Of the glances' cameras, at the picture and at a wide one.</param>
/// <param name="Identity">Of the identity coefficients.</param>
/// <param name="Expression">Of the expression weights.</param>
/// <param name="Camera">Of the look's camera.</param>
/// <param name="Projected">Of where the points of the face lie in the crop, in its half sides.</param>
/// <param name="Vertices">Mean over vertices of the squared displacement that the coefficients' errors make, mm².</param>
internal sealed record RegressorErrors(Tensor Glance, Tensor Identity, Tensor Expression, Tensor Camera, Tensor Projected, Tensor Vertices)
{
    // Much of a stranger's identity cannot be seen at 128², and the noise of guessing at it must not drown the rest: an
    // expression moves fewer vertices than an identity does, but is what the picture shows.
    private const float IdentityWeight = 0.2f;
    private const float ExpressionWeight = 100f;
    private const float CameraWeight = 200f;

    // A large face far away and a small one nearby look the same, and what the networks see of either is where it lies in the
    // picture: size and scale, each a guess, must agree.
    private const float ProjectedWeight = 500f;
    private const float VertexWeight = 0.02f;

    /// <summary>The loss that the regressor is trained with: the weighted sum.</summary>
    public Tensor Total => Identity.Mul(IdentityWeight).Add(Expression.Mul(ExpressionWeight)).Add(Vertices.Mul(VertexWeight))
        .Add(Projected.Mul(ProjectedWeight)).Add(Camera.Add(Glance).Mul(CameraWeight));

    /// <summary>The errors on a batch.</summary>
    /// <param name="regressor">The network.</param>
    /// <param name="batch">Pictures and truth.</param>
    /// <param name="metric">
    /// G <c>(K, K)</c> over identities and expressions, with ΔᵀGΔ the mean squared displacement of the vertices.
    /// </param>
    /// <param name="face">Its points, in the picture.</param>
    public static RegressorErrors Of(Regressor regressor, PortraitBatch batch, Tensor metric, ProjectedFace face)
    {
        var glance = Ops.Concat(
            0, regressor.Glance(batch.Images).Sub(batch.PictureCamera), regressor.Glance(batch.Wide).Sub(batch.WideCamera));
        var seen = regressor.Look(batch.Images, batch.Crops);
        var identity = seen.Identity.Sub(batch.Identity);
        var expression = seen.Expression.Sub(batch.Expression);
        var camera = seen.Camera.Sub(batch.CropCamera);
        var both = Ops.Concat(-1, identity, expression); // (N, K)
        var vertices = both.MatMul(metric).Mul(both).Sum().Mul(1f / both.Shape[0]);
        var projected = face.Project(seen.Identity, seen.Expression, seen.Camera)
            .Sub(face.Project(batch.Identity, batch.Expression, batch.CropCamera)); // (N, M, 2)
        return new RegressorErrors(
            glance.Square().Mean(), identity.Square().Mean(), expression.Square().Mean(), camera.Square().Mean(),
            projected.Square().Mean(), vertices);
    }
}
