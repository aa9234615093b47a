namespace Mimesh.Reenactment;

/// <summary>
/// A picture and its halvings side by side in one picture, so that one run of a network sees them all: the picture at the left, its
/// half, quarter … below each other at its right, grey between them.
/// </summary>
public sealed class PyramidLayout
{
    /// <summary>Sides of the whole are multiples of this, and levels begin at multiples of it.</summary>
    public const int Step = 8;

    private const int Gap = 8;

    // A level whose longer side would be below this is left out: a face of that size fills a picture.
    private const int LeastSide = 20;

    /// <summary>The layout for a picture.</summary>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height.</param>
    public PyramidLayout(int width, int height)
    {
        var levels = new List<PyramidLevel> { new(0, 0, width, height) };
        int right = Align(width), bottom = Align(height), left = Align(width + Gap), top = 0;
        for (int w = width / 2, h = height / 2; Math.Max(w, h) >= LeastSide && Math.Min(w, h) > 0; w /= 2, h /= 2)
        {
            levels.Add(new PyramidLevel(left, top, w, h));
            right = Math.Max(right, Align(left + w));
            bottom = Math.Max(bottom, Align(top + h));
            top = Align(top + h + Gap);
        }

        (Width, Height, Levels) = (right, bottom, levels);
    }

    /// <summary>Width of the whole.</summary>
    public int Width { get; }

    /// <summary>Height of the whole.</summary>
    public int Height { get; }

    /// <summary>Where the levels are; level l is 2ˡ times smaller than the picture.</summary>
    public IReadOnlyList<PyramidLevel> Levels { get; }

    /// <summary>Fills the whole.</summary>
    /// <param name="picture"><c>(H, W, 3)</c> of level 0.</param>
    /// <param name="pixels">Receives <c>(Height, Width, 3)</c>.</param>
    public void Fill(ReadOnlySpan<float> picture, Span<float> pixels)
    {
        pixels.Fill(0.5f);
        var first = Levels[0];
        for (int y = 0; y < first.Height; y++)
        {
            picture.Slice(3 * y * first.Width, 3 * first.Width).CopyTo(pixels[(3 * y * Width)..]);
        }

        for (int l = 1; l < Levels.Count; l++)
        {
            Halve(Levels[l - 1], Levels[l], pixels);
        }
    }

    private void Halve(PyramidLevel from, PyramidLevel to, Span<float> pixels)
    {
        for (int y = 0; y < to.Height; y++)
        {
            var upper = pixels.Slice(3 * (((from.Top + (2 * y)) * Width) + from.Left), 6 * to.Width);
            var lower = pixels.Slice(3 * (((from.Top + (2 * y) + 1) * Width) + from.Left), 6 * to.Width);
            var row = pixels.Slice(3 * (((to.Top + y) * Width) + to.Left), 3 * to.Width);
            for (int x = 0; x < row.Length; x += 3)
            {
                for (int c = x; c < x + 3; c++)
                {
                    int i = c + x; // 2·x + channel
                    row[c] = 0.25f * (upper[i] + upper[i + 3] + lower[i] + lower[i + 3]);
                }
            }
        }
    }

    private static int Align(int size) => (size + Step - 1) / Step * Step;
}

/// <summary>Where a level of a <see cref="PyramidLayout"/> is, in its pixels.</summary>
public readonly record struct PyramidLevel(int Left, int Top, int Width, int Height);
