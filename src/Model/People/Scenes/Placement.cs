using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// Where a square lies in a scene: a similarity <c>x = c + h·R(roll)·u</c> from the square's grid u ∈ [−1, 1]² to pixels x of the
/// scene (both x right, y down), the roll counter-clockwise as seen on screen.
/// </summary>
/// <param name="X">The square's centre, pixels.</param>
/// <param name="Y">The square's centre, pixels.</param>
/// <param name="Roll">Its tilt, radians.</param>
/// <param name="Half">Half its side, pixels.</param>
internal readonly record struct Placement(float X, float Y, float Roll, float Half)
{
    /// <summary>The placement that brings a part of the square to a place of its own.</summary>
    /// <param name="part">The part, in the square's grid.</param>
    /// <param name="x">Where its centre goes, pixels.</param>
    /// <param name="y">Where its centre goes.</param>
    /// <param name="side">How large it gets, pixels.</param>
    /// <param name="turn">The square's tilt.</param>
    public static Placement Bring(FaceCrop part, float x, float y, float side, float turn)
    {
        float half = side / 2 / part.HalfSide;
        Vector2 centre = new Placement(0, 0, turn, half).Apply(new Vector2(part.X, part.Y));
        return new Placement(x - centre.X, y - centre.Y, turn, half);
    }

    /// <summary>From the grid to the scene.</summary>
    public Vector2 Apply(Vector2 u)
    {
        var (sin, cos) = MathF.SinCos(Roll);
        return new Vector2(X + (Half * ((cos * u.X) + (sin * u.Y))), Y + (Half * ((cos * u.Y) - (sin * u.X))));
    }

    /// <summary>From the scene to the grid.</summary>
    public Vector2 Invert(Vector2 x)
    {
        var (sin, cos) = MathF.SinCos(Roll);
        float dx = (x.X - X) / Half, dy = (x.Y - Y) / Half;
        return new Vector2((cos * dx) - (sin * dy), (sin * dx) + (cos * dy));
    }
}
