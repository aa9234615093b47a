namespace Mimesh.Kernels;

// The three convolutions as tiled products (GpuKernels.Product) of matrices that are never written down: patches of an image
// against weights.
internal sealed partial class GpuKernels
{
    public void Conv2d(DeviceBuffer x, DeviceBuffer w, DeviceBuffer? b, DeviceBuffer y, in Conv2dSpec s)
    {
        // y (N·P·Q, K) = patches (N·P·Q, R·S·C) · wᵀ
        int pixels = s.N * s.P * s.Q, taps = s.R * s.S * s.C;
        Product(
            x, w, b, y, new Patches(s), new MatrixAlongDepth(s.K, taps, 0),
            new MatrixPlan(pixels, s.K, s.K, 1, 0, taps, 0), new ProductSize(pixels, s.K, 1), s.C % 4 == 0);
    }

    public void Conv2dInputGrad(DeviceBuffer gy, DeviceBuffer w, DeviceBuffer gx, in Conv2dSpec s)
    {
        // Stride² interleaved images, each with the taps that reach it: no product with a zero between the strides.
        int pixels = s.N * CeilDiv(s.H, s.Stride) * CeilDiv(s.W, s.Stride);
        Product(
            gy, w, null, gx, new GradientPatches(s), new ReflectedWeights(s), new InterleavedPlan(s),
            new ProductSize(pixels, s.C, s.Stride * s.Stride), s.C % 4 == 0 && s.K % 4 == 0);
    }

    public void Conv2dWeightGrad(DeviceBuffer x, DeviceBuffer gy, DeviceBuffer gw, in Conv2dSpec s)
    {
        // gwᵀ (R·S·C, K) = patchesᵀ (R·S·C, N·P·Q) · gy, the pixels in parts of at least 256: else a few tiles would do it all.
        int pixels = s.N * s.P * s.Q, taps = s.R * s.S * s.C;
        if (taps * s.K == 0)
        {
            return;
        }

        int tiles = CeilDiv(taps, 128) * CeilDiv(s.K, 64);
        int chunk = CeilDiv(pixels, Math.Clamp(512 / tiles, 1, CeilDiv(Math.Max(1, pixels), 256)));
        int parts = Math.Max(1, CeilDiv(pixels, Math.Max(1, chunk)));
        var partial = parts == 1 ? gw : device.Rent((long)parts * taps * s.K); // (parts, K, R, S, C)
        Product(
            x, gy, null, partial, new TransposedPatches(s), new MatrixAlongRows(s.K, s.K, 0),
            new MatrixPlan(taps, s.K, 1, taps, taps * s.K, pixels, chunk), new ProductSize(taps, s.K, parts),
            s.C % 4 == 0 && s.K % 4 == 0);
        if (parts > 1)
        {
            SumColumns(partial, gw, new SumSpec(1, parts, taps * s.K, 1), 1);
            device.Return(partial);
        }
    }

    // Whether a cursor is on a row and a pixel in its image: no branches, and one comparison for both ends.
    private static bool Inside(Cursor at, int y, int height, int x, int width) =>
        at.Start >= 0 & (uint)y < (uint)height & (uint)x < (uint)width;

    /// <summary>Row: an output pixel (n, p, q); k: a tap (r, s, c).</summary>
    internal readonly struct Patches(Conv2dSpec s) : IOperand
    {
        private readonly int _h = s.H;
        private readonly int _w = s.W;
        private readonly Divisor _c = new(s.C);
        private readonly Divisor _p = new(s.P);
        private readonly Divisor _q = new(s.Q);
        private readonly int _pixels = s.N * s.P * s.Q;
        private readonly Divisor _s = new(s.S);
        private readonly int _stride = s.Stride;
        private readonly int _pad = s.Pad;

        public static bool AlongDepth => true;

        public Cursor Row(int row, int z)
        {
            if (row >= _pixels)
            {
                return Cursor.None;
            }

            int line = row / _q;
            return new(line / _p * _h, (line % _p * _stride) - _pad, (row % _q * _stride) - _pad, 0);
        }

        public int Offset(Cursor at, int k)
        {
            int tap = k / _c;
            int h = at.Y + (tap / _s), w = at.X + (tap % _s);
            return Inside(at, h, _h, w, _w) ? ((((at.Start + h) * _w) + w) * _c.Value) + (k % _c) : -1;
        }
    }

    /// <summary>Row: a tap (r, s, c); k: an output pixel (n, p, q).</summary>
    internal readonly struct TransposedPatches(Conv2dSpec s) : IOperand
    {
        private readonly int _h = s.H;
        private readonly int _w = s.W;
        private readonly Divisor _c = new(s.C);
        private readonly Divisor _p = new(s.P);
        private readonly Divisor _q = new(s.Q);
        private readonly int _taps = s.R * s.S * s.C;
        private readonly Divisor _s = new(s.S);
        private readonly int _stride = s.Stride;
        private readonly int _pad = s.Pad;

        public static bool AlongDepth => false;

        public Cursor Row(int row, int z)
        {
            int tap = row / _c;
            return row < _taps ? new(row % _c, (tap / _s) - _pad, (tap % _s) - _pad, 0) : Cursor.None;
        }

        public int Offset(Cursor at, int k)
        {
            int line = k / _q;
            int h = at.Y + (line % _p * _stride), w = at.X + (k % _q * _stride);
            return Inside(at, h, _h, w, _w) ? (((((line / _p * _h) + h) * _w) + w) * _c.Value) + at.Start : -1;
        }
    }

    /// <summary>
    /// Row: a pixel (n, i, j) of interleaved image z, that is (Stride·i + z / Stride, Stride·j + z % Stride) of gx; k: one of the taps
    /// that reach it and an output channel (ti, tj, k).
    /// </summary>
    internal readonly struct GradientPatches(Conv2dSpec s) : IOperand
    {
        private readonly InterleavedAxis _rows = new(s.H, s.R, s.Stride, s.Pad);
        private readonly InterleavedAxis _columns = new(s.W, s.S, s.Stride, s.Pad);
        private readonly int _n = s.N;
        private readonly int _p = s.P;
        private readonly int _q = s.Q;
        private readonly Divisor _k = new(s.K);

        public static bool AlongDepth => true;

        public Cursor Row(int row, int z)
        {
            int a = z / _rows.Stride, b = z % _rows.Stride;
            int height = _rows.Count(a), width = _columns.Count(b);
            if (row >= _n * height * width)
            {
                return Cursor.None;
            }

            int line = row / width;
            return new(line / height * _p, _rows.Output(a, line % height), _columns.Output(b, row % width), _columns.Taps(b));
        }

        public int Offset(Cursor at, int k)
        {
            int tap = k / _k;
            Divisor across = _columns.TapsAsDivisor(at.Taps);
            int p = at.Y - (tap / across), q = at.X - (tap % across);
            return Inside(at, p, _p, q, _q) ? ((((at.Start + p) * _q) + q) * _k.Value) + (k % _k) : -1;
        }
    }

    /// <summary>Row: an input channel; k as in <see cref="GradientPatches"/>.</summary>
    internal readonly struct ReflectedWeights(Conv2dSpec s) : IOperand
    {
        private readonly InterleavedAxis _rows = new(s.H, s.R, s.Stride, s.Pad);
        private readonly InterleavedAxis _columns = new(s.W, s.S, s.Stride, s.Pad);
        private readonly int _c = s.C;
        private readonly Divisor _k = new(s.K);

        public static bool AlongDepth => false;

        public Cursor Row(int row, int z)
        {
            int a = z / _rows.Stride, b = z % _rows.Stride;
            return row < _c ? new(row, _rows.FirstTap(a), _columns.FirstTap(b), _columns.Taps(b)) : Cursor.None;
        }

        public int Offset(Cursor at, int k)
        {
            int tap = k / _k;
            Divisor across = _columns.TapsAsDivisor(at.Taps);
            int r = at.Y + (tap / across * _rows.Stride), t = at.X + (tap % across * _rows.Stride);
            return at.Start < 0 ? -1 : (((((k % _k * _rows.Size) + r) * _columns.Size) + t) * _c) + at.Start;
        }
    }

    /// <summary>Product z makes interleaved image z of gx.</summary>
    internal readonly struct InterleavedPlan(Conv2dSpec s) : IPlan
    {
        private readonly InterleavedAxis _rows = new(s.H, s.R, s.Stride, s.Pad);
        private readonly InterleavedAxis _columns = new(s.W, s.S, s.Stride, s.Pad);
        private readonly int _n = s.N;
        private readonly int _h = s.H;
        private readonly int _w = s.W;
        private readonly int _c = s.C;
        private readonly int _k = s.K;

        public int Columns => _c;

        public int ColumnStride => 1;

        public int Begin(int z) => 0;

        public int End(int z) => _rows.Taps(z / _rows.Stride) * _columns.Taps(z % _rows.Stride) * _k;

        public int Row(int row, int z)
        {
            int a = z / _rows.Stride, b = z % _rows.Stride;
            int height = _rows.Count(a), width = _columns.Count(b);
            if (row >= _n * height * width)
            {
                return -1;
            }

            int line = row / width;
            int h = (line % height * _rows.Stride) + a, w = (row % width * _rows.Stride) + b;
            return ((((line / height * _h) + h) * _w) + w) * _c;
        }
    }

    /// <summary>
    /// One axis of a strided convolution seen from its input: pixel <c>a + Stride·i</c> is reached by the taps
    /// <c>FirstTap(a) + Stride·t</c> of the outputs <c>Output(a, i) − t</c>.
    /// </summary>
    internal readonly struct InterleavedAxis(int length, int size, int stride, int pad)
    {
        public readonly int Stride = stride;
        public readonly int Size = size;
        private readonly int _length = length;
        private readonly int _pad = pad;
        private readonly Divisor _most = new((size + stride - 1) / stride);
        private readonly Divisor _fewest = new(((size + stride - 1) / stride) - 1);

        public int Count(int a) => (_length - a + Stride - 1) / Stride;

        public int FirstTap(int a) => (a + _pad) % Stride;

        public int Taps(int a) => (Size - FirstTap(a) + Stride - 1) / Stride;

        // Every a has the most or one less.
        public Divisor TapsAsDivisor(int taps) => taps == _most.Value ? _most : _fewest;

        public int Output(int a, int i) => i + ((a + _pad) / Stride);
    }
}
