using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Map<T>(T f, DeviceBuffer x, DeviceBuffer y, long length)
        where T : unmanaged, IUnary =>
        pool.For(Parts(length, ElementsPerPart), new MapWork<T> { F = f, X = Pointer(x), Y = Pointer(y), Length = length });

    /// <inheritdoc/>
    public void Zip<T>(T f, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y, in BroadcastSpec s)
        where T : unmanaged, IBinary
    {
        ((CpuBuffer)y).Changed();
        pool.For(
            Parts((long)s.D0 * s.D1 * s.D2 * s.D3, ElementsPerPart),
            new ZipWork<T> { F = f, A = Pointer(a), B = Pointer(b), Y = Pointer(y), S = s });
    }

    /// <inheritdoc/>
    public void Fill(DeviceBuffer y, float value, long length) =>
        pool.For(Parts(length, ElementsPerPart), new FillWork { Y = Pointer(y), Value = value, Length = length });

    private struct MapWork<T> : IWork
        where T : unmanaged, IUnary
    {
        public T F;
        public float* X, Y;
        public long Length;

        public readonly void Run(int index, int worker)
        {
            long i = (long)index * ElementsPerPart, end = Math.Min(i + ElementsPerPart, Length);
            for (; i + 16 <= end; i += 16)
            {
                F.Apply(Vector512.Load(X + i)).Store(Y + i);
            }

            // The vector form for the tail too, so that a number's function does not depend on where it stands.
            if (i < end)
            {
                float* rest = stackalloc float[16];
                int count = (int)(end - i);
                new ReadOnlySpan<float>(X + i, count).CopyTo(new Span<float>(rest, 16));
                F.Apply(Vector512.Load(rest)).Store(rest);
                new ReadOnlySpan<float>(rest, count).CopyTo(new Span<float>(Y + i, count));
            }
        }
    }

    private struct ZipWork<T> : IWork
        where T : unmanaged, IBinary
    {
        public T F;
        public float* A, B, Y;
        public BroadcastSpec S;

        public readonly void Run(int index, int worker)
        {
            long i = (long)index * ElementsPerPart, end = Math.Min(i + ElementsPerPart, (long)S.D0 * S.D1 * S.D2 * S.D3);
            long row = i / S.D3;
            int column = (int)(i % S.D3);
            int i2 = (int)(row % S.D2), i1 = (int)(row / S.D2 % S.D1), i0 = (int)(row / S.D2 / S.D1);
            while (i < end)
            {
                int count = (int)Math.Min(S.D3 - column, end - i);
                float* a = A + ((nint)i0 * S.A0) + ((nint)i1 * S.A1) + ((nint)i2 * S.A2) + ((nint)column * S.A3);
                float* b = B + ((nint)i0 * S.B0) + ((nint)i1 * S.B1) + ((nint)i2 * S.B2) + ((nint)column * S.B3);
                Row(a, b, Y + i, count);
                i += count;
                column = 0;
                if (++i2 == S.D2)
                {
                    i2 = 0;
                    if (++i1 == S.D1)
                    {
                        i1 = 0;
                        i0++;
                    }
                }
            }
        }

        private readonly void Row(float* a, float* b, float* y, int count)
        {
            int i = 0;
            if (S.A3 == 1 && S.B3 == 1)
            {
                for (; i + 16 <= count; i += 16)
                {
                    F.Apply(Vector512.Load(a + i), Vector512.Load(b + i)).Store(y + i);
                }
            }
            else if (count >= 16)
            {
                var va = Vector512.Create(*a);
                var vb = Vector512.Create(*b);
                for (; i + 16 <= count; i += 16)
                {
                    F.Apply(S.A3 == 1 ? Vector512.Load(a + i) : va, S.B3 == 1 ? Vector512.Load(b + i) : vb).Store(y + i);
                }
            }

            for (; i < count; i++)
            {
                y[i] = F.Apply(a[(nint)i * S.A3], b[(nint)i * S.B3]);
            }
        }
    }

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
