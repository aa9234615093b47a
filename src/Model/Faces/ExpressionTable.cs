using static Mimesh.Faces.Brush;

namespace Mimesh.Faces;

/// <summary>
/// The part of the expressions that soft strokes describe. One-sided expressions are written for the left side, where x is
/// positive; jaw, lids, gaze and tongue have their own geometry in <see cref="ExpressionShapes"/>.
/// </summary>
internal static class ExpressionTable
{
    // Tissue's strokes are in millimetres as they stand.
    private const float Unscaled = 0;

    /// <summary>Strokes of one expression.</summary>
    /// <param name="Name">ARKit's name, without <c>Left</c> where there is a <c>Right</c>.</param>
    /// <param name="Side">Which side the strokes are written for.</param>
    /// <param name="Peak">Largest displacement of the skin at weight 1, millimetres, that the strokes of <see cref="Soft"/> are scaled to; those of <see cref="Tissue"/> are not.</param>
    /// <param name="Brushes">The strokes.</param>
    public sealed record Strokes(string Name, Side Side, float Peak, params Brush[] Brushes);

    /// <summary>What a brush stands for.</summary>
    public enum Side
    {
        /// <summary>The left half of the face; it fades out across the midline.</summary>
        Left,

        /// <summary>Itself and its mirror image.</summary>
        Both,

        /// <summary>Itself.</summary>
        Whole,
    }

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

    /// <summary>Shares of the way to the opposite edge that the upper and the lower lid take.</summary>
    public static readonly Dictionary<string, (float Upper, float Lower)> LidShares = new()
    {
        ["eyeBlink"] = (0.94f, 0.08f),
        ["eyeSquint"] = (0.03f, 0.25f),
        ["eyeWide"] = (-0.31f, 0),
        ["eyeLookDown"] = (0.72f, -0.22f),
        ["eyeLookUp"] = (-0.32f, 0.16f),
    };

    /// <summary>Expressions that are strokes alone.</summary>
    public static readonly Strokes[] Soft =
    [
        new("mouthSmile", Side.Left, 15.8f,
            Push3(38, -51, 78, 45, 28, 39, 4.6f, 6.4f, -3.6f), Push3(50.4f, -19, 62, 28, 28, 36, 2.4f, 3.9f, 2.1f),
            Push3(29, -96, 58, 45, 28, 48.8f, 0.3f, 1.8f, 2.3f), Push3(23, -56, 86, 11.2f, 14, 13, 3, 4.1f, -5.4f),
            Push3(29, -76, 76, 21, 16.2f, 18, -0.9f, 3.6f, -0.7f), Push3(42.6f, -27, 80, 13, 13, 17, 1.5f, -1.2f, 3),
            Push3(48, -63.2f, 39, 19, 19, 25, 0.2f, 1.2f, 1.7f), Push3(53, -42, 59, 13, 13, 21.2f, 2, -1.6f, 1.3f)),
        new("mouthFrown", Side.Left, 6.1f,
            Push3(28, -51, 77, 19, 19, 25, 2.2f, -4.4f, -2.7f), Push3(27, -76, 78, 30, 23.8f, 27, 0.1f, -1.2f, 1.9f, Lip.Lower),
            Push3(50, -23, 70, 45, 28, 48.8f, -0.5f, -0.7f, 0.2f), Push3(44, -54, 71, 11.2f, 14, 13, 0.8f, 0.4f, 1.8f),
            Push3(0, -77, 92, 23.8f, 30, 27, -0.1f, 1.3f, 0.6f, Lip.Lower),
            Push3(26, -36, 85, 9, 17.5f, 13, -0.7f, -0.7f, -0.9f, Lip.Upper), Push3(39, -43, 80, 7.5f, 10, 8, -1.6f, 0.6f, 0.8f)),
        new("mouthDimple", Side.Left, 8.9f,
            Push3(23, -65, 84, 13, 21, 22.5f, 2.4f, 5.3f, -3.3f), Push3(38.2f, -31, 78, 19, 19, 25, 1.7f, 1, 4.5f),
            Push3(29, -86, 75, 30, 23.8f, 27, 0.4f, 1, 2.1f), Push3(34, -65, 75, 9, 17.5f, 13, -2.9f, 1.2f, 0.5f),
            Push3(52, -46, 61.4f, 13, 13, 17, 2.9f, -0.8f, 0.9f), Push3(21, -51, 92.4f, 13, 13, 17, 1.2f, -3, -0.5f, Lip.Upper),
            Push3(26, -55, 84, 10, 7.5f, 8, -0.9f, 0, -4.4f), Push3(7, -68.2f, 92, 13, 21, 18, 1, 0.6f, -1.5f, Lip.Lower)),
        new("mouthStretch", Side.Left, 10.3f,
            Push3(27, -57, 81, 28, 22.4f, 36, 3.5f, -1.1f, -2.8f), Push3(45, -74, 37, 28, 45, 48.8f, 2.1f, 0.7f, 0.2f),
            Push3(23, -56, 86, 9, 11.2f, 12, 2.5f, -1.1f, -4.7f), Push3(50, -46.2f, 69, 13, 21, 18, 1.1f, 1.1f, 2),
            Push3(0, -77, 86.6f, 30, 19, 27, -0.2f, 2.6f, 0.6f, Lip.Lower), Push3(26.6f, -108, 37, 13, 21, 18, 1.6f, -1.1f, 0.6f),
            Push3(43, -23, 82.6f, 21, 13, 18, 0.3f, 0.6f, 0.9f)),
        new("mouthPress", Side.Left, 4.3f,
            Push3(9, -82, 89, 45, 28, 39, -0.1f, 4.1f, 2.3f), Push3(37, -27, 82, 13, 16.8f, 18, 0.9f, 0.9f, 1),
            Push3(0, -52, 103, 23.8f, 30, 27, -0.5f, -1.6f, -1.5f, Lip.Upper), Push3(42, -76, 46, 19, 23.8f, 25, -1, 0, 0.5f),
            Push3(17, -37.8f, 89, 14, 9, 13, 0.5f, 0, 2.3f, Lip.Upper), Push3(22, -100, 70, 21, 16.2f, 18, 0.1f, -1.2f, 0.7f),
            Push3(45, -49, 73, 13, 16.2f, 17, 1, 0.2f, 0.5f), Push3(44.2f, -9, 76, 19, 19, 25, 0.4f, 0.7f, -0.2f)),
        new("mouthLowerDown", Side.Left, 6,
            Push3(10, -72, 94.4f, 19, 30, 27, 1.6f, -3.2f, -1.3f, Lip.Lower), Push3(30, -81, 78, 19, 19, 25, 1.3f, -0.6f, -0.9f),
            Push3(0, -55, 98.4f, 14, 9, 13, -0.8f, -3.1f, -0.5f, Lip.Lower), Push3(7, -97.4f, 91, 21, 13, 18, -0.5f, -0.9f, -1.5f),
            Push3(25, -99, 67.6f, 21, 13, 18, -0.5f, 0.5f, -0.4f), Push3(0, -77, 92, 9, 17.5f, 13, -1.1f, -1.4f, -1.1f),
            Push3(21, -55, 89, 14, 9, 10.4f, -0.3f, -0.6f, 0.1f)),
        new("mouthUpperUp", Side.Left, 8.8f,
            Push3(24, -36, 86, 28, 28, 28.8f, 0.6f, 5, 1), Push3(10.8f, -48, 96, 21, 13, 18, 1.1f, 5.3f, -1, Lip.Upper),
            Push3(52, -58, 58, 28, 45, 39, -0.4f, 0.8f, 1.3f), Push3(32, -16.6f, 84, 21, 13, 18, 1.9f, 1.3f, 2.2f),
            Push3(21, -34, 87, 6, 10, 8, 2.1f, 1.9f, -4), Push3(7, -33, 98.6f, 9, 14, 13, 0.2f, -2.2f, -1.6f),
            Push3(11, -54, 95.4f, 13, 21, 18, -0.2f, -1.4f, -0.4f, Lip.Lower)),
        new("browDown", Side.Left, 6.5f,
            Push3(44, 45, 82, 45, 28, 48.8f, -1.9f, -2.3f, 1.8f), Push3(65, 41, 51, 19, 30, 27, -0.3f, 1, 1.5f),
            Push3(47, 90, 58.8f, 45, 28, 39, 0, -0.9f, 1), Push3(31, 38, 90, 17.5f, 9, 13, -2.9f, -2.5f, 0.8f),
            Push3(50, 38, 78, 9, 17.5f, 13, -1.5f, -0.4f, 1.4f), Push3(4, 72, 93, 37.5f, 19, 27, 0.3f, -0.7f, 0),
            Push3(36.8f, 52, 88, 14, 9, 13, -1.6f, -0.7f, 0.3f)),
        new("browOuterUp", Side.Left, 8.6f,
            Push3(45, 39, 82, 28, 22.4f, 36, 2.3f, 8.5f, -2.5f), Push3(42, 71, 78, 30, 19, 33.8f, 0.5f, -0.1f, 0.9f),
            Push3(38, 26, 81, 10, 6, 8, -1.7f, -3.3f, 0.8f), Push3(68, 10, 41.4f, 19, 30, 27, -0.2f, 1.2f, 0.4f),
            Push3(23, 37, 93, 14, 11.2f, 13, 0.4f, 1.7f, 1.2f), Push3(59, 10.6f, 64, 21, 13, 18, -0.4f, 0.5f, 0.6f),
            Push3(17.2f, 21, 85, 21, 13, 18, -0.2f, -0.3f, 0.6f)),
        new("cheekSquint", Side.Left, 6.3f,
            Push3(48.4f, -29, 60, 28, 45, 39, 0.2f, 4.9f, 3.7f), Push3(54, 32.4f, 73, 45, 28, 39, -0.2f, -1.9f, -0.5f),
            Push3(33, -51, 80, 30, 23.8f, 27, 1, 0.4f, -2.3f), Push3(34, -4, 82, 15.2f, 19, 25, -0.9f, 2.3f, 0.1f),
            Push3(39, -86, 32, 45, 35, 39, 0.6f, -0.6f, 1.2f), Push3(60, -4, 65, 21, 16.2f, 18, -1.6f, 2.1f, 0.5f),
            Push3(43, 91, 58, 45, 28, 48.8f, 0, -0.8f, -0.6f)),
        new("noseSneer", Side.Left, 10.3f,
            Push3(32, -32, 84, 28, 45, 48.8f, -1.4f, 8.5f, 2.5f), Push3(19, 37, 94, 45, 28, 39, -0.5f, -3.7f, 0),
            Push3(53, -52, 51.8f, 28, 45, 39, -0.8f, 0, 2), Push3(14, -44.6f, 92, 13, 13, 17, 1.8f, 3.7f, -1.6f),
            Push3(19.8f, -14, 88, 9, 14, 13, 0.3f, 3.4f, 1.5f), Push3(23, -82, 84, 30, 19, 33.8f, 0.7f, -0.3f, 0.2f),
            Push3(26, -43, 84, 6, 12.5f, 8, -1, 1.9f, -1.9f), Push3(18.8f, -60, 84, 21, 13, 18, -0.2f, -2, -0.5f)),
        new("mouthFunnel", Side.Both, 11.7f,
            Push3(23, -55, 86, 30, 23.8f, 27, -3.4f, 2.2f, 5.9f), Push3(4, -61, 99, 19, 37.5f, 27, 5.3f, -4.7f, -3, Lip.Lower),
            Push3(40, -83, 33, 35, 45, 39, -0.2f, 0.5f, 2.2f), Push3(7, -52, 102, 17.5f, 9, 13, 2.3f, 1.8f, 2.8f),
            Push3(53, -48, 59, 19, 30, 27, -2.2f, 0.4f, 0.1f), Push3(15, -51.8f, 97, 14, 9, 13, -2.6f, -7.3f, 5.9f, Lip.Lower),
            Push3(8, -25.6f, 98, 13, 13, 17, 0.6f, -0.3f, -2.8f)),
        new("mouthPucker", Side.Both, 12.4f,
            Push3(32, -59, 78, 56.2f, 28, 39, -5.3f, 2.2f, 4), Push3(15, -52, 97, 17.5f, 9, 13, -0.7f, -1.3f, 6.6f),
            Push3(28, -106, 34, 45, 35, 39, 0, 0.8f, 1.4f), Push3(9, -26, 107.6f, 13, 13, 17, 0, -1.4f, -2.5f),
            Push3(0, -65, 95.4f, 13, 13, 17, 0, -4.2f, -1.9f, Lip.Lower), Push3(27, -34.8f, 85, 9, 14, 13, -0.5f, -0.4f, 2.9f),
            Push3(23, -60, 84, 7.5f, 10, 8, -1.5f, -0.5f, 3)),
        new("mouthRollLower", Side.Both, 14.2f,
            Push3(4, -61, 99, 19, 19, 20, -1.4f, 5.6f, -1.3f, Lip.Lower),
            Push3(14, -74.4f, 89, 21, 13, 18, 0.6f, 1.3f, 4.6f, Lip.Lower),
            Push3(11, -54, 99, 10, 6, 10, -0.9f, -2.2f, -8.4f, Lip.Lower),
            Push3(0, -55, 101, 6, 7.5f, 8, 0, -1.8f, -4.1f, Lip.Lower), Push3(32, -64, 77, 14, 9, 16.2f, 0.7f, 1.3f, 0.5f),
            Push3(21, -53.8f, 89, 6, 6, 8, 1.2f, -2.1f, -1.4f, Lip.Lower), Push3(7, -93.6f, 96, 45, 28, 39, -2.4f, -0.3f, -0.2f)),
        new("mouthRollUpper", Side.Both, 11.6f,
            Push3(4, -55, 101, 30, 15.2f, 27, 0.5f, -0.1f, -5.9f, Lip.Upper),
            Push3(11, -42, 95, 10, 7.5f, 8, 0.1f, -5.6f, 2.2f, Lip.Upper), Push3(39, -43, 80, 16.8f, 13, 18, 2, -0.7f, -0.1f),
            Push3(14, -32, 91, 14, 7.2f, 13, 0.5f, -0.8f, 0.2f), Push3(32, -32, 84, 10, 7.5f, 8, 0.4f, 1.6f, 0.8f),
            Push3(4, -47, 102, 12.5f, 6, 8, -0.4f, -2.8f, 1.5f, Lip.Upper),
            Push3(21, -43.8f, 87, 9, 9, 12, 0.2f, -3, 0.8f, Lip.Upper)),
        new("mouthShrugLower", Side.Both, 11.3f,
            Push3(11, -77, 91, 19, 30, 33.8f, -0.4f, 7, 2.1f, Lip.Lower), Push3(33, -92, 57, 35, 45, 39, -0.9f, 0.7f, 1.2f),
            Push3(13, -104, 80, 14, 9, 16.2f, 0.9f, -2.3f, 3.3f), Push3(11.2f, -54, 96, 14, 9, 13, 1.6f, 0.6f, 4.6f, Lip.Lower),
            Push3(11, -94, 93, 14, 11.2f, 13, -0.1f, 2.2f, 1), Push3(29, -81, 75, 9, 14, 16.2f, -0.2f, 1.1f, 1.5f),
            Push3(27, -57, 81, 14, 11.2f, 13, 0.9f, -0.1f, 1)),
        new("mouthShrugUpper", Side.Both, 6.2f,
            Push3(4, -55, 96, 19, 19, 25, 0.4f, 3.2f, 0.8f, Lip.Upper),
            Push3(7, -42, 96, 10, 7.5f, 8, -0.1f, 0.2f, -0.7f, Lip.Upper),
            Push3(23, -48.2f, 86, 9, 14, 13, 0, -0.6f, -0.3f, Lip.Upper),
            Push3(15, -50, 97, 6, 6, 10, 0.2f, 0.6f, 0.1f, Lip.Upper), Push3(5.8f, -33, 96, 6, 6, 8, 0.1f, 0.8f, 0.1f),
            Push3(4, -30, 101, 30, 15.2f, 27, 0, -0.1f, 0), Push3(8, -47, 102, 7.5f, 6, 8, 0.1f, 0.8f, -0.4f)),
        new("browInnerUp", Side.Both, 6.1f,
            Push3(16, 36, 97, 45, 28, 39, -0.1f, 2.5f, 0.2f), Push3(20, 83, 83, 30, 19, 33.8f, -0.1f, -2.1f, 1.7f),
            Push3(53, 92.8f, 42, 30, 19, 27, -0.3f, -0.3f, 1.4f), Push3(14, -14, 106, 30, 19, 27, -0.3f, 0.8f, -0.1f),
            Push3(31, 61, 89, 16.2f, 21, 18, 0.7f, 1.5f, -0.3f), Push3(15, 30, 94, 7.5f, 10, 8, 0.6f, 2.4f, 0.8f),
            Push3(19, 44, 95, 11.2f, 9, 12, 0.5f, 1.5f, -0.5f)),
        new("cheekPuff", Side.Both, 14.1f,
            Push3(41, -50, 77, 45, 28, 48.8f, 4.3f, 2.1f, 10.3f), Push3(18, -59, 92, 16.2f, 13, 17, -5.4f, -3, 3.7f),
            Push3(47, -85, 42, 45, 28, 39, -0.6f, 1.8f, 1.9f), Push3(41, -14, 83, 30, 19, 27, -0.9f, 2.9f, -0.1f),
            Push3(23.6f, -42, 87, 13, 13, 17, -3.4f, 1, 1.5f, Lip.Upper), Push3(9.8f, -94, 91, 21, 13, 18, 0, 1.5f, 0.8f),
            Push3(31, -67.2f, 75, 9, 14, 13, -1.1f, -1.2f, 3.6f)),
        new("mouth", Side.Whole, 18.8f,
            Push3(-21, -56, 89, 36, 28, 39, 12.5f, -1.9f, 10.3f), Push3(18, -59, 92, 35, 28, 36, 3.8f, 3.9f, -8.6f),
            Push3(50, -42, 69, 35, 45, 39, 1.7f, 3.2f, 3.1f), Push3(-53, -42, 59, 35, 45, 39, 2.5f, 0.2f, 3.7f),
            Push3(-4, -61, 99, 16.2f, 21, 18, 6.1f, -0.7f, -5.6f), Push3(-27, -92, 77, 30, 19, 33.8f, 0.5f, 0, 1.7f),
            Push3(-27, -14, 85, 19, 23.8f, 25, 0, 0.4f, 1.8f), Push3(11.4f, -30, 91, 13, 13, 17, 0.1f, 2.4f, -1.9f)),
    ];

    /// <summary>What soft tissue does beside the turning jaw, the sliding lids and the meeting lips.</summary>
    public static readonly Strokes[] Tissue =
    [
        new("jawOpen", Side.Both, Unscaled,
            Push3(37, -93.6f, 41, 45, 28, 39, 7, 0.2f, 15.1f), Push3(42, -59, 54, 30, 19, 27, -6.1f, 15.5f, 8.9f),
            Push3(4, -112, 46, 23.8f, 19, 25, 5.6f, -4.6f, 6.8f), Push3(37, -37, 82, 25, 23.8f, 27, -1.2f, -5.2f, -4.3f),
            Push3(56, -48, 32, 13, 26.2f, 18, 1.6f, 5.8f, 10.4f), Push3(32, -76, 71, 13, 16.2f, 17, -2, 8.5f, -0.9f),
            Push3(23, -56, 83.4f, 14, 9, 13, -0.8f, -1.8f, -4.4f), Push3(29, -114.8f, 31, 13, 21, 18, 1.8f, -5.7f, -5.8f)),
        new("jawForward", Side.Both, Unscaled,
            Push3(43, -77, 35, 28, 36, 39, -1.4f, 1.7f, -5.6f), Push3(13, -105, 52, 26.2f, 13, 18, -2.7f, 3.3f, -3.8f),
            Push3(57, -44, 28.4f, 13, 21, 18, 2.6f, -0.5f, -5.7f), Push3(21, -76, 78.2f, 45, 28, 39, 2.5f, -0.9f, 0.2f),
            Push3(48, -59, 54, 21, 16.2f, 18, 2.8f, -0.5f, -2.6f)),
        new("jaw", Side.Whole, Unscaled,
            Push3(-36, -91, 39, 45, 35, 39, -4.8f, 0.1f, 1), Push3(48.6f, -77, 35, 28, 45, 39, -5.6f, 0.5f, -0.2f),
            Push3(-55, -52, 31, 30, 19, 33.8f, -5.9f, -0.4f, 0.4f), Push3(6, -106, 54, 26.2f, 13, 18, -4.9f, 0.3f, -0.1f),
            Push3(11, -42, 95, 37.5f, 19, 27, 2.1f, 0, 0, Lip.Upper)),
        new("mouthClose", Side.Both, Unscaled,
            Push3(23, -65, 84, 24, 19, 27, 1.6f, 11.9f, 9.9f), Push3(11, -91.4f, 93, 21, 13, 18, -0.5f, 3.4f, 2.5f),
            Push3(10, -66.8f, 90, 10, 6, 8, -1.3f, -2.4f, -4.2f), Push3(7, -58.8f, 99, 10, 6, 8, -0.4f, 5.5f, -0.7f),
            Push3(20, -61, 86, 10, 6, 10, -0.7f, 6.3f, 0.3f), Push3(43, -49, 75, 13, 16.2f, 17, 2.3f, 1.8f, 1.4f),
            Push3(30, -56, 80, 6, 6, 6.4f, 1.3f, 1.9f, 1.6f)),
        new("eyeBlink", Side.Left, Unscaled,
            Push3(42, 17, 78, 14, 7.2f, 13, -1.4f, -3, -0.7f), Push3(31, 7, 79.4f, 10, 6, 8, -3.2f, 0, -0.5f)),
        new("eyeSquint", Side.Left, Unscaled,
            Push3(40, -4, 80, 24, 19, 27, -1.7f, 1.8f, 0.5f), Push3(54, -35, 59, 28, 35, 36, 0, 0.6f, 0.4f),
            Push3(31, 5, 80, 11.2f, 9, 12, -2.2f, -0.1f, -0.8f), Push3(51, 16, 71, 19, 23.8f, 25, -0.1f, -0.6f, 0.5f)),
        new("eyeWide", Side.Left, Unscaled,
            Push3(36.8f, 19, 81, 14, 9, 13, 1.1f, 1.3f, -0.6f), Push3(20.2f, 18, 80, 6, 6, 8, 0.1f, 1.4f, -0.1f)),
        new("eyeLookDown", Side.Left, Unscaled,
            Push3(34, 19, 81, 21, 10.4f, 18, -0.4f, -2.6f, -0.9f), Push3(42, 21, 78, 6, 7.5f, 8, -2.4f, -0.4f, 0.9f)),
        new("eyeLookUp", Side.Left, Unscaled,
            Push3(34, 19, 81, 21, 10.4f, 18, 0.4f, 1.1f, -0.6f), Push3(36, 2.6f, 79, 21, 13, 18, -0.1f, 0.4f, 0.1f)),
    ];
}
