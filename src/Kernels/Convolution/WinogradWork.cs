using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// A convolution of stride 1 by Winograd's algorithm: some tiles are transformed, multiplied with the transformed filters, one matrix
/// product for each position, and transformed back, all within a core's cache. Part: some rows of tiles, of whichever images, and some
/// blocks of output channels.
/// </summary>
internal unsafe struct WinogradWork<TTile> : IWork
    where TTile : IWinograd
{
    // Tiles of a part: few enough for the cache, and for many threads; but where the filters are large, as many as make reading them,
    // once a part, cost less than the products.
    private const int FewTiles = 32, ManyTiles = 64, LargeFilters = 1 << 20;

    public PaddedBand Input;
    public int N, PadY;

    /// <summary>As <see cref="WinogradFilterWork{TTile}"/> leaves them, and <see cref="ProductKernel.Padded"/> biases.</summary>
    public float* Filters, Bias;

    /// <summary>A block of zeros.</summary>
    public float* Zeros;

    public float* Y;
    public int P, Q, K;
    public nint YImage, YRow, YPixel;
    public OutputSide Output;

    /// <summary>Receives, for each row of tiles, how evenly its numbers are spread. Uneven rows are yet to be computed plainly.</summary>
    public TileSpread* Spread;

    public int TileRows, Bands, ColumnParts;
    public float** Scratch;

    private static int Side => TTile.Size + TTile.Taps - 1;

    private readonly int TilesX => (Q + TTile.Size - 1) / TTile.Size;

    /// <summary>Rows of tiles of an image: what its statistics are gathered by.</summary>
    public readonly int TilesY => (P + TTile.Size - 1) / TTile.Size;

    private readonly int Channels => Input.Channels;

    public readonly int Parts => Bands * ColumnParts;

    /// <summary>Chooses the parts. Gives the scratch needed.</summary>
    public long Plan()
    {
        Input.Width = (TilesX * TTile.Size) + TTile.Taps - 1;
        int goal = (long)Side * Side * Channels * K > LargeFilters ? ManyTiles : FewTiles;
        TileRows = Math.Clamp((goal + (TilesX / 2)) / TilesX, 1, N * TilesY);
        Bands = ((N * TilesY) + TileRows - 1) / TileRows;
        ColumnParts = Math.Clamp(4 / Bands, 1, PackWork.Blocks(K));
        return Input.Floats(Side) + (Side * Side * (Pitch(Channels) + Pitch(MostColumns)));
    }

    private readonly int MostColumns => ProductKernel.Block * ((PackWork.Blocks(K) + ColumnParts - 1) / ColumnParts);

    // From one position to the next: not a power of two, which would map all positions of a tile to the same cache lines.
    private readonly nint Pitch(int channels) => ((nint)TileRows * TilesX * channels) + 16;

    public readonly void Run(int index, int worker)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<Simd512, Vector512<float>>(index, Scratch[worker]);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<Simd256, Vector256<float>>(index, Scratch[worker]);
        }
        else
        {
            Run<Simd128, Vector128<float>>(index, Scratch[worker]);
        }
    }

    private readonly void Run<TSimd, TVector>(int index, float* x)
        where TSimd : ISimd<TVector>
    {
        int columnPart = index % ColumnParts, first = index / ColumnParts * TileRows, last = Math.Min(first + TileRows, N * TilesY);
        int blocks = PackWork.Blocks(K), block = blocks * columnPart / ColumnParts, end = blocks * (columnPart + 1) / ColumnParts;
        int column = block * ProductKernel.Block, columns = Math.Min(ProductKernel.Padded(K), end * ProductKernel.Block) - column;
        int tiles = (last - first) * TilesX, positions = Side * Side, size = TTile.Size, fold = Input.Folded ? 2 : 1;
        float* v = x + Input.Floats(Side), m = v + (positions * Pitch(Channels));
        bool broken = true;
        for (int row = first; row < last; row++)
        {
            int top = row % TilesY * size;
            Input.Copy(row / TilesY, (fold * top) - PadY, Side, x);
            Spread[row] = Transform<TSimd, TVector>(x, v + ((nint)(row - first) * TilesX * Channels), Seen(P - top));
            broken &= Spread[row].IsBroken;
        }

        if (broken)
        {
            return;
        }

        for (int position = 0; position < positions; position++)
        {
            for (int b = block; b < end; b++)
            {
                int from = b * ProductKernel.Block, width = ProductKernel.Width(from, K);
                ProductKernel.Run(
                    new ProductTile
                    {
                        X = v + (position * Pitch(Channels)),
                        XRow = Channels,
                        XInner = 1,
                        W = Filters + (position * WinogradFilterWork<TTile>.Pitch(Channels, K)) + ((nint)from * Channels),
                        WInner = width,
                        Outer = 1,
                        Inner = Channels,
                        Init = Zeros,
                        Y = m + (position * Pitch(MostColumns)) + (from - column),
                        YRow = columns,
                    },
                    tiles, width, width);
            }
        }

        for (int row = first; row < last; row++)
        {
            int n = row / TilesY, top = row % TilesY * size;
            for (int j = 0; j < TilesX; j++)
            {
                for (int k = 0; k < columns; k += TSimd.Lanes)
                {
                    Store<TSimd, TVector>(m + (((((nint)row - first) * TilesX) + j) * columns) + k, n, top, j * size, column + k);
                }
            }

            for (int p = top; Output.HasWork && p < Math.Min(P, top + size); p++)
            {
                Output.Apply((n * YImage) + (p * YRow) + column, Q, YPixel, row, (p - top) * Q, column, Math.Min(columns, K - column));
            }
        }
    }

    // A row of tiles, one after another, at each position (tile, channel).
    private readonly TileSpread Transform<TSimd, TVector>(float* x, float* v, (int, int) rows)
        where TSimd : ISimd<TVector>
    {
        TileSpread spread = default;
        for (int j = 0; j < TilesX; j++, v += Channels, x += TTile.Size * (nint)Channels)
        {
            var columns = Seen(Q - (j * TTile.Size));
            TVector energy = TSimd.Zero, least = TSimd.Zero;
            for (int c = 0; c < Channels; c += TSimd.Lanes)
            {
                // The last vector ends with the last channel; some are then done twice.
                nint at = Math.Min(c, Channels - TSimd.Lanes);
                WinogradTile.AddSquares<TSimd, TVector>(x + at, Input.Pitch, Channels, Side, rows, columns, ref energy, ref least);
                WinogradTile.Input<TTile, TSimd, TVector>(x + at, Input.Pitch, Channels, v + at, Pitch(Channels));
            }

            spread.Add(TSimd.Sum(energy), TSimd.Sum(least));
        }

        return spread;
    }

    // Two places along an axis, one of which lies in the window of each of a tile's outputs; the last tile may have fewer outputs.
    private static (int, int) Seen(int outputs) => (Math.Min(outputs, TTile.Taps) - 1, Math.Min(outputs, TTile.Size) - 1);

    /// <summary>Decides, after the run, which rows of tiles are to be computed plainly; whether there are any.</summary>
    public readonly bool FindUneven()
    {
        bool uneven = false;
        for (int n = 0; n < N; n++)
        {
            uneven |= TileSpread.Settle(new Span<TileSpread>(Spread + ((nint)n * TilesY), TilesY));
        }

        return uneven;
    }

    // One tile of the result, cut off where the image or the channels end.
    [SkipLocalsInit]
    private readonly void Store<TSimd, TVector>(float* m, int n, int p, int q, int k)
        where TSimd : ISimd<TVector>
    {
        int size = TTile.Size, lanes = TSimd.Lanes;
        float* y = Y + (n * YImage) + (p * YRow) + (q * YPixel) + k;
        var bias = TSimd.Load(Bias + k);
        if (p + size <= P && q + size <= Q && k + lanes <= K)
        {
            WinogradTile.Output<TTile, TSimd, TVector>(m, Pitch(MostColumns), bias, y, YRow, YPixel);
            return;
        }

        float* tile = stackalloc float[16 * 16];
        WinogradTile.Output<TTile, TSimd, TVector>(m, Pitch(MostColumns), bias, tile, size * lanes, lanes);
        int valid = Math.Min(lanes, K - k);
        for (int i = 0; i < Math.Min(size, P - p); i++)
        {
            for (int j = 0; j < Math.Min(size, Q - q); j++)
            {
                new ReadOnlySpan<float>(tile + (((i * size) + j) * lanes), valid)
                    .CopyTo(new Span<float>(y + (i * YRow) + (j * YPixel), valid));
            }
        }
    }
}

/// <summary>
/// Transforms packed filters (<see cref="PackWork"/>): for each position the columns' blocks, as a matrix product reads them. A folded
/// band's filters are packed by all four rows of taps, and half of a tap's channels belong to every second row. Part: a block of columns
/// at some depths.
/// </summary>
internal unsafe struct WinogradFilterWork<TTile> : IWork
    where TTile : IWinograd
{
    private const int DepthParts = 4;

    public float* Packed, Filters;

    /// <summary>Channels of the band, and outputs.</summary>
    public int Channels, K;

    public bool Folded;

    /// <summary>From one position to the next: not a power of two, as in <see cref="WinogradWork{TTile}"/>.</summary>
    public static nint Pitch(int channels, int outputs) => ((nint)channels * ProductKernel.Padded(outputs)) + 16;

    public readonly int Parts => PackWork.Blocks(K) * DepthParts;

    public readonly void Run(int index, int worker)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<Simd512, Vector512<float>>(index);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<Simd256, Vector256<float>>(index);
        }
        else
        {
            Run<Simd128, Vector128<float>>(index);
        }
    }

    private readonly void Run<TSimd, TVector>(int index)
        where TSimd : ISimd<TVector>
    {
        int column = index / DepthParts * ProductKernel.Block, width = ProductKernel.Width(column, K), part = index % DepthParts;
        int halves = Folded ? 2 : 1, depth = Channels / halves;
        float* filters = Filters + ((nint)column * Channels);
        float* packed = Packed + ((nint)column * TTile.Taps * TTile.Taps * Channels);
        nint tap = (nint)depth * width, row = halves * TTile.Taps * tap, position = Pitch(Channels, K);
        for (int half = 0; half < halves; half++, packed += TTile.Taps * tap, filters += tap)
        {
            for (nint i = (nint)depth * part / DepthParts * width; i < (nint)depth * (part + 1) / DepthParts * width; i += TSimd.Lanes)
            {
                WinogradTile.Filter<TTile, TSimd, TVector>(packed + i, row, tap, filters + i, position);
            }
        }
    }
}
