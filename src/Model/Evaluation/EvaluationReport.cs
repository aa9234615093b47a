using Mimesh.Imaging;
using Mimesh.People;
using Mimesh.Training;

namespace Mimesh.Evaluation;

/// <summary>Means over pairs of pictures; null where no pair has what is compared with.</summary>
/// <param name="Psnr">See <see cref="PictureQuality.Psnr"/>, dB, against the true answer.</param>
/// <param name="Ssim">See <see cref="PictureQuality.Ssim"/>, against the true answer.</param>
/// <param name="Csim"><see cref="EmbeddingNet.Cosine"/> of the embeddings of the picture and of the source.</param>
/// <param name="Prmse"><see cref="Metrics.PoseError"/> between the poses that the regressor reads in the picture and in the driving picture, degrees.</param>
/// <param name="Aucon"><see cref="Metrics.ActionUnitAgreement"/> between the expressions that the regressor reads in the picture and in the driving picture.</param>
/// <param name="PrmseTrue"><see cref="Metrics.PoseError"/> between the pose that the regressor reads in the picture and the true driving pose, degrees.</param>
public sealed record Scores(double? Psnr, double? Ssim, double? Csim, double? Prmse, double? Aucon, double? PrmseTrue);

/// <summary>A protocol's scores of what one system gives.</summary>
/// <param name="Model">Î_d.</param>
/// <param name="FlowOnly">I_s' = warp(I_s, T*).</param>
public record SystemScores(Scores Model, Scores FlowOnly);

/// <summary>A protocol's scores: of the first system, and of what every system is compared with.</summary>
/// <param name="Count">Pairs.</param>
/// <param name="Model">Î_d.</param>
/// <param name="FlowOnly">I_s' = warp(I_s, T*).</param>
/// <param name="CopySource">I_s as it is.</param>
/// <param name="TrueFlow">The source warped by the true motion (<see cref="FlowTruth.Warp"/>); null where it is not known.</param>
/// <param name="TrueFlowHiddenGiven">
/// The same, with hidden pixels filled from the ground truth: the upper bound for warping alone.
/// </param>
/// <param name="TrueAnswer">The true answer itself: what the judges say of a perfect result.</param>
public sealed record ProtocolScores(
    int Count, Scores Model, Scores FlowOnly, Scores CopySource, Scores? TrueFlow, Scores? TrueFlowHiddenGiven, Scores? TrueAnswer)
    : SystemScores(Model, FlowOnly);

/// <summary>Which weights a system has.</summary>
/// <param name="Name">The name of their directory.</param>
/// <param name="Regressor">SHA-256 of the regressor's file.</param>
/// <param name="Reenactor">SHA-256 of the reenactor's file.</param>
public sealed record SystemWeights(string Name, string Regressor, string Reenactor);

/// <summary>Who judged identity.</summary>
/// <param name="Name">The model's file name.</param>
/// <param name="Checksum">Its SHA-256.</param>
public sealed record CsimModel(string Name, string Checksum);

/// <summary>The scores of a further system on the same pairs.</summary>
/// <param name="Weights">Its weights.</param>
/// <param name="Self">One person.</param>
/// <param name="Cross">Two people.</param>
public sealed record FurtherSystem(SystemWeights Weights, SystemScores? Self, SystemScores? Cross);

/// <summary>What <see cref="Evaluator.Run"/> measures.</summary>
/// <param name="PairList">The name of the list of pairs.</param>
/// <param name="Size">Side of the pictures.</param>
/// <param name="Weights">The first system's weights; its regressor is the judge of poses and expressions.</param>
/// <param name="CsimModel">The judge of identities.</param>
/// <param name="Self">The driving picture shows the same person and is itself the truth; null if the list has no such pair.</param>
/// <param name="Cross">It shows another person; the truth is the source person doing the same. Null if the list has no such pair.</param>
/// <param name="Others">The scores of further systems.</param>
public sealed record EvaluationReport(
    string PairList, int Size, SystemWeights Weights, CsimModel CsimModel, ProtocolScores? Self, ProtocolScores? Cross,
    IReadOnlyList<FurtherSystem> Others);
