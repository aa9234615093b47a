using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void Random(DeviceBuffer y, in RandomSpec s)
    {
        if (s.Length > 0)
        {
            var key = new PhiloxRun(s.Seed, s.Offset / 4, s.Normal ? 1 : 0, (int)s.Length);
            Launch(Random, Threads(CeilDiv(s.Length, 4)), Output(y), key);
        }
    }

    // A thread makes whole blocks of four numbers.
    internal static void Random(ArrayView<float> y, PhiloxRun s)
    {
        for (int i = First; i < (s.Length + 3) / 4; i += Step)
        {
            F4 u = Philox((ulong)(s.Block + i), s.Seed);
            if (s.Normal != 0)
            {
                F4 r = u;
                float r0 = MathF.Sqrt(-2f * LogOfComplement(u.X)), r1 = MathF.Sqrt(-2f * LogOfComplement(u.Z));
                r.X = r0 * CosOfTurns(u.Y);
                r.Y = r0 * CosOfTurns(u.Y - 0.25f);
                r.Z = r1 * CosOfTurns(u.W);
                r.W = r1 * CosOfTurns(u.W - 0.25f);
                u = r;
            }

            int left = s.Length - (4 * i);
            if (left >= 4)
            {
                y.Cast<F4>()[i] = u;
            }
            else
            {
                y[4 * i] = u.X;
                if (left > 1)
                {
                    y[(4 * i) + 1] = u.Y;
                }

                if (left > 2)
                {
                    y[(4 * i) + 2] = u.Z;
                }
            }
        }
    }

    // Ten rounds; the four words as numbers in [0, 1).
    private static F4 Philox(ulong counter, ulong key)
    {
        uint c0 = (uint)counter, c1 = (uint)(counter >> 32), c2 = 0, c3 = 0;
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c0, p1 = 0xCD9E8D57UL * c2;
            c0 = (uint)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint)p1;
            c2 = (uint)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint)p0;
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return new F4(Unit(c0), Unit(c1), Unit(c2), Unit(c3));
    }

    private static float Unit(uint word) => (int)(word >> 8) * (1f / (1 << 24));

    // ln(1 − u) for u in [0, 1). The hardware's logarithm is good to 2⁻²² absolutely: near 1 that is all error, and its sign
    // may be wrong. Here 1 − u = m·2ᵉ with m in [√½, √2), and ln m = 2 artanh((m − 1)/(m + 1)).
    private static float LogOfComplement(float u)
    {
        int bits = (int)Interop.FloatAsInt(1f - u);
        int e = (bits - 0x3F3504F3) >> 23;
        float m = Interop.IntAsFloat((uint)(bits - (e << 23)));
        float t = (m - 1f) / (m + 1f), q = t * t;
        float series = 2f + (q * ((2f / 3f) + (q * ((2f / 5f) + (q * ((2f / 7f) + (q * (2f / 9f))))))));
        return (e * 0.693147181f) + (t * series);
    }

    // cos 2πu, from the nearest quarter turn: the hardware's cosine is good to 2⁻²⁰ only.
    private static float CosOfTurns(float u)
    {
        float turns = u - (u >= 0.5f ? 1f : 0f);
        float folded = turns < 0f ? -turns : turns;
        float quarter = 0.25f - folded;
        return SinOfTurns(quarter);
    }

    // sin 2πv for |v| ≤ ¼: the Taylor polynomial of degree 13, whose error at the end is 6·10⁻¹⁰.
    private static float SinOfTurns(float v)
    {
        float a = 6.28318531f * v, q = a * a;
        return a * (1f + (q * ((-1f / 6f) + (q * ((1f / 120f) + (q * ((-1f / 5040f)
            + (q * ((1f / 362880f) + (q * ((-1f / 39916800f) + (q * (1f / 6227020800f)))))))))))));
    }

    /// <summary>A run of Philox blocks; Normal is 1 or 0.</summary>
    internal readonly record struct PhiloxRun(ulong Seed, long Block, int Normal, int Length);
}
