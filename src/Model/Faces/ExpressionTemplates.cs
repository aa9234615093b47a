namespace Mimesh.Model.Faces;

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
}
