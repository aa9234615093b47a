using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Adam(DeviceBuffer w, DeviceBuffer g, DeviceBuffer m, DeviceBuffer v, in AdamSpec s)
    {
        pool.For(Parts(s.Length, ElementsPerPart), new AdamWork
        {
            W = Output(w),
            G = Pointer(g),
            M = Output(m),
            V = Output(v),
            S = s,
            MeanScale = (float)(s.LearningRate / (1 - Math.Pow(s.Beta1, s.Step))),
            SquareScale = (float)(1 / (1 - Math.Pow(s.Beta2, s.Step))),
        });
    }

    private struct AdamWork : IWork
    {
        public float* W, G, M, V;
        public AdamSpec S;
        public float MeanScale, SquareScale;

        public readonly void Run(int index, int worker)
        {
            long i = (long)index * ElementsPerPart, end = Math.Min(i + ElementsPerPart, S.Length);
            for (; i + 16 <= end; i += 16)
            {
                var g = S.GradScale * Vector512.Load(G + i);
                var m = (S.Beta1 * Vector512.Load(M + i)) + ((1 - S.Beta1) * g);
                var v = (S.Beta2 * Vector512.Load(V + i)) + ((1 - S.Beta2) * (g * g));
                m.Store(M + i);
                v.Store(V + i);
                var step = MeanScale * m / (Vector512.Sqrt(v * SquareScale) + Vector512.Create(S.Epsilon));
                (Vector512.Load(W + i) - step).Store(W + i);
            }

            for (; i < end; i++)
            {
                float g = S.GradScale * G[i];
                M[i] = (S.Beta1 * M[i]) + ((1 - S.Beta1) * g);
                V[i] = (S.Beta2 * V[i]) + ((1 - S.Beta2) * (g * g));
                W[i] -= MeanScale * M[i] / (MathF.Sqrt(V[i] * SquareScale) + S.Epsilon);
            }
        }
    }
}
