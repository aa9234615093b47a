namespace Mimesh.Faces;

/// <summary>A <see cref="Pose"/> as JSON files have it: angles in degrees.</summary>
public sealed record PoseFacts(float Yaw, float Pitch, float Roll, float Scale, float X, float Y)
{
    /// <inheritdoc/>
    public static PoseFacts Of(Pose pose) =>
        new(Degrees(pose.Yaw), Degrees(pose.Pitch), Degrees(pose.Roll), pose.Scale, pose.X, pose.Y);

    private static float Degrees(float radians) => radians * (180 / MathF.PI);
}
