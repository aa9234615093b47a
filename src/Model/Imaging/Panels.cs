
namespace Mimesh.Imaging;

/// <summary>Puts pictures and maps side by side, for a person to look at.</summary>
public static class Panels
{
    /// <summary>A map with one channel, as grey: 0 is black, 1 is white.</summary>
    /// <param name="map">The values, (H,W).</param>
    /// <param name="width">W.</param>
    /// <param name="height">H.</param>
    /// <returns>(H,W,3).</returns>
    /// <exception cref="ArgumentException">The map's length is not W·H.</exception>
    public static Image Grey(ReadOnlySpan<float> map, int width, int height)
    {
        if (map.Length != width * height)
        {
            throw new ArgumentException($"A map of {width}×{height} has {width * height} numbers, not {map.Length}.", nameof(map));
        }

        var image = new Image(width, height);
        for (int i = 0; i < map.Length; i++)
        {
            image.Pixels.AsSpan(3 * i, 3).Fill(map[i]);
        }

        return image;
    }

    /// <summary>A row of pictures, each with its label below; all are brought to the first one's height.</summary>
    /// <param name="panels">Labels (ASCII letters, digits and common signs) and pictures, left to right, at least one.</param>
    /// <exception cref="ArgumentException">There is no panel.</exception>
    public static Image Strip(params IReadOnlyList<(string Label, Image Image)> panels)
    {
        ArgumentNullException.ThrowIfNull(panels);
        if (panels.Count == 0)
        {
            throw new ArgumentException("A strip needs at least one picture.", nameof(panels));
        }

        int height = panels[0].Image.Height;
        int gap = Math.Max(2, height / 64);
        Image[] images = [.. panels.Select(p => Scaled(p.Image, height))];
        // The largest scale at which every label fits its picture, but no more than a twelfth of the height.
        int scale = Enumerable.Range(0, panels.Count)
            .Min(i => Math.Max(1, (images[i].Width + gap) / (BitmapFont.Measure(panels[i].Label, 1) + 2)));
        scale = Math.Clamp(scale, 1, Math.Max(1, height / (12 * BitmapFont.Height)));
        int line = (BitmapFont.Height + 4) * scale;

        var strip = new Image(gap + images.Sum(i => i.Width + gap), gap + height + line);
        Canvas.Fill(strip, Rgb.White);
        int left = gap;
        for (int i = 0; i < images.Length; i++)
        {
            Canvas.Paste(strip, images[i], left, gap);
            int text = left + ((images[i].Width - BitmapFont.Measure(panels[i].Label, scale)) / 2);
            BitmapFont.Draw(strip, panels[i].Label, text, gap + height + (2 * scale), scale, Rgb.Grey(0.1f));
            left += images[i].Width + gap;
        }

        return strip;
    }

    /// <summary>Rows of pictures of one size, with a label over each column and one before each row; a missing picture is grey.</summary>
    /// <param name="columns">Labels (ASCII letters, digits and common signs), at least one.</param>
    /// <param name="rows">Labels and as many pictures as there are columns; at least one picture.</param>
    public static Image Grid(IReadOnlyList<string> columns, IReadOnlyList<(string Label, Image?[] Images)> rows)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        int size = rows.SelectMany(r => r.Images).First(i => i is not null)!.Height, gap = Math.Max(2, size / 64);
        int scale = Math.Max(1, size / (16 * BitmapFont.Height));
        int line = (BitmapFont.Height + 4) * scale;
        int margin = rows.Max(r => BitmapFont.Measure(r.Label, scale)) + (4 * scale);
        var grid = new Image(margin + (columns.Count * (size + gap)), line + (rows.Count * (size + gap)));
        Canvas.Fill(grid, Rgb.White);
        for (int c = 0; c < columns.Count; c++)
        {
            int left = margin + (c * (size + gap));
            string label = columns[c][..Math.Min(columns[c].Length, (size + gap) / (BitmapFont.Advance * scale))];
            BitmapFont.Draw(grid, label, left + ((size - BitmapFont.Measure(label, scale)) / 2), 2 * scale, scale, Rgb.Grey(0.1f));
            for (int r = 0; r < rows.Count; r++)
            {
                var image = rows[r].Images[c];
                if (image is null)
                {
                    image = new Image(size, size);
                    Canvas.Fill(image, Rgb.Grey(0.85f));
                }

                Canvas.Paste(grid, image, left, line + (r * (size + gap)));
            }
        }

        for (int r = 0; r < rows.Count; r++)
        {
            BitmapFont.Draw(grid, rows[r].Label, 2 * scale, line + (r * (size + gap)) + ((size - line) / 2), scale, Rgb.Grey(0.1f));
        }

        return grid;
    }

    private static Image Scaled(Image image, int height) => image.Height == height
        ? image
        : Resample.Resize(image, Math.Max(1, (int)Math.Round((double)image.Width * height / image.Height)), height);
}
