using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// A 3×3 convolution of stride 1 by Winograd's algorithm: the tiles of some rows are transformed, multiplied with the transformed
/// filters, one matrix product for each position, and transformed back, all within a core's cache. Part: some rows of tiles of one
/// image and some blocks of output channels.
/// </summary>
internal unsafe struct WinogradWork<TTile> : IWork
    where TTile : IWinograd
{
    // Tiles of a part: enough that the filters, read once a part, cost less than the products; few enough for the cache.
    private const int GoalTiles = 64;

    public PaddedBand Input;
    public int N, PadY;

    /// <summary>As <see cref="WinogradFilterWork{TTile}"/> leaves them, and <see cref="ProductKernel.Padded"/> biases.</summary>
    public float* Filters, Bias;

    /// <summary>A block of zeros.</summary>
    public float* Zeros;

    public float* Y;
    public int P, Q, K;
    public OutputSide Output;
    public int TileRows, Bands, ColumnParts;
    public float** Scratch;

    private static int Side => TTile.Size + 2;

    private readonly int TilesX => (Q + TTile.Size - 1) / TTile.Size;

    private readonly int TilesY => (P + TTile.Size - 1) / TTile.Size;

    public readonly int Parts => N * Bands * ColumnParts;

    /// <summary>Output rows of a band.</summary>
    public readonly int BandRows => TileRows * TTile.Size;

    /// <summary>Chooses the parts. Gives the scratch needed.</summary>
    public long Plan()
    {
        Input.Width = (TilesX * TTile.Size) + 2;
        TileRows = Math.Clamp((GoalTiles + (TilesX / 2)) / TilesX, 1, TilesY);
        Bands = (TilesY + TileRows - 1) / TileRows;
        ColumnParts = Math.Clamp(4 / (N * Bands), 1, PackWork.Blocks(K));
        return BandFloats + (Side * Side * (Pitch(Input.C) + Pitch(MostColumns)));
    }

    private readonly long BandFloats => ((BandRows + 2) * (long)Input.Pitch) + 16;

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
        int columnPart = index % ColumnParts, band = index / ColumnParts % Bands, n = index / (ColumnParts * Bands);
        int first = band * TileRows, rows = Math.Min(TileRows, TilesY - first), size = TTile.Size;
        int blocks = PackWork.Blocks(K), block = blocks * columnPart / ColumnParts, end = blocks * (columnPart + 1) / ColumnParts;
        int column = block * ProductKernel.Block, columns = Math.Min(ProductKernel.Padded(K), end * ProductKernel.Block) - column;
        int tiles = rows * TilesX, positions = Side * Side;
        float* v = x + BandFloats, m = v + (positions * Pitch(Input.C));
        Input.Copy(n, (first * size) - PadY, (rows * size) + 2, x);
        WinogradTiles.Input<TTile, TSimd, TVector>(x, Input.Pitch, Input.C, rows, TilesX, v, Pitch(Input.C));
        for (int position = 0; position < positions; position++)
        {
            for (int b = block; b < end; b++)
            {
                int from = b * ProductKernel.Block, width = ProductKernel.Width(from, K);
                ProductKernel.Run(
                    new ProductTile
                    {
                        X = v + (position * Pitch(Input.C)),
                        XRow = Input.C,
                        XInner = 1,
                        W = Filters + (((position * (nint)ProductKernel.Padded(K)) + from) * Input.C),
                        WInner = width,
                        Outer = 1,
                        Inner = Input.C,
                        Init = Zeros,
                        Y = m + (position * Pitch(MostColumns)) + (from - column),
                        YRow = columns,
                    },
                    tiles, width, width);
            }
        }

        for (int tile = 0; tile < tiles; tile++)
        {
            int p = (first + (tile / TilesX)) * size, q = tile % TilesX * size;
            for (int k = 0; k < columns; k += TSimd.Lanes)
            {
                Store<TSimd, TVector>(m + (tile * (nint)columns) + k, n, p, q, column + k);
            }
        }

        if (Output.HasWork)
        {
            int top = first * size, bottom = Math.Min(P, (first + rows) * size);
            for (int p = top; p < bottom; p++)
            {
                nint at = (((((nint)n * P) + p) * Q) * K) + column;
                Output.Apply(at, Q, K, (n * Bands) + band, (p - top) * Q, column, Math.Min(columns, K - column));
            }
        }
    }

    // One tile of the result, cut off where the image or the channels end.
    [SkipLocalsInit]
    private readonly void Store<TSimd, TVector>(float* m, int n, int p, int q, int k)
        where TSimd : ISimd<TVector>
    {
        int size = TTile.Size, lanes = TSimd.Lanes;
        float* y = Y + ((((((nint)n * P) + p) * Q) + q) * K) + k;
        var bias = TSimd.Load(Bias + k);
        if (p + size <= P && q + size <= Q && k + lanes <= K)
        {
            TTile.Output<TSimd, TVector>(m, Pitch(MostColumns), bias, y, (nint)Q * K, K);
            return;
        }

        float* tile = stackalloc float[16 * 16];
        TTile.Output<TSimd, TVector>(m, Pitch(MostColumns), bias, tile, size * lanes, lanes);
        int valid = Math.Min(lanes, K - k);
        for (int i = 0; i < Math.Min(size, P - p); i++)
        {
            for (int j = 0; j < Math.Min(size, Q - q); j++)
            {
                new ReadOnlySpan<float>(tile + (((i * size) + j) * lanes), valid)
                    .CopyTo(new Span<float>(y + ((((nint)i * Q) + j) * K), valid));
            }
        }
    }
}

/// <summary>Transforms of whole rows of tiles.</summary>
internal static unsafe class WinogradTiles
{
    /// <summary>The inputs of rows × columns tiles, tiles one after another, at each position (tile, channel).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<TTile, TSimd, TVector>(float* x, nint pitch, int channels, int rows, int columns, float* v, nint position)
        where TTile : IWinograd
        where TSimd : ISimd<TVector>
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++, v += channels)
            {
                float* d = x + (i * TTile.Size * pitch) + ((nint)j * TTile.Size * channels);
                for (int c = 0; c < channels; c += TSimd.Lanes)
                {
                    // The last vector ends with the last channel; some are then done twice.
                    nint at = Math.Min(c, channels - TSimd.Lanes);
                    TTile.Input<TSimd, TVector>(d + at, pitch, channels, v + at, position);
                }
            }
        }
    }
}

/// <summary>
/// Transforms packed filters (<see cref="PackWork"/>): for each position the columns' blocks, as a matrix product reads them.
/// Part: a block of columns at some depths.
/// </summary>
internal unsafe struct WinogradFilterWork<TTile> : IWork
    where TTile : IWinograd
{
    private const int DepthParts = 4;

    public float* Packed, Filters;
    public int C, K;

    public readonly int Parts => PackWork.Blocks(K) * DepthParts;

    public readonly void Run(int index, int worker)
    {
        int column = index / DepthParts * ProductKernel.Block, width = ProductKernel.Width(column, K), part = index % DepthParts;
        float* packed = Packed + ((nint)column * 9 * C), filters = Filters + ((nint)column * C);
        nint tap = (nint)C * width, position = (nint)ProductKernel.Padded(K) * C;
        for (nint i = (nint)C * part / DepthParts * width; i < (nint)C * (part + 1) / DepthParts * width; i += ProductKernel.Lanes)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                TTile.Filter<Simd512, Vector512<float>>(packed + i, 3 * tap, tap, filters + i, position);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                TTile.Filter<Simd256, Vector256<float>>(packed + i, 3 * tap, tap, filters + i, position);
            }
            else
            {
                TTile.Filter<Simd128, Vector128<float>>(packed + i, 3 * tap, tap, filters + i, position);
            }
        }
    }
}
