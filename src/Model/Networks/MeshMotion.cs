using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Layers;
using Mimesh.Model.Rendering;

namespace Mimesh.Model.Networks;

/// <summary>
/// What two meshes say of the motion where they cover the picture: the driving mesh drawn with a z-buffer, and in each cell how far
/// away its point lies in the source, and whether the source shows it.
/// </summary>
/// <param name="triangles">The mesh: three vertex indices a triangle, counter-clockwise as seen from outside.</param>
public sealed class MeshMotion(int[] triangles)
{
    /// <summary>Channels of a drawing: offset x, offset y, covered, seen.</summary>
    public const int Channels = 4;

    // Samples a cell and side: a lip is thinner than a cell.
    private const int Samples = 2;

    private static readonly ThreadLocal<(Rasterizer Source, Rasterizer Driving)> s_rasterizers = new(() => (new(), new()));

    /// <summary>Draws a batch.</summary>
    /// <param name="source">Projected vertices <c>(N, V, 3)</c> in grid units.</param>
    /// <param name="driving">Those of the driving mesh.</param>
    /// <param name="side">Cells a side.</param>
    /// <returns>
    /// <c>(N, side, side, 4)</c>: the offset in grid units, outside the mesh that of the cells around; the part of the cell that the
    /// driving mesh covers; the part of it that shows what the source shows too.
    /// </returns>
    public Tensor Draw(Tensor source, Tensor driving, int side)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(driving);
        int n = source.Shape[0], vertices = source.Shape[1], length = side * side * Channels;
        float[] from = source.ToArray(), to = driving.ToArray(), cells = new float[n * length];
        Parallel.For(0, n, i => Draw(
            MemoryMarshal.Cast<float, Vector3>(from.AsSpan()).Slice(i * vertices, vertices),
            MemoryMarshal.Cast<float, Vector3>(to.AsSpan()).Slice(i * vertices, vertices),
            side,
            cells.AsSpan(i * length, length)));
        return Tensor.From(source.Device, [n, side, side, Channels], cells);
    }

    private void Draw(ReadOnlySpan<Vector3> source, ReadOnlySpan<Vector3> driving, int side, Span<float> cells)
    {
        const float Part = 1f / (Samples * Samples);
        var (behind, front) = s_rasterizers.Value;
        int samples = side * Samples;
        behind.Begin(source, samples);
        behind.Draw(triangles, 0, triangles.Length / 3, twoSided: false, default(Opaque));
        front.Begin(driving, samples);
        front.Draw(triangles, 0, triangles.Length / 3, twoSided: false, default(Opaque));
        for (int at = 0; at < samples * samples; at++)
        {
            int t = 3 * front.Triangle[at];
            if (t < 0)
            {
                continue;
            }

            Vector3 p = source[triangles[t]], q = source[triangles[t + 1]], r = source[triangles[t + 2]];
            var place = p + (front.B[at] * (q - p)) + (front.C[at] * (r - p));
            int x = at % samples, y = at / samples;
            var cell = cells.Slice(Channels * ((y / Samples * side) + (x / Samples)), Channels);
            cell[0] += Part * (place.X - ((((2 * x) + 1f) / samples) - 1f));
            cell[1] += Part * (place.Y - ((((2 * y) + 1f) / samples) - 1f));
            cell[2] += Part;
            cell[3] += IsSeen(behind, place) ? Part : 0f;
        }

        Fill(cells, side);
    }

    // A point is seen if nothing of the source is much nearer: about 2.5 mm of a face, and what a steep surface spans in a sample.
    private static bool IsSeen(Rasterizer source, Vector3 place)
    {
        int x = (int)MathF.Floor((place.X + 1f) * source.Side / 2f), y = (int)MathF.Floor((place.Y + 1f) * source.Side / 2f);
        return x >= 0 && y >= 0 && x < source.Side && y < source.Side
            && source.Depth[(y * source.Side) + x] - place.Z < 0.018f + (1.5f / source.Side);
    }

    // From sums to means, and where there is nothing to sum the mean of a block twice as wide, and so on (a pull-push pyramid).
    private static void Fill(Span<float> cells, int side)
    {
        int half = (side + 1) / 2;
        float[] blocks = new float[half * half * Channels];
        bool holes = false;
        for (int i = 0; i < side * side; i++)
        {
            var cell = cells.Slice(Channels * i, 3);
            var block = blocks.AsSpan(BlockOf(i), 3);
            block[0] += cell[0];
            block[1] += cell[1];
            block[2] += cell[2];
            holes |= cell[2] == 0f;
        }

        if (holes && side > 1)
        {
            Fill(blocks, half);
        }

        for (int i = 0; i < side * side; i++)
        {
            var cell = cells.Slice(Channels * i, 3);
            var block = blocks.AsSpan(BlockOf(i), 2);
            (cell[0], cell[1]) = cell[2] > 0f ? (cell[0] / cell[2], cell[1] / cell[2]) : (block[0], block[1]);
        }

        int BlockOf(int i) => Channels * ((i / side / 2 * half) + (i % side / 2));
    }
}
