using System.Numerics;

namespace Mimesh.Model.Faces;

/// <summary>What a vertex or a pixel belongs to.</summary>
public enum Part : byte
{
    /// <summary>Nothing of the head; for a pixel, the background.</summary>
    None,

    /// <summary>Face, ears, skull and neck.</summary>
    Skin,

    /// <summary>Left or right eyeball.</summary>
    Eye,

    /// <summary>The inside of the mouth.</summary>
    MouthBag,

    /// <summary>Upper or lower teeth.</summary>
    Teeth,

    /// <summary>The tongue.</summary>
    Tongue,

    /// <summary>Hair, brows excepted (those are painted on the skin).</summary>
    Hair,

    /// <summary>Glasses.</summary>
    Glasses,

    /// <summary>Shoulders and clothing.</summary>
    Clothing,
}

/// <summary>
/// A 3D morphable model: <c>vertices = mean + Σ idᵢ·identityᵢ + Σ expⱼ·expressionⱼ</c>, in millimetres, y up, z out of
/// the face, origin between the ears. Identity coefficients are N(0, 1); expression coefficients are ARKit weights in [0, 1].
/// Vertices <c>[0, GraphVertexCount)</c> (skin, then eyes) feed the graph network; the rest only the renderer.
/// </summary>
public sealed class FaceModel
{
    /// <summary>The mean face, one vector a vertex.</summary>
    public required Vector3[] Mean { get; init; }

    /// <summary>Identity modes, each one displacement a vertex, scaled to unit variance coefficients.</summary>
    public required Vector3[][] Identity { get; init; }

    /// <summary>Expression shapes at weight 1, in the order of <see cref="ExpressionNames"/>.</summary>
    public required Vector3[][] Expression { get; init; }

    /// <summary>The names of the expressions.</summary>
    public required string[] ExpressionNames { get; init; }

    /// <summary>Three vertex indices a triangle, counter-clockwise as seen from outside.</summary>
    public required int[] Triangles { get; init; }

    /// <summary>The part of each vertex. A triangle never mixes parts.</summary>
    public required Part[] Parts { get; init; }

    /// <summary>How many of the first vertices the graph network sees.</summary>
    public required int GraphVertexCount { get; init; }

    /// <summary>The vertex that each vertex becomes when left and right are swapped.</summary>
    public required int[] Mirror { get; init; }

    /// <summary>The vertices of the 68 landmarks, in the common iBUG order.</summary>
    public required int[] Landmarks { get; init; }

    /// <summary>
    /// Spheres that the lids must stay outside of, and that eye vertices stay on: a vertex index per eye of the centre
    /// is not needed, because the centre moves with the mean of the eye's vertices. Null for imported models.
    /// </summary>
    public EyeSpheres? Eyes { get; init; }

    /// <summary>Number of vertices.</summary>
    public int VertexCount => Mean.Length;
}

/// <summary>The eyeballs of a <see cref="FaceModel"/>.</summary>
public sealed class EyeSpheres
{
}
