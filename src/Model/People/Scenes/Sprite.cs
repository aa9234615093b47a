using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// A small square picture with opacity that scenes are put together from: a person, a thing, or a backdrop. It is kept in bytes with
/// its halvings, so that hundreds fit in memory and can be shown at any size.
/// </summary>
internal sealed class Sprite
{
    private readonly byte[][] _levels; // red, green, blue, opacity
    private readonly int _side;

    /// <summary>A sprite of pixels.</summary>
    /// <param name="pixels"><c>(side, side, 4)</c> in [0, 1]: colour times opacity, and opacity.</param>
    /// <param name="side">A power of two.</param>
    public Sprite(float[] pixels, int side)
    {
        _side = side;
        var levels = new List<byte[]>();
        for (; side >= 4; side /= 2)
        {
            levels.Add(Array.ConvertAll(pixels, p => (byte)MathF.Round(255 * Math.Clamp(p, 0f, 1f))));
            pixels = Halve(pixels, side);
        }

        _levels = [.. levels];
    }

    /// <summary>The face on it, in its grid; null where there is none, or none that is meant to be found.</summary>
    public FaceCrop? Face { get; init; }

    /// <summary>The part of it that is placed in a scene: its face, or what stands in a face's place.</summary>
    public FaceCrop Around { get; init; } = new(0, 0, 0, 0.5f);

    /// <summary>Whether what is cut off at its lower edge goes on below: a person's body.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Whether it is continued beyond its edges by its mirror images: a backdrop.</summary>
    public bool Tiles { get; init; }

    /// <summary>The halving to show at a size.</summary>
    /// <param name="half">Half the side at which it is shown, pixels.</param>
    public int LevelFor(float half) =>
        Math.Clamp((int)MathF.Floor(MathF.Log2(MathF.Max(1f, _side / (2f * half))) + 0.4f), 0, _levels.Length - 1);

    /// <summary>Colour times opacity, and opacity, at a point of the grid, between pixels.</summary>
    /// <param name="u">In the grid [−1, 1]².</param>
    /// <param name="level">See <see cref="LevelFor"/>.</param>
    public Vector4 At(Vector2 u, int level)
    {
        int side = _side >> level;
        if (Tiles)
        {
            u = new Vector2(Mirror(u.X), Mirror(u.Y));
        }
        else if (GoesOn && u.Y > 1f - (2f / side))
        {
            u.Y = 1f - (2f / side);
        }

        float x = ((u.X + 1) * side / 2) - 0.5f, y = ((u.Y + 1) * side / 2) - 0.5f;
        if (!(x > -1 && y > -1 && x < side && y < side))
        {
            return Vector4.Zero;
        }

        int left = (int)MathF.Floor(x), top = (int)MathF.Floor(y);
        float s = x - left, t = y - top;
        byte[] pixels = _levels[level];
        int x0 = Math.Max(left, 0), x1 = Math.Min(left + 1, side - 1), y0 = Math.Max(top, 0) * side, y1 = Math.Min(top + 1, side - 1) * side;
        var upper = Vector4.Lerp(Fetch(pixels, y0 + x0), Fetch(pixels, y0 + x1), s);
        var lower = Vector4.Lerp(Fetch(pixels, y1 + x0), Fetch(pixels, y1 + x1), s);
        return Vector4.Lerp(upper, lower, t) * (1f / 255);
    }

    private static Vector4 Fetch(byte[] pixels, int at)
    {
        var p = pixels.AsSpan(4 * at, 4);
        return new Vector4(p[0], p[1], p[2], p[3]);
    }

    // 1 → 1, 1.5 → 0.5, 3 → −1 …: the grid goes to and fro.
    private static float Mirror(float u)
    {
        float period = (u + 1) * 0.25f;
        return 1 - (4 * MathF.Abs(period - MathF.Floor(period) - 0.5f));
    }

    private static float[] Halve(float[] pixels, int side)
    {
        int half = side / 2;
        float[] result = new float[4 * half * half];
        for (int y = 0; y < half; y++)
        {
            for (int x = 0; x < half; x++)
            {
                int at = 4 * ((2 * y * side) + (2 * x));
                for (int c = 0; c < 4; c++)
                {
                    result[(4 * ((y * half) + x)) + c] =
                        0.25f * (pixels[at + c] + pixels[at + 4 + c] + pixels[at + (4 * side) + c] + pixels[at + (4 * side) + 4 + c]);
                }
            }
        }

        return result;
    }
}
