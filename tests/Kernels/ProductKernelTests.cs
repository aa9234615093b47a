using System.Runtime.Intrinsics;
using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>The register tiles with vectors of every width, those the processor would not choose too.</summary>
[TestFixture(typeof(Simd128), typeof(Vector128<float>))]
[TestFixture(typeof(Simd256), typeof(Vector256<float>))]
[TestFixture(typeof(Simd512), typeof(Vector512<float>))]
internal sealed unsafe class ProductKernelTests<TSimd, TVector>
    where TSimd : ISimd<TVector>
{
    private const int Outer = 3, Inner = 5, XOuter = 17, XRow = 3, XInner = 2, MostRows = 40;
    private const float Untouched = -7.5f;

    private readonly float[] _x = Values(1, (Outer * XOuter) + (MostRows * XRow) + (Inner * XInner));
    private readonly float[] _w = Values(2, Outer * Inner * 2 * TSimd.Lanes);
    private readonly float[] _init = Values(3, MostRows * 2 * TSimd.Lanes);

    // Every way of cutting rows into tiles, one and two vectors of columns.
    [Test]
    public void AnyNumberOfRowsIsTheSumOfProducts([Range(1, MostRows)] int rows, [Values(1, 2)] int vectors)
    {
        int width = vectors * TSimd.Lanes;
        float[] y = Run(rows, width, inPlace: false);
        Assert.Multiple(() =>
        {
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    Assert.That(y[(i * (width + 1)) + j], Is.EqualTo(Expected(i, j, width)).Within(1e-5), $"row {i}, column {j}");
                }

                Assert.That(y[(i * (width + 1)) + width], Is.EqualTo(Untouched), $"beside row {i}");
            }

            Assert.That(y[(rows * (width + 1))..], Is.All.EqualTo(Untouched));
        });
    }

    [Test]
    public void AnElementHasTheSameBitsInAnyTile([Values(1, 2)] int vectors)
    {
        int width = vectors * TSimd.Lanes;
        float[] all = Run(MostRows, width, inPlace: false);
        for (int rows = 1; rows < MostRows; rows++)
        {
            int length = rows * (width + 1);
            Assert.That(Run(rows, width, inPlace: false)[..length], Is.EqualTo(all[..length]), $"{rows} rows");
        }
    }

    // A gradient adds to what it has.
    [Test]
    public void ResultsMayTakeTheInitialValuesPlace([Values(7, 16, 25)] int rows, [Values(1, 2)] int vectors)
    {
        int width = vectors * TSimd.Lanes;
        Assert.That(Run(rows, width, inPlace: true), Is.EqualTo(Run(rows, width, inPlace: false)));
    }

    private static float[] Values(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private double Expected(int i, int j, int width)
    {
        double sum = _init[(i * width) + j];
        for (int o = 0; o < Outer; o++)
        {
            for (int l = 0; l < Inner; l++)
            {
                sum += (double)_x[(o * XOuter) + (i * XRow) + (l * XInner)] * _w[(((o * Inner) + l) * width) + j];
            }
        }

        return sum;
    }

    // Rows of the result are one float further apart than they are long.
    private float[] Run(int rows, int width, bool inPlace)
    {
        float[] y = [.. Enumerable.Repeat(Untouched, MostRows * (width + 1))];
        for (int i = 0; i < rows && inPlace; i++)
        {
            _init.AsSpan(i * width, width).CopyTo(y.AsSpan(i * (width + 1)));
        }

        fixed (float* x = _x, w = _w, init = _init, result = y)
        {
            ProductKernel.Rows<TSimd, TVector>(
                new ProductTile
                {
                    X = x,
                    XOuter = XOuter,
                    XRow = XRow,
                    XInner = XInner,
                    W = w,
                    WOuter = Inner * width,
                    WInner = width,
                    Outer = Outer,
                    Inner = Inner,
                    Init = inPlace ? result : init,
                    InitRow = inPlace ? width + 1 : width,
                    Y = result,
                    YRow = width + 1,
                },
                rows, width);
        }

        return y;
    }
}
