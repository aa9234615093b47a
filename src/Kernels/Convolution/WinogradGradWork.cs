using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// The weight gradient of a convolution of stride 1 by the adjoint of Winograd's algorithm:
/// <c>gw = Gᵀ·[Σ_tiles (A·gy·Aᵀ) ⊙ (Bᵀ·d·B)]·G</c>, for each position a matrix product over the tiles. Where the sums fit a core's cache,
/// the tiles are cut into runs and each run has sums of its own: cores that hand each other what they have written are hardly faster
/// than one. Where the sums are larger, a slab of tiles is transformed in one launch and its products are added in another.
/// </summary>
internal unsafe struct WinogradGradWork<TTile> : IWork
    where TTile : IWinograd
{
    // Tiles of a run that are transformed before they are multiplied, runs, and floats of a run's sums at most.
    private const int GoalTiles = 40, GoalRuns = 8, MostSums = 400 << 10;

    // Floats of a slab, and tiles of it whose blocks stay in the first-level cache.
    private const int SlabFloats = 4 << 20, ChunkTiles = 128;

    // Channels of a block at most.
    private const int MostChannels = 32;

    // How many times larger the squares of the sums may be than those of a tap: 512².
    private const float Most = 1 << 18;

    /// <summary>x, and gy as an image of its own.</summary>
    public PaddedBand Input, OutputGrad;

    public int N, P, Q, PadY;

    /// <summary>The sums of each run: (run, position, block of C, K, column).</summary>
    public float* Sums;

    /// <summary>A slab's transforms.</summary>
    public float* V, Z;

    public float* Zeros;

    /// <summary>Receives, for each part of <see cref="Finish(float*, int)"/>, whether its numbers cannot be trusted.</summary>
    public bool* Uneven;

    public WinogradGradStep Step;
    public int FirstRow, ChunkRows, Runs;
    public float** Scratch;

    private static int Side => TTile.Size + TTile.Taps - 1;

    private static int Positions => Side * Side;

    private readonly int C => Input.Channels;

    private readonly int K => OutputGrad.C;

    private readonly int TilesX => (Q + TTile.Size - 1) / TTile.Size;

    private readonly int TilesY => (P + TTile.Size - 1) / TTile.Size;

    public readonly int Rows => N * TilesY;

    private readonly int SlabRows => Math.Min(ChunkRows, Rows - FirstRow);

    private readonly nint SumPitch => ((nint)K * C) + 16;

    private readonly int Blocks => PackWork.Blocks(C);

    // From one position to the next: not a power of two, which would map all positions of a tile to the same cache lines.
    private readonly nint Pitch(int channels) => ((nint)ChunkRows * TilesX * channels) + 16;

    public readonly int Parts => Step switch
    {
        WinogradGradStep.Run => Runs,
        WinogradGradStep.Transform => SlabRows,
        _ => Positions * Blocks,
    };

    /// <summary>Chooses runs or slabs. Gives the scratch needed by each worker and by all.</summary>
    public (long Own, long Shared) Plan()
    {
        Input.Width = (TilesX * TTile.Size) + TTile.Taps - 1;
        OutputGrad.Width = TilesX * TTile.Size;
        bool slabs = (long)Positions * C * K > MostSums;
        Step = slabs ? WinogradGradStep.Transform : WinogradGradStep.Run;
        ChunkRows = Math.Clamp(slabs ? SlabFloats / (int)Math.Min(SlabFloats, Positions * (C + K) * (long)TilesX) : GoalTiles / TilesX, 1, Rows);
        Runs = slabs ? 1 : Math.Clamp((Rows + ChunkRows - 1) / ChunkRows, 1, GoalRuns);
        long bands = Input.Floats(Side) + OutputGrad.Floats(TTile.Size), transforms = Positions * (Pitch(C) + Pitch(K));
        return (bands + (slabs ? 0 : transforms), (Runs * Positions * SumPitch) + ProductKernel.Block + (slabs ? transforms : 0));
    }

    /// <summary>Divides what <see cref="Plan"/> asked to be shared.</summary>
    public void Place(float* shared)
    {
        Sums = shared;
        Zeros = Sums + (Runs * Positions * SumPitch);
        V = Zeros + ProductKernel.Block;
        Z = V + (Positions * Pitch(C));
        new Span<float>(Zeros, ProductKernel.Block).Clear();
    }

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
        float* v = x + Input.Floats(Side) + OutputGrad.Floats(TTile.Size), z = v + (Positions * Pitch(C));
        switch (Step)
        {
            case WinogradGradStep.Transform:
                Transform<TSimd, TVector>(FirstRow + index, index, SlabRows * TilesX, x, V, Z);
                break;
            case WinogradGradStep.Add:
                Add(V, Z, index / Blocks, index % Blocks * ProductKernel.Block, SlabRows * TilesX, Sums, FirstRow == 0);
                break;
            default:
                int from = (int)((long)Rows * index / Runs), to = (int)((long)Rows * (index + 1) / Runs);
                for (int row = from; row < to; row += ChunkRows)
                {
                    int rows = Math.Min(ChunkRows, to - row);
                    for (int i = 0; i < rows; i++)
                    {
                        Transform<TSimd, TVector>(row + i, i, rows * TilesX, x, v, z);
                    }

                    for (int i = 0; i < Positions * Blocks; i++)
                    {
                        float* sums = Sums + (index * Positions * SumPitch);
                        Add(v, z, i / Blocks, i % Blocks * ProductKernel.Block, rows * TilesX, sums, row == from);
                    }
                }

                break;
        }
    }

    // One row of tiles, in blocks of channels as the products read them: v (position, block of C, tile, column), z likewise of K.
    private readonly void Transform<TSimd, TVector>(int row, int at, int tiles, float* x, float* v, float* z)
        where TSimd : ISimd<TVector>
    {
        int n = row / TilesY, p = row % TilesY * TTile.Size, size = TTile.Size;
        float* gy = x + Input.Floats(Side);
        Input.Copy(n, ((Input.Folded ? 2 : 1) * p) - PadY, Side, x);
        OutputGrad.Copy(n, p, size, gy);
        for (int j = 0, tile = at * TilesX; j < TilesX; j++, tile++)
        {
            for (int c = 0; c < C; c += TSimd.Lanes)
            {
                int block = c / ProductKernel.Block * ProductKernel.Block, width = ProductKernel.Width(block, C);
                float* to = v + ((nint)block * tiles) + ((nint)tile * width) + (c - block);
                WinogradTile.Input<TTile, TSimd, TVector>(x + ((nint)j * size * C) + c, Input.Pitch, C, to, Pitch(C));
            }

            for (int k = 0; k < K; k += TSimd.Lanes)
            {
                int block = k / ProductKernel.Block * ProductKernel.Block, width = ProductKernel.Width(block, K);
                float* to = z + ((nint)block * tiles) + ((nint)tile * width) + (k - block);
                WinogradTile.OutputGrad<TTile, TSimd, TVector>(gy + ((nint)j * size * K) + k, OutputGrad.Pitch, K, to, Pitch(K));
            }
        }
    }

    // The products of one position and one block of input channels.
    private readonly void Add(float* v, float* z, int position, int block, int tiles, float* sums, bool begin)
    {
        int width = ProductKernel.Width(block, C);
        for (int tile = 0; tile < tiles; tile += ChunkTiles)
        {
            bool first = begin && tile == 0;
            for (int k = 0; k < K; k += ProductKernel.Block)
            {
                int rows = ProductKernel.Width(k, K);
                float* sum = sums + (position * SumPitch) + ((nint)block * K) + ((nint)k * width);
                ProductKernel.Run(
                    new ProductTile
                    {
                        X = z + (position * Pitch(K)) + ((nint)k * tiles) + ((nint)tile * rows),
                        XRow = 1,
                        XInner = rows,
                        W = v + (position * Pitch(C)) + ((nint)block * tiles) + ((nint)tile * width),
                        WInner = width,
                        Outer = 1,
                        Inner = Math.Min(ChunkTiles, tiles - tile),
                        Init = first ? Zeros : sum,
                        InitRow = first ? 0 : width,
                        Y = sum,
                        YRow = width,
                    },
                    rows, width, width);
            }
        }
    }

    /// <summary>Parts of <see cref="Finish(float*, int)"/>.</summary>
    public readonly int TotalParts => Blocks * OutputParts;

    private readonly int OutputParts => Math.Min(4, K);

    /// <summary>A part of the gradient from the sums of all runs: a block of input channels at some output channels.</summary>
    /// <param name="gw">The gradient <c>(K, R, S, C)</c> of the unfolded filter.</param>
    /// <param name="index">Which part.</param>
    public readonly void Finish(float* gw, int index)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Finish<Simd512, Vector512<float>>(gw, index);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Finish<Simd256, Vector256<float>>(gw, index);
        }
        else
        {
            Finish<Simd128, Vector128<float>>(gw, index);
        }
    }

    // Of a folded band, half of a tap's channels belong to every second row of the filter.
    [SkipLocalsInit]
    private readonly void Finish<TSimd, TVector>(float* gw, int index)
        where TSimd : ISimd<TVector>
    {
        int fold = Input.Folded ? 2 : 1, depth = C / fold, lanes = TSimd.Lanes, positions = Positions, taps = TTile.Taps;
        int block = index / OutputParts * ProductKernel.Block, width = ProductKernel.Width(block, C), part = index % OutputParts;
        nint tap = depth, row = fold * taps * tap;
        float* total = stackalloc float[36 * 16];
        float* squares = stackalloc float[10 * MostChannels]; // (the sums, then each tap; channel)
        new Span<float>(squares, 10 * MostChannels).Clear();
        for (int k = K * part / OutputParts; k < K * (part + 1) / OutputParts; k++)
        {
            for (int c = block; c < block + width; c += lanes)
            {
                float* sums = Sums + ((nint)block * K) + ((nint)k * width) + (c - block);
                float* square = squares + (c - block);
                TVector even = TSimd.Load(square), odd = TSimd.Zero;
                for (int position = 0; position < positions; position++)
                {
                    TVector sum = TSimd.Load(sums + (position * SumPitch));
                    for (int run = 1; run < Runs; run++)
                    {
                        sum = TSimd.Add(sum, TSimd.Load(sums + (((run * positions) + position) * SumPitch)));
                    }

                    (even, odd) = (odd, TSimd.MultiplyAdd(sum, sum, even));
                    TSimd.Store(sum, total + (position * lanes));
                }

                TSimd.Store(TSimd.Add(even, odd), square);
                float* to = gw + (k * taps * row) + (c / depth * taps * tap) + (c % depth);
                WinogradTile.FilterGrad<TTile, TSimd, TVector>(total, lanes, to, row, tap);
                for (int r = 0; r < taps; r++)
                {
                    for (int s = 0; s < taps; s++)
                    {
                        square += MostChannels;
                        TVector v = TSimd.Load(to + (r * row) + (s * tap));
                        TSimd.Store(TSimd.MultiplyAdd(v, v, TSimd.Load(square)), square);
                    }
                }
            }
        }

        Uneven[index] = !IsEven<TSimd, TVector>(squares, width);
    }

    // A tap has the rounding errors of the sums that it is made of. It can be trusted if its sum of squares is at least 1/Most of theirs:
    // the errors are then within 3·10⁻⁴ of its norm. Channels with taps that cannot be trusted do no harm while their sums are no larger
    // than those of the other channels together.
    private static bool IsEven<TSimd, TVector>(float* squares, int width)
        where TSimd : ISimd<TVector>
    {
        float even = 0f, uneven = 0f;
        for (int c = 0; c < width; c += TSimd.Lanes)
        {
            float* sums = squares + c, least = sums + MostChannels;
            TVector min = TSimd.Load(least);
            for (int tap = 2; tap <= TTile.Taps * TTile.Taps; tap++)
            {
                min = TSimd.Min(min, TSimd.Load(sums + (tap * MostChannels)));
            }

            TSimd.Store(min, least);
            for (int lane = 0; lane < TSimd.Lanes; lane++)
            {
                bool trusted = sums[lane] <= Most * least[lane];
                even += trusted ? sums[lane] : 0f;
                uneven += trusted ? 0f : sums[lane];
            }
        }

        return uneven <= even && even < float.PositiveInfinity;
    }
}

/// <summary>The last launch of a weight gradient.</summary>
internal unsafe struct WinogradTotalWork<TTile> : IWork
    where TTile : IWinograd
{
    public WinogradGradWork<TTile> Gradient;
    public float* Gw;

    public readonly void Run(int index, int worker) => Gradient.Finish(Gw, index);
}

/// <summary>What a launch of <see cref="WinogradGradWork{TTile}"/> does: runs as a whole, or the two halves of a slab.</summary>
internal enum WinogradGradStep
{
    Run,
    Transform,
    Add,
}
