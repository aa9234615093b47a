using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>Arrays of single samples, joined.</summary>
public static class Batch
{
    /// <summary>Joins one array of each sample to a tensor.</summary>
    public static Tensor Upload<T>(Device device, Shape shape, T[] samples, Func<T, float[]> part) =>
        Tensor.From(device, shape, Join(samples, part));

    /// <summary>Joins one array of each sample; all are of one length.</summary>
    public static float[] Join<T>(T[] samples, Func<T, float[]> part)
    {
        float[][] parts = [.. samples.Select(part)];
        float[] values = new float[parts.Length * parts[0].Length];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i].CopyTo(values, i * parts[0].Length);
        }

        return values;
    }
}
