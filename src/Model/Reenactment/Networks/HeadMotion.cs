using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.Reenactment;

/// <summary>
/// How a head moves as a whole: the affine map from the driving picture to the source that fits the mesh's vertices best. Hair and neck
/// go with it near the head; the farther away, the less, until everything stands still.
/// </summary>
internal readonly struct HeadMotion
{
    // Distances from the head's middle in standard deviations of its vertices: the mesh itself reaches to about 2.
    private const float Near = 2f, Far = 3f;

    private readonly Vector2 _centre, _shift, _mapX, _mapY;

    // The inverse covariance of the vertices: xx, xy, yy.
    private readonly Vector3 _shape;

    private HeadMotion(Vector2 centre, Vector2 shift, Vector2 mapX, Vector2 mapY, Vector3 shape, float depth) =>
        (_centre, _shift, _mapX, _mapY, _shape, Depth) = (centre, shift, mapX, mapY, shape, depth);

    /// <summary>The driving vertices' mean depth.</summary>
    public float Depth { get; }

    /// <summary>Fits the map; where the vertices do not decide one, nothing moves.</summary>
    /// <param name="source">Projected vertices in grid units.</param>
    /// <param name="driving">Those of the driving mesh.</param>
    public static HeadMotion Between(ReadOnlySpan<Vector3> source, ReadOnlySpan<Vector3> driving)
    {
        Vector3 from = default, to = default;
        for (int i = 0; i < source.Length; i++)
        {
            from += driving[i];
            to += source[i];
        }

        from /= source.Length;
        to /= source.Length;
        float xx = 0, xy = 0, yy = 0;
        Vector2 alongX = default, alongY = default;
        for (int i = 0; i < source.Length; i++)
        {
            Vector3 d = driving[i] - from, s = source[i] - to;
            (xx, xy, yy) = (xx + (d.X * d.X), xy + (d.X * d.Y), yy + (d.Y * d.Y));
            var place = new Vector2(s.X, s.Y);
            alongX += d.X * place;
            alongY += d.Y * place;
        }

        float determinant = (xx * yy) - (xy * xy);
        var centre = new Vector2(from.X, from.Y);
        if (!(determinant > 1e-12f) || !float.IsFinite(determinant))
        {
            return new HeadMotion(centre, default, Vector2.UnitX, Vector2.UnitY, new Vector3(float.PositiveInfinity), from.Z);
        }

        return new HeadMotion(
            centre,
            new Vector2(to.X, to.Y) - centre,
            ((yy * alongX) - (xy * alongY)) / determinant,
            ((xx * alongY) - (xy * alongX)) / determinant,
            new Vector3(yy, -xy, xx) * (source.Length / determinant),
            from.Z);
    }

    /// <summary>The offset to the source at a place around the head.</summary>
    public (float X, float Y) OffsetAt(float x, float y)
    {
        Vector2 d = new Vector2(x, y) - _centre;
        float distance = MathF.Sqrt((_shape.X * d.X * d.X) + (2f * _shape.Y * d.X * d.Y) + (_shape.Z * d.Y * d.Y));
        if (!(distance < Far))
        {
            return (0f, 0f);
        }

        var offset = Smooth(Far, Near, distance) * (_shift + (d.X * _mapX) + (d.Y * _mapY) - d);
        return (offset.X, offset.Y);
    }
}
