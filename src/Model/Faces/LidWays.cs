using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.Faces;

/// <summary>
/// The left eye's lids on the built-in head, row by row from their edges, and the ways on which they close: an edge goes straight
/// to the edge opposite, the rows behind follow less and less around the eyeball, the inner rings stay under their edge.
/// </summary>
internal sealed class LidWays
{
    /// <summary>How much of its edge's way each row behind it goes in a blink, which unfolds the lid.</summary>
    public static readonly float[] Unfolding = [1, 1, 0.84f, 0.5f, 0.12f];

    /// <summary>The same when the lid moves as a whole, as it does after a gaze.</summary>
    public static readonly float[] Whole = [1, 1, 1, 0.96f, 0.7f];

    private readonly HeadMesh _head;
    private readonly List<Place> _places = [];

    public LidWays(HeadMesh head)
    {
        _head = head;
        foreach (bool upper in (ReadOnlySpan<bool>)[true, false])
        {
            for (int column = HeadGrid.InnerCanthus + 1; column < HeadGrid.OuterCanthus; column++)
            {
                int own = head.Topology.At(HeadGrid.LidRow, column, below: !upper), other = head.Topology.At(HeadGrid.LidRow, column, below: upper);
                for (int k = 0; k < Unfolding.Length; k++)
                {
                    _places.Add(new(head.Topology.At(HeadGrid.LidRow + (upper ? -k : k), column, below: !upper), own, other, k, upper));
                }

                int at = Array.IndexOf(head.Topology.LidRings[0], own);
                _places.Add(new(head.Topology.LidRings[1][at], own, other, Inner, upper));
                _places.Add(new(head.Topology.LidRings[2][at], own, other, Inner, upper));
            }

            // Skin beyond the corners is drawn along by the edge beside it.
            foreach (var (corner, beside) in (ReadOnlySpan<(int, int)>)[(HeadGrid.InnerCanthus, HeadGrid.InnerCanthus + 1), (HeadGrid.OuterCanthus, HeadGrid.OuterCanthus - 1)])
            {
                int own = head.Topology.At(HeadGrid.LidRow, beside, below: !upper), other = head.Topology.At(HeadGrid.LidRow, beside, below: upper);
                for (int k = 1; k < Unfolding.Length; k++)
                {
                    _places.Add(new(head.Topology.At(HeadGrid.LidRow + (upper ? -k : k), corner), own, other, k, upper));
                }
            }

            UpperCount = upper ? _places.Count : UpperCount;
        }

        Hold = new float[head.SkinCount];
        int[][] rings = head.Topology.LidRings;
        for (int i = 0; i < Hold.Length; i++)
        {
            if (head.LidWeight[i] > 0 && head.Rough[i].X > 0)
            {
                float distance = rings[0].Min(v => Vector3.Distance(head.Rough[v], head.Rough[i]));
                Hold[i] = Hold[head.Mirror[i]] = Smooth((8.5f - distance) / 7);
            }
        }

        foreach (int i in rings[1].Concat(rings[2]))
        {
            Hold[i] = Hold[head.Mirror[i]] = 1;
        }
    }

    // The row of what lies behind the edge.
    private const int Inner = -1;

    private readonly record struct Place(int Vertex, int Own, int Other, int Row, bool Upper);

    /// <summary>Vertices of the left upper lid, then of the left lower lid.</summary>
    public int[] Vertices => [.. _places.Select(p => p.Vertex)];

    public int UpperCount { get; }

    /// <summary>For each skin vertex, 1 at the lids' edges and 0 from 8.5 mm off: how much of it only lid motions may move.</summary>
    public float[] Hold { get; }

    /// <summary>The ways of the vertices, with what follows the edges of the upper and of the lower lid.</summary>
    public Vector3[] Ways(float[] upper, float[] lower) => [.. _places.Select(p => Way(p, p.Upper ? upper : lower))];

    /// <summary>How a field changes the ways of a blink, on the left or (in its own axes) on the right.</summary>
    public Vector3[] Change(Vector3[] d, bool left) =>
        [.. _places.Select(p =>
        {
            int own = left ? p.Own : _head.Mirror[p.Own], other = left ? p.Other : _head.Mirror[p.Other];
            float radii = p.Row == Inner ? Radius(p.Vertex) / Radius(p.Own) : Unfolding[p.Row];
            return radii * (d[other] - d[own]);
        })];

    private float Radius(int i) => Vector3.Distance(_head.Positions[i], HeadSculpture.EyeCentre);

    private Vector3 Way(Place place, float[] following)
    {
        Vector3 own = _head.Positions[place.Own], other = _head.Positions[place.Other], p = _head.Positions[place.Vertex];
        return place.Row switch
        {
            Inner => OnSphere(other, Radius(place.Vertex)) - p,
            0 => other - own,
            _ => OnSphere(p + (following[place.Row] * (other - own)), Radius(place.Vertex)) - p,
        };
    }

    private static Vector3 OnSphere(Vector3 p, float radius) =>
        HeadSculpture.EyeCentre + (radius * Vector3.Normalize(p - HeadSculpture.EyeCentre));
}
