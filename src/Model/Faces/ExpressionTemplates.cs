
namespace Mimesh.Faces;

/// <summary>A face that people make: ARKit weights that belong together.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Weights">Names without <c>Left</c> and <c>Right</c> stand for both sides.</param>
internal sealed record ExpressionTemplate(string Name, params (string Name, float Weight)[] Weights);

/// <summary>Faces that people make, to sample expressions from: independent weights would give grimaces nobody makes.</summary>
internal static class ExpressionTemplates
{
    public static readonly ExpressionTemplate[] Visemes =
    [
        new("aa", ("jawOpen", 0.55f), ("mouthLowerDown", 0.25f), ("mouthUpperUp", 0.15f)),
        new("ae", ("jawOpen", 0.38f), ("mouthStretch", 0.35f), ("mouthUpperUp", 0.25f), ("mouthLowerDown", 0.3f)),
        new("ee", ("jawOpen", 0.14f), ("mouthSmile", 0.3f), ("mouthStretch", 0.4f), ("mouthLowerDown", 0.35f), ("mouthUpperUp", 0.25f)),
        new("ih", ("jawOpen", 0.2f), ("mouthStretch", 0.25f), ("mouthLowerDown", 0.25f), ("mouthUpperUp", 0.15f)),
        new("oh", ("jawOpen", 0.34f), ("mouthFunnel", 0.6f), ("mouthPucker", 0.2f)),
        new("oo", ("jawOpen", 0.12f), ("mouthPucker", 0.75f), ("mouthFunnel", 0.35f)),
        new("mbp", ("mouthPress", 0.6f), ("mouthRollLower", 0.2f), ("mouthRollUpper", 0.2f)),
        new("fv", ("jawOpen", 0.06f), ("mouthRollLower", 0.45f), ("mouthUpperUp", 0.35f), ("mouthShrugLower", 0.2f)),
        new("th", ("jawOpen", 0.2f), ("mouthLowerDown", 0.25f), ("tongueOut", 0.4f)),
        new("ss", ("jawOpen", 0.05f), ("mouthStretch", 0.3f), ("mouthLowerDown", 0.4f), ("mouthUpperUp", 0.3f)),
        new("sh", ("jawOpen", 0.1f), ("mouthFunnel", 0.65f), ("mouthUpperUp", 0.2f), ("mouthLowerDown", 0.2f)),
        new("ll", ("jawOpen", 0.24f), ("mouthUpperUp", 0.15f), ("mouthLowerDown", 0.15f)),
        new("rr", ("jawOpen", 0.15f), ("mouthFunnel", 0.35f), ("mouthPucker", 0.2f)),
        new("closed jaw", ("jawOpen", 0.25f), ("mouthClose", 0.25f)),
    ];

    public static readonly ExpressionTemplate[] Emotions =
    [
        new("smile", ("mouthSmile", 0.6f), ("cheekSquint", 0.4f), ("eyeSquint", 0.25f), ("mouthDimple", 0.15f)),
        new("broad smile", ("mouthSmile", 0.85f), ("cheekSquint", 0.65f), ("eyeSquint", 0.45f), ("mouthUpperUp", 0.45f), ("mouthLowerDown", 0.3f), ("jawOpen", 0.08f)),
        new("laugh", ("mouthSmile", 0.8f), ("cheekSquint", 0.75f), ("eyeSquint", 0.6f), ("jawOpen", 0.42f), ("mouthUpperUp", 0.5f), ("mouthLowerDown", 0.3f), ("browInnerUp", 0.2f)),
        new("sad", ("mouthFrown", 0.6f), ("browInnerUp", 0.75f), ("mouthShrugLower", 0.35f), ("eyeSquint", 0.2f), ("browDown", 0.15f)),
        new("angry", ("browDown", 0.9f), ("eyeSquint", 0.4f), ("noseSneer", 0.35f), ("mouthPress", 0.5f), ("mouthFrown", 0.25f), ("jawForward", 0.2f)),
        new("shout", ("browDown", 0.75f), ("noseSneer", 0.4f), ("jawOpen", 0.6f), ("mouthUpperUp", 0.45f), ("mouthLowerDown", 0.5f), ("mouthStretch", 0.35f)),
        new("fear", ("browInnerUp", 0.8f), ("browOuterUp", 0.4f), ("eyeWide", 0.85f), ("mouthStretch", 0.6f), ("jawOpen", 0.2f), ("mouthLowerDown", 0.25f)),
        new("surprise", ("browInnerUp", 0.8f), ("browOuterUp", 0.85f), ("eyeWide", 0.75f), ("jawOpen", 0.55f), ("mouthFunnel", 0.2f)),
        new("disgust", ("noseSneer", 0.9f), ("browDown", 0.5f), ("mouthUpperUp", 0.5f), ("eyeSquint", 0.45f), ("cheekSquint", 0.3f), ("mouthFrown", 0.25f)),
        new("contempt", ("mouthSmileLeft", 0.4f), ("mouthDimpleLeft", 0.5f), ("mouthPress", 0.25f), ("eyeSquint", 0.2f)),
        new("doubt", ("browOuterUpLeft", 0.8f), ("browDownRight", 0.5f), ("mouthLeft", 0.35f), ("mouthShrugLower", 0.3f)),
        new("pout", ("mouthPucker", 0.55f), ("mouthShrugLower", 0.6f), ("mouthFrown", 0.3f), ("browDown", 0.2f)),
        new("kiss", ("mouthPucker", 0.95f), ("mouthFunnel", 0.15f)),
        new("puffed", ("cheekPuff", 0.85f), ("mouthPress", 0.35f), ("mouthPucker", 0.2f)),
        new("tongue", ("tongueOut", 0.9f), ("jawOpen", 0.32f), ("mouthLowerDown", 0.3f)),
        new("thought", ("browInnerUp", 0.3f), ("mouthPress", 0.4f), ("mouthLeft", 0.4f), ("mouthRollLower", 0.25f)),
        new("yawn", ("jawOpen", 0.95f), ("eyeSquint", 0.5f), ("eyeBlink", 0.5f), ("browInnerUp", 0.4f), ("mouthStretch", 0.2f)),
        new("squint", ("eyeSquint", 0.85f), ("browDown", 0.45f), ("cheekSquint", 0.5f), ("noseSneer", 0.2f)),
        new("lips rolled", ("mouthRollLower", 0.7f), ("mouthRollUpper", 0.6f), ("mouthPress", 0.3f)),
        new("jaw aside", ("jawLeft", 0.7f), ("mouthLeft", 0.35f)),
        new("shrug", ("mouthShrugLower", 0.7f), ("mouthShrugUpper", 0.5f), ("browOuterUp", 0.5f), ("browInnerUp", 0.5f), ("mouthFrown", 0.3f)),
    ];

    /// <summary>What mouths do besides: every shape of the lips and the jaw, closed and open, alone or nearly so.</summary>
    public static readonly ExpressionTemplate[] Gestures =
    [
        new("smile, lips closed", ("mouthSmile", 0.8f), ("mouthPress", 0.3f), ("cheekSquint", 0.4f), ("mouthDimple", 0.4f)),
        new("smile, lips parted", ("mouthSmile", 0.75f), ("jawOpen", 0.12f), ("mouthUpperUp", 0.3f), ("cheekSquint", 0.4f)),
        new("grin", ("mouthSmile", 0.95f), ("mouthUpperUp", 0.6f), ("mouthLowerDown", 0.45f), ("mouthStretch", 0.3f), ("cheekSquint", 0.6f)),
        new("smile with the jaw down", ("mouthSmile", 0.9f), ("jawOpen", 0.35f), ("mouthUpperUp", 0.4f), ("mouthLowerDown", 0.35f), ("cheekSquint", 0.7f), ("eyeSquint", 0.4f)),
        new("smirk", ("mouthSmileLeft", 0.85f), ("mouthDimpleLeft", 0.6f), ("mouthLeft", 0.3f), ("cheekSquintLeft", 0.4f)),
        new("teeth bared", ("mouthUpperUp", 0.9f), ("mouthLowerDown", 0.9f), ("mouthStretch", 0.5f), ("noseSneer", 0.5f), ("jawOpen", 0.06f)),
        new("upper teeth bared", ("mouthUpperUp", 0.9f), ("noseSneer", 0.5f), ("jawOpen", 0.08f)),
        new("lower teeth bared", ("mouthLowerDown", 0.9f), ("mouthStretch", 0.4f), ("jawForward", 0.3f), ("jawOpen", 0.08f)),
        new("snarl", ("mouthUpperUpLeft", 0.9f), ("noseSneerLeft", 0.9f), ("cheekSquintLeft", 0.6f), ("mouthSmileLeft", 0.3f)),
        new("lips parted", ("jawOpen", 0.16f), ("mouthLowerDown", 0.12f)),
        new("mouth wide open", ("jawOpen", 0.95f), ("mouthLowerDown", 0.3f), ("mouthUpperUp", 0.2f)),
        new("lips closed, jaw down", ("jawOpen", 0.5f), ("mouthClose", 0.5f)),
        new("chewing", ("jawOpen", 0.7f), ("mouthClose", 0.68f), ("jawLeft", 0.4f), ("cheekPuff", 0.25f)),
        new("pout", ("mouthPucker", 0.85f), ("mouthShrugLower", 0.8f), ("mouthShrugUpper", 0.3f), ("mouthFrown", 0.35f)),
        new("kiss", ("mouthPucker", 1), ("mouthFunnel", 0.35f)),
        new("trumpet", ("mouthFunnel", 0.95f), ("jawOpen", 0.2f)),
        new("blowing", ("cheekPuff", 0.9f), ("mouthPucker", 0.6f)),
        new("jaw aside", ("jawLeft", 0.9f), ("jawOpen", 0.12f)),
        new("jaw and mouth aside", ("jawLeft", 0.7f), ("mouthLeft", 0.8f)),
        new("mouth aside", ("mouthLeft", 0.9f), ("mouthDimpleLeft", 0.5f), ("cheekSquintLeft", 0.3f)),
        new("jaw forward", ("jawForward", 0.9f), ("mouthShrugLower", 0.3f)),
        new("lips in", ("mouthRollLower", 0.8f), ("mouthRollUpper", 0.8f), ("mouthPress", 0.5f)),
        new("lip bitten", ("mouthRollLower", 0.8f), ("mouthUpperUp", 0.4f), ("jawOpen", 0.08f)),
        new("lips pressed", ("mouthPress", 0.95f), ("mouthStretch", 0.3f), ("mouthRollUpper", 0.3f), ("mouthFrown", 0.3f)),
        new("frown", ("mouthFrown", 0.95f), ("mouthShrugLower", 0.5f), ("browInnerUp", 0.4f)),
        new("shrug of the lips", ("mouthShrugLower", 0.8f), ("mouthShrugUpper", 0.85f), ("mouthFrown", 0.4f)),
        new("dimples", ("mouthDimple", 0.9f), ("mouthPress", 0.3f)),
        new("stretch", ("mouthStretch", 0.95f), ("mouthLowerDown", 0.3f), ("jawOpen", 0.1f)),
        new("tongue out", ("tongueOut", 0.95f), ("jawOpen", 0.3f)),
        new("tongue between the lips", ("tongueOut", 0.5f), ("jawOpen", 0.14f), ("mouthSmile", 0.3f)),
    ];

    /// <summary>Motions that the templates have too little of.</summary>
    public static readonly string[] Seldom =
    [
        "jawForward", "jawForward", "jawLeft", "jawLeft", "mouthClose", "mouthClose", "mouthLeft", "mouthLeft", "mouthDimpleLeft", "mouthRollUpper",
        "mouthShrugUpper", "mouthPressLeft", "mouthFrownLeft", "mouthRollLower", "mouthSmileLeft", "cheekPuff", "eyeWideLeft", "tongueOut", "jawOpen",
    ];

    /// <summary>What brows and lids do by themselves.</summary>
    public static readonly ExpressionTemplate[] Looks =
    [
        new("brows up", ("browInnerUp", 0.85f), ("browOuterUp", 0.85f)),
        new("inner brows up", ("browInnerUp", 0.9f)),
        new("brow up on one side", ("browOuterUpLeft", 0.9f), ("browInnerUp", 0.25f)),
        new("brows down", ("browDown", 0.9f)),
        new("one brow down", ("browDownLeft", 0.85f), ("browOuterUpRight", 0.7f)),
        new("eyes wide", ("eyeWide", 0.9f), ("browOuterUp", 0.4f)),
        new("squint", ("eyeSquint", 0.9f), ("cheekSquint", 0.4f)),
        new("against the light", ("eyeSquint", 0.8f), ("cheekSquint", 0.8f), ("browDown", 0.5f), ("noseSneer", 0.4f)),
        new("wince", ("eyeSquint", 0.9f), ("eyeBlink", 0.6f), ("cheekSquint", 0.8f), ("noseSneer", 0.5f), ("browDown", 0.6f)),
        new("nose wrinkled", ("noseSneer", 0.9f), ("browDown", 0.3f)),
    ];
}
