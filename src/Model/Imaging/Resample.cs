namespace Mimesh.Imaging;

/// <summary>Cropping and resizing of pictures, on sRGB-encoded values as the networks see them.</summary>
public static class Resample
{
    /// <summary>The whole picture in a square, its edges drawn out over the margins.</summary>
    /// <param name="image">The picture, (H,W,3).</param>
    /// <param name="size">The side of the result, at least 1.</param>
    /// <returns>(size,size,3).</returns>
    public static Image Fit(Image image, int size)
    {
        ArgumentNullException.ThrowIfNull(image);
        int side = Math.Max(image.Width, image.Height);
        int width = Math.Max(1, (int)Math.Round((double)size * image.Width / side)), height = Math.Max(1, (int)Math.Round((double)size * image.Height / side));
        var inner = Resize(image, width, height);
        var result = new Image(size, size);
        for (int y = 0, o = 0; y < size; y++)
        {
            int row = Math.Clamp(y - ((size - height) / 2), 0, height - 1) * width;
            for (int x = 0; x < size; x++, o += 3)
            {
                int column = Math.Clamp(x - ((size - width) / 2), 0, width - 1);
                inner.Pixels.AsSpan(3 * (row + column), 3).CopyTo(result.Pixels.AsSpan(o, 3));
            }
        }

        return result;
    }

    /// <summary>A square of a picture, resized.</summary>
    /// <param name="image">The picture, (H,W,3).</param>
    /// <param name="left">The square's first column.</param>
    /// <param name="top">The square's first row.</param>
    /// <param name="side">The square's side in pixels; it lies inside the picture.</param>
    /// <param name="size">The side of the result, at least 1.</param>
    /// <returns>(size,size,3).</returns>
    /// <exception cref="ArgumentOutOfRangeException">The square does not lie inside.</exception>
    public static Image Square(Image image, int left, int top, int side, int size)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, Math.Min(image.Width - left, image.Height - top));
        return Resize(image, left, top, side, side, size, size);
    }

    /// <summary>Resizes a whole picture.</summary>
    /// <param name="image">The picture, (H,W,3).</param>
    /// <param name="width">The new width, at least 1.</param>
    /// <param name="height">The new height, at least 1.</param>
    /// <returns>(height,width,3).</returns>
    public static Image Resize(Image image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Resize(image, 0, 0, image.Width, image.Height, width, height);
    }

    /// <summary>Turns a picture by quarters, clockwise.</summary>
    /// <param name="image">The picture, (H,W,3).</param>
    /// <param name="quarters">How often.</param>
    /// <returns>(H,W,3) for an even number, (W,H,3) for an odd one.</returns>
    public static Image Turn(Image image, int quarters)
    {
        ArgumentNullException.ThrowIfNull(image);
        quarters &= 3;
        int w = image.Width, h = image.Height;
        var result = quarters % 2 == 0 ? new Image(w, h) : new Image(h, w);
        for (int y = 0; y < h; y++)
        {
            for (int x = 0; x < w; x++)
            {
                var (column, row) = quarters switch { 0 => (x, y), 1 => (h - 1 - y, x), 2 => (w - 1 - x, h - 1 - y), _ => (y, w - 1 - x) };
                image.Pixels.AsSpan(3 * ((y * w) + x), 3).CopyTo(result.Pixels.AsSpan(3 * ((row * result.Width) + column), 3));
            }
        }

        return result;
    }

    /// <summary>The colour between four pixels, the border repeated.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="x">Column; a pixel's centre is at whole numbers.</param>
    /// <param name="y">Row.</param>
    /// <param name="color">Receives red, green and blue.</param>
    public static void Bilinear(Image image, float x, float y, Span<float> color)
    {
        x = Math.Clamp(x, 0, image.Width - 1);
        y = Math.Clamp(y, 0, image.Height - 1);
        int left = (int)x, top = (int)y;
        int right = Math.Min(left + 1, image.Width - 1), bottom = Math.Min(top + 1, image.Height - 1);
        float u = x - left, v = y - top;
        for (int c = 0; c < 3; c++)
        {
            float At(int column, int row) => image.Pixels[(3 * ((row * image.Width) + column)) + c];
            color[c] = float.Lerp(float.Lerp(At(left, top), At(right, top), u), float.Lerp(At(left, bottom), At(right, bottom), u), v);
        }
    }

    // Separable: along rows, then along columns. Only the crop's own pixels take part.
    private static Image Resize(Image image, int left, int top, int cropWidth, int cropHeight, int width, int height)
    {
        var result = new Image(width, height);
        var (x, y) = (Taps.For(cropWidth, width), Taps.For(cropHeight, height));
        float[] rows = new float[cropHeight * width * 3]; // (cropH,W,3)
        Parallel.For(0, cropHeight, v =>
        {
            var row = image.Pixels.AsSpan((((top + v) * image.Width) + left) * 3, cropWidth * 3);
            for (int u = 0, o = v * width * 3; u < width; u++, o += 3)
            {
                float r = 0, g = 0, b = 0;
                var w = x.WeightsOf(u);
                for (int k = 0, i = x.First[u] * 3; k < w.Length; k++, i += 3)
                {
                    r += w[k] * row[i];
                    g += w[k] * row[i + 1];
                    b += w[k] * row[i + 2];
                }

                (rows[o], rows[o + 1], rows[o + 2]) = (r, g, b);
            }
        });
        Parallel.For(0, height, v =>
        {
            var target = result.Pixels.AsSpan(v * width * 3, width * 3);
            var w = y.WeightsOf(v);
            for (int k = 0; k < w.Length; k++)
            {
                var row = rows.AsSpan((y.First[v] + k) * width * 3, target.Length);
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] += w[k] * row[i];
                }
            }

            foreach (ref float value in target)
            {
                value = Math.Clamp(value, 0, 1);
            }
        });
        return result;
    }

    /// <summary>
    /// The filter of one axis: Catmull–Rom's cubic (support 2), stretched by the scale when shrinking so that every source
    /// pixel counts and nothing aliases; normalised, and cut at the borders.
    /// </summary>
    private readonly record struct Taps(int[] First, float[][] Weight)
    {
        public ReadOnlySpan<float> WeightsOf(int i) => Weight[i];

        public static Taps For(int from, int to)
        {
            double scale = (double)from / to, stretch = Math.Max(1, scale), support = 2 * stretch;
            int[] first = new int[to];
            float[][] weight = new float[to][];
            for (int i = 0; i < to; i++)
            {
                double centre = ((i + 0.5) * scale) - 0.5;
                first[i] = Math.Max(0, (int)Math.Ceiling(centre - support));
                int last = Math.Min(from - 1, (int)Math.Floor(centre + support));
                double[] w = [.. Enumerable.Range(first[i], last - first[i] + 1).Select(j => CatmullRom((j - centre) / stretch))];
                double sum = w.Sum();

                // Zeros at the ends are left out: a pixel that does not count is not read, whatever it holds.
                int zeros = w.TakeWhile(value => value == 0).Count();
                first[i] += zeros;
                weight[i] = [.. w.Skip(zeros).Reverse().SkipWhile(value => value == 0).Reverse().Select(value => (float)(value / sum))];
            }

            return new Taps(first, weight);
        }

        private static double CatmullRom(double t)
        {
            t = Math.Abs(t);
            return t < 1 ? (((1.5 * t) - 2.5) * t * t) + 1 : t < 2 ? (((((-0.5 * t) + 2.5) * t) - 4) * t) + 2 : 0;
        }
    }
}
