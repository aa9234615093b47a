using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// A band of rows of an image with its zero border, copied to a thread's own memory: it then lies in the cache, and the
/// inner loops need no tests for the edges. On the way the pixels are normalised, activated and doubled, if asked. Channels-last,
/// the S·C inputs under one row of the kernel are contiguous. A folded band has 2×2 pixels for one, of four times the channels, and a
/// convolution of stride 2 is one of stride 1 over it.
/// </summary>
internal unsafe struct PaddedBand
{
    public float* X;

    /// <summary>The image's size, after up-sampling.</summary>
    public int H, W, C;

    /// <summary>Columns of the band, and the zeros in front of each row (negative: columns left out).</summary>
    public int Width, PadX;

    /// <summary>As in <see cref="ConvFusion"/>; null for no normalisation.</summary>
    public float* Statistics;

    public bool Activate, Upsample, Folded;

    public float Slope;

    /// <summary>Channels of the band.</summary>
    public readonly int Channels => Folded ? 4 * C : C;

    public readonly nint Pitch => (nint)Width * Channels;

    /// <summary>Room that rows of the band take while they are copied.</summary>
    public readonly nint Floats(int rows) => (rows * Pitch) + (Folded ? Pitch / 2 : 0) + 16;

    /// <summary>Whether the band's numbers are the image's own.</summary>
    public readonly bool IsCopy => Statistics is null && !Activate && !Upsample;

    /// <summary>Rows of output whose input rows fit this many floats, but at least 1.</summary>
    public static int RowsThatFit(int floats, nint pitch, int kernel, int stride) =>
        Math.Max(1, (((int)(floats / Math.Max(1, pitch)) - kernel) / stride) + 1);

    /// <summary>Copies rows of the band, the first being row h of image n; those outside the image are zero.</summary>
    public readonly void Copy(int n, int h, int rows, float* band)
    {
        if (Folded)
        {
            float* line = band + (rows * Pitch); // (2·Width, C)
            int pair = 2 * C;
            for (int i = 0; i < 2 * rows; i++)
            {
                CopyRow(n, h + i, 2 * Width, line);
                float* to = band + (i / 2 * Pitch) + (i % 2 * pair);
                for (int w = 0; w < Width; w++)
                {
                    new ReadOnlySpan<float>(line + (w * pair), pair).CopyTo(new Span<float>(to + ((nint)w * 2 * pair), pair));
                }
            }

            return;
        }

        for (int i = 0; i < rows; i++, h++, band += Pitch)
        {
            if (Upsample && i > 0 && (h & 1) == 1 && h > 0 && h < H)
            {
                new ReadOnlySpan<float>(band - Pitch, (int)Pitch).CopyTo(new Span<float>(band, (int)Pitch));
            }
            else
            {
                CopyRow(n, h, Width, band);
            }
        }
    }

    private readonly void CopyRow(int n, int h, int width, float* band)
    {
        if (h < 0 || h >= H)
        {
            new Span<float>(band, width * C).Clear();
            return;
        }

        int left = Math.Clamp(PadX, 0, width), right = Math.Clamp(W + PadX, left, width), doubling = Upsample ? 1 : 0;
        float* x = X + (((((nint)n * (H >> doubling)) + (h >> doubling)) * (W >> doubling)) * C);
        new Span<float>(band, left * C).Clear();
        if (IsCopy)
        {
            new ReadOnlySpan<float>(x + ((nint)(left - PadX) * C), (right - left) * C).CopyTo(new Span<float>(band + (left * C), (right - left) * C));
        }
        else
        {
            Transform(n, x, left - PadX, right - PadX, band + ((nint)PadX * C));
        }

        new Span<float>(band + (right * C), (width - right) * C).Clear();
    }

    // Columns from to to − 1 of the image's row x to y, where column 0 would be.
    private readonly void Transform(int n, float* x, int from, int to, float* y)
    {
        float* mean = Statistics + ((nint)n * 2 * C), inverse = mean + C;
        int c = 0;
        for (; c + 16 <= C; c += 16)
        {
            var m = Statistics is null ? default : Vector512.Load(mean + c);
            var s = Statistics is null ? Vector512<float>.One : Vector512.Load(inverse + c);
            for (int w = from; w < to; w++)
            {
                var v = Vector512.Load(x + ((nint)(Upsample ? w >> 1 : w) * C) + c);
                v = (v - m) * s;
                v = Activate ? Vector512.ConditionalSelect(Vector512.GreaterThan(v, Vector512<float>.Zero), v, v * Slope) : v;
                v.Store(y + ((nint)w * C) + c);
                if (Upsample && (w & 1) == 0 && w + 1 < to)
                {
                    w++;
                    v.Store(y + ((nint)w * C) + c);
                }
            }
        }

        for (; c < C; c++)
        {
            float m = Statistics is null ? 0f : mean[c], s = Statistics is null ? 1f : inverse[c];
            for (int w = from; w < to; w++)
            {
                float v = (x[((nint)(Upsample ? w >> 1 : w) * C) + c] - m) * s;
                y[((nint)w * C) + c] = Activate && !(v > 0f) ? v * Slope : v;
            }
        }
    }
}
