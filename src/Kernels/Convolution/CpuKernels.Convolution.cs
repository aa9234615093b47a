namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s)
    {
        nint tap = s.C, line = s.S * tap;
        Convolve(
            new PackWork
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
            },
            Pointer(b, null),
            new ConvolutionWork
            {
                Input = new PaddedBand { X = Pointer(x), H = s.H, W = s.W, C = s.C, PadX = s.Pad },
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
            });
    }

    /// <inheritdoc/>
    public void Conv2dInputGrad(DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, in Conv2dSpec s)
    {
        // An input row h = h'·Stride + phase meets the kernel rows r = first, first + Stride, … in the output rows
        // h' + shift, h' + shift − 1, …: for each phase a convolution of stride 1 with every Stride-th weight, flipped.
        nint tap = s.C, line = s.S * tap;
        for (int phaseY = 0; phaseY < Math.Min(s.Stride, s.H); phaseY++)
        {
            var (firstR, countR, padY) = Phase(phaseY, s.R, s);
            for (int phaseX = 0; phaseX < Math.Min(s.Stride, s.W); phaseX++)
            {
                var (firstS, countS, padX) = Phase(phaseX, s.S, s);
                Convolve(
                    new PackWork
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
                    },
                    null,
                    new ConvolutionWork
                    {
                        Input = new PaddedBand { X = Pointer(gy), H = s.P, W = s.Q, C = s.K, PadX = padX },
                        N = s.N,
                        R = countR,
                        S = countS,
                        Stride = 1,
                        PadY = padY,
                        K = s.C,
                        Y = Pointer(gx) + ((((nint)phaseY * s.W) + phaseX) * s.C),
                        P = (s.H - phaseY + s.Stride - 1) / s.Stride,
                        Q = (s.W - phaseX + s.Stride - 1) / s.Stride,
                        YImage = (nint)s.H * s.W * s.C,
                        YRow = (nint)s.Stride * s.W * s.C,
                        YPixel = s.Stride * s.C,
                    });
            }
        }
    }

    private static (int First, int Count, int Pad) Phase(int phase, int kernel, in Conv2dSpec s)
    {
        int first = (phase + s.Pad) % s.Stride, count = Math.Max(0, (kernel - first + s.Stride - 1) / s.Stride);
        return (first, count, count - 1 - ((phase + s.Pad - first) / s.Stride));
    }

    private void Convolve(PackWork pack, float* bias, ConvolutionWork work)
    {
        if (work.N == 0 || work.P <= 0 || work.Q <= 0 || work.K == 0)
        {
            return;
        }

        nint weights = (nint)work.R * work.S * work.Input.C * ProductKernel.Padded(work.K);
        int columns = ProductKernel.Padded(work.K);
        pack.Target = work.Packed = _packed.Reserve(weights + columns);
        work.Bias = work.Packed + weights;
        new Span<float>(work.Bias, columns).Clear();
        if (bias is not null)
        {
            new ReadOnlySpan<float>(bias, work.K).CopyTo(new Span<float>(work.Bias, columns));
        }

        pack.Single = work.Dots;
        pool.For(pack.Parts, pack);
        work.Scratch = Bands(work.Plan());
        pool.For(work.Parts, work);
    }

    /// <inheritdoc/>
    public void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s)
    {
        long length = (long)s.K * s.R * s.S * s.C;
        if (length == 0 || s.N == 0 || s.P <= 0 || s.Q <= 0)
        {
            Fill(gw, 0f, length);
            return;
        }

        var work = new WeightGradWork
        {
            Input = new PaddedBand { X = Pointer(x), H = s.H, W = s.W, C = s.C, PadX = s.Pad },
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
}
