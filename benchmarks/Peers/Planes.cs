using Mimesh.Layers;

namespace Mimesh.Benchmarks.Peers;

/// <summary>Tensors of four axes (N, H, W, C) as ONNX has them, (N, C, H, W), and back; fewer axes stay as they are.</summary>
internal static class Planes
{
    /// <summary>The sizes of the axes.</summary>
    public static long[] Sizes(Shape s) => s.Rank == 4 ? [s[0], s[3], s[1], s[2]] : [.. s.ToArray().Select(size => (long)size)];

    /// <summary>(N, H, W, C) to (N, C, H, W).</summary>
    public static float[] Of(float[] values, Shape s) => s.Rank == 4 ? Transpose(values, s[0], s[1] * s[2], s[3]) : values;

    /// <summary>(N, C, H, W) to (N, H, W, C), the shape given.</summary>
    public static float[] Back(float[] values, Shape s) => s.Rank == 4 ? Transpose(values, s[0], s[3], s[1] * s[2]) : values;

    private static float[] Transpose(float[] values, int n, int rows, int columns)
    {
        float[] transposed = new float[values.Length];
        for (int i = 0, at = 0; i < n; i++)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    transposed[(((i * columns) + column) * rows) + row] = values[at++];
                }
            }
        }

        return transposed;
    }
}
