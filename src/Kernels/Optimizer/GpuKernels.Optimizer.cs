using ILGPU;

namespace Mimesh.Kernels;

internal sealed partial class GpuKernels
{
    public void Adam(DeviceBuffer w, DeviceBuffer g, DeviceBuffer m, DeviceBuffer v, in AdamSpec s)
    {
        if (s.Length > 0)
        {
            var step = new AdamStep(
                s.Beta1, s.Beta2, s.Epsilon, s.GradScale,
                (float)(s.LearningRate / (1 - Math.Pow(s.Beta1, s.Step))), (float)(1 / (1 - Math.Pow(s.Beta2, s.Step))));
            Launch(Adam, Threads(s.Length), Output(w), View(g), Output(m), Output(v), step, (int)s.Length);
        }
    }

    internal static void Adam(
        ArrayView<float> w, ArrayView<float> g, ArrayView<float> m, ArrayView<float> v, AdamStep s, int length)
    {
        for (int i = First; i < length; i += Step)
        {
            float gi = s.GradScale * g[i];
            float mi = (s.Beta1 * m[i]) + ((1f - s.Beta1) * gi);
            float vi = (s.Beta2 * v[i]) + ((1f - s.Beta2) * gi * gi);
            m[i] = mi;
            v[i] = vi;
            w[i] -= s.Rate * mi / (MathF.Sqrt(s.Correction2 * vi) + s.Epsilon);
        }
    }

    /// <summary>The step with both bias corrections worked out: Rate is the learning rate over 1 − β₁ᵗ, Correction2 is 1/(1 − β₂ᵗ).</summary>
    internal readonly record struct AdamStep(
        float Beta1, float Beta2, float Epsilon, float GradScale, float Rate, float Correction2);
}
