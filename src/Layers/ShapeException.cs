namespace Mimesh.Layers;

/// <summary>Tensors whose shapes do not fit together, or to an operation; the message names the shapes.</summary>
/// <param name="message">What does not fit.</param>
public sealed class ShapeException(string message) : ArgumentException(message)
{
    /// <summary>Refuses what is not <c>(N, H, W, C)</c> or has no pixels: there would be nothing to interpolate.</summary>
    internal static void RequirePixels(string operation, Shape x) =>
        Require(x.Rank == 4 && x[1] > 0 && x[2] > 0, operation, "images (N, H, W, C) with one pixel or more", x);

    internal static void Require(bool condition, string operation, string expected, params ReadOnlySpan<Shape> got)
    {
        if (!condition)
        {
            throw new ShapeException($"{operation} expects {expected}, not {string.Join(" and ", got.ToArray())}.");
        }
    }
}
