using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mimesh.Benchmarks;

/// <summary>How much arithmetic the processor can do: fused multiply-adds on registers alone, measured once in a process.</summary>
internal static class Peak
{
    private const int Chains = 12, Runs = 20;
    private const long Steps = 4_000_000;

    private static readonly ConcurrentDictionary<(int Threads, int Bits), double> s_measured = new();

    /// <summary>Bits of the widest vectors that .NET uses here.</summary>
    public static int VectorBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>10⁹ float32 operations a second, the best of some runs; a fused multiply-add is two.</summary>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="bits">Width of the vectors: 128, 256 or 512; 0 for the widest.</param>
    public static double Gigaflops(int threads, int bits = 0) =>
        s_measured.GetOrAdd((threads, bits == 0 ? VectorBits : bits), key => Enumerable.Range(0, Runs).Max(_ => Measure(key.Threads, key.Bits)));

    private static double Measure(int threads, int bits)
    {
        Func<long, float> run = bits switch
        {
            512 => Run<Lanes512>,
            256 => Run<Lanes256>,
            _ => Run<Lanes128>,
        };
        double[] seconds = new double[threads];
        using var start = new Barrier(threads);
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            run(1000);
            start.SignalAndWait();
            long before = Stopwatch.GetTimestamp();
            run(Steps);
            seconds[i] = Stopwatch.GetElapsedTime(before).TotalSeconds;
        }))];
        foreach (var worker in workers)
        {
            worker.Start();
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }

        return threads * Steps * Chains * 2.0 * (bits / 32) / seconds.Max() / 1e9;
    }

    // Twelve chains hide the latency of the multiply-adds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run<T>(long steps)
        where T : struct, ILanes<T>
    {
        T w = T.Of(0.5f), b = T.Of(0.25f);
        T y0 = w, y1 = w, y2 = w, y3 = w, y4 = w, y5 = w, y6 = w, y7 = w, y8 = w, y9 = w, y10 = w, y11 = w;
        for (long i = 0; i < steps; i++)
        {
            y0 = T.MultiplyAdd(y0, w, b);
            y1 = T.MultiplyAdd(y1, w, b);
            y2 = T.MultiplyAdd(y2, w, b);
            y3 = T.MultiplyAdd(y3, w, b);
            y4 = T.MultiplyAdd(y4, w, b);
            y5 = T.MultiplyAdd(y5, w, b);
            y6 = T.MultiplyAdd(y6, w, b);
            y7 = T.MultiplyAdd(y7, w, b);
            y8 = T.MultiplyAdd(y8, w, b);
            y9 = T.MultiplyAdd(y9, w, b);
            y10 = T.MultiplyAdd(y10, w, b);
            y11 = T.MultiplyAdd(y11, w, b);
        }

        T a = T.MultiplyAdd(y0, y1, y2), c = T.MultiplyAdd(y3, y4, y5), d = T.MultiplyAdd(y6, y7, y8), e = T.MultiplyAdd(y9, y10, y11);
        return T.Sum(T.MultiplyAdd(T.MultiplyAdd(a, c, d), w, e));
    }

    private interface ILanes<T>
    {
        static abstract T Of(float value);

        static abstract T MultiplyAdd(T x, T w, T b);

        static abstract float Sum(T x);
    }

    private readonly struct Lanes512(Vector512<float> v) : ILanes<Lanes512>
    {
        private readonly Vector512<float> _v = v;

        public static Lanes512 Of(float value) => new(Vector512.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes512 MultiplyAdd(Lanes512 x, Lanes512 w, Lanes512 b) => new(Vector512.FusedMultiplyAdd(x._v, w._v, b._v));

        public static float Sum(Lanes512 x) => Vector512.Sum(x._v);
    }

    private readonly struct Lanes256(Vector256<float> v) : ILanes<Lanes256>
    {
        private readonly Vector256<float> _v = v;

        public static Lanes256 Of(float value) => new(Vector256.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes256 MultiplyAdd(Lanes256 x, Lanes256 w, Lanes256 b) => new(Vector256.FusedMultiplyAdd(x._v, w._v, b._v));

        public static float Sum(Lanes256 x) => Vector256.Sum(x._v);
    }

    private readonly struct Lanes128(Vector128<float> v) : ILanes<Lanes128>
    {
        private readonly Vector128<float> _v = v;

        public static Lanes128 Of(float value) => new(Vector128.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Lanes128 MultiplyAdd(Lanes128 x, Lanes128 w, Lanes128 b) => new(Vector128.FusedMultiplyAdd(x._v, w._v, b._v));

        public static float Sum(Lanes128 x) => Vector128.Sum(x._v);
    }
}
