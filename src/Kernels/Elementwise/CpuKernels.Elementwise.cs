using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Map<T>(T f, DeviceBuffer x, DeviceBuffer y, long length)
        where T : unmanaged, IUnary =>
        pool.For(Parts(length, ElementsPerPart), new MapWork<T> { F = f, X = Pointer(x), Y = Output(y), Length = length });

    /// <inheritdoc/>
    public void Zip<T>(T f, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y, in BroadcastSpec s)
        where T : unmanaged, IBinary
    {
        var parts = new BoxParts(s.D0, s.D1, s.D2, s.D3, ElementsPerPart);
        pool.For(parts.Count, new ZipWork<T> { F = f, A = Pointer(a), B = Pointer(b), Y = Output(y), S = s, Parts = parts });
    }

    /// <inheritdoc/>
    public void Fill(DeviceBuffer y, float value, long length) =>
        pool.For(Parts(length, ElementsPerPart), new FillWork { Y = Output(y), Value = value, Length = length });

    // The last elements too are done by the vector form, so that a number's function does not depend on where it stands.
    private struct MapWork<T> : IWork
        where T : unmanaged, IUnary
    {
        public T F;
        public float* X, Y;
        public long Length;

        public readonly void Run(int index, int worker)
        {
            long from = (long)index * ElementsPerPart;
            Apply(F, X + from, Y + from, (int)Math.Min(ElementsPerPart, Length - from));
        }

        private static void Apply(T f, float* x, float* y, int count)
        {
            int i = 0;
            for (; i + 16 <= count; i += 16)
            {
                f.Apply(Vector512.Load(x + i)).Store(y + i);
            }

            if (i < count)
            {
                StoreFirst(f.Apply(LoadFirst(x + i, count - i)), y + i, count - i);
            }
        }
    }

    private struct ZipWork<T> : IWork
        where T : unmanaged, IBinary
    {
        public T F;
        public float* A, B, Y;
        public BroadcastSpec S;
        public BoxParts Parts;

        // A tile of some rows, or of a piece of a row, is contiguous in y. Operands that are not contiguous too are laid out so
        // first, while y's tile is in the nearest cache: one loop then serves every kind of broadcasting.
        [SkipLocalsInit]
        public readonly void Run(int index, int worker)
        {
            float* tiles = stackalloc float[2 * TileLength];
            var a = new TiledOperand { Pitch = S.A2, Stride = S.A3, Tile = tiles };
            var b = new TiledOperand { Pitch = S.B2, Stride = S.B3, Tile = tiles + TileLength };
            for (var run = Parts.First(index); run.Rows > 0; run = Parts.Next(run))
            {
                a.Start = A + run.At(S.A0, S.A1, S.A2, S.A3);
                b.Start = B + run.At(S.B0, S.B1, S.B2, S.B3);
                float* y = Y + (run.Row * S.D3) + run.Column;
                if (a.IsContiguous(run.Rows, run.Columns) && b.IsContiguous(run.Rows, run.Columns))
                {
                    Apply(F, a.Start, b.Start, y, run.Rows * run.Columns);
                    continue;
                }

                int columns = Math.Min(run.Columns, TileLength), rows = TileLength / columns;
                rows = rows < 16 ? rows : rows / 16 * 16;
                for (int i = 0; i < run.Rows; i += rows)
                {
                    int height = Math.Min(rows, run.Rows - i);
                    for (int j = 0; j < run.Columns; j += columns)
                    {
                        int width = Math.Min(columns, run.Columns - j);
                        Apply(F, a.At(i, j, height, width), b.At(i, j, height, width), y + ((nint)i * S.D3) + j, height * width);
                    }
                }
            }
        }

        private static void Apply(T f, float* a, float* b, float* y, int count)
        {
            int i = 0;
            for (; i + 16 <= count; i += 16)
            {
                f.Apply(Vector512.Load(a + i), Vector512.Load(b + i)).Store(y + i);
            }

            if (i < count)
            {
                StoreFirst(f.Apply(LoadFirst(a + i, count - i), LoadFirst(b + i, count - i)), y + i, count - i);
            }
        }
    }

    // Floats of a tile: two operands' and y's fit the first cache.
    private const int TileLength = 1024;

    /// <summary>An operand of <see cref="ZipWork{T}"/> as contiguous tiles.</summary>
    private struct TiledOperand
    {
        public float* Start, Tile;
        public int Pitch, Stride;
        private float* _laidOut;
        private int _length;

        public readonly bool IsContiguous(int rows, int columns) => Stride == 1 && (rows == 1 || Pitch == columns);

        // Rows of columns from (row, column) on: the operand itself, or laid out, unless the tile holds these numbers already.
        public float* At(int row, int column, int rows, int columns)
        {
            float* x = Start + ((nint)row * Pitch) + ((nint)column * Stride);
            if (IsContiguous(rows, columns))
            {
                return x;
            }

            int length = rows * columns;
            if (Pitch != 0 || x != _laidOut || length > _length)
            {
                CopyRows(x, Pitch, Stride == 0, Tile, columns, rows, columns);
                _laidOut = x;
                _length = length;
            }

            return Tile;
        }
    }

    // The first numbers of a vector, fewer than sixteen.
    private static Vector512<float> LoadFirst(float* x, int count)
    {
        var v = Vector512<float>.Zero;
        new ReadOnlySpan<float>(x, count).CopyTo(new Span<float>(&v, count));
        return v;
    }

    private static void StoreFirst(Vector512<float> v, float* y, int count) =>
        new ReadOnlySpan<float>(&v, count).CopyTo(new Span<float>(y, count));

    private struct FillWork : IWork
    {
        public float* Y;
        public float Value;
        public long Length;

        public readonly void Run(int index, int worker)
        {
            long from = (long)index * ElementsPerPart;
            new Span<float>(Y + from, (int)Math.Min(ElementsPerPart, Length - from)).Fill(Value);
        }
    }
}
