namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Random(DeviceBuffer y, in RandomSpec s) =>
        pool.For(Parts(s.Length, ElementsPerPart), new RandomWork { Y = Output(y), S = s });

    private struct RandomWork : IWork
    {
        public float* Y;
        public RandomSpec S;

        public readonly void Run(int index, int worker)
        {
            float* four = stackalloc float[4];
            long end = Math.Min((index + 1L) * ElementsPerPart, S.Length);
            for (long i = (long)index * ElementsPerPart; i < end; i += 4)
            {
                Block((ulong)(S.Offset + i) / 4, four);
                new ReadOnlySpan<float>(four, (int)Math.Min(4, end - i)).CopyTo(new Span<float>(Y + i, 4));
            }
        }

        private readonly void Block(ulong counter, float* four)
        {
            uint c0 = (uint)counter, c1 = (uint)(counter >> 32), c2 = 0, c3 = 0, k0 = (uint)S.Seed, k1 = (uint)(S.Seed >> 32);
            for (int round = 0; round < 10; round++)
            {
                ulong p0 = 0xD2511F53ul * c0, p1 = 0xCD9E8D57ul * c2;
                (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }

            const float Step = 1f / (1 << 24);
            (four[0], four[1], four[2], four[3]) = ((c0 >> 8) * Step, (c1 >> 8) * Step, (c2 >> 8) * Step, (c3 >> 8) * Step);
            if (S.Normal)
            {
                (four[0], four[1]) = Normal(four[0], four[1]);
                (four[2], four[3]) = Normal(four[2], four[3]);
            }
        }

        private static (float, float) Normal(float u0, float u1)
        {
            float radius = MathF.Sqrt(-2 * MathF.Log(1 - u0));
            var (sin, cos) = MathF.SinCos(MathF.Tau * u1);
            return (radius * cos, radius * sin);
        }
    }
}
