using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// The weight gradient as a product over pixels: for each kernel row r, the S·C inputs (s, c) beside each other under that
/// row times the output channels k. Vectors run over the output channels, or over the inputs where there are too few
/// channels to fill one. The output rows of the whole batch are cut into bands and the bands into a few runs, by shape
/// alone; each run has a partial sum of its own, <c>(R, block, rows, width)</c>. Part: one run, and some of the blocks of
/// columns.
/// </summary>
internal unsafe struct WeightGradWork : IWork
{
    // Output pixels whose block of columns stays in the first-level cache while the rows pass over it.
    private const int GroupPixels = 256;

    public PaddedBand Input;
    public float* Gy;
    public Conv2dSpec S;
    public nint Size;
    public float* Partial, Zeros, Gw;
    public int BandRows, BandsPerImage, Runs, ColumnParts;
    public float** Scratch;

    /// <summary>Chooses bands, runs and parts. Gives the scratch needed.</summary>
    public long Plan()
    {
        const int CacheFloats = 65536, PartialFloats = 1 << 20, Goal = 16;
        Input.Width = ((S.Q - 1) * S.Stride) + S.S;
        Size = (nint)S.R * Rows * ProductKernel.Padded(Columns);
        BandRows = PaddedBand.RowsThatFit(CacheFloats, Input.Pitch, S.R, S.Stride);
        BandRows = (int)Math.Min(Math.Min(BandRows, S.P), Math.Max(4, (long)S.N * S.P / (2 * Goal)));
        BandsPerImage = (S.P + BandRows - 1) / BandRows;
        Runs = (int)Math.Clamp(Math.Min(Goal, PartialFloats / Size), 1, S.N * BandsPerImage);
        ColumnParts = Math.Clamp(Goal / Runs, 1, PackWork.Blocks(Columns));
        return InputFloats + ((long)GroupRows * S.Q * ProductKernel.Block);
    }

    public readonly int Parts => Runs * ColumnParts;

    private readonly bool OverInputs => S.K <= ProductKernel.Lanes;

    private readonly int Line => S.S * S.C;

    private readonly int Rows => OverInputs ? S.K : Line;

    private readonly int Columns => OverInputs ? Line : S.K;

    private readonly int GroupRows => Math.Max(1, GroupPixels / S.Q);

    // A block of columns may end beyond the last line of the band.
    private readonly long InputFloats => (InputRows(BandRows) * (long)Input.Pitch) + ProductKernel.Block;

    private readonly int InputRows(int rows) => ((rows - 1) * S.Stride) + S.R;

    public readonly void Run(int index, int worker)
    {
        int columnPart = index % ColumnParts, run = index / ColumnParts;
        int bands = S.N * BandsPerImage, from = (int)((long)bands * run / Runs), to = (int)((long)bands * (run + 1) / Runs);
        int blocks = PackWork.Blocks(Columns);
        float* x = Scratch[worker];
        for (int band = from; band < to; band++)
        {
            int n = band / BandsPerImage, top = band % BandsPerImage * BandRows, rows = Math.Min(BandRows, S.P - top);
            Input.Copy(n, (top * S.Stride) - S.Pad, InputRows(rows), x);
            for (int block = blocks * columnPart / ColumnParts; block < blocks * (columnPart + 1) / ColumnParts; block++)
            {
                for (int p = 0; p < rows; p += GroupRows)
                {
                    AddGroup(
                        block * ProductKernel.Block, x + (p * S.Stride * Input.Pitch), x + InputFloats,
                        Gy + ((((nint)n * S.P) + top + p) * S.Q * S.K), Math.Min(GroupRows, rows - p),
                        Partial + (run * Size), band == from && p == 0);
                }
            }
        }
    }

    private readonly void AddGroup(int column, float* x, float* gathered, float* gy, int rows, float* partial, bool first)
    {
        int width = ProductKernel.Width(column, Columns);
        var tile = new ProductTile { Outer = rows, Inner = S.Q, InitRow = first ? 0 : width, YRow = width };
        if (OverInputs)
        {
            (tile.XOuter, tile.XRow, tile.XInner) = ((nint)S.Q * S.K, 1, S.K);
            (tile.WOuter, tile.WInner) = (S.Stride * Input.Pitch, (nint)S.Stride * S.C);
        }
        else
        {
            // Side by side the block's channels of successive pixels do not compete for the same cache lines.
            Gather(gy + column, rows * S.Q, width, Math.Min(width, S.K - column), gathered);
            (tile.XOuter, tile.XRow, tile.XInner) = (S.Stride * Input.Pitch, 1, (nint)S.Stride * S.C);
            (tile.WOuter, tile.WInner) = ((nint)S.Q * width, width);
        }

        for (int r = 0; r < S.R; r++)
        {
            float* under = x + (r * Input.Pitch);
            tile.X = OverInputs ? gy : under;
            tile.W = OverInputs ? under + column : gathered;
            tile.Y = partial + (Rows * (((nint)r * ProductKernel.Padded(Columns)) + column));
            tile.Init = first ? Zeros : tile.Y;
            ProductKernel.Run(tile, Rows, width, width);
        }
    }

    private readonly void Gather(float* gy, int pixels, int width, int valid, float* target)
    {
        for (int i = 0; i < pixels; i++, gy += S.K, target += width)
        {
            new ReadOnlySpan<float>(gy, valid).CopyTo(new Span<float>(target, width));
            new Span<float>(target + valid, width - valid).Clear();
        }
    }

    /// <summary>Parts of <see cref="Total"/>.</summary>
    public readonly int TotalParts => S.R * PackWork.Blocks(Columns);

    /// <summary>Adds the partial sums in order and puts them in their places. Part: one block of one kernel row.</summary>
    public readonly void Total(int index)
    {
        int r = index % S.R, column = index / S.R * ProductKernel.Block;
        int width = ProductKernel.Width(column, Columns), valid = Math.Min(width, Columns - column);
        float* partial = Partial + (Rows * (((nint)r * ProductKernel.Padded(Columns)) + column));
        nint perChannel = (nint)S.R * Line;
        float* gw = Gw + ((nint)r * Line) + (OverInputs ? column : column * perChannel);
        var (byRow, byColumn) = OverInputs ? (perChannel, (nint)1) : (1, perChannel);
        float* sum = stackalloc float[width];
        for (int row = 0; row < Rows; row++, partial += width, gw += byRow)
        {
            for (int j = 0; j < width; j += 4)
            {
                var four = Vector128<float>.Zero;
                for (int run = 0; run < Runs; run++)
                {
                    four += Vector128.Load(partial + (run * Size) + j);
                }

                four.Store(sum + j);
            }

            for (int j = 0; j < valid; j++)
            {
                gw[j * byColumn] = sum[j];
            }
        }
    }
}

/// <summary>The second launch of a weight gradient.</summary>
internal struct WeightTotalWork : IWork
{
    public WeightGradWork Gradient;

    public readonly void Run(int index, int worker) => Gradient.Total(index);
}
