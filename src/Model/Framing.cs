using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Model.Faces;
using Mimesh.Model.Imaging;
using Mimesh.Model.Networks;

namespace Mimesh.Model;

/// <summary>Cuts from a picture of any shape the square that the networks are used to: a head, and a little around it.</summary>
internal static class Framing
{
    // The smallest scale, in grid units per millimetre, and the usual height of a head in the pictures of the training.
    private const float Scale = 0.0064f, Height = 0.04f;

    // A small head is approached step by step: a glance is surer of the head the larger it is.
    private const float Zoom = 0.6f;
    private const int Refinements = 4;

    /// <summary>
    /// The square around the head that a glance at the whole picture finds, and further glances at that square find again: as large
    /// as the training's heads allow, and inside the picture. A square picture of a head stays whole.
    /// </summary>
    /// <param name="regressor">What glances.</param>
    /// <param name="device">Where.</param>
    /// <param name="picture">Any picture.</param>
    /// <param name="size">The side of the result.</param>
    public static Image Square(Regressor regressor, Device device, Image picture, int size)
    {
        var (left, top, side) = Find(regressor, device, picture);
        return Resample.Square(picture, left, top, side, size);
    }

    /// <summary>Where <see cref="Square"/> cuts, in pixels of the picture.</summary>
    public static (int Left, int Top, int Side) Find(Regressor regressor, Device device, Image picture)
    {
        int longSide = Math.Max(picture.Width, picture.Height);
        var pose = Glance(regressor, device, Resample.Fit(picture, 2 * Regressor.GlanceSize));
        var (left, top, side) = Around(picture, (picture.Width - longSide) / 2f, (picture.Height - longSide) / 2f, longSide, pose);
        for (int i = 0; i < Refinements; i++)
        {
            pose = Glance(regressor, device, Resample.Square(picture, left, top, side, 2 * Regressor.GlanceSize));
            (left, top, side) = Around(picture, left, top, side, pose);
        }

        return (left, top, side);
    }

    private static Pose Glance(Regressor regressor, Device device, Image square)
    {
        using var tape = Tape.Start();
        using var pause = Tape.NoGrad();
        float[] camera = regressor.Glance(Tensor.From(device, [1, square.Height, square.Width, 3], square.Pixels)).ToArray();
        Regressor.DenormalizeCamera(camera, camera);
        return Pose.FromMatrix(camera);
    }

    // The square around a head that is seen at a pose in another square of the picture; both in pixels.
    private static (int Left, int Top, int Side) Around(Image picture, float left, float top, float side, Pose pose)
    {
        int shortSide = Math.Min(picture.Width, picture.Height);
        int newSide = Math.Max(1, (int)Math.Clamp(MathF.Round(side * MathF.Max(Zoom, pose.Scale / Scale)), Math.Min(16, shortSide), shortSide));
        float x = left + (side * (pose.X + 1f) / 2f), y = top + (side * (pose.Y + 1f) / 2f) - (newSide * Height / 2f);
        int newLeft = (int)Math.Clamp(MathF.Round(x - (newSide / 2f)), 0f, picture.Width - newSide);
        int newTop = (int)Math.Clamp(MathF.Round(y - (newSide / 2f)), 0f, picture.Height - newSide);
        return (newLeft, newTop, newSide);
    }
}
