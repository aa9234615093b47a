using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>
/// A convolution with few output channels, whose vectors would stay empty: each pixel of the input makes the outputs of a whole row of
/// the filter, S·K adjacent numbers, and these are added where they overlap. With a step above 1 it is the transposed convolution, so
/// both the forward pass (the filter's columns reversed) and the input gradient are
/// <c>y[p, q·Step + s − Pad, k] += Σ_{taps, c} x[row, q, c]·w[tap, c, (s, k)]</c>. Part: some rows of y of one image.
/// </summary>
internal unsafe struct OverlapWork : IWork
{
    /// <summary>What is convolved; PadX is 0.</summary>
    public PaddedBand Input;

    public int N, S, Step, Pad;

    /// <summary>Rows of the filter that meet row p of y: those of the p-th phase, p % Step.</summary>
    public fixed int Taps[4];

    /// <summary>The row of x that the first of these is over, less p / Step; the others lie above, or below it.</summary>
    public fixed int Top[4];

    /// <summary>Packed filters of each phase: (tap, c, S·K).</summary>
    public fixed long Packed[4];

    public float* Bias, Zeros;
    public float* Y;
    public int P, Q, K;
    public int BandRows, Bands;
    public OutputSide Output;
    public float** Scratch;

    /// <summary>Whether this is faster than a tile of the outputs themselves.</summary>
    public static bool Suits(int filter, int outputs) =>
        outputs <= ProductKernel.Lanes / 2 && filter * outputs >= 3 * ProductKernel.Lanes / 4 && filter * outputs <= 4 * ProductKernel.Block;

    private readonly int Columns => S * K;

    public readonly int Parts => N * Bands;

    private readonly int MostTaps => Math.Max(Math.Max(Taps[0], Taps[1]), Math.Max(Taps[2], Taps[3]));

    /// <summary>Chooses the bands. Gives the scratch needed.</summary>
    public long Plan()
    {
        Input.Width = Input.W;
        BandRows = Math.Clamp(16384 / Math.Max(1, Q * K), Step, Math.Max(Step, P / 8));
        BandRows = (BandRows + Step - 1) / Step * Step;
        Bands = (P + BandRows - 1) / BandRows;
        return InputFloats + ((nint)Input.W * ProductKernel.Padded(Columns)) + (((nint)((Input.W - 1) * Step) + S) * K) + ProductKernel.Block;
    }

    private readonly nint InputFloats => (((nint)BandRows / Step) + MostTaps + 1) * Input.Pitch;

    public readonly void Run(int index, int worker)
    {
        int n = index / Bands, band = index % Bands, first = band * BandRows, last = Math.Min(P, first + BandRows) - 1;
        float* x = Scratch[worker], products = x + InputFloats, line = products + ((nint)Input.W * ProductKernel.Padded(Columns));

        // All rows of x that any row of the band needs.
        int top = int.MaxValue, bottom = int.MinValue;
        for (int phase = 0; phase < Step; phase++)
        {
            if (Taps[phase] > 0)
            {
                top = Math.Min(top, (first / Step) + Top[phase]);
                bottom = Math.Max(bottom, (last / Step) + Top[phase] + Taps[phase] - 1);
            }
        }

        if (bottom >= top)
        {
            Input.Copy(n, top, bottom - top + 1, x);
        }

        for (int p = first; p <= last; p++)
        {
            int phase = p % Step;
            Multiply(x + (((p / Step) + Top[phase] - top) * Input.Pitch), phase, products);
            Add(products, line);
            Finish(n, p, line);
            if (Output.HasWork)
            {
                Output.Apply(((((nint)n * P) + p) * Q) * K, Q, K, (n * Bands) + band, (p - first) * Q, 0, K);
            }
        }
    }

    private readonly void Multiply(float* x, int phase, float* products)
    {
        int padded = ProductKernel.Padded(Columns), depth = Taps[phase] * Input.C;
        for (int column = 0; column < Columns; column += ProductKernel.Block)
        {
            int width = ProductKernel.Width(column, Columns);
            ProductKernel.Run(
                new ProductTile
                {
                    X = x,
                    XOuter = Input.Pitch,
                    XRow = Input.C,
                    XInner = 1,
                    W = (float*)Packed[phase] + ((nint)column * depth),
                    WOuter = (nint)Input.C * width,
                    WInner = width,
                    Outer = Taps[phase],
                    Inner = Input.C,
                    Init = Zeros,
                    Y = products + column,
                    YRow = padded,
                },
                Input.W, width, width);
        }
    }

    // line[(q·Step + s)·K + k] = Σ of the products that fall there.
    private readonly void Add(float* products, float* line)
    {
        int padded = ProductKernel.Padded(Columns), columns = Columns;
        new Span<float>(line, (((Input.W - 1) * Step) + S) * K).Clear();
        for (int q = 0; q < Input.W; q++, products += padded, line += Step * K)
        {
            int j = 0;
            for (; j + 16 <= columns; j += 16)
            {
                (Vector512.Load(line + j) + Vector512.Load(products + j)).Store(line + j);
            }

            for (; j + 4 <= columns; j += 4)
            {
                (Vector128.Load(line + j) + Vector128.Load(products + j)).Store(line + j);
            }

            for (; j < columns; j++)
            {
                line[j] += products[j];
            }
        }
    }

    // Row p of y, with the bias; columns that no pixel reaches are zero.
    private readonly void Finish(int n, int p, float* line)
    {
        float* y = Y + ((((nint)n * P) + p) * Q * K);
        int length = ((Input.W - 1) * Step) + S, from = Math.Clamp(-Pad, 0, Q), to = Math.Clamp(length - Pad, from, Q);
        new Span<float>(y, from * K).Clear();
        new ReadOnlySpan<float>(line + ((from + Pad) * K), (to - from) * K).CopyTo(new Span<float>(y + (from * K), (to - from) * K));
        new Span<float>(y + (to * K), (Q - to) * K).Clear();
        if (Bias is null)
        {
            return;
        }

        for (int q = 0; q < Q; q++, y += K)
        {
            for (int k = 0; k < K; k++)
            {
                y[k] += Bias[k];
            }
        }
    }
}

/// <summary>The filters of a forward <see cref="OverlapWork"/>.</summary>
internal static unsafe class OverlapPacking
{
    /// <summary>
    /// Packs (K, R, S, C) to blocks of columns (s, k), s reversed, for each tap r and channel c: the pixel q of x meets the filter's
    /// column s in the output q − s + Pad.
    /// </summary>
    public static void Forward(float* w, in Conv2dSpec s, float* packed)
    {
        int columns = s.S * s.K;
        for (int block = 0; block < columns; block += ProductKernel.Block)
        {
            int width = ProductKernel.Width(block, columns);
            for (int r = 0; r < s.R; r++)
            {
                for (int c = 0; c < s.C; c++)
                {
                    for (int j = 0; j < width; j++)
                    {
                        int column = block + j, k = column % s.K, at = s.S - 1 - (column / s.K);
                        *packed++ = column < columns ? w[(((((nint)k * s.R) + r) * s.S) + at) * s.C + c] : 0f;
                    }
                }
            }
        }
    }
}
