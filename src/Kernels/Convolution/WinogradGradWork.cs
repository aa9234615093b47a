using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// The weight gradient of a 3×3 convolution of stride 1 by the adjoint of Winograd's algorithm:
/// <c>gw = Gᵀ·[Σ_tiles (A·gy·Aᵀ) ⊙ (Bᵀ·d·B)]·G</c>, for each position a matrix product over the tiles. Rows of tiles are done a slab at
/// a time, so that what is transformed stays in a cache: one launch transforms a slab, one adds its products, and the last one makes
/// the gradient of the sums.
/// </summary>
internal unsafe struct WinogradGradWork<TTile> : IWork
    where TTile : IWinograd
{
    private const long SlabFloats = 1 << 20;

    private const int ChunkTiles = 128;

    /// <summary>x, and gy as an image of its own.</summary>
    public PaddedBand Input, OutputGrad;

    public int N, P, Q, PadY;
    public float* Gw;

    /// <summary>The transforms of a slab, and the sums: (position, block of C, tile, column), (position, block of K, tile, row), (position, block of C, K, column).</summary>
    public float* V, Z, Sums;

    public float* Zeros;
    public int SlabRows, FirstRow;
    public WinogradGradStep Step;
    public float** Scratch;

    private static int Positions => (TTile.Size + 2) * (TTile.Size + 2);

    private readonly int C => Input.C;

    private readonly int K => OutputGrad.C;

    private readonly int TilesX => (Q + TTile.Size - 1) / TTile.Size;

    private readonly int TilesY => (P + TTile.Size - 1) / TTile.Size;

    public readonly int Rows => N * TilesY;

    private readonly int Tiles => Math.Min(SlabRows, Rows - FirstRow) * TilesX;

    private readonly nint VPitch => ((nint)SlabRows * TilesX * C) + 16;

    private readonly nint ZPitch => ((nint)SlabRows * TilesX * K) + 16;

    private readonly nint SumPitch => ((nint)K * C) + 16;

    private readonly int Blocks => PackWork.Blocks(C);

    public readonly int Parts => Step switch
    {
        WinogradGradStep.Transform => Tiles / TilesX,
        WinogradGradStep.Add => Positions * Blocks,
        _ => K,
    };

    /// <summary>Chooses the slabs. Gives the scratch needed by each worker and by all.</summary>
    public (long Own, long Shared) Plan()
    {
        Input.Width = (TilesX * TTile.Size) + 2;
        OutputGrad.Width = TilesX * TTile.Size;
        SlabRows = (int)Math.Clamp(SlabFloats / ((long)Positions * (C + K) * TilesX), 1, Rows);
        return (InputFloats + (TTile.Size * (long)OutputGrad.Pitch), (Positions * (long)(VPitch + ZPitch + SumPitch)) + ProductKernel.Block);
    }

    /// <summary>Divides what <see cref="Plan"/> asked to be shared.</summary>
    public void Place(float* shared)
    {
        V = shared;
        Z = V + (Positions * VPitch);
        Sums = Z + (Positions * ZPitch);
        Zeros = Sums + (Positions * SumPitch);
        new Span<float>(Zeros, ProductKernel.Block).Clear();
    }

    private readonly nint InputFloats => ((TTile.Size + 2) * Input.Pitch) + 16;

    public readonly void Run(int index, int worker)
    {
        if (Step == WinogradGradStep.Add)
        {
            Add(index / Blocks, index % Blocks * ProductKernel.Block);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            Run<Simd512, Vector512<float>>(index, worker);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<Simd256, Vector256<float>>(index, worker);
        }
        else
        {
            Run<Simd128, Vector128<float>>(index, worker);
        }
    }

    private readonly void Run<TSimd, TVector>(int index, int worker)
        where TSimd : ISimd<TVector>
    {
        if (Step == WinogradGradStep.Transform)
        {
            Transform<TSimd, TVector>(index, Scratch[worker]);
        }
        else
        {
            Finish<TSimd, TVector>(index);
        }
    }

    // Part: a row of tiles.
    private readonly void Transform<TSimd, TVector>(int row, float* x)
        where TSimd : ISimd<TVector>
    {
        int n = (FirstRow + row) / TilesY, p = (FirstRow + row) % TilesY * TTile.Size, size = TTile.Size;
        float* gy = x + InputFloats;
        Input.Copy(n, p - PadY, size + 2, x);
        OutputGrad.Copy(n, p, size, gy);
        for (int j = 0; j < TilesX; j++)
        {
            int tile = (row * TilesX) + j;
            for (int c = 0; c < C; c += TSimd.Lanes)
            {
                int block = c / ProductKernel.Block * ProductKernel.Block, width = ProductKernel.Width(block, C);
                float* v = V + ((nint)block * Tiles) + ((nint)tile * width) + (c - block);
                TTile.Input<TSimd, TVector>(x + ((nint)j * size * C) + c, Input.Pitch, C, v, VPitch);
            }

            for (int k = 0; k < K; k += TSimd.Lanes)
            {
                int block = k / ProductKernel.Block * ProductKernel.Block, width = ProductKernel.Width(block, K);
                float* z = Z + ((nint)block * Tiles) + ((nint)tile * width) + (k - block);
                TTile.OutputGrad<TSimd, TVector>(gy + ((nint)j * size * K) + k, OutputGrad.Pitch, K, z, ZPitch);
            }
        }
    }

    // Both blocks of a chunk of tiles fit the first-level cache.
    private readonly void Add(int position, int block)
    {
        int width = ProductKernel.Width(block, C);
        for (int tile = 0; tile < Tiles; tile += ChunkTiles)
        {
            bool first = FirstRow == 0 && tile == 0;
            for (int k = 0; k < K; k += ProductKernel.Block)
            {
                int rows = ProductKernel.Width(k, K);
                float* sums = Sums + (position * SumPitch) + ((nint)block * K) + ((nint)k * width);
                ProductKernel.Run(
                    new ProductTile
                    {
                        X = Z + (position * ZPitch) + ((nint)k * Tiles) + ((nint)tile * rows),
                        XRow = 1,
                        XInner = rows,
                        W = V + (position * VPitch) + ((nint)block * Tiles) + ((nint)tile * width),
                        WInner = width,
                        Outer = 1,
                        Inner = Math.Min(ChunkTiles, Tiles - tile),
                        Init = first ? Zeros : sums,
                        InitRow = first ? 0 : width,
                        Y = sums,
                        YRow = width,
                    },
                    rows, width, width);
            }
        }
    }

    // Part: an output channel.
    private readonly void Finish<TSimd, TVector>(int k)
        where TSimd : ISimd<TVector>
    {
        for (int c = 0; c < C; c += TSimd.Lanes)
        {
            int block = c / ProductKernel.Block * ProductKernel.Block, width = ProductKernel.Width(block, C);
            float* sums = Sums + ((nint)block * K) + ((nint)k * width) + (c - block);
            TTile.FilterGrad<TSimd, TVector>(sums, SumPitch, Gw + ((nint)k * 9 * C) + c, 3 * (nint)C, C);
        }
    }
}

/// <summary>The launches of a <see cref="WinogradGradWork{TTile}"/>.</summary>
internal enum WinogradGradStep
{
    Transform,
    Add,
    Finish,
}
