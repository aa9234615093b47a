using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.People;

/// <summary>A made picture of people and things, with its faces.</summary>
/// <param name="Size">Its side in pixels.</param>
/// <param name="Pixels"><c>(Size, Size, 3)</c> in [0, 1].</param>
/// <param name="Faces">Every face in it.</param>
public sealed record Scene(int Size, float[] Pixels, SceneFace[] Faces)
{
    /// <summary>The scene with a frame around each face, open at the chin; grey where the face is mostly hidden.</summary>
    public Image Draw()
    {
        var picture = Image.From(Size, Size, [.. Pixels]);
        foreach (var face in Faces)
        {
            FaceOutline.Draw(picture, face.Truth, face.Counts ? new Rgb(0.2f, 1f, 0.3f) : Rgb.Grey(0.6f));
        }

        return picture;
    }
}

/// <summary>A face in a scene, as <see cref="FoundFace"/> has it.</summary>
/// <param name="X">The square's centre, pixels.</param>
/// <param name="Y">The square's centre, pixels.</param>
/// <param name="Side">The square's side, pixels.</param>
/// <param name="Roll">Its tilt, radians.</param>
/// <param name="Visible">The part of the face that nothing hides, and that lies within the picture.</param>
public readonly record struct SceneFace(float X, float Y, float Side, float Roll, float Visible)
{
    /// <summary>A face of which less is visible need not be found, and may be.</summary>
    public const float LeastVisible = 0.5f;

    /// <summary>Whether it is meant to be found.</summary>
    public bool Counts => Visible >= LeastVisible;

    /// <summary>The same as a finder would give it.</summary>
    public FoundFace Truth => new(X, Y, Side, Roll, 1);
}
