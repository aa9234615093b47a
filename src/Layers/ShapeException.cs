namespace Mimesh.Layers;

/// <summary>Tensors whose shapes do not fit together, or to an operation; the message names the shapes.</summary>
/// <param name="message">What does not fit.</param>
public sealed class ShapeException(string message) : ArgumentException(message)
{
    internal static void Require(bool condition, string operation, string expected, params ReadOnlySpan<Shape> got)
    {
        if (!condition)
        {
            throw new ShapeException($"{operation} expects {expected}, not {string.Join(" and ", got.ToArray())}.");
        }
    }
}
