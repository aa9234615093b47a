namespace Mimesh.Kernels;

/// <summary>
/// The weight gradient as a product over pixels: rows are the kernel's positions (r, s, c), columns the output channels.
/// The output rows of the whole batch are cut into groups that fit a core's cache and the groups into a few runs, by shape
/// alone; each run has a partial sum of its own, in packed order. Part: one run and one block of output channels.
/// </summary>
internal unsafe struct WeightGradWork : IWork
{
    public PaddedBand Input;
    public float* Gy;
    public Conv2dSpec S;
    public nint Size;
    public float* Partial, Zeros;
    public int GroupRows, GroupsPerImage, Sums;
    public float** Scratch;

    /// <summary>Chooses groups and runs. Gives the scratch needed.</summary>
    public long Plan()
    {
        const int GradientFloats = 8192, PartialFloats = 1 << 22;
        int width = Math.Min(ProductKernel.Block, ProductKernel.Padded(S.K));
        GroupRows = Math.Clamp(GradientFloats / Math.Max(1, S.Q * width), 1, Math.Max(1, S.P));
        GroupsPerImage = S.Q <= 0 ? 0 : (Math.Max(0, S.P) + GroupRows - 1) / GroupRows;
        long runs = Math.Min(32 / PackWork.Blocks(S.K), PartialFloats / Size);
        Sums = (int)Math.Clamp(runs, 1, Math.Max(1, S.N * GroupsPerImage));
        return ((long)GroupRows * Math.Max(0, S.Q) * width) + (InputRows(GroupRows) * (long)Math.Max(0, Input.Pitch));
    }

    public readonly int Parts => Sums * PackWork.Blocks(S.K);

    private readonly int InputRows(int rows) => ((rows - 1) * S.Stride) + S.R;

    public readonly void Run(int index, int worker)
    {
        int blocks = PackWork.Blocks(S.K), block = index % blocks, sum = index / blocks;
        int column = block * ProductKernel.Block, width = ProductKernel.Width(column, S.K);
        nint depth = (nint)S.R * S.S * S.C, line = (nint)S.S * S.C;
        float* total = Partial + (sum * Size) + (column * depth);
        int groups = S.N * GroupsPerImage;
        int from = (int)((long)groups * sum / Sums), to = (int)((long)groups * (sum + 1) / Sums);
        if (from == to)
        {
            new Span<float>(total, checked((int)(depth * width))).Clear();
        }

        for (int group = from; group < to; group++)
        {
            int n = group / GroupsPerImage, p = group % GroupsPerImage * GroupRows, rows = Math.Min(GroupRows, S.P - p);
            float* gy = Gy + ((((nint)n * S.P) + p) * S.Q * S.K) + column, x = Scratch[worker];
            if (width != S.K)
            {
                gy = Gather(gy, rows * S.Q, width, Math.Min(width, S.K - column), x);
                x += (nint)rows * S.Q * width;
            }

            Input.Copy(n, (p * S.Stride) - S.Pad, InputRows(rows), x);
            var tile = new ProductTile
            {
                XOuter = S.Stride * Input.Pitch, XRow = 1, XInner = S.Stride * S.C,
                W = gy, WOuter = (nint)S.Q * width, WInner = width,
                Outer = rows, Inner = S.Q, YRow = width,
            };
            for (int r = 0; r < S.R; r++)
            {
                tile.X = x + (r * Input.Pitch);
                tile.Y = total + (r * line * width);
                tile.Init = group == from ? Zeros : tile.Y;
                tile.InitRow = group == from ? 0 : width;
                ProductKernel.Run(tile, (int)line, width, width);
            }
        }
    }

    // The block's channels of some pixels, side by side.
    private readonly float* Gather(float* gy, int pixels, int width, int valid, float* target)
    {
        float* to = target;
        for (int i = 0; i < pixels; i++, gy += S.K, to += width)
        {
            new ReadOnlySpan<float>(gy, valid).CopyTo(new Span<float>(to, width));
            new Span<float>(to + valid, width - valid).Clear();
        }

        return target;
    }
}

/// <summary>Adds the partial weight gradients in order and unpacks them. Part: one row of the kernel of one block.</summary>
internal unsafe struct WeightSumWork : IWork
{
    public float* Partial, Gw;
    public Conv2dSpec S;
    public nint Size;
    public int Sums;

    public readonly void Run(int index, int worker)
    {
        int block = index / S.R, r = index % S.R, column = block * ProductKernel.Block;
        int width = ProductKernel.Width(column, S.K), valid = Math.Min(width, S.K - column);
        int line = S.S * S.C;
        nint depth = (nint)S.R * line;
        float* partial = Partial + (column * depth) + ((nint)r * line * width);
        float* gw = Gw + (column * depth) + ((nint)r * line);
        for (int i = 0; i < line; i++)
        {
            for (int k = 0; k < valid; k++)
            {
                float sum = 0;
                for (int part = 0; part < Sums; part++)
                {
                    sum += partial[(part * Size) + ((nint)i * width) + k];
                }

                gw[(k * depth) + i] = sum;
            }
        }
    }
}
