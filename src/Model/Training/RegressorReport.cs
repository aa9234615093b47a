namespace Mimesh.Training;

/// <summary>How well a regressor sees people that it was not trained on. Angles are degrees, lengths millimetres.</summary>
/// <param name="People">Pictures measured, each of another person.</param>
/// <param name="Size">Side of the pictures.</param>
/// <param name="Found">
/// The part of wide pictures (the head anywhere, down to a sixth of the height) in which the glance finds it near enough to look.
/// </param>
/// <param name="Pose">Mean absolute errors of the head's angles.</param>
/// <param name="Mesh">Vertex errors over all of the mesh that the networks see: the whole head with its eyes.</param>
/// <param name="Face">Vertex errors over the face alone: what lies within 95 mm of the tip of the mean face's nose.</param>
/// <param name="Expression">Errors of the expression weights.</param>
public sealed record RegressorReport(
    int People, int Size, double Found, PoseErrors Pose, VertexErrors Mesh, VertexErrors Face, ExpressionErrors Expression);

/// <summary>Mean absolute errors of the head's angles, degrees.</summary>
/// <param name="Yaw">About the vertical axis.</param>
/// <param name="Pitch">Nodding.</param>
/// <param name="Roll">In the picture's plane.</param>
public sealed record PoseErrors(double Yaw, double Pitch, double Roll);

/// <summary>
/// Mean distances between true and regressed vertices, millimetres, in the head's own frame: the pose takes no part. The camera is
/// weak-perspective, so that a large head far away and a small one nearby make the same picture: how large a head is cannot be
/// seen, and only guessed from its shape. An aligned error does not count that, nor a shift or turn: it is taken after
/// the similarity (scale, rotation, translation) that brings the regressed vertices nearest to the true ones.
/// </summary>
/// <param name="Total">With identity and expression as regressed.</param>
/// <param name="Aligned"><see cref="Total"/> after alignment.</param>
/// <param name="Identity">Of the faces at rest: identity as regressed, no expression on either side.</param>
/// <param name="IdentityAligned"><see cref="Identity"/> after alignment.</param>
/// <param name="Expression">With the true identity and the expression as regressed.</param>
/// <param name="AverageFace">Of a guess that looks at nothing: the mean face, with the mean expression of the people measured.</param>
/// <param name="AverageFaceAligned"><see cref="AverageFace"/> after alignment.</param>
public sealed record VertexErrors(
    double Total, double Aligned, double Identity, double IdentityAligned, double Expression,
    double AverageFace, double AverageFaceAligned);

/// <summary>Errors of the expression weights, which are in [0, 1].</summary>
/// <param name="MeanAbsoluteError">Mean over people and shapes.</param>
/// <param name="Explained">R² = 1 − Σ(seen − true)²/Σ(true − mean)², both sums over people and shapes.</param>
/// <param name="Shapes">The same for each shape, best explained first.</param>
public sealed record ExpressionErrors(double MeanAbsoluteError, double Explained, IReadOnlyList<ShapeErrors> Shapes);

/// <summary>Errors of one expression's weights.</summary>
/// <param name="Name">ARKit's name.</param>
/// <param name="MeanAbsoluteError">Mean over people.</param>
/// <param name="Explained">R² over people; 0 is what always saying the mean would reach. Null if nobody's weight differs.</param>
/// <param name="Deviation">Standard deviation of the true weights: how much there was to see.</param>
public sealed record ShapeErrors(string Name, double MeanAbsoluteError, double? Explained, double Deviation);
