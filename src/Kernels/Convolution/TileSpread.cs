namespace Mimesh.Kernels;

/// <summary>
/// Decides where Winograd's algorithm may be used. Its transforms mix all numbers of a tile, so each output has rounding errors of the
/// size of the tile's largest number, and is NaN if one number is not finite; a plain convolution has those of the numbers under its
/// filter alone. A tile is <em>even</em> if the filter's window at each of its outputs has at least 1/<see cref="Most"/> of the tile's
/// sum of squares. A tile that is not even may have at most <see cref="Most"/> times the sum of squares that is typical of its image:
/// the geometric mean over the even tiles. Rows of tiles that break both rules are computed plainly. The decision depends on the image
/// alone, not on the batch or the threads.
/// </summary>
/// <remarks>
/// The transforms' rounding errors are within 5·10⁻⁷ of ‖w‖·‖tile‖. So an output's error is within 3·10⁻⁵·‖w‖ times the norm of its
/// window or of a typical tile, whichever is larger.
/// </remarks>
internal struct TileSpread
{
    /// <summary>How many times larger a tile's sum of squares may be than a window's: 64².</summary>
    public const float Most = 4096f;

    // Sums of squares beyond this count as not finite: products with them might overflow.
    private const float Largest = 1e30f;

    private long _levels;
    private int _even;
    private float _worst;

    /// <summary>Whether the row is to be computed plainly; before <see cref="Settle"/>, whether it has a tile that is not even.</summary>
    public readonly bool IsUneven => !(_worst <= 0f);

    /// <summary>Whether that is certain already: a sum of squares is not finite.</summary>
    public readonly bool IsBroken => !(_worst <= Largest);

    /// <summary>Adds a tile.</summary>
    /// <param name="energy">Its sum of squares.</param>
    /// <param name="least">A part of it that no window has less than.</param>
    public void Add(float energy, float least)
    {
        if (!(energy <= MathF.Min(Most * least, Largest)))
        {
            _worst = MathF.Max(_worst, energy);
        }
        else if (energy > 0f)
        {
            _levels += Level(energy);
            _even++;
        }
    }

    /// <summary>Decides, for the rows of tiles of an image, which are to be computed plainly; whether any is.</summary>
    /// <param name="rows">All rows of the image.</param>
    public static bool Settle(Span<TileSpread> rows)
    {
        long levels = 0;
        int even = 0;
        bool uneven = false;
        foreach (ref readonly var row in rows)
        {
            levels += row._levels;
            even += row._even;
            uneven |= row.IsUneven;
        }

        if (!uneven)
        {
            return false;
        }

        float most = even == 0 ? 0f : MathF.Min(Most * Energy(levels / even), Largest);
        uneven = false;
        foreach (ref var row in rows)
        {
            row._worst = row._worst <= most ? 0f : row._worst;
            uneven |= row.IsUneven;
        }

        return uneven;
    }

    // The bits of a positive float grow like its logarithm, linearly between powers of two.
    private static long Level(float energy) => BitConverter.SingleToInt32Bits(energy);

    private static float Energy(long level) => BitConverter.Int32BitsToSingle((int)level);
}
