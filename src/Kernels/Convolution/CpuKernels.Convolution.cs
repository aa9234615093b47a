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
            Y = Pointer(y),
            Residual = Pointer(f.Residual, null),
            Activate = f.OutputSlope is not null,
            Slope = f.OutputSlope.GetValueOrDefault(),
            K = s.K,
        };
        if (s.Stride == 1 && OverlapWork.Suits(s.S, s.K))
        {
            var work = new OverlapWork { Input = input with { PadX = 0 }, N = s.N, S = s.S, Step = 1, Pad = s.S - 1 - s.Pad, Bias = Pointer(b, null), Y = Pointer(y), P = s.P, Q = s.Q, K = s.K };
            work.Taps[0] = s.R;
            work.Top[0] = -s.Pad;
            float* packed = Packed(w, new PackKey(PackKind.Overlap, s), (long)s.R * s.C * ProductKernel.Padded(s.S * s.K), out bool stale);
            work.Packed[0] = (long)packed;
            if (stale)
            {
                OverlapPacking.Forward(Pointer(w), s, packed);
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
        if (Winograds(s, s.C, s.K, s.P, s.Q))
        {
            Winograd(w, pack, new PackKey(PackKind.Winograd, s), Tiles<Winograd4x3>(input, y, s), Pointer(b, null), output, f);
            return;
        }

        if (Folds(s, 4 * s.C, s.K, s.P, s.Q))
        {
            // Two neighbouring taps of a row are one tap of the folded image.
            var folded = pack with { D1 = 2, D2 = 2 * s.C, S1 = 2 * tap };
            Winograd(
                w, folded, new PackKey(PackKind.Winograd, s), Tiles<Winograd4x2>(input with { Folded = true }, y, s), Pointer(b, null), output, f);
            return;
        }

        Convolve(
            w, pack, new PackKey(PackKind.Direct, s), Pointer(b, null),
            new ConvolutionWork
            {
                Input = input,
                N = s.N,
                R = s.R,
                S = s.S,
                Stride = s.Stride,
                PadY = s.Pad,
                K = s.K,
                Y = Pointer(y),
                P = s.P,
                Q = s.Q,
                YImage = (nint)s.P * s.Q * s.K,
                YRow = (nint)s.Q * s.K,
                YPixel = s.K,
            },
            output, f);
    }

    // Three by three with whole vectors of channels, and outputs enough.
    private static bool Winograds(in Conv2dSpec s, int inputs, int outputs, int height, int width) =>
        s.R == 3 && s.S == 3 && s.Stride == 1 && inputs >= ProductKernel.Lanes && outputs >= ProductKernel.Lanes
        && Math.Min(height, width) >= WinogradSide;

    // Four by four of stride 2, which are two by two of stride 1 over 2×2 pixels at a time.
    private static bool Folds(in Conv2dSpec s, int inputs, int outputs, int height, int width) =>
        s.R == 4 && s.S == 4 && s.Stride == 2 && inputs >= 2 * ProductKernel.Lanes && outputs >= ProductKernel.Lanes
        && Math.Min(height, width) >= FoldedSide;

    private static WinogradWork<TTile> Tiles<TTile>(PaddedBand input, DeviceBuffer y, in Conv2dSpec s)
        where TTile : IWinograd => new()
        {
            Input = input,
            N = s.N,
            PadY = s.Pad,
            Y = Pointer(y),
            P = s.P,
            Q = s.Q,
            K = s.K,
            YImage = (nint)s.P * s.Q * s.K,
            YRow = (nint)s.Q * s.K,
            YPixel = s.K,
        };

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

    /// <inheritdoc/>
    public void Conv2dInputGrad(DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, in Conv2dSpec s)
    {
        if (s.N == 0 || s.H == 0 || s.W == 0 || s.C == 0)
        {
            return;
        }

        // An input row h = h'·Stride + phase meets the kernel rows r = first, first + Stride, … in the output rows
        // h' + shift, h' + shift − 1, …: for each phase a convolution of stride 1 with every Stride-th weight, flipped.
        int n = s.N, channels = s.C;
        nint tap = s.C, line = s.S * tap;
        if (s.Stride <= 4 && s.P > 0 && s.Q > 0 && OverlapWork.Suits(s.S, s.C))
        {
            OverlapInputGrad(gy, w, gx, s);
            return;
        }

        for (int phaseY = 0; phaseY < Math.Min(s.Stride, s.H); phaseY++)
        {
            var (firstR, countR, padY) = Phase(phaseY, s.R, s);
            for (int phaseX = 0; phaseX < Math.Min(s.Stride, s.W); phaseX++)
            {
                var (firstS, countS, padX) = Phase(phaseX, s.S, s);
                var pack = new PackWork
                {
                    Source = Pointer(w)
                        + ((firstR + ((countR - 1) * s.Stride)) * line) + ((firstS + ((countS - 1) * s.Stride)) * tap),
                    D0 = countR,
                    D1 = countS,
                    D2 = s.K,
                    Columns = s.C,
                    S0 = -s.Stride * line,
                    S1 = -s.Stride * tap,
                    S2 = s.R * line,
                    SColumn = 1,
                };
                var input = Band(Pointer(gy), s.P, s.Q, s.K, padX, default);
                var key = new PackKey(PackKind.InputGrad, s) { Phase = (phaseY * s.Stride) + phaseX };
                float* y = Pointer(gx) + ((((nint)phaseY * s.W) + phaseX) * s.C);
                int p = (s.H - phaseY + s.Stride - 1) / s.Stride, q = (s.W - phaseX + s.Stride - 1) / s.Stride;
                nint yImage = (nint)s.H * s.W * s.C, yRow = (nint)s.Stride * s.W * s.C, yPixel = s.Stride * s.C;
                if (Winograds(s, s.K, s.C, p, q))
                {
                    Winograd(w, pack, key, Tiles<Winograd4x3>(), null, default, default);
                }
                else if (Folds(s, s.K, s.C, p, q))
                {
                    Winograd(w, pack, key, Tiles<Winograd4x2>(), null, default, default);
                }
                else
                {
                    Convolve(
                        w, pack, key, null,
                        new ConvolutionWork
                        {
                            Input = input,
                            N = s.N,
                            R = countR,
                            S = countS,
                            Stride = 1,
                            PadY = padY,
                            K = s.C,
                            Y = y,
                            P = p,
                            Q = q,
                            YImage = yImage,
                            YRow = yRow,
                            YPixel = yPixel,
                        },
                        default, default);
                }

                WinogradWork<TTile> Tiles<TTile>()
                    where TTile : IWinograd => new()
                    {
                        Input = input,
                        N = n,
                        PadY = padY,
                        Y = y,
                        P = p,
                        Q = q,
                        K = channels,
                        YImage = yImage,
                        YRow = yRow,
                        YPixel = yPixel,
                    };
            }
        }
    }

    private void OverlapInputGrad(DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, in Conv2dSpec s)
    {
        nint tap = s.C, line = s.S * tap;
        var work = new OverlapWork
        {
            Input = Band(Pointer(gy), s.P, s.Q, s.K, 0, default),
            N = s.N,
            S = s.S,
            Step = s.Stride,
            Pad = s.Pad,
            Y = Pointer(gx),
            P = s.H,
            Q = s.W,
            K = s.C,
        };
        int columns = ProductKernel.Padded(s.S * s.C);
        float* packed = Packed(w, new PackKey(PackKind.OverlapInputGrad, s), (long)s.R * s.K * columns, out bool stale);
        for (int phase = 0; phase < s.Stride; phase++)
        {
            var (first, count, pad) = Phase(phase, s.R, s);
            work.Taps[phase] = count;
            work.Top[phase] = -pad;
            work.Packed[phase] = (long)packed;
            var pack = new PackWork
            {
                Source = Pointer(w) + ((first + ((count - 1) * s.Stride)) * line),
                D0 = count,
                D1 = 1,
                D2 = s.K,
                Columns = s.S * s.C,
                S0 = -s.Stride * line,
                S2 = s.R * line,
                SColumn = 1,
                Target = packed,
            };
            if (stale)
            {
                pool.For(pack.Parts, pack);
            }

            packed += (nint)count * s.K * columns;
        }

        Overlap(work, default, default);
    }

    private void Overlap(OverlapWork work, OutputSide output, in ConvFusion f)
    {
        work.Scratch = Bands(work.Plan());
        work.Zeros = Biases(null, 0);
        work.Output = Measured(output, f, work.Parts);
        pool.For(work.Parts, work);
        Join(work.Output, f, work.N, work.Bands, work.BandRows * work.Q, work.P * work.Q);
    }

    private static (int First, int Count, int Pad) Phase(int phase, int kernel, in Conv2dSpec s)
    {
        int first = (phase + s.Pad) % s.Stride, count = Math.Max(0, (kernel - first + s.Stride - 1) / s.Stride);
        return (first, count, count - 1 - ((phase + s.Pad - first) / s.Stride));
    }

    private void Convolve(DeviceBuffer w, PackWork pack, PackKey key, float* bias, ConvolutionWork work, OutputSide output, in ConvFusion f)
    {
        if (work.P <= 0 || work.Q <= 0)
        {
            return;
        }

        pack.Single = work.Dots;
        pack.Target = work.Packed = Packed(
            w, key, (long)work.R * work.S * work.Input.C * ProductKernel.Padded(work.K), out bool stale);
        if (stale)
        {
            pool.For(pack.Parts, pack);
        }

        work.Bias = Biases(bias, work.K);
        work.Scratch = Bands(work.Plan());
        work.Output = Measured(output, f, work.N * work.Bands);
        pool.For(work.Parts, work);
        Join(work.Output, f, work.N, work.Bands, work.BandRows * work.Q, work.P * work.Q);
    }

    private void Winograd<TTile>(
        DeviceBuffer w, PackWork pack, PackKey key, WinogradWork<TTile> work, float* bias, OutputSide output, in ConvFusion f)
        where TTile : IWinograd
    {
        int channels = work.Input.Channels, padded = ProductKernel.Padded(work.K), side = TTile.Size + TTile.Taps - 1;
        work.Filters = Packed(w, key, (long)side * side * WinogradFilterWork<TTile>.Pitch(channels, work.K), out bool stale);
        if (stale)
        {
            pack.Target = _partial.Reserve((long)TTile.Taps * TTile.Taps * channels * padded);
            pool.For(pack.Parts, pack);
            var filters = new WinogradFilterWork<TTile>
            {
                Packed = pack.Target,
                Filters = work.Filters,
                Channels = channels,
                K = work.K,
                Folded = work.Input.Folded,
            };
            pool.For(filters.Parts, filters);
        }

        work.Bias = Biases(bias, work.K);
        work.Zeros = work.Bias + padded;
        work.Scratch = Bands(work.Plan());
        work.Output = Measured(output, f, work.N * work.TilesY);
        pool.For(work.Parts, work);
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
                Statistics = Pointer(f.OutputStatistics),
                K = output.K,
                Bands = bands,
                BandPixels = bandPixels,
                Pixels = pixels,
                Epsilon = f.Epsilon,
            });
        }
    }

    // Where the packed form of some weights is, and whether it is yet to be made: parameters keep theirs until they change.
    private float* Packed(DeviceBuffer w, in PackKey key, long length, out bool stale)
    {
        if (w.Kept)
        {
            return ((CpuBuffer)w).Packing(key, length, out stale);
        }

        stale = true;
        return _packed.Reserve(length);
    }

    /// <inheritdoc/>
    public void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s) => Conv2dWeightGrad(x, gy, gw, s, default);

    /// <inheritdoc/>
    public void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s, in ConvFusion f)
    {
        long length = (long)s.K * s.R * s.S * s.C;
        if (length == 0 || s.N == 0 || s.P <= 0 || s.Q <= 0)
        {
            Fill(gw, 0f, length);
            return;
        }

        var input = Band(Pointer(x), s.H, s.W, s.C, s.Pad, f);
        if (s.K % ProductKernel.Lanes == 0 && s.C % ProductKernel.Lanes == 0 && Winograds(s, s.C, s.K, s.P, s.Q))
        {
            WinogradWeightGrad<Winograd4x3>(input, gy, gw, s);
            return;
        }

        if (s.K % ProductKernel.Lanes == 0 && 2 * s.C % ProductKernel.Lanes == 0 && Folds(s, 4 * s.C, s.K, s.P, s.Q))
        {
            WinogradWeightGrad<Winograd4x2>(input with { Folded = true }, gy, gw, s);
            return;
        }

        var work = new WeightGradWork
        {
            Input = input,
            Gy = Pointer(gy),
            Gw = Pointer(gw),
            S = s,
        };
        work.Scratch = Bands(work.Plan());
        work.Partial = _partial.Reserve((work.Runs * work.Size) + ProductKernel.Block);
        work.Zeros = work.Partial + (work.Runs * work.Size);
        new Span<float>(work.Zeros, ProductKernel.Block).Clear();
        pool.For(work.Parts, work);
        pool.For(work.TotalParts, new WeightTotalWork { Gradient = work });
    }

    private void WinogradWeightGrad<TTile>(PaddedBand input, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s)
        where TTile : IWinograd
    {
        var work = new WinogradGradWork<TTile>
        {
            Input = input,
            OutputGrad = Band(Pointer(gy), s.P, s.Q, s.K, 0, default),
            N = s.N,
            P = s.P,
            Q = s.Q,
            PadY = s.Pad,
        };
        var (own, shared) = work.Plan();
        work.Scratch = Bands(own);
        work.Place(_partial.Reserve(shared));
        if (work.Step == WinogradGradStep.Run)
        {
            pool.For(work.Parts, work);
        }
        else
        {
            for (; work.FirstRow < work.Rows; work.FirstRow += work.ChunkRows)
            {
                work.Step = WinogradGradStep.Transform;
                pool.For(work.Parts, work);
                work.Step = WinogradGradStep.Add;
                pool.For(work.Parts, work);
            }
        }

        pool.For(work.TotalParts, new WinogradTotalWork<TTile> { Gradient = work, Gw = Pointer(gw) });
    }
}
