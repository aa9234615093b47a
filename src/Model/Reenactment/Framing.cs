using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.Reenactment;

/// <summary>Cuts from a picture of any shape the square that the networks are used to: a head, and a little around it.</summary>
internal static class Framing
{
    // The smallest scale in the pictures of the training, in grid units per millimetre, and how low the head's middle is in them.
    private const float Scale = 0.0064f, Height = 0.04f;

    private const int LeastSide = 16;

    /// <summary>
    /// The square around a face, in pixels: as large as the training's heads allow, and inside the picture. A square picture of a head
    /// stays whole. It is upright in the picture, whatever the head's tilt.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="face">The face that was found in it; the middle of the picture is taken where there is none.</param>
    public static (int Left, int Top, int Side) Around(Image picture, FoundFace? face)
    {
        int shortSide = Math.Min(picture.Width, picture.Height);
        if (face is not { } found)
        {
            return ((picture.Width - shortSide) / 2, (picture.Height - shortSide) / 2, shortSide);
        }

        int side = (int)Math.Clamp(MathF.Round(found.Side / (FaceCrop.Reach * Scale)), Math.Min(LeastSide, shortSide), shortSide);

        // From the middle of the face's square to that of the head, along the head's own axis.
        float up = -FaceCrop.Centre.Y * found.Side / (2 * FaceCrop.Reach);
        var (sin, cos) = MathF.SinCos(found.Roll);
        float x = found.X - (up * sin), y = found.Y - (up * cos) - (side * Height / 2f);
        int left = (int)Math.Clamp(MathF.Round(x - (side / 2f)), 0f, picture.Width - side);
        int top = (int)Math.Clamp(MathF.Round(y - (side / 2f)), 0f, picture.Height - side);
        return (left, top, side);
    }

    /// <summary>
    /// Cuts the square around a face. A head that is tilted by more than 45° is brought upright first, by quarter turns of the picture.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="face">The face that was found in it; the middle of the picture is cut where there is none.</param>
    /// <param name="size">Side of the result.</param>
    public static FramedFace Cut(Image picture, FoundFace? face, int size)
    {
        if (face is { QuarterTurns: > 0 } tilted)
        {
            face = tilted.Turned(tilted.QuarterTurns, picture.Width, picture.Height);
            picture = Resample.Turn(picture, tilted.QuarterTurns);
        }

        var (left, top, side) = Around(picture, face);
        return new FramedFace(Resample.Square(picture, left, top, side, size), face?.In(left, top, side));
    }
}

/// <summary>A square picture with a face large in its middle.</summary>
/// <param name="Picture">S×S.</param>
/// <param name="Face">Where the face was found, in the picture's grid; null where nobody has searched, or none was found.</param>
public readonly record struct FramedFace(Image Picture, FaceCrop? Face);
