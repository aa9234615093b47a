using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.Reenactment;

/// <summary>The drawings of a <see cref="MeshMotion"/>, one after another over the same source; drawing allocates nothing.</summary>
/// <param name="surface">What is drawn.</param>
internal sealed class MeshDrawing(DrawnSurface surface)
{
    private const int Channels = MeshMotion.Channels;

    private readonly Rasterizer _behind = new(), _front = new();
    private Vector3[] _source = [], _normals = [];
    private int _size;

    /// <summary>Starts with a source.</summary>
    /// <param name="source">Projected vertices (V) in grid units.</param>
    /// <param name="size">Pixels a side.</param>
    public void Begin(ReadOnlySpan<Vector3> source, int size)
    {
        _size = size;
        if (_source.Length != source.Length)
        {
            (_source, _normals) = (new Vector3[source.Length], new Vector3[source.Length]);
        }

        source.CopyTo(_source);
        _behind.Begin(source, size);
        _behind.Draw(surface.Triangles, 0, surface.Triangles.Length / 3, twoSided: false, default(Opaque));
    }

    /// <summary>Draws a driving mesh.</summary>
    /// <param name="driving">Projected vertices (V) in grid units.</param>
    /// <param name="pixels">Receives <c>(size, size, Channels)</c>, as <see cref="MeshMotion.Draw"/> gives it.</param>
    public void Draw(ReadOnlySpan<Vector3> driving, Span<float> pixels)
    {
        int[] triangles = surface.Triangles, mirror = surface.Mirror;
        var source = _source;
        pixels.Clear();
        _front.Begin(driving, _size);
        _front.Draw(triangles, 0, triangles.Length / 3, twoSided: false, default(Opaque));
        Normals(driving);
        var head = HeadMotion.Between(source.AsSpan(0, surface.GraphVertexCount), driving[..surface.GraphVertexCount]);
        float step = 2f / _size;
        for (int y = 0, at = 0; y < _size; y++)
        {
            float v = ((y + 0.5f) * step) - 1f;
            for (int x = 0; x < _size; x++, at++)
            {
                float u = ((x + 0.5f) * step) - 1f;
                var pixel = pixels.Slice(Channels * at, Channels);
                int t = _front.Triangle[at];
                if (t < 0)
                {
                    if (surface.HasSurroundings)
                    {
                        (pixel[MeshMotion.Offset], pixel[MeshMotion.Offset + 1]) = head.OffsetAt(u, v);
                    }

                    continue;
                }

                int i = triangles[3 * t], j = triangles[(3 * t) + 1], k = triangles[(3 * t) + 2];
                float b = _front.B[at], c = _front.C[at], a = 1f - b - c;
                var place = (a * source[i]) + (b * source[j]) + (c * source[k]);
                bool isSeen = IsSeen(place);
                var normal = (a * _normals[i]) + (b * _normals[j]) + (c * _normals[k]);
                normal /= MathF.Max(normal.Length(), 1e-12f);
                var (neck, scalp) = (Mixed(0), Mixed(1));
                float loose = neck + scalp > 0f ? DrawnSurface.LooseAt(neck, scalp, normal.Z) : 0f;
                var offset = new Vector2(place.X - u, place.Y - v);
                if (loose > 0f)
                {
                    var (x0, y0) = head.OffsetAt(u, v);
                    offset = Vector2.Lerp(offset, new Vector2(x0, y0), loose);
                }

                (pixel[MeshMotion.Offset], pixel[MeshMotion.Offset + 1]) = (offset.X, offset.Y);
                pixel[MeshMotion.Covered] = 1f;
                pixel[MeshMotion.Seen] = isSeen ? 1f : 0f;
                if (surface.HasMirror)
                {
                    place = (a * source[mirror[i]]) + (b * source[mirror[j]]) + (c * source[mirror[k]]);
                    pixel[MeshMotion.MirrorOffset] = place.X - u;
                    pixel[MeshMotion.MirrorOffset + 1] = place.Y - v;
                    pixel[MeshMotion.MirrorSeen] = !isSeen && IsSeen(place) ? 1f : 0f;
                }

                pixel[MeshMotion.Normal] = normal.X;
                pixel[MeshMotion.Normal + 1] = normal.Y;
                pixel[MeshMotion.Depth] = _front.Depth[at] - head.Depth;
                if (surface.Channel[t] >= 0)
                {
                    pixel[surface.Channel[t]] = 1f;
                }

                float Mixed(int share) =>
                    (a * surface.Looseness[(2 * i) + share]) + (b * surface.Looseness[(2 * j) + share]) + (c * surface.Looseness[(2 * k) + share]);
            }
        }
    }

    // A point is seen if nothing of the source is much nearer: about 2.5 mm of a face, and what a steep surface spans in a sample.
    private bool IsSeen(Vector3 place)
    {
        int side = _behind.Side;
        int x = (int)MathF.Floor((place.X + 1f) * side / 2f), y = (int)MathF.Floor((place.Y + 1f) * side / 2f);
        return x >= 0 && y >= 0 && x < side && y < side && _behind.Depth[(y * side) + x] - place.Z < 0.018f + (1.5f / side);
    }

    // Of each vertex the sum over its triangles, larger ones counting more. The grid's y points down, so a cross product points inwards.
    private void Normals(ReadOnlySpan<Vector3> vertices)
    {
        int[] triangles = surface.Triangles;
        Array.Clear(_normals);
        for (int t = 0; t < triangles.Length; t += 3)
        {
            int i = triangles[t], j = triangles[t + 1], k = triangles[t + 2];
            var normal = Vector3.Cross(vertices[k] - vertices[i], vertices[j] - vertices[i]);
            _normals[i] += normal;
            _normals[j] += normal;
            _normals[k] += normal;
        }
    }
}
