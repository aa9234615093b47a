using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>How the reenactor is trained: the weights of the paper's losses and the stages.</summary>
/// <param name="Run">What every training needs.</param>
/// <param name="Preset">Sizes of the networks.</param>
/// <param name="RegressorPath">The trained regressor: it makes the meshes, and its features and coefficients the losses.</param>
public sealed record ReenactorOptions(TrainingOptions Run, Preset Preset, string RegressorPath)
{
    /// <summary>The folder in <see cref="TrainingOptions.Directory"/> where the frames of videos are kept.</summary>
    public const string VideoFramesDirectory = "video-frames";

    private const float LastingShare = 0.1f;

    /// <summary>Real clips to learn from; people rendered on the fly if there are none.</summary>
    public ClipFolder? Data { get; init; }

    /// <summary>The share of rendered people among the samples, when there are clips.</summary>
    public float RenderedShare { get; init; }

    /// <summary>λ_rec.</summary>
    public float Reconstruction { get; init; } = 10f;

    /// <summary>λ of the eyes and the inside of the mouth; see <see cref="Losses.Details"/>.</summary>
    public float Details { get; init; } = 2f;

    /// <summary>What is left out of the system; a loss that is left out weighs 0, whatever else is asked for.</summary>
    public Ablation Without { get; init; }

    /// <summary>λ_c.</summary>
    public float Coefficients { get => Unless(Ablation.Coefficients, field); init; } = 0.01f;

    /// <summary>λ_FM.</summary>
    public float FeatureMatching { get => Unless(Ablation.Adversarial, field); init; } = 10f;

    /// <summary>λ_adv.</summary>
    public float Adversarial { get => Unless(Ablation.Adversarial, field); init; } = 0.01f;

    /// <summary>λ of the gradient penalty.</summary>
    public float GradientPenalty { get; init; } = 10f;

    /// <summary>λ of the flow's loss at the start; it falls over <see cref="WarmUpSteps"/> to a tenth, and stays there.</summary>
    public float Flow { get => Unless(Ablation.FlowLoss, field); init; } = 50f;

    /// <summary>
    /// Steps of the flow warm-up, the first half on the true meshes of the rendered people; of real ones, on the meshes that
    /// the regressor sees, with their drawn motion for the true one. Later steps use the meshes that the regressor sees,
    /// as the finished system does.
    /// </summary>
    public int WarmUpSteps { get => Unless(Ablation.FlowLoss, field); init; } = 1500;

    /// <summary>The step at which the critic joins.</summary>
    public int AdversarialFrom { get; init; } = 3000;

    /// <summary>Whether there is a critic.</summary>
    internal bool HasCritic => Adversarial > 0f || FeatureMatching > 0f;

    /// <summary>λ of the flow's loss after so many steps.</summary>
    internal float FlowWeightAt(int step) => Flow * Math.Max(LastingShare, 1f - (step / Math.Max(1f, WarmUpSteps)));

    private T Unless<T>(Ablation part, T value)
        where T : struct => Without.HasFlag(part) ? default : value;
}
