using System.Numerics;

namespace Mimesh.Faces;

/// <summary>
/// The error quadric of Garland and Heckbert (1997): <c>Q(v) = Σ (nᵢ·v + dᵢ)²·wᵢ</c>, the weighted squared distances of a
/// point from planes, as the ten numbers of a symmetric 4×4 matrix.
/// </summary>
internal struct Quadric
{
    private double _xx, _xy, _xz, _xd, _yy, _yz, _yd, _zz, _zd, _dd;

    /// <summary>Adds a plane through a point.</summary>
    public void AddPlane(Vector3 normal, Vector3 point, double weight)
    {
        double x = normal.X, y = normal.Y, z = normal.Z, d = -Vector3.Dot(normal, point);
        _xx += weight * x * x;
        _xy += weight * x * y;
        _xz += weight * x * z;
        _xd += weight * x * d;
        _yy += weight * y * y;
        _yz += weight * y * z;
        _yd += weight * y * d;
        _zz += weight * z * z;
        _zd += weight * z * d;
        _dd += weight * d * d;
    }

    public void Add(in Quadric other)
    {
        _xx += other._xx;
        _xy += other._xy;
        _xz += other._xz;
        _xd += other._xd;
        _yy += other._yy;
        _yz += other._yz;
        _yd += other._yd;
        _zz += other._zz;
        _zd += other._zd;
        _dd += other._dd;
    }

    /// <summary>Q(v).</summary>
    public readonly double At(Vector3 v)
    {
        double x = v.X, y = v.Y, z = v.Z;
        return (_xx * x * x) + (_yy * y * y) + (_zz * z * z) + _dd
            + (2 * ((_xy * x * y) + (_xz * x * z) + (_yz * y * z) + (_xd * x) + (_yd * y) + (_zd * z)));
    }
}
