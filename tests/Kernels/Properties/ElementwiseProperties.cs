using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels.Properties;

internal sealed class ElementwiseProperties : KernelProperties
{
    private static readonly Axis s_length = new("Length", [1, 2, 3, 4, 5, 15, 16, 17, 33, 0, 63, 64, 65, 1000, 16383, 16385, 40001], 13);

    private static readonly IFunction[] s_unary =
    [
        new Unary<Affine>(new(2f, -1f)), new Unary<Square>(default), new Unary<Sqrt>(default, true), new Unary<Reciprocal>(default, true),
        new Unary<Exp>(default), new Unary<Log>(default, true), new Unary<Sigmoid>(default), new Unary<Tanh>(default), new Unary<Elu>(default),
        new Unary<LeakyRelu>(new(0.2f)), new Unary<Abs>(default), new Unary<Sign>(default),
    ];

    private static readonly IFunction[] s_binary =
    [
        new Binary<Add>(default), new Binary<Sub>(default), new Binary<Mul>(default), new Binary<Div>(default),
        new Binary<LeakyReluGrad>(new(0.2f)), new Binary<EluGrad>(default), new Binary<SigmoidGrad>(default),
        new Binary<TanhGrad>(default), new Binary<Lerp>(new(0.3f)),
    ];

    [Test]
    public void Map([ValueSource(nameof(Devices))] string device) => Holds(
        device, [s_length, Index(s_unary), Axis.Flag("InPlace")], d => s_unary[d["Function"]].Call(d));

    [Test]
    public void Zip([ValueSource(nameof(Devices))] string device) => Holds(
        device,
        [
            // Often a single row, which is cut into vectors without regard to its end.
            new("D0", [1, 1, 1, 2, 3]), new("D1", [1, 1, 2, 5, 0], 4), new("D2", [1, 1, 3, 4, 7]),
            new("D3", [1, 2, 3, 4, 8, 15, 16, 17, 33, 3000], 8),
            new("A", [15, 0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 14]), new("B", [15, 0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 14]), Index(s_binary),
            Axis.Flag("InPlace"),
        ],
        d => s_binary[d["Function"]].Call(d));

    [Test]
    public void Fill([ValueSource(nameof(Devices))] string device) => Holds(
        device, [s_length],
        d => new([], [[.. Enumerable.Repeat(2.5, d["Length"])]], (k, _, o) => k.Fill(o[0], 2.5f, d["Length"])) { Tolerance = 0 });

    [Test]
    public void Random([ValueSource(nameof(Devices))] string device) => Holds(
        device, [s_length, new("Seed", [0, 1, 12345, -1]), new("Offset", [0, 4, 8, 1 << 20, int.MaxValue - 3]), new("Pages", [0, 1, 7]), Axis.Flag("Normal")],
        d =>
        {
            // Seeds and counters of more than 32 bits.
            var s = new RandomSpec(d["Length"], (ulong)((long)d["Seed"] * 0x9E3779B97F4A7C1), d["Offset"] + ((long)d["Pages"] << 34), d.Is("Normal"));
            return new([], [Reference.Random(s)], (k, _, o) => k.Random(o[0], s)) { Tolerance = s.Normal ? Mimesh.Verification.Tolerance.Standard.Forward : 0 };
        });

    [Test]
    public void Adam([ValueSource(nameof(Devices))] string device) => Holds(
        device, [s_length, new("Step", [1, 2, 10, 1000]), Axis.Flag("Clipped"), new("Beta1", [9, 5, 0])],
        d =>
        {
            var s = new AdamSpec(d["Length"], d["Step"], 1e-2f, 0.1f * d["Beta1"], 0.999f, 1e-8f, d.Is("Clipped") ? 0.25f : 1f);
            float[] w = Normal(s.Length, 1), g = Normal(s.Length, 2), m = Normal(s.Length, 3), v = [.. Normal(s.Length, 4).Select(x => (x * x) + 0.01f)];
            var (w1, m1, v1) = Reference.Adam(w, g, m, v, s);
            return new([g], [w1, m1, v1], (k, i, o) => k.Adam(o[0], i[0], o[1], o[2], s)) { Before = [w, m, v] };
        });

    private static Axis Index(IFunction[] functions) => new("Function", [.. Enumerable.Range(0, functions.Length)]);

    private interface IFunction
    {
        KernelCall Call(Draw d);
    }

    private sealed record Unary<T>(T Function, bool Positive = false) : IFunction
        where T : unmanaged, IUnary
    {
        public KernelCall Call(Draw d)
        {
            int length = d["Length"];
            float[] x = [.. Normal(length, 1).Select(v => Positive ? Math.Abs(v) + 0.01f : v)];
            double[][] y = [Reference.Map(Function, x)];
            return d.Is("InPlace")
                ? new([], y, (k, _, o) => k.Map(Function, o[0], o[0], length)) { Before = [x] }
                : new([x], y, (k, i, o) => k.Map(Function, i[0], o[0], length));
        }
    }

    private sealed record Binary<T>(T Function) : IFunction
        where T : unmanaged, IBinary
    {
        // A and B say by their bits along which dimensions an operand is spread out; along the others it is broadcast.
        public KernelCall Call(Draw d)
        {
            int[] sizes = [d["D0"], d["D1"], d["D2"], d["D3"]], p = Strides(sizes, d["A"]), q = Strides(sizes, d["B"]);
            var s = new BroadcastSpec(sizes[0], sizes[1], sizes[2], sizes[3], p[0], p[1], p[2], p[3], q[0], q[1], q[2], q[3]);
            float[] a = Operand(sizes, p, 1), b = Operand(sizes, q, 2);
            double[][] y = [Reference.Zip(Function, a, b, s)];
            return d.Is("InPlace") && a.Length == y[0].Length && d["A"] == 15
                ? new([b], y, (k, i, o) => k.Zip(Function, o[0], i[0], o[0], s)) { Before = [a] }
                : new([a, b], y, (k, i, o) => k.Zip(Function, i[0], i[1], o[0], s));
        }

        private static int[] Strides(int[] sizes, int spread)
        {
            int[] strides = new int[4];
            for (int axis = 3, stride = 1; axis >= 0; axis--)
            {
                if (sizes[axis] > 1 && (spread >> (3 - axis) & 1) != 0)
                {
                    (strides[axis], stride) = (stride, stride * sizes[axis]);
                }
            }

            return strides;
        }

        // Exactly as long as the strides reach; away from zero, which division would blow up.
        private static float[] Operand(int[] sizes, int[] strides, int seed) =>
        [
            .. Normal(sizes.Contains(0) ? 0 : 1 + sizes.Zip(strides, (size, stride) => (size - 1) * stride).Sum(), seed)
                .Select(v => v + (0.2f * (v < 0 ? -1 : 1))),
        ];
    }
}
