namespace Mimesh.Kernels;

/// <summary>
/// A convolution with packed weights, writing pixels any distance apart: the forward pass, and each phase of the input
/// gradient. Part: a band of output rows of one image and a range of blocks of output channels.
/// </summary>
internal unsafe struct ConvolutionWork : IWork
{
    public PaddedBand Input;
    public int N, R, S, Stride, PadY;
    public float* Packed, Bias;
    public int K;
    public float* Y;
    public int P, Q;
    public nint YImage, YRow, YPixel;
    public int BandRows, Bands, ColumnParts;
    public OutputSide Output;
    public float** Scratch;

    /// <summary>If not null, the bands are rows of tiles, and only the uneven ones are computed.</summary>
    public TileSpread* Only;

    /// <summary>Chooses the bands: enough for many threads, small enough for a core's cache. Gives the scratch needed.</summary>
    public long Plan()
    {
        const int CacheFloats = 65536;
        Input.Width = ((Q - 1) * Stride) + S;
        int fit = PaddedBand.RowsThatFit(CacheFloats, Input.Pitch, R, Stride);
        BandRows = Only is not null ? BandRows : (int)Math.Min(Math.Min(fit, P), Math.Max(4, (long)N * P / 32));
        Bands = (P + BandRows - 1) / BandRows;
        ColumnParts = Math.Clamp(16 / Math.Max(1, N * Bands), 1, PackWork.Blocks(K));
        return InputRows(BandRows) * (long)Input.Pitch;
    }

    public readonly int Parts => N * Bands * ColumnParts;

    /// <summary>Whether there are so few output channels that vectors run over the inputs; weights are then packed singly.</summary>
    public readonly bool Dots => DotKernel.Suits(K, R, (nint)S * Input.C);

    private readonly int InputRows(int rows) => ((rows - 1) * Stride) + R;

    public readonly void Run(int index, int worker)
    {
        if (Only is not null && !Only[index / ColumnParts].IsUneven)
        {
            return;
        }

        int columnPart = index % ColumnParts, band = index / ColumnParts % Bands, n = index / (ColumnParts * Bands);
        int first = band * BandRows, rows = Math.Min(BandRows, P - first), top = (first * Stride) - PadY;
        float* x = Scratch[worker];
        nint pitch = Input.Pitch;
        bool inside = Input.IsCopy && Input.PadX <= 0 && Input.Width - Input.PadX <= Input.W && top >= 0 && top + InputRows(rows) <= Input.H;
        if (inside)
        {
            pitch = (nint)Input.W * Input.C;
            x = Input.X + (((((nint)n * Input.H) + top) * Input.W) - Input.PadX) * Input.C;
        }
        else if (R > 0 && S > 0)
        {
            Input.Copy(n, top, InputRows(rows), x);
        }

        nint depth = (nint)R * S * Input.C;
        int blocks = PackWork.Blocks(K);
        for (int block = blocks * columnPart / ColumnParts; block < blocks * (columnPart + 1) / ColumnParts; block++)
        {
            int column = block * ProductKernel.Block, width = ProductKernel.Width(column, K);
            var tile = new ProductTile
            {
                XOuter = pitch,
                XRow = Stride * Input.C,
                XInner = 1,
                W = Packed + (column * depth),
                WOuter = (nint)S * Input.C * width,
                WInner = width,
                Outer = R,
                Inner = (nint)S * Input.C,
                Init = Bias + column,
                YRow = YPixel,
            };
            if (Dots)
            {
                (tile.WOuter, tile.WInner) = ((nint)S * Input.C, depth);
            }

            for (int p = 0; p < rows; p++)
            {
                tile.X = x + (p * Stride * pitch);
                tile.Y = Y + (n * YImage) + ((first + p) * YRow) + column;
                if (Dots)
                {
                    DotKernel.Run(tile, Q, K);
                }
                else
                {
                    ProductKernel.Run(tile, Q, width, Math.Min(width, K - column));
                }

                if (Output.HasWork)
                {
                    Output.Apply((nint)(tile.Y - Y), Q, YPixel, (n * Bands) + band, p * Q, column, Math.Min(Dots ? K : width, K - column));
                }
            }
        }
    }
}
