namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    // Below this many outputs a side, tiles are cut off too often, and the filters' transforms outweigh the products.
    private const int WinogradSide = 12, FoldedSide = 8;

    /// <inheritdoc/>
    public void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s) => Conv2d(x, w, b, y, s, default);

    /// <inheritdoc/>
    public void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s, in ConvFusion f)
    {
        if (s.N == 0 || s.P <= 0 || s.Q <= 0 || s.K == 0)
        {
            return;
        }

        nint tap = s.C, line = s.S * tap;
        var input = Band(Pointer(x), s.H, s.W, s.C, s.Pad, f);
        var output = new OutputSide
        {
            Y = Output(y),
            Residual = Pointer(f.Residual, null),
            Activate = f.OutputSlope is not null,
            Slope = f.OutputSlope.GetValueOrDefault(),
            K = s.K,
        };
        if (s.Stride == 1 && OverlapWork.Suits(s.S, s.K))
        {
            var work = new OverlapWork { Input = input with { PadX = 0 }, N = s.N, S = s.S, Step = 1, Pad = s.S - 1 - s.Pad, Bias = Pointer(b, null), Y = Output(y), P = s.P, Q = s.Q, K = s.K };
            work.Taps[0] = s.R;
            work.Top[0] = -s.Pad;
            using (var packing = Packed(w, new PackKey(PackKind.Overlap, s), (long)s.R * s.C * ProductKernel.Padded(s.S * s.K)))
            {
                work.Packed[0] = (long)packing.Pointer;
                if (packing.IsStale)
                {
                    OverlapPacking.Forward(Pointer(w), s, packing.Pointer);
                    packing.Made();
                }
            }

            Overlap(work, output, f);
            return;
        }

        var pack = new PackWork
        {
            Source = Pointer(w),
            D0 = s.R,
            D1 = s.S,
            D2 = s.C,
            Columns = s.K,
            S0 = line,
            S1 = tap,
            S2 = 1,
            SColumn = s.R * line,
        };
        var key = new PackKey(PackKind.Direct, s);
        var plain = new ConvolutionWork
        {
            Input = input,
            N = s.N,
            R = s.R,
            S = s.S,
            Stride = s.Stride,
            PadY = s.Pad,
            K = s.K,
            Y = Output(y),
            P = s.P,
            Q = s.Q,
            YImage = (nint)s.P * s.Q * s.K,
            YRow = (nint)s.Q * s.K,
            YPixel = s.K,
        };
        if (Winograds(s, s.C, s.K, s.P, s.Q))
        {
            Winograd<Winograd4x3>(w, pack, key, Pointer(b, null), plain, output, f);
        }
        else if (Folds(s, 4 * s.C, s.K, s.P, s.Q))
        {
            Winograd<Winograd4x2>(w, pack, key, Pointer(b, null), plain, output, f);
        }
        else
        {
            Convolve(w, pack, key, Pointer(b, null), plain, output, f);
        }
    }

    // Three by three with whole vectors of channels, and outputs enough.
    private static bool Winograds(in Conv2dSpec s, int inputs, int outputs, int height, int width) =>
        s.R == 3 && s.S == 3 && s.Stride == 1 && inputs >= ProductKernel.Lanes && outputs >= ProductKernel.Lanes
        && Math.Min(height, width) >= WinogradSide;

    // Four by four of stride 2, which are two by two of stride 1 over 2×2 pixels at a time.
    private static bool Folds(in Conv2dSpec s, int inputs, int outputs, int height, int width) =>
        s.R == 4 && s.S == 4 && s.Stride == 2 && inputs >= 2 * ProductKernel.Lanes && outputs >= ProductKernel.Lanes
        && Math.Min(height, width) >= FoldedSide;

    private static PaddedBand Band(float* x, int h, int w, int c, int pad, in ConvFusion f) => new()
    {
        X = x,
        H = h,
        W = w,
        C = c,
        PadX = pad,
        Statistics = Pointer(f.Statistics, null),
        Activate = f.InputSlope is not null,
        Slope = f.InputSlope.GetValueOrDefault(),
        Upsample = f.Upsample,
    };

    private void Overlap(OverlapWork work, OutputSide output, in ConvFusion f)
    {
        work.Scratch = Bands(work.Plan());
        work.Zeros = Biases(null, 0);
        work.Output = Measured(output, f, work.Parts);
        pool.For(work.Parts, work);
        Join(work.Output, f, work.N, work.Bands, work.BandRows * work.Q, work.P * work.Q);
    }

    private void Convolve(DeviceBuffer w, PackWork pack, PackKey key, float* bias, ConvolutionWork work, OutputSide output, in ConvFusion f)
    {
        if (work.P <= 0 || work.Q <= 0)
        {
            return;
        }

        pack.Single = work.Dots;
        using (var packing = Packed(w, key, (long)work.R * work.S * work.Input.C * ProductKernel.Padded(work.K)))
        {
            pack.Target = work.Packed = packing.Pointer;
            if (packing.IsStale)
            {
                pool.For(pack.Parts, pack);
                packing.Made();
            }
        }

        work.Bias = Biases(bias, work.K);
        work.Scratch = Bands(work.Plan());
        work.Output = Measured(output, f, work.N * work.Bands);
        pool.For(work.Parts, work);
        Join(work.Output, f, work.N, work.Bands, work.BandRows * work.Q, work.P * work.Q);
    }

    // A convolution by tiles; one of stride 2 is one of stride 1 over the folded image, where two neighbouring taps of a row are one.
    private void Winograd<TTile>(DeviceBuffer w, PackWork pack, PackKey key, float* bias, ConvolutionWork direct, OutputSide output, in ConvFusion f)
        where TTile : IWinograd
    {
        bool fold = direct.Stride == 2;
        var work = new WinogradWork<TTile>
        {
            Input = direct.Input with { Folded = fold },
            N = direct.N,
            PadY = direct.PadY,
            Y = direct.Y,
            P = direct.P,
            Q = direct.Q,
            K = direct.K,
            YImage = direct.YImage,
            YRow = direct.YRow,
            YPixel = direct.YPixel,
        };
        int channels = work.Input.Channels, padded = ProductKernel.Padded(work.K), side = TTile.Size + TTile.Taps - 1;
        var transformed = key with { Kind = key.Kind == PackKind.Direct ? PackKind.Winograd : PackKind.WinogradInputGrad };
        using (var packing = Packed(w, transformed, (long)side * side * WinogradFilterWork<TTile>.Pitch(channels, work.K)))
        {
            work.Filters = packing.Pointer;
            if (packing.IsStale)
            {
                var taps = fold ? pack with { D1 = pack.D1 / 2, D2 = 2 * pack.D2, S1 = 2 * pack.S1 } : pack;
                taps.Target = _partial.Reserve((long)TTile.Taps * TTile.Taps * channels * padded);
                pool.For(taps.Parts, taps);
                var filters = new WinogradFilterWork<TTile>
                {
                    Packed = taps.Target,
                    Filters = work.Filters,
                    Channels = channels,
                    K = work.K,
                    Folded = fold,
                };
                pool.For(filters.Parts, filters);
                packing.Made();
            }
        }

        work.Bias = Biases(bias, work.K);
        work.Zeros = work.Bias + padded;
        work.Scratch = Bands(work.Plan());
        work.Spread = (TileSpread*)_spread.Reserve((long)work.N * work.TilesY * (sizeof(TileSpread) / sizeof(float)));
        work.Output = Measured(output, f, work.N * work.TilesY);
        pool.For(work.Parts, work);
        if (work.FindUneven())
        {
            // Bands are rows of tiles, so that their moments go where those of the other rows are.
            direct.BandRows = TTile.Size;
            direct.Only = work.Spread;
            Convolve(w, pack, key, bias, direct, output, f);
            return;
        }

        Join(work.Output, f, work.N, work.TilesY, TTile.Size * work.Q, work.P * work.Q);
    }

    // Biases to whole vectors of columns, zero where there are none, and a block of zeros behind them.
    private float* Biases(float* bias, int count)
    {
        int columns = ProductKernel.Padded(count);
        float* padded = _bias.Reserve(columns + ProductKernel.Block);
        new Span<float>(padded, columns + ProductKernel.Block).Clear();
        if (bias is not null)
        {
            new ReadOnlySpan<float>(bias, count).CopyTo(new Span<float>(padded, columns));
        }

        return padded;
    }

    private OutputSide Measured(OutputSide output, in ConvFusion f, int bands)
    {
        if (f.OutputStatistics is not null)
        {
            output.Moments = _partial.Reserve(2L * bands * output.K);
        }

        return output;
    }

    private void Join(in OutputSide output, in ConvFusion f, int n, int bands, int bandPixels, int pixels)
    {
        if (f.OutputStatistics is not null)
        {
            pool.For(n, new MomentsJoin
            {
                Moments = output.Moments,
                Statistics = Output(f.OutputStatistics),
                K = output.K,
                Bands = bands,
                BandPixels = bandPixels,
                Pixels = pixels,
                Epsilon = f.Epsilon,
            });
        }
    }

    // Where the packed form of some weights is, and whether it is yet to be made: parameters keep theirs until they change.
    private CpuBuffer.Packed Packed(DeviceBuffer w, in PackKey key, long length) =>
        w.Kept ? ((CpuBuffer)w).Pack(key, length) : new CpuBuffer.Packed(_packed.Reserve(length), null, null);
}
