using System.Numerics;

namespace Mimesh.Faces;

/// <summary>Which of the two lips a <see cref="Brush"/> touches.</summary>
internal enum Lip : byte
{
    Both,
    Upper,
    Lower,
}

/// <summary>
/// A soft local displacement, <c>d(p) = exp(−|(p − c)/r|²)·(push + stretch∘(p − c))</c>: one stroke of a sculpt field.
/// </summary>
internal readonly record struct Brush(Vector3 Centre, Vector3 Radii, Vector3 Push, Vector3 Stretch, Lip Lip = Lip.Both)
{
    /// <summary>The displacement of this stroke alone.</summary>
    public Vector3 At(Vector3 p)
    {
        var offset = p - Centre;
        float q = (offset / Radii).LengthSquared();
        return q > 12 ? Vector3.Zero : MathF.Exp(-q) * (Push + (Stretch * offset));
    }

    /// <summary>
    /// The displacement of this stroke and of its mirror image, times <paramref name="sign"/>; of this stroke alone when it
    /// lies on the midline and <paramref name="sign"/> is positive.
    /// </summary>
    public Vector3 AtBothSides(Vector3 p, float sign)
    {
        var d = At(p);
        if (Centre.X == 0 && sign > 0)
        {
            return d;
        }

        var m = At(p with { X = -p.X });
        return d + (sign * (m with { X = -m.X }));
    }

    /// <summary>How much of this stroke a vertex takes that belongs to the lower lip by <paramref name="lower"/>.</summary>
    public float Share(float lower) => Lip switch { Lip.Upper => 1 - lower, Lip.Lower => lower, _ => 1 };

    public static Brush Push3(float x, float y, float z, float rx, float ry, float rz, float dx, float dy, float dz, Lip lip = Lip.Both) =>
        new(new(x, y, z), new(rx, ry, rz), new(dx, dy, dz), default, lip);

    public static Brush Stretch3(float x, float y, float z, float rx, float ry, float rz, float sx, float sy, float sz) =>
        new(new(x, y, z), new(rx, ry, rz), default, new(sx, sy, sz));
}
