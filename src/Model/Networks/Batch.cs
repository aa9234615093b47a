using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Model.Networks;

/// <summary>Arrays of single samples, joined.</summary>
internal static class Batch
{
    /// <summary>Joins one array of each sample to a tensor.</summary>
    public static Tensor Upload<T>(Device device, Shape shape, T[] samples, Func<T, float[]> part)
    {
        float[] values = new float[shape.Count];
        int length = values.Length / samples.Length;
        for (int i = 0; i < samples.Length; i++)
        {
            part(samples[i]).CopyTo(values, i * length);
        }

        return Tensor.From(device, shape, values);
    }
}
