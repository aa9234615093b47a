
namespace Mimesh.Imaging;

/// <summary>
/// Optical flow as colour, with the wheel of the Middlebury benchmark (Baker et al., "A Database and Evaluation
/// Methodology for Optical Flow", IJCV 2011): the hue is the direction, the saturation the length; no motion is white.
/// </summary>
public static class FlowColors
{
    // Steps from each of the six hues to the next; more where the eye sees more.
    private static readonly (int Steps, Rgb From)[] Hues =
    [
        (15, new Rgb(1, 0, 0)), (6, new Rgb(1, 1, 0)), (4, new Rgb(0, 1, 0)),
        (11, new Rgb(0, 1, 1)), (13, new Rgb(0, 0, 1)), (6, new Rgb(1, 0, 1)),
    ];

    private static readonly Rgb[] Wheel = BuildWheel();

    /// <summary>Draws a flow field, with the wheel as a legend in the lower right corner.</summary>
    /// <param name="flow">Offsets (x, y), (H,W,2), y down, in any unit.</param>
    /// <param name="width">W.</param>
    /// <param name="height">H.</param>
    /// <param name="weights">How much each offset counts for the saturation, (H,W); all alike unless given.</param>
    /// <returns>(H,W,3), full saturation at the longest finite offset, times its weight, and beyond.</returns>
    /// <exception cref="ArgumentException">The flow's length is not 2·W·H, or that of the weights not W·H.</exception>
    public static Image Draw(ReadOnlySpan<float> flow, int width, int height, ReadOnlySpan<float> weights = default)
    {
        if (flow.Length != width * height * 2)
        {
            throw new ArgumentException($"A flow of {width}×{height} has {width * height * 2} numbers, not {flow.Length}.", nameof(flow));
        }

        if (weights.Length != 0 && weights.Length != width * height)
        {
            throw new ArgumentException($"Weights of {width}×{height} are {width * height} numbers, not {weights.Length}.", nameof(weights));
        }

        float longest = 1e-6f;
        for (int i = 0; i < flow.Length; i += 2)
        {
            // One offset that is not finite, or whose square is not, leaves the scale of all others as it is.
            float length = MathF.Sqrt((flow[i] * flow[i]) + (flow[i + 1] * flow[i + 1])) * (weights.Length == 0 ? 1f : weights[i / 2]);
            longest = float.IsFinite(length) ? Math.Max(longest, length) : longest;
        }

        var image = new Image(width, height);
        for (int i = 0; i < width * height; i++)
        {
            Canvas.Blend(image, i % width, i / width, Of(flow[2 * i] / longest, flow[(2 * i) + 1] / longest), 1);
        }

        DrawLegend(image);
        return image;
    }

    /// <summary>The colour of one offset within the unit disc.</summary>
    internal static Rgb Of(float x, float y)
    {
        float length = Math.Min(1, MathF.Sqrt((x * x) + (y * y)));
        float position = (MathF.Atan2(-y, -x) / MathF.PI + 1) / 2 * (Wheel.Length - 1);
        int k = (int)position;
        var hue = Rgb.Lerp(Wheel[k], Wheel[(k + 1) % Wheel.Length], position - k);
        return Rgb.Lerp(Rgb.White, hue, length);
    }

    private static void DrawLegend(Image image)
    {
        float radius = Math.Max(6, Math.Min(image.Width, image.Height) / 10f);
        float cx = image.Width - radius - 3, cy = image.Height - radius - 3;
        for (int y = (int)(cy - radius - 2); y < image.Height; y++)
        {
            for (int x = (int)(cx - radius - 2); x < image.Width; x++)
            {
                float dx = (x - cx) / radius, dy = (y - cy) / radius;
                float outside = (MathF.Sqrt((dx * dx) + (dy * dy)) - 1) * radius;
                Canvas.Blend(image, x, y, Rgb.Grey(0.2f), Math.Clamp(2f - outside, 0, 1));
                Canvas.Blend(image, x, y, Of(dx, dy), Math.Clamp(0.5f - outside, 0, 1));
            }
        }
    }

    private static Rgb[] BuildWheel()
    {
        var wheel = new List<Rgb>();
        for (int h = 0; h < Hues.Length; h++)
        {
            var next = Hues[(h + 1) % Hues.Length].From;
            for (int i = 0; i < Hues[h].Steps; i++)
            {
                wheel.Add(Rgb.Lerp(Hues[h].From, next, (float)i / Hues[h].Steps));
            }
        }

        return [.. wheel];
    }
}
