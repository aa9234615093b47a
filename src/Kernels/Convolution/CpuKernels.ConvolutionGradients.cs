namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Conv2dInputGrad(DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, in Conv2dSpec s)
    {
        if (s.N == 0 || s.H == 0 || s.W == 0 || s.C == 0)
        {
            return;
        }

        // An input row h = h'·Stride + phase meets the kernel rows r = first, first + Stride, … in the output rows
        // h' + shift, h' + shift − 1, …: for each phase a convolution of stride 1 with every Stride-th weight, flipped.
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
                var key = new PackKey(PackKind.InputGrad, s) { Phase = (phaseY * s.Stride) + phaseX };
                var work = new ConvolutionWork
                {
                    Input = Band(Pointer(gy), s.P, s.Q, s.K, padX, default),
                    N = s.N,
                    R = countR,
                    S = countS,
                    Stride = 1,
                    PadY = padY,
                    K = s.C,
                    Y = Output(gx) + ((((nint)phaseY * s.W) + phaseX) * s.C),
                    P = (s.H - phaseY + s.Stride - 1) / s.Stride,
                    Q = (s.W - phaseX + s.Stride - 1) / s.Stride,
                    YImage = (nint)s.H * s.W * s.C,
                    YRow = (nint)s.Stride * s.W * s.C,
                    YPixel = s.Stride * s.C,
                };
                if (Winograds(s, s.K, s.C, work.P, work.Q))
                {
                    Winograd<Winograd4x3>(w, pack, key, null, work, default, default);
                }
                else if (Folds(s, s.K, s.C, work.P, work.Q))
                {
                    Winograd<Winograd4x2>(w, pack, key, null, work, default, default);
                }
                else
                {
                    Convolve(w, pack, key, null, work, default, default);
                }
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
            Y = Output(gx),
            P = s.H,
            Q = s.W,
            K = s.C,
        };
        int columns = ProductKernel.Padded(s.S * s.C);
        using var packing = Packed(w, new PackKey(PackKind.OverlapInputGrad, s), (long)s.R * s.K * columns);
        float* packed = packing.Pointer;
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
            if (packing.IsStale)
            {
                pool.For(pack.Parts, pack);
            }

            packed += (nint)count * s.K * columns;
        }

        packing.Made();
        Overlap(work, default, default);
    }

    private static (int First, int Count, int Pad) Phase(int phase, int kernel, in Conv2dSpec s)
    {
        int first = (phase + s.Pad) % s.Stride, count = Math.Max(0, (kernel - first + s.Stride - 1) / s.Stride);
        return (first, count, count - 1 - ((phase + s.Pad - first) / s.Stride));
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
        if (s.K % ProductKernel.Lanes == 0 && s.C % ProductKernel.Lanes == 0 && Winograds(s, s.C, s.K, s.P, s.Q)
            && WinogradWeightGrad<Winograd4x3>(input, gy, gw, s))
        {
            return;
        }

        if (s.K % ProductKernel.Lanes == 0 && 2 * s.C % ProductKernel.Lanes == 0 && Folds(s, 4 * s.C, s.K, s.P, s.Q)
            && WinogradWeightGrad<Winograd4x2>(input with { Folded = true }, gy, gw, s))
        {
            return;
        }

        var work = new WeightGradWork
        {
            Input = input,
            Gy = Pointer(gy),
            Gw = Output(gw),
            S = s,
        };
        work.Scratch = Bands(work.Plan());
        work.Partial = _partial.Reserve((work.Runs * work.Size) + ProductKernel.Block);
        work.Zeros = work.Partial + (work.Runs * work.Size);
        new Span<float>(work.Zeros, ProductKernel.Block).Clear();
        pool.For(work.Parts, work);
        pool.For(work.TotalParts, new WeightTotalWork { Gradient = work });
    }

    // The gradient by tiles, unless the numbers are too unevenly spread for it.
    private bool WinogradWeightGrad<TTile>(PaddedBand input, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s)
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
        work.Uneven = (bool*)_spread.Reserve(work.TotalParts);
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

        pool.For(work.TotalParts, new WinogradTotalWork<TTile> { Gradient = work, Gw = Output(gw) });
        return !new ReadOnlySpan<bool>(work.Uneven, work.TotalParts).Contains(true);
    }
}
