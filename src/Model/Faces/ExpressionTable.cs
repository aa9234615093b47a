using static Mimesh.Model.Faces.Brush;

namespace Mimesh.Model.Faces;

/// <summary>
/// The part of the expressions that soft strokes describe. One-sided expressions are written for the left side, where x is
/// positive; jaw, lids, gaze and tongue have their own geometry in <see cref="ExpressionShapes"/>.
/// </summary>
internal static class ExpressionTable
{
    /// <summary>Strokes of one expression.</summary>
    /// <param name="Name">ARKit's name, without <c>Left</c> for a one-sided one.</param>
    /// <param name="Peak">Largest displacement of the skin at weight 1, millimetres.</param>
    /// <param name="Brushes">The strokes; those off the midline are mirrored in a two-sided expression.</param>
    public sealed record Strokes(string Name, float Peak, params Brush[] Brushes);

    /// <summary>The 52 ARKit names, in ARKit's order.</summary>
    public static readonly string[] Names =
    [
        "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft", "eyeWideLeft",
        "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight",
        "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight",
        "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight",
        "mouthStretchLeft", "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
        "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight",
        "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
        "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
    ];

    public static readonly Strokes[] OneSided =
    [
        new("mouthSmile", 15.8f,
            Push3(26, -53, 87, 19, 17, 22, 6.5f, 7, -5.5f), Push3(42, -24, 68, 18, 16, 20, 0.8f, 4, 3),
            Push3(34, -42, 80, 13, 14, 16, 1.6f, 3, 0.8f), Push3(12, -49, 97, 13, 9, 14, 0.8f, 1.6f, -1.5f),
            Push3(14, -59, 96, 13, 9, 14, 0.8f, 2, -1.8f)),
        new("mouthFrown", 9.5f,
            Push3(25, -54, 87, 14, 13, 18, 0.8f, -8, -0.6f), Push3(18, -72, 90, 15, 13, 16, 0, -2.2f, 0.6f),
            Push3(12, -57, 97, 9, 8, 12, 0, -1.2f, 0, Lip.Lower)),
        new("mouthDimple", 6.5f, Push3(26, -54, 86, 12, 11, 15, 4, 0.8f, -5), Push3(14, -54, 96, 9, 10, 12, 1.4f, 0, -0.8f)),
        new("mouthStretch", 10, Push3(26, -55, 86, 16, 16, 19, 8, -4, -4.5f), Push3(40, -78, 65, 20, 18, 25, 2, -2.5f, 0), Push3(13, -57, 96, 10, 10, 14, 2.6f, -1.2f, -1)),
        new("mouthPress", 3.5f, Push3(13, -50.5f, 98, 12, 4.5f, 12, 0.4f, -1.6f, -1.6f, Lip.Upper), Push3(13, -58.5f, 98, 12, 5, 12, 0.4f, 2.2f, -1.6f, Lip.Lower), Push3(25, -54, 87, 8, 8, 10, 1, 0, -1.5f)),
        new("mouthLowerDown", 9, Push3(9, -58, 97, 14, 12, 16, 0.8f, -8, -0.6f, Lip.Lower), Push3(14, -74, 92, 16, 14, 16, 0, -2, 0.4f)),
        new("mouthUpperUp", 8, Push3(9, -50, 97, 13, 10, 15, 0.4f, 7, 0.4f, Lip.Upper), Push3(21, -36, 90, 10, 13, 14, 0.8f, 2.8f, 1.4f)),
        new("browDown", 6.5f, Push3(15, 29, 91, 15, 11, 15, -2, -6, 0.8f), Push3(38, 32, 79, 17, 11, 17, -0.8f, -3.4f, 0.4f), Push3(14, 46, 92, 20, 16, 20, -0.6f, -1.6f, 0)),
        new("browOuterUp", 7, Push3(39, 33, 79, 17, 13, 20, 0.4f, 6.6f, -0.6f), Push3(40, 52, 78, 20, 17, 24, 0, 2.4f, 0)),
        new("cheekSquint", 6, Push3(38, -7, 74, 17, 11, 17, 0.3f, 5.6f, 1.6f), Push3(52, 8, 60, 11, 12, 15, -0.3f, 1.6f, 0.6f)),
        new("noseSneer", 10.3f,
            Push3(15, -25, 97, 9, 9, 13, 1.4f, 7.5f, -1.2f), Push3(12, -6, 91, 9, 12, 13, 0, 3.6f, 1), Push3(14, -43, 97, 11, 9, 14, 0.6f, 5, 0.2f, Lip.Upper),
            Push3(9, 26, 91, 8, 10, 12, -0.8f, -2.4f, 0.8f), Push3(24, -28, 88, 10, 12, 13, 0.6f, 3, 1.6f)),
    ];

    public static readonly Strokes[] TwoSided =
    [
        new("mouthFunnel", 11.7f,
            Push3(0, -49.5f, 99, 17, 8, 15, 0, 3.6f, 8, Lip.Upper), Push3(0, -59.5f, 99, 17, 9, 15, 0, -5, 7.5f, Lip.Lower),
            Push3(25, -54, 87, 12, 13, 16, -8.5f, 0, 5.5f)),
        new("mouthPucker", 12.4f,
            Push3(25, -54, 87, 12, 12, 16, -10.5f, 0, 5), Push3(0, -53, 98, 17, 13, 16, 0, 0, 5.5f),
            Push3(12, -48.5f, 98, 9, 6, 12, -3, -1, 1.5f, Lip.Upper), Push3(12, -60, 97, 9, 6, 12, -3, 1, 1.5f, Lip.Lower)),
        new("mouthRollLower", 14.2f, Push3(0, -58.5f, 99, 20, 6.5f, 14, 0, 7, -9, Lip.Lower), Push3(0, -70, 94, 22, 8, 14, 0, 3, -1)),
        new("mouthRollUpper", 9, Push3(0, -50, 99, 20, 6, 14, 0, -3.2f, -7.5f, Lip.Upper), Push3(0, -41, 98, 20, 8, 14, 0, -2.2f, -0.4f)),
        new("mouthShrugLower", 7, Push3(0, -59, 98, 20, 9, 15, 0, 5.5f, 3, Lip.Lower), Push3(0, -82, 94, 20, 15, 18, 0, 5, 1.5f), Push3(0, -49.5f, 99, 19, 8, 14, 0, 3, 1.6f, Lip.Upper)),
        new("mouthShrugUpper", 5.5f, Push3(0, -49.5f, 99, 19, 9, 14, 0, 4.4f, 3, Lip.Upper)),
        new("browInnerUp", 6.1f, Push3(12, 31, 91, 13, 12, 15, -0.4f, 5.4f, 0.4f), Push3(0, 48, 93, 24, 17, 22, 0, 2.2f, 0)),
        new("cheekPuff", 14.1f, Push3(41, -44, 68, 25, 23, 30, 10, -0.5f, 8), Push3(0, -41, 99, 17, 7, 12, 0, 0, 2.6f, Lip.Upper), Push3(0, -68, 95, 18, 7, 12, 0, 0, 2.2f, Lip.Lower)),
    ];

    /// <summary>The mouth drawn to the left as a whole.</summary>
    public static readonly Strokes MouthLeft = new("mouthLeft", 9.5f, Push3(0, -54, 95, 27, 18, 26, 9, 0, 0), Push3(26, -54, 84, 14, 16, 20, 1, 1, -2.5f), Push3(-26, -54, 84, 14, 16, 20, 2, 0, 1.5f));
}
