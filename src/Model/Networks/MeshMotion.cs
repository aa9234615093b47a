using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Layers;

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

    private readonly ThreadLocal<MeshDrawing> _drawings = new(() => new MeshDrawing(triangles));

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
        Parallel.For(0, n, i =>
        {
            var drawing = _drawings.Value!;
            drawing.Begin(MemoryMarshal.Cast<float, Vector3>(from.AsSpan()).Slice(i * vertices, vertices), side);
            drawing.Draw(MemoryMarshal.Cast<float, Vector3>(to.AsSpan()).Slice(i * vertices, vertices), cells.AsSpan(i * length, length));
        });
        return Tensor.From(source.Device, [n, side, side, Channels], cells);
    }

    /// <summary>For drawing one driving mesh after another over one source.</summary>
    internal MeshDrawing NewDrawing() => new(triangles);
}
