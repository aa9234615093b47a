using System.Numerics;
using Mimesh.Model.Rendering;

namespace Mimesh.Model.Networks;

/// <summary>The drawings of a <see cref="MeshMotion"/>, one after another over the same source; drawing allocates nothing.</summary>
/// <param name="triangles">The mesh.</param>
internal sealed class MeshDrawing(int[] triangles)
{
    private const int Channels = MeshMotion.Channels;

    // Samples a cell and side: a lip is thinner than a cell.
    private const int Samples = 2;

    private readonly Rasterizer _behind = new(), _front = new();
    private Vector3[] _source = [];
    private float[][] _pyramid = [];
    private int _side;

    /// <summary>Starts with a source.</summary>
    /// <param name="source">Projected vertices (V) in grid units.</param>
    /// <param name="side">Cells a side.</param>
    public void Begin(ReadOnlySpan<Vector3> source, int side)
    {
        if (_side != side)
        {
            _side = side;
            var levels = new List<float[]>();
            for (int half = side; half > 1;)
            {
                half = (half + 1) / 2;
                levels.Add(new float[half * half * Channels]);
            }

            _pyramid = [.. levels];
        }

        if (_source.Length != source.Length)
        {
            _source = new Vector3[source.Length];
        }

        source.CopyTo(_source);
        _behind.Begin(source, side * Samples);
        _behind.Draw(triangles, 0, triangles.Length / 3, twoSided: false, default(Opaque));
    }

    /// <summary>Draws a driving mesh.</summary>
    /// <param name="driving">Projected vertices (V) in grid units.</param>
    /// <param name="cells">Receives <c>(side, side, 4)</c>, as <see cref="MeshMotion.Draw"/> gives it.</param>
    public void Draw(ReadOnlySpan<Vector3> driving, Span<float> cells)
    {
        const float Part = 1f / (Samples * Samples);
        int samples = _side * Samples;
        var source = _source;
        cells.Clear();
        _front.Begin(driving, samples);
        _front.Draw(triangles, 0, triangles.Length / 3, twoSided: false, default(Opaque));
        for (int at = 0; at < samples * samples; at++)
        {
            int t = 3 * _front.Triangle[at];
            if (t < 0)
            {
                continue;
            }

            Vector3 p = source[triangles[t]], q = source[triangles[t + 1]], r = source[triangles[t + 2]];
            var place = p + (_front.B[at] * (q - p)) + (_front.C[at] * (r - p));
            int x = at % samples, y = at / samples;
            var cell = cells.Slice(Channels * ((y / Samples * _side) + (x / Samples)), Channels);
            cell[0] += Part * (place.X - ((((2 * x) + 1f) / samples) - 1f));
            cell[1] += Part * (place.Y - ((((2 * y) + 1f) / samples) - 1f));
            cell[2] += Part;
            cell[3] += IsSeen(place) ? Part : 0f;
        }

        Fill(cells, _side, 0);
    }

    // A point is seen if nothing of the source is much nearer: about 2.5 mm of a face, and what a steep surface spans in a sample.
    private bool IsSeen(Vector3 place)
    {
        int side = _behind.Side;
        int x = (int)MathF.Floor((place.X + 1f) * side / 2f), y = (int)MathF.Floor((place.Y + 1f) * side / 2f);
        return x >= 0 && y >= 0 && x < side && y < side && _behind.Depth[(y * side) + x] - place.Z < 0.018f + (1.5f / side);
    }

    // From sums to means, and where there is nothing to sum the mean of a block twice as wide, and so on (a pull-push pyramid).
    private void Fill(Span<float> cells, int side, int level)
    {
        if (side <= 1)
        {
            Mean(cells, []);
            return;
        }

        int half = (side + 1) / 2;
        var blocks = _pyramid[level].AsSpan();
        blocks.Clear();
        bool holes = false;
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                var cell = cells.Slice(Channels * ((y * side) + x), 3);
                var block = blocks.Slice(Channels * ((y / 2 * half) + (x / 2)), 3);
                block[0] += cell[0];
                block[1] += cell[1];
                block[2] += cell[2];
                holes |= cell[2] == 0f;
            }
        }

        if (holes)
        {
            Fill(blocks, half, level + 1);
        }

        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                Mean(cells.Slice(Channels * ((y * side) + x), 3), blocks.Slice(Channels * ((y / 2 * half) + (x / 2)), 2));
            }
        }
    }

    private static void Mean(Span<float> cell, ReadOnlySpan<float> block)
    {
        if (cell[2] > 0f)
        {
            (cell[0], cell[1]) = (cell[0] / cell[2], cell[1] / cell[2]);
        }
        else if (block.Length > 0)
        {
            (cell[0], cell[1]) = (block[0], block[1]);
        }
    }
}
