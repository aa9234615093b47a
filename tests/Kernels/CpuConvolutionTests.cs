using Mimesh.Kernels;
using NUnit.Framework;
using static Mimesh.Tests.Kernels.CpuCheck;

namespace Mimesh.Tests.Kernels;

public sealed class CpuConvolutionTests
{
    private static IEnumerable<Conv2dSpec> Shapes()
    {
        int[] channels = [1, 2, 3, 5, 16, 17, 33];
        int[] kernels = [1, 3, 4, 7];
        int seed = 0;
        foreach (int c in channels)
        {
            foreach (int k in channels)
            {
                int r = kernels[seed++ % 4], pad = seed % (r + 1), stride = 1 + (seed / 4 % 2);
                yield return new Conv2dSpec(1 + (seed % 3), 7 + (seed % 6), 8 + (seed % 11), c, k, r, r, stride, pad);
            }
        }

        yield return new Conv2dSpec(1, 1, 1, 16, 16, 1, 1, 1, 0);
        yield return new Conv2dSpec(1, 1, 1, 3, 4, 3, 3, 1, 1);
        yield return new Conv2dSpec(3, 5, 40, 64, 48, 3, 3, 1, 1);
        yield return new Conv2dSpec(1, 33, 31, 3, 16, 7, 7, 1, 3);
        yield return new Conv2dSpec(2, 16, 16, 32, 64, 4, 4, 2, 1);
        yield return new Conv2dSpec(2, 15, 17, 32, 3, 4, 4, 2, 1);
        yield return new Conv2dSpec(2, 9, 9, 16, 3, 7, 7, 1, 3);
        yield return new Conv2dSpec(1, 9, 10, 32, 4, 3, 3, 1, 1);
        yield return new Conv2dSpec(2, 6, 7, 5, 6, 1, 3, 1, 1);
        yield return new Conv2dSpec(2, 6, 9, 5, 6, 3, 2, 2, 0);
        yield return new Conv2dSpec(1, 8, 8, 4, 40, 1, 1, 2, 0);
        yield return new Conv2dSpec(1, 4, 4, 256, 100, 3, 3, 1, 1);
        yield return new Conv2dSpec(1, 2, 300, 6, 7, 3, 3, 3, 2);
        yield return new Conv2dSpec(1, 5, 5, 2, 3, 3, 3, 1, 4);
        yield return new Conv2dSpec(0, 5, 5, 2, 3, 3, 3, 1, 1);
    }

    [TestCaseSource(nameof(Shapes))]
    public void Conv2d(Conv2dSpec s)
    {
        float[] x = Random((long)s.N * s.H * s.W * s.C, 1), w = Random((long)s.K * s.R * s.S * s.C, 2), b = Random(s.K, 3);
        Run([x, w, b], [Reference.Conv2d(x, w, b, s)], (k, i, o) => k.Conv2d(i[0], i[1], i[2], o[0], s));
        Run([x, w], [Reference.Conv2d(x, w, null, s)], (k, i, o) => k.Conv2d(i[0], i[1], null, o[0], s));
    }

    [TestCaseSource(nameof(Shapes))]
    public void Conv2dInputGrad(Conv2dSpec s)
    {
        float[] gy = Random((long)s.N * s.P * s.Q * s.K, 1), w = Random((long)s.K * s.R * s.S * s.C, 2);
        Run([gy, w], [Reference.Conv2dInputGrad(gy, w, s)], (k, i, o) => k.Conv2dInputGrad(i[0], i[1], o[0], s));
    }

    [TestCaseSource(nameof(Shapes))]
    public void Conv2dWeightGrad(Conv2dSpec s)
    {
        float[] gy = Random((long)s.N * s.P * s.Q * s.K, 1), x = Random((long)s.N * s.H * s.W * s.C, 2);
        Run([x, gy], [Reference.Conv2dWeightGrad(x, gy, s)], (k, i, o) => k.Conv2dWeightGrad(i[0], i[1], o[0], s));
    }

    private static IEnumerable<MatMulSpec> Products()
    {
        (int Batch, int M, int N, int K)[] sizes =
            [(1, 1, 1, 1), (1, 5, 3, 7), (2, 12, 16, 16), (3, 13, 17, 33), (1, 8, 100, 64), (1, 100, 33, 130), (2, 50, 64, 5), (1, 4, 4, 0), (0, 3, 3, 3), (2, 6, 37, 2500)];
        return
            from size in sizes
            from ta in (bool[])[false, true]
            from tb in (bool[])[false, true]
            select new MatMulSpec(size.Batch, size.M, size.N, size.K, ta, tb);
    }

    [TestCaseSource(nameof(Products))]
    public void MatMul(MatMulSpec s)
    {
        float[] a = Random(s.Batch * s.M * s.K, 1), b = Random(s.Batch * s.K * s.N, 2);
        Run([a, b], [Reference.MatMul(a, b, s)], (k, i, o) => k.MatMul(i[0], i[1], o[0], s));
    }
}
