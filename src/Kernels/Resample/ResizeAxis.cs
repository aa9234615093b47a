namespace Mimesh.Kernels;

/// <summary>
/// One axis of a bilinear resize: output i reads at <c>max(0, Scale·i + Shift)/Unit</c>. In integers, so that positions
/// are exact, the pixels that read one another are found exactly in both directions, and a pixel whose share is nothing is
/// not read: what it holds, NaN perhaps, stays there. <c>4·From·To</c> fits an int.
/// </summary>
internal readonly record struct ResizeAxis(int From, int To, int Scale, int Shift, Divisor Unit, Divisor Reach)
{
    public static ResizeAxis Of(int from, int to, bool alignCorners) => alignCorners
        ? Of(from, to, to > 1 ? from - 1 : 0, 0, Math.Max(1, to - 1))
        : Of(from, to, 2 * from, from - to, 2 * to);

    private static ResizeAxis Of(int from, int to, int scale, int shift, int unit) =>
        new(from, to, scale, shift, new Divisor(unit), new Divisor(Math.Max(1, scale)));

    /// <summary>The input pixel at or before the position of output i.</summary>
    public int Low(int i) => Math.Min(Position(i) / Unit, From - 1);

    /// <summary>How far the position lies from there towards the next pixel.</summary>
    public float Share(int i, int low) => (Position(i) - (low * Unit.Value)) / (float)Unit.Value;

    /// <summary>The next pixel, where it has a share.</summary>
    public int High(int low, float share) => share > 0f ? Math.Min(low + 1, From - 1) : low;

    /// <summary>All three.</summary>
    public (int Low, int High, float Share) Taps(int i)
    {
        int low = Low(i);
        float share = Share(i, low);
        return (low, High(low, share), share);
    }

    /// <summary>The first output whose position lies within one pixel of j.</summary>
    public int FirstReader(int j)
    {
        int from = ((j - 1) * Unit.Value) - Shift;
        return Scale == 0 || from <= 0 ? 0 : from / Reach;
    }

    /// <summary>The last such output.</summary>
    public int LastReader(int j)
    {
        int to = ((j + 1) * Unit.Value) - Shift;
        return Scale == 0 ? To - 1 : to < 0 ? -1 : Math.Min(To - 1, to / Reach);
    }

    /// <summary>What output i takes of input j.</summary>
    public float Weight(int j, int i)
    {
        int low = Low(i);
        float share = Share(i, low);
        return (j == low ? 1f - share : 0f) + (j == Math.Min(low + 1, From - 1) ? share : 0f);
    }

    private int Position(int i) => Math.Max(0, (Scale * i) + Shift);
}
