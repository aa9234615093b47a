using Mimesh.Kernels;

namespace Mimesh.Tests.Kernels;

/// <summary>
/// Every kernel as the plainest loop that says what it computes, in double precision and one element at a time: what all
/// devices are tested against. Arguments are in the order of <see cref="IKernels"/>; the result is returned.
/// </summary>
internal static class Reference
{
    /// <summary>y (N,P,Q,K) of x (N,H,W,C), w (K,R,S,C), b (K).</summary>
    public static double[] Conv2d(float[] x, float[] w, float[]? b, Conv2dSpec s)
    {
        double[] y = new double[(long)s.N * s.P * s.Q * s.K];
        ForEachTap(s, (xi, wi, yi) => y[yi] += (double)x[xi] * w[wi]);
        for (int i = 0; b is not null && i < y.Length; i++)
        {
            y[i] += b[i % s.K];
        }

        return y;
    }

    /// <summary>gx (N,H,W,C).</summary>
    public static double[] Conv2dInputGrad(float[] gy, float[] w, Conv2dSpec s)
    {
        double[] gx = new double[(long)s.N * s.H * s.W * s.C];
        ForEachTap(s, (xi, wi, yi) => gx[xi] += (double)gy[yi] * w[wi]);
        return gx;
    }

    /// <summary>gw (K,R,S,C).</summary>
    public static double[] Conv2dWeightGrad(float[] x, float[] gy, Conv2dSpec s)
    {
        double[] gw = new double[(long)s.K * s.R * s.S * s.C];
        ForEachTap(s, (xi, wi, yi) => gw[wi] += (double)x[xi] * gy[yi]);
        return gw;
    }

    /// <summary>c (Batch,M,N).</summary>
    public static double[] MatMul(float[] a, float[] b, MatMulSpec s)
    {
        double[] c = new double[(long)s.Batch * s.M * s.N];
        for (int batch = 0; batch < s.Batch; batch++)
        {
            for (int i = 0; i < s.M; i++)
            {
                for (int j = 0; j < s.N; j++)
                {
                    for (int k = 0; k < s.K; k++)
                    {
                        int ai = (batch * s.M * s.K) + (s.TransposeA ? (k * s.M) + i : (i * s.K) + k);
                        int bi = (batch * s.K * s.N) + (s.TransposeB ? (j * s.K) + k : (k * s.N) + j);
                        c[(((batch * s.M) + i) * s.N) + j] += (double)a[ai] * b[bi];
                    }
                }
            }
        }

        return c;
    }

    /// <summary>y (N,Rows,C).</summary>
    public static double[] SparseProduct(CsrMatrix a, float[] x, float[]? z, SparseProductSpec s)
    {
        double[] y = new double[s.N * a.Rows * s.C];
        for (int n = 0; n < s.N; n++)
        {
            for (int row = 0; row < a.Rows; row++)
            {
                for (int c = 0; c < s.C; c++)
                {
                    int at = (((n * a.Rows) + row) * s.C) + c;
                    for (int e = a.RowStart[row]; e < a.RowStart[row + 1]; e++)
                    {
                        y[at] += (double)s.Alpha * a.Value[e] * x[(((n * a.Columns) + a.Column[e]) * s.C) + c];
                    }

                    y[at] += z is null ? 0 : (double)s.Beta * z[at];
                }
            }
        }

        return y;
    }

    /// <summary>y (N,P,Q,C).</summary>
    public static double[] GridSample(float[] x, float[] grid, float[]? mask, GridSampleSpec s)
    {
        double[] y = new double[s.N * s.P * s.Q * s.C];
        ForEachSample(grid, mask, s, (pixel, corner, weight, _, _) =>
        {
            for (int c = 0; c < s.C; c++)
            {
                y[(pixel * s.C) + c] += weight * x[(corner * s.C) + c];
            }
        });
        return y;
    }

    /// <summary>gx (N,H,W,C).</summary>
    public static double[] GridSampleInputGrad(float[] gy, float[] grid, float[]? mask, GridSampleSpec s)
    {
        double[] gx = new double[s.N * s.H * s.W * s.C];
        ForEachSample(grid, mask, s, (pixel, corner, weight, _, _) =>
        {
            for (int c = 0; c < s.C; c++)
            {
                gx[(corner * s.C) + c] += weight * gy[(pixel * s.C) + c];
            }
        });
        return gx;
    }

    /// <summary>ggrid (N,P,Q,2).</summary>
    public static double[] GridSampleGridGrad(float[] x, float[] grid, float[]? mask, float[] gy, GridSampleSpec s)
    {
        double[] ggrid = new double[s.N * s.P * s.Q * 2];
        ForEachSample(grid, mask, s, (pixel, corner, _, dx, dy) =>
        {
            for (int c = 0; c < s.C; c++)
            {
                double product = (double)x[(corner * s.C) + c] * gy[(pixel * s.C) + c];
                ggrid[2 * pixel] += dx * product;
                ggrid[(2 * pixel) + 1] += dy * product;
            }
        });
        return ggrid;
    }

    /// <summary>gmask (N,P,Q).</summary>
    public static double[] GridSampleMaskGrad(float[] x, float[] grid, float[] gy, GridSampleSpec s)
    {
        double[] samples = GridSample(x, grid, null, s), gmask = new double[s.N * s.P * s.Q];
        for (int i = 0; i < samples.Length; i++)
        {
            gmask[i / s.C] += samples[i] * gy[i];
        }

        return gmask;
    }

    /// <summary>y (N,Pixels,C) and statistics (N,2,C).</summary>
    public static (double[] Y, double[] Statistics) InstanceNorm(float[] x, InstanceNormSpec s)
    {
        double[] y = new double[x.Length], statistics = new double[s.N * 2 * s.C];
        for (int n = 0; n < s.N; n++)
        {
            for (int c = 0; c < s.C; c++)
            {
                int At(int pixel) => (((n * s.Pixels) + pixel) * s.C) + c;
                double mean = Enumerable.Range(0, s.Pixels).Average(p => (double)x[At(p)]);
                double variance = Enumerable.Range(0, s.Pixels).Average(p => (x[At(p)] - mean) * (x[At(p)] - mean));
                double inverse = 1 / Math.Sqrt(variance + s.Epsilon);
                statistics[(n * 2 * s.C) + c] = mean;
                statistics[(((n * 2) + 1) * s.C) + c] = inverse;
                for (int p = 0; p < s.Pixels; p++)
                {
                    double normalised = (x[At(p)] - mean) * inverse;
                    y[At(p)] = normalised > 0 ? normalised : s.Slope * normalised;
                }
            }
        }

        return (y, statistics);
    }

    /// <summary>gx (N,Pixels,C); the statistics are those of x.</summary>
    public static double[] InstanceNormGrad(float[] x, float[] gy, InstanceNormSpec s)
    {
        var (normalised, statistics) = InstanceNorm(x, s with { Slope = 1 });
        double[] g = [.. gy.Select((v, i) => normalised[i] > 0 ? v : (double)s.Slope * v)], gx = new double[x.Length];
        for (int n = 0; n < s.N; n++)
        {
            for (int c = 0; c < s.C; c++)
            {
                int At(int pixel) => (((n * s.Pixels) + pixel) * s.C) + c;
                double meanG = Enumerable.Range(0, s.Pixels).Average(p => g[At(p)]);
                double meanGx = Enumerable.Range(0, s.Pixels).Average(p => g[At(p)] * normalised[At(p)]);
                for (int p = 0; p < s.Pixels; p++)
                {
                    gx[At(p)] = statistics[(((n * 2) + 1) * s.C) + c] * (g[At(p)] - meanG - (normalised[At(p)] * meanGx));
                }
            }
        }

        return gx;
    }

    /// <summary>y (length) by the scalar form of f.</summary>
    public static double[] Map<T>(T f, float[] x)
        where T : unmanaged, IUnary => [.. x.Select(v => (double)f.Apply(v))];

    /// <summary>y (D0,D1,D2,D3) by the scalar form of f.</summary>
    public static double[] Zip<T>(T f, float[] a, float[] b, BroadcastSpec s)
        where T : unmanaged, IBinary
    {
        double[] y = new double[s.D0 * s.D1 * s.D2 * s.D3];
        int at = 0;
        ForEachIndex(s.D0, s.D1, s.D2, s.D3, (i0, i1, i2, i3) => y[at++] = f.Apply(
            a[(i0 * s.A0) + (i1 * s.A1) + (i2 * s.A2) + (i3 * s.A3)],
            b[(i0 * s.B0) + (i1 * s.B1) + (i2 * s.B2) + (i3 * s.B3)]));
        return y;
    }

    /// <summary>y (Length).</summary>
    public static double[] Random(RandomSpec s)
    {
        double[] y = new double[s.Length];
        double Uniform(long i) => Philox((ulong)(s.Offset + i) / 4, s.Seed)[(int)((s.Offset + i) % 4)] >> 8;
        for (long i = 0; i < s.Length; i++)
        {
            const double Step = 1.0 / (1 << 24);
            long even = i & ~1L;
            double radius = Math.Sqrt(-2 * Math.Log(1 - (Uniform(even) * Step)));
            double angle = 2 * Math.PI * Uniform(even + 1) * Step;
            y[i] = !s.Normal ? Uniform(i) * Step : radius * (i % 2 == 0 ? Math.Cos(angle) : Math.Sin(angle));
        }

        return y;
    }

    /// <summary>The four words of Philox 4×32-10 for a counter (its upper words 0) and a key.</summary>
    public static uint[] Philox(ulong counter, ulong key)
    {
        uint[] c = [(uint)counter, (uint)(counter >> 32), 0, 0];
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)c[0] * 0xD2511F53, p1 = (ulong)c[2] * 0xCD9E8D57;
            c = [(uint)(p1 >> 32) ^ c[1] ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c[3] ^ k1, (uint)p0];
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return c;
    }

    /// <summary>y (K0,K2).</summary>
    public static double[] Sum(float[] x, SumSpec s)
    {
        double[] y = new double[s.K0 * s.K2];
        int at = 0;
        ForEachIndex(s.K0, s.R1, s.K2, s.R3, (k0, _, k2, _) =>
        {
            double v = x[at++];
            y[(k0 * s.K2) + k2] += s.Power == 2 ? v * v : v;
        });
        return y;
    }

    /// <summary>y, as it was outside the box.</summary>
    public static double[] StridedCopy(float[] x, float[] y, StridedCopySpec s)
    {
        double[] result = [.. y.Select(v => (double)v)];
        ForEachIndex(s.D0, s.D1, s.D2, s.D3, (i0, i1, i2, i3) =>
            result[s.YOffset + (i0 * s.Y0) + (i1 * s.Y1) + (i2 * s.Y2) + (i3 * s.Y3)] =
                x[s.XOffset + (i0 * s.X0) + (i1 * s.X1) + (i2 * s.X2) + (i3 * s.X3)]);
        return result;
    }

    /// <summary>Fine y (N,H·F,W·F,C) of coarse x (N,H,W,C).</summary>
    public static double[] Upsample(float[] x, BlockSpec s)
    {
        double[] y = new double[s.N * s.H * s.Factor * s.W * s.Factor * s.C];
        ForEachBlock(s, (coarse, fine) => y[fine] = (double)s.Scale * x[coarse]);
        return y;
    }

    /// <summary>Coarse y (N,H,W,C) of fine x (N,H·F,W·F,C).</summary>
    public static double[] BlockSum(float[] x, BlockSpec s)
    {
        double[] y = new double[s.N * s.H * s.W * s.C];
        ForEachBlock(s, (coarse, fine) => y[coarse] += (double)s.Scale * x[fine]);
        return y;
    }

    /// <summary>y (N,P,Q,C).</summary>
    public static double[] Resize(float[] x, ResizeSpec s)
    {
        double[] y = new double[s.N * s.P * s.Q * s.C];
        ForEachResizeTap(s, (xi, yi, weight) => y[yi] += weight * x[xi]);
        return y;
    }

    /// <summary>gx (N,H,W,C).</summary>
    public static double[] ResizeGrad(float[] gy, ResizeSpec s)
    {
        double[] gx = new double[s.N * s.H * s.W * s.C];
        ForEachResizeTap(s, (xi, yi, weight) => gx[xi] += weight * gy[yi]);
        return gx;
    }

    /// <summary>w, m and v after the step.</summary>
    public static (double[] W, double[] M, double[] V) Adam(float[] w, float[] g, float[] m, float[] v, AdamSpec s)
    {
        double[] w1 = new double[s.Length], m1 = new double[s.Length], v1 = new double[s.Length];
        for (long i = 0; i < s.Length; i++)
        {
            double gradient = (double)s.GradScale * g[i];
            m1[i] = (s.Beta1 * (double)m[i]) + ((1 - (double)s.Beta1) * gradient);
            v1[i] = (s.Beta2 * (double)v[i]) + ((1 - (double)s.Beta2) * gradient * gradient);
            double mean = m1[i] / (1 - Math.Pow(s.Beta1, s.Step)), square = v1[i] / (1 - Math.Pow(s.Beta2, s.Step));
            w1[i] = w[i] - (s.LearningRate * mean / (Math.Sqrt(square) + s.Epsilon));
        }

        return (w1, m1, v1);
    }

    // Calls with the flat indices into x, w and y of every product of the convolution.
    private static void ForEachTap(Conv2dSpec s, Action<long, long, long> visit)
    {
        ForEachIndex(s.N, s.P, s.Q, s.K, (n, p, q, k) => ForEachIndex(1, s.R, s.S, s.C, (_, r, t, c) =>
        {
            int h = (p * s.Stride) + r - s.Pad, w = (q * s.Stride) + t - s.Pad;
            if (h >= 0 && h < s.H && w >= 0 && w < s.W)
            {
                visit(
                    (((((long)n * s.H) + h) * s.W) + w) * s.C + c,
                    (((((long)k * s.R) + r) * s.S) + t) * s.C + c,
                    (((((long)n * s.P) + p) * s.Q) + q) * s.K + k);
            }
        }));
    }

    // Calls with the output pixel, each input pixel that it reads, that pixel's weight, and the weight's derivatives in the
    // two grid coordinates.
    private static void ForEachSample(float[] grid, float[]? mask, GridSampleSpec s, Action<int, int, double, double, double> visit)
    {
        for (int pixel = 0; pixel < s.N * s.P * s.Q; pixel++)
        {
            var (x, slopeX) = Position(grid[2 * pixel] + Identity(pixel % s.Q, s.Q, s), s.W, s);
            var (y, slopeY) = Position(grid[(2 * pixel) + 1] + Identity(pixel / s.Q % s.P, s.P, s), s.H, s);
            double factor = mask?[pixel] ?? 1;
            if (!double.IsFinite(x) || !double.IsFinite(y))
            {
                continue;
            }

            foreach (double cornerY in (double[])[Math.Floor(y), Math.Floor(y) + 1])
            {
                foreach (double cornerX in (double[])[Math.Floor(x), Math.Floor(x) + 1])
                {
                    if (cornerX >= 0 && cornerX < s.W && cornerY >= 0 && cornerY < s.H)
                    {
                        double wx = 1 - Math.Abs(x - cornerX), wy = 1 - Math.Abs(y - cornerY);
                        double dx = cornerX > x ? slopeX : -slopeX, dy = cornerY > y ? slopeY : -slopeY;
                        int corner = (((pixel / (s.P * s.Q)) * s.H) + (int)cornerY) * s.W + (int)cornerX;
                        visit(pixel, corner, factor * wx * wy, factor * dx * wy, factor * wx * dy);
                    }
                }
            }
        }
    }

    // What an offset is an offset to.
    private static double Identity(int i, int size, GridSampleSpec s) =>
        !s.Offset ? 0 : !s.AlignCorners ? (((2 * i) + 1) / (double)size) - 1 : size > 1 ? (2.0 * i / (size - 1)) - 1 : 0;

    // A grid coordinate in pixels, and its derivative in the grid value.
    private static (double Pixel, double Slope) Position(double grid, int size, GridSampleSpec s)
    {
        double slope = (s.AlignCorners ? size - 1 : size) / 2.0;
        double pixel = s.AlignCorners ? (grid + 1.0) * slope : ((grid + 1.0) * slope) - 0.5;
        if (s.Padding == GridPadding.Zeros)
        {
            return (pixel, slope);
        }

        return !(pixel > 0) ? (0, 0) : pixel >= size - 1 ? (size - 1, 0) : (pixel, slope);
    }

    private static void ForEachBlock(BlockSpec s, Action<int, int> visit) =>
        ForEachIndex(s.N, s.H * s.Factor, s.W * s.Factor, s.C, (n, h, w, c) => visit(
            ((((n * s.H) + (h / s.Factor)) * s.W) + (w / s.Factor)) * s.C + c,
            ((((n * s.H * s.Factor) + h) * s.W * s.Factor) + w) * s.C + c));

    private static void ForEachResizeTap(ResizeSpec s, Action<int, int, double> visit) =>
        ForEachIndex(s.N, s.P, s.Q, s.C, (n, p, q, c) =>
        {
            foreach (var (h, wh) in ResizeTaps(p, s.H, s.P, s.AlignCorners))
            {
                foreach (var (w, ww) in ResizeTaps(q, s.W, s.Q, s.AlignCorners))
                {
                    visit(((((n * s.H) + h) * s.W) + w) * s.C + c, ((((n * s.P) + p) * s.Q) + q) * s.C + c, wh * ww);
                }
            }
        });

    private static (int Index, double Weight)[] ResizeTaps(int i, int from, int to, bool alignCorners)
    {
        // In whole numbers, so that a tap of no weight is none.
        var (place, unit) = alignCorners ? (to > 1 ? (long)i * (from - 1) : 0, Math.Max(1, to - 1)) : (Math.Max(0, (((2L * i) + 1) * from) - to), 2 * to);
        int low = Math.Min((int)(place / unit), from - 1), high = Math.Min(low + 1, from - 1);
        double share = (place - ((long)low * unit)) / (double)unit;
        return share > 0 ? [(low, 1 - share), (high, share)] : [(low, 1)];
    }

    private static void ForEachIndex(int d0, int d1, int d2, int d3, Action<int, int, int, int> visit)
    {
        for (int i0 = 0; i0 < d0; i0++)
        {
            for (int i1 = 0; i1 < d1; i1++)
            {
                for (int i2 = 0; i2 < d2; i2++)
                {
                    for (int i3 = 0; i3 < d3; i3++)
                    {
                        visit(i0, i1, i2, i3);
                    }
                }
            }
        }
    }
}
