namespace Mimesh.Training;

/// <summary>How well a finder finds faces in scenes that it was not trained on.</summary>
/// <param name="Scenes">Scenes measured.</param>
/// <param name="Size">Their side, pixels.</param>
/// <param name="Faces">Faces in them that are meant to be found.</param>
/// <param name="Precision">The part of what it found that is a face: an intersection over union of at least 0.5 with one.</param>
/// <param name="Recall">The part of the faces that it found.</param>
/// <param name="RollError">Mean absolute error of the head's tilt over the found faces, degrees.</param>
/// <param name="FalseAlarms">What it found that is no face, per scene.</param>
/// <param name="Bands">Recall by the face's size.</param>
public sealed record FinderReport(
    int Scenes, int Size, int Faces, double Precision, double Recall, double RollError, double FalseAlarms, IReadOnlyList<FinderBand> Bands);

/// <summary>Recall of faces of about one size.</summary>
/// <param name="LeastSide">The smallest side, pixels.</param>
/// <param name="MostSide">The largest side.</param>
/// <param name="Faces">How many there are.</param>
/// <param name="Recall">The part that was found.</param>
/// <param name="RollError">Mean absolute error of the tilt of those, degrees.</param>
public sealed record FinderBand(double LeastSide, double MostSide, int Faces, double Recall, double RollError);
