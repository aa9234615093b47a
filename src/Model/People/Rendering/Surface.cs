using System.Numerics;

namespace Mimesh.People;

/// <summary>A visible point, ready to be shaded.</summary>
internal struct Surface
{
    /// <summary>Place in view space.</summary>
    public Vector3 Place;

    /// <summary>Place on the mean face, or in the space of the thing it belongs to; millimetres.</summary>
    public Vector3 Canonical;

    /// <summary>Normal in view space; of unit length and turned to the viewer once it is shaded.</summary>
    public Vector3 Normal;

    /// <summary>Direction along the hair, in view space.</summary>
    public Vector3 Tangent;

    /// <summary>The vertices' paint, see <see cref="Geometry"/>.</summary>
    public Vector4 A, B, C;

    /// <summary>Share of the dominant light that arrives, in [0, 1].</summary>
    public float Shadow;
}

/// <summary>What an expression does to the look of a face, beyond its shape.</summary>
/// <param name="Brow">Raised brows: lines across the forehead.</param>
/// <param name="Frown">Lowered brows: lines between them.</param>
/// <param name="Smile">Folds beside nose and eyes.</param>
internal readonly record struct Creases(float Brow, float Frown, float Smile);
