using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>The paper's losses, each a scalar.</summary>
public static class Losses
{
    private const int PyramidLevels = 4;
    private const float StillShare = 0.05f;

    /// <summary>
    /// L_rec: <c>Σ_p mean|Î_p − I_p| + Σ_i mean|F_i(Î) − F_i(I)|/mean|F_i(I)|</c>: an L1 pyramid of pictures, and relative
    /// distances of the frozen regressor's features, which stand in for VGG-19's when no such weights are given.
    /// </summary>
    /// <param name="painted">Î_d, <c>(N, S, S, 3)</c>.</param>
    /// <param name="truth">I_d, of the same shape.</param>
    /// <param name="paintedFeatures">F(Î_d).</param>
    /// <param name="truthFeatures">F(I_d), constants.</param>
    public static Tensor Reconstruction(
        Tensor painted, Tensor truth, IReadOnlyList<Tensor> paintedFeatures, IReadOnlyList<Tensor> truthFeatures)
    {
        var loss = L1(painted, truth);
        for (int level = 1; level < PyramidLevels; level++)
        {
            painted = painted.AveragePool();
            truth = truth.AveragePool();
            loss = loss.Add(L1(painted, truth));
        }

        foreach (var (f, target) in paintedFeatures.Zip(truthFeatures))
        {
            loss = loss.Add(L1(f, target).Div(target.Abs().Mean().Add(1e-6f)).Mul(0.1f));
        }

        return loss;
    }

    /// <summary>
    /// L_details (ours, not the paper's): <c>Σ_p w_p·|Î_p − I_p| / (3·Σ_p w_p + 1)</c>, the mean distance in what everybody looks at and
    /// hardly a pixel shows: eyes and open mouths, a thousandth of a picture. Without it L_rec leaves teeth the colour that the frozen
    /// regressor likes best.
    /// </summary>
    /// <param name="painted">Î_d, <c>(N, S, S, 3)</c>.</param>
    /// <param name="truth">I_d, of the same shape.</param>
    /// <param name="weights">w, <c>(N, S, S, 1)</c>.</param>
    public static Tensor Details(Tensor painted, Tensor truth, Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(painted);
        ArgumentNullException.ThrowIfNull(weights);
        return painted.Sub(truth).Abs().Mul(weights).Sum().Div(weights.Sum().Mul(3f).Add(1f));
    }

    /// <summary>
    /// L_c: <c>‖id(I_s) − id(Î_d)‖₁ + ‖exp(I_d) − exp(Î_d)‖₁ + ‖pose(I_d) − pose(Î_d)‖₁</c>, the mean over the batch, through the
    /// frozen regressor.
    /// </summary>
    /// <param name="painted">Regression of Î_d.</param>
    /// <param name="source">Regression of I_s, a constant.</param>
    /// <param name="driving">Regression of I_d, a constant.</param>
    public static Tensor Coefficients(Regression painted, Regression source, Regression driving)
    {
        ArgumentNullException.ThrowIfNull(painted);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(driving);
        int n = painted.Identity.Shape[0];
        return painted.Identity.Sub(source.Identity).Abs().Sum()
            .Add(painted.Expression.Sub(driving.Expression).Abs().Sum())
            .Add(painted.Camera.Sub(driving.Camera).Abs().Sum())
            .Mul(1f / n);
    }

    /// <summary>L_FM: <c>Σ_i (1/N_i)·‖D^i(I_d) − D^i(Î_d)‖₁</c> over the critic's layers.</summary>
    /// <param name="real">D^i(I_d), constants.</param>
    /// <param name="painted">D^i(Î_d).</param>
    public static Tensor FeatureMatching(IReadOnlyList<Tensor> real, IReadOnlyList<Tensor> painted) =>
        real.Zip(painted, L1).Aggregate((a, b) => a.Add(b));

    /// <summary>
    /// The penalty of WGAN-GP: <c>E[(‖∇_x̂ D(x̂)‖₂ − 1)²]</c> at random points x̂ on the lines between real and painted images
    /// (Gulrajani et al. 2017). It is recorded, so its gradient in the critic's parameters is a second-order one.
    /// </summary>
    /// <param name="critic">D.</param>
    /// <param name="real">I_d, <c>(N, S, S, 3)</c>.</param>
    /// <param name="painted">Î_d, of the same shape.</param>
    /// <param name="weight">Where on each line, <c>(N, 1, 1, 1)</c> in [0, 1].</param>
    public static Tensor GradientPenalty(Critic critic, Tensor real, Tensor painted, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(critic);
        ArgumentNullException.ThrowIfNull(real);
        var mix = Ops.Lerp(real.Detach(), painted.Detach(), weight).Differentiable(); // (N, S, S, 3)
        var gradient = Differentiation.Grad(critic.Forward(mix).Score.Sum(), [mix], createGraph: true)[0];
        return gradient.Reshape(real.Shape[0], -1).L2Norm(1).Add(-1f).Square().Mean();
    }

    /// <summary>
    /// The flow's loss (ours, not the paper's): <c>Σ m·|T* − F|/Σ m + Σ k·|T − F|/Σ k</c>, mean distances to a sparse target F. On
    /// what moves, m, it teaches T*; on all that is known, k, the masked flow T, so that M learns what stands still. T* learns
    /// that a little too, since nothing else would hold it there. It leads the training at first, and keeps flow and mask from
    /// drifting where pictures do not decide them.
    /// </summary>
    /// <param name="flow">T*, <c>(N, h, w, 2)</c>.</param>
    /// <param name="masked">T = M ⊙ T*, of the same shape.</param>
    /// <param name="target">F, the projected displacement of the surface, of the same shape.</param>
    /// <param name="known">How much of each cell is known to move and to stand still, <c>(N, h, w, 2)</c>.</param>
    public static Tensor Flow(Tensor flow, Tensor masked, Tensor target, Tensor known)
    {
        ArgumentNullException.ThrowIfNull(known);
        Tensor moving = known.Slice(-1, 0, 1), still = known.Slice(-1, 1, 1);
        return Distance(flow, moving.Add(still.Mul(StillShare))).Add(Distance(masked, moving.Add(still)));

        Tensor Distance(Tensor f, Tensor where) => f.Sub(target).Abs().Mul(where).Sum().Div(where.Sum().Add(1e-6f));
    }

    private static Tensor L1(Tensor a, Tensor b) => a.Sub(b).Abs().Mean();
}
