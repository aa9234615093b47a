using Mimesh.Imaging;

namespace Mimesh.People;

/// <summary>Contact sheets.</summary>
public static class Sheet
{
    /// <summary>A sheet of a split's people, each caught in a random moment.</summary>
    /// <param name="sampler">Whose people.</param>
    /// <param name="first">The first person's number.</param>
    /// <param name="rows">Rows of people.</param>
    /// <param name="columns">People a row.</param>
    /// <param name="size">Pixels a side of each picture.</param>
    public static Image People(ClipSampler sampler, ulong first, int rows, int columns, int size) =>
        Compose([.. Enumerable.Range(0, rows * columns).Select(i => sampler.Single(first + (ulong)i, size).Image)], columns);

    /// <summary>Puts pictures of one size side by side, row after row; missing ones at the end stay black.</summary>
    /// <param name="images">At least one picture; all of the first one's size.</param>
    /// <param name="columns">Pictures a row.</param>
    /// <exception cref="ArgumentException">No picture, or pictures of different sizes.</exception>
    public static Image Compose(IReadOnlyList<Image> images, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (images.Count == 0)
        {
            throw new ArgumentException("A sheet needs pictures.", nameof(images));
        }

        int width = images[0].Width, height = images[0].Height, rows = (images.Count + columns - 1) / columns;
        var sheet = new Image(width * columns, height * rows);
        for (int k = 0; k < images.Count; k++)
        {
            Image image = images[k];
            if (image.Width != width || image.Height != height)
            {
                throw new ArgumentException($"Picture {k} is {image.Width}×{image.Height}, the first is {width}×{height}.",
                    nameof(images));
            }

            for (int y = 0; y < height; y++)
            {
                int row = ((((k / columns) * height) + y) * sheet.Width) + ((k % columns) * width);
                image.Pixels.AsSpan(y * width * 3, width * 3).CopyTo(sheet.Pixels.AsSpan(row * 3));
            }
        }

        return sheet;
    }
}
