using System.Runtime.Intrinsics;
using Mimesh.Kernels;
using NUnit.Framework;
using static Mimesh.Tests.Kernels.CpuCheck;

namespace Mimesh.Tests.Kernels;

public sealed class CpuElementwiseTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(16)]
    [TestCase(50001)]
    public void Map(int length)
    {
        float[] x = Random(length, 1), positive = [.. x.Select(v => Math.Abs(v) + 0.01f)];
        void Check<T>(T f, float[] x)
            where T : unmanaged, IUnary =>
            Run([x], [Reference.Map(f, x)], (k, i, o) => k.Map(f, i[0], o[0], length));

        Check(new Affine(2f, -1f), x);
        Check(default(Square), x);
        Check(default(Sqrt), positive);
        Check(default(Reciprocal), positive);
        Check(default(Exp), x);
        Check(default(Log), positive);
        Check(default(Sigmoid), x);
        Check(default(Tanh), x);
        Check(default(Elu), x);
        Check(new LeakyRelu(0.2f), x);
        Check(default(Abs), x);
        Check(default(Sign), x);
    }

    /// <summary>Every exponent and both ends of the range, on and between them.</summary>
    [Test]
    public void ExponentialIsGoodToTwoUnits()
    {
        Assert.Multiple(() =>
        {
            for (float x = -110; x < 95; x += 0.00317f)
            {
                float y = Exponential.Of(Vector512.Create(x))[7];
                double expected = Math.Exp(x);
                if ((float)expected == float.PositiveInfinity)
                {
                    Assert.That(y, Is.EqualTo(float.PositiveInfinity), $"e^{x}");
                }
                else
                {
                    Assert.That(y, Is.EqualTo(expected).Within(2 * (MathF.BitIncrement((float)expected) - (double)(float)expected)), $"e^{x}");
                }
            }

            Assert.That(Exponential.Of(Vector512<float>.Zero)[0], Is.EqualTo(1f));
            Assert.That(Exponential.Of(Vector512.Create(float.NaN))[0], Is.NaN);
            Assert.That(Exponential.Of(Vector512.Create(float.PositiveInfinity))[0], Is.EqualTo(float.PositiveInfinity));
            Assert.That(Exponential.Of(Vector512.Create(float.NegativeInfinity))[0], Is.Zero);
            Assert.That(Exponential.Of(Vector512.Create(float.MinValue))[0], Is.Zero);
        });
    }

    [Test]
    public void MapInPlace()
    {
        float[] x = Random(20000, 1);
        Run([], [Reference.Map(default(Square), x)], (k, _, o) => k.Map(default(Square), o[0], o[0], x.Length), before: [x]);
    }

    private static IEnumerable<BroadcastSpec> Broadcasts()
    {
        yield return new BroadcastSpec(1, 1, 1, 40003, 0, 0, 0, 1, 0, 0, 0, 1);
        yield return new BroadcastSpec(1, 1, 1, 40003, 0, 0, 0, 1, 0, 0, 0, 0);
        foreach (int c in (int[])[1, 3, 16, 33, 1100])
        {
            yield return new BroadcastSpec(1, 1, c > 100 ? 40 : 700, c, 0, 0, c, 1, 0, 0, 0, 1); // a channel vector
            yield return new BroadcastSpec(1, 1, c > 100 ? 40 : 700, c, 0, 0, c, 1, 0, 0, 1, 0); // one number a pixel
            yield return new BroadcastSpec(2, 5, 7, c, 35 * c, 7 * c, c, 1, c, 0, 0, 1); // a channel vector an image
            yield return new BroadcastSpec(2, 5, 7, c, 0, 0, 0, 0, 35 * c, 7 * c, c, 1); // one number for all
            yield return new BroadcastSpec(2, 5, 7, c, 5, 1, 0, 0, 7 * c, 0, c, 1);
        }

        yield return new BroadcastSpec(1, 2, 2000, 3, 0, 0, 3, 1, 0, 6000, 3, 1); // one picture for two masks, many tiles
        yield return new BroadcastSpec(1, 2, 2000, 3, 0, 6000, 3, 1, 0, 0, 1, 0); // and one mask for two pictures
        yield return new BroadcastSpec(1, 1, 2, 20011, 0, 0, 20011, 1, 0, 0, 1, 0); // rows of several parts
        yield return new BroadcastSpec(2, 0, 7, 3, 0, 0, 0, 0, 0, 0, 0, 1);
    }

    [TestCaseSource(nameof(Broadcasts))]
    public void Zip(BroadcastSpec s)
    {
        float[] a = Random(100000, 1), b = [.. Random(100000, 2).Select(v => v + (0.1f * Math.Sign(v)))];
        void Check<T>(T f)
            where T : unmanaged, IBinary =>
            Run([a, b], [Reference.Zip(f, a, b, s)], (k, i, o) => k.Zip(f, i[0], i[1], o[0], s));

        Check(default(Add));
        Check(default(Sub));
        Check(default(Mul));
        Check(default(Div));
        Check(new LeakyReluGrad(0.2f));
        Check(default(EluGrad));
        Check(default(SigmoidGrad));
        Check(default(TanhGrad));
        Check(new Lerp(0.3f));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(40001)]
    public void Fill(int length) =>
        Run([], [[.. Enumerable.Repeat(2.5, length)]], (k, _, o) => k.Fill(o[0], 2.5f, length));

    [TestCase(7, 0ul, 0, false)]
    [TestCase(40001, 0x0123456789ABCDEFul, 0, false)]
    [TestCase(40001, 5ul, 1L << 40, true)]
    public void Numbers(int length, ulong seed, long offset, bool normal)
    {
        var s = new RandomSpec(length, seed, offset, normal);
        Run([], [Reference.Random(s)], (k, _, o) => k.Random(o[0], s), normal ? 1e-5 : 0);
    }

    [Test]
    public void PhiloxKnownAnswers()
    {
        Assert.That(Reference.Philox(0, 0), Is.EqualTo((uint[])[0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]));
    }

    [TestCase(1, 1)]
    [TestCase(40001, 1)]
    [TestCase(40001, 17)]
    public void Adam(int length, int step)
    {
        float[] w = Random(length, 1), g = Random(length, 2), m = Random(length, 3), v = [.. Random(length, 4).Select(x => x * x)];
        var s = new AdamSpec(length, step, 1e-2f, 0.9f, 0.999f, 1e-8f, 0.5f);
        var (w1, m1, v1) = Reference.Adam(w, g, m, v, s);
        Run([g], [w1, m1, v1], (k, i, o) => k.Adam(o[0], i[0], o[1], o[2], s), before: [w, m, v]);
    }
}
