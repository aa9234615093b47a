namespace Mimesh.Faces;

/// <summary>A patch of skin that is painted its own way.</summary>
public enum Region
{
    /// <summary>Red of the upper lip, with its inner side.</summary>
    UpperLip,

    /// <summary>Red of the lower lip, with its inner side.</summary>
    LowerLip,

    /// <summary>Eyebrows.</summary>
    Brows,

    /// <summary>Edges of the lids, where lashes grow and the skin is wet.</summary>
    LidRims,

    /// <summary>Upper lids, from the rim to the socket's edge.</summary>
    UpperLids,

    /// <summary>Below the eye: tear trough and bags.</summary>
    UnderEye,

    /// <summary>Where hair of the head grows: behind the hairline, temples included.</summary>
    Scalp,

    /// <summary>Forehead below the hairline.</summary>
    Forehead,

    /// <summary>Between the brows.</summary>
    Glabella,

    /// <summary>Apples of the cheeks.</summary>
    Cheeks,

    /// <summary>The whole nose.</summary>
    Nose,

    /// <summary>Tip and wings of the nose.</summary>
    NoseTip,

    /// <summary>The hollows of the nostrils.</summary>
    Nostrils,

    /// <summary>Upper lip above its red.</summary>
    Moustache,

    /// <summary>Chin, jaw and lower cheek, where a full beard grows.</summary>
    Beard,

    /// <summary>Chin.</summary>
    Chin,

    /// <summary>Folds from the nose's wings to the mouth's corners.</summary>
    NasolabialFolds,

    /// <summary>Outer corners of the eyes.</summary>
    CrowsFeet,

    /// <summary>Ears.</summary>
    Ears,

    /// <summary>Neck below the jaw.</summary>
    Neck,
}

/// <summary>
/// Where regions lie on a model's skin: soft weights in [0, 1] a vertex, 0 off the skin. The contour at 0.5 is the region's
/// natural edge, so a painter may sharpen with a threshold there.
/// </summary>
public sealed class FaceRegions
{
    private readonly float[][] _weights;

    internal FaceRegions(float[][] weights, float[] eyeAngles, ToothPlace[] teeth) =>
        (_weights, EyeAngles, Teeth) = (weights, eyeAngles, teeth);

    /// <summary>
    /// The greatest of <see cref="EyeAngles"/> on the iris, radians: a ring of the eyeball lies there, so a triangle is of the iris if
    /// none of its vertices has a larger angle, and of the sclera otherwise.
    /// </summary>
    public const float IrisEdge = 29.01f * MathF.PI / 180;

    /// <summary>The weights of a region, one a vertex, (V).</summary>
    public float[] this[Region region] => _weights[(int)region];

    /// <summary>
    /// Angle from the optical axis of each vertex of an eyeball, radians, (V); 0 elsewhere. On the mean eye the pupil ends at
    /// about 0.17 and the iris at 0.51.
    /// </summary>
    public float[] EyeAngles { get; }

    /// <summary>The place of each vertex on its tooth, (V).</summary>
    public ToothPlace[] Teeth { get; }
}
