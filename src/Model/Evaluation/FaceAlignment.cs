using System.Numerics;
using Mimesh.Imaging;

namespace Mimesh.Evaluation;

/// <summary>
/// Crops as face-recognition models take them: a similarity brings eyes, nose and mouth corners as near as it can to the places that
/// ArcFace (Deng et al. 2019) and its followers were trained with.
/// </summary>
public static class FaceAlignment
{
    // The usual five places in a crop of 112 pixels a side: the eyes' centres, the tip of the nose, the corners of the mouth;
    // of a pair, the picture's left one first.
    private const float TemplateSide = 112f;
    private static readonly Vector2[] Template =
        [new(38.2946f, 51.6963f), new(73.5318f, 51.5014f), new(56.0252f, 71.7366f), new(41.5493f, 92.3655f), new(70.7299f, 92.2041f)];

    /// <summary>Cuts an aligned face out of a picture, bilinearly, its border repeated.</summary>
    /// <param name="image">The picture, square.</param>
    /// <param name="landmarks">The 68 landmarks in its [−1, 1] grid, in the order of the iBUG annotation.</param>
    /// <param name="side">Side of the crop.</param>
    /// <returns>(side, side, 3).</returns>
    public static Image Crop(Image image, ReadOnlySpan<Vector2> landmarks, int side)
    {
        ArgumentNullException.ThrowIfNull(image);
        Span<Vector2> points = [Mean(landmarks[36..42]), Mean(landmarks[42..48]), landmarks[30], landmarks[48], landmarks[54]];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = ((points[i] + Vector2.One) * (image.Width / 2f)) - new Vector2(0.5f);
        }

        var (turn, shift) = Similarity(Template, points);
        var crop = new Image(side, side);
        for (int y = 0, o = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++, o += 3)
            {
                var from = new Complex((((x + 0.5f) * TemplateSide) / side) - 0.5f, (((y + 0.5f) * TemplateSide) / side) - 0.5f);
                Complex at = (turn * from) + shift;
                Resample.Bilinear(image, (float)at.Real, (float)at.Imaginary, crop.Pixels.AsSpan(o, 3));
            }
        }

        return crop;
    }

    /// <summary>
    /// The similarity <c>z ↦ a·z + b</c> of the complex plane that brings points nearest to others: least squares,
    /// <c>a = Σ (q − q̄)(p − p̄)* / Σ |p − p̄|²</c>, <c>b = q̄ − a·p̄</c>.
    /// </summary>
    internal static (Complex A, Complex B) Similarity(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to)
    {
        static Complex Of(Vector2 p) => new(p.X, p.Y);
        Complex p0 = Of(Mean(from)), q0 = Of(Mean(to)), product = 0;
        double square = 0;
        for (int i = 0; i < from.Length; i++)
        {
            Complex p = Of(from[i]) - p0, q = Of(to[i]) - q0;
            product += q * Complex.Conjugate(p);
            square += (p * Complex.Conjugate(p)).Real;
        }

        Complex a = product / square;
        return (a, q0 - (a * p0));
    }

    private static Vector2 Mean(ReadOnlySpan<Vector2> points)
    {
        Vector2 sum = Vector2.Zero;
        foreach (Vector2 p in points)
        {
            sum += p;
        }

        return sum / points.Length;
    }
}
