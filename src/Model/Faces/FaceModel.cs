using System.Numerics;

namespace Mimesh.Faces;

/// <summary>
/// A 3D morphable model: <c>vertices = mean + Σ idᵢ·identityᵢ + Σ expⱼ·expressionⱼ</c>, in millimetres, y up, z out of
/// the face, origin between the ears; then <see cref="Eyes"/> keeps lids and eyeballs apart. Identity coefficients are
/// N(0, 1); expression coefficients are ARKit weights in [0, 1]. Vertices <c>[0, GraphVertexCount)</c> (skin, then eyes)
/// feed the graph network; the rest only the renderer.
/// </summary>
public sealed class FaceModel
{
    private static readonly Lazy<FaceModel> s_builtIn = new(HeadBuilder.Build);
    private static readonly Lazy<FaceModel> s_landmarks = new(() => LandmarkModel.Of(BuiltIn));
    private int[]? _graphTriangles;
    private readonly Vector3[]? _rough;

    /// <summary>The built-in parametric head: 50 identity modes and the 52 ARKit expressions, built at its first use.</summary>
    public static FaceModel BuiltIn => s_builtIn.Value;

    /// <summary>The built-in head at its 68 landmarks alone, joined to triangles, under the same coefficients.</summary>
    public static FaceModel BuiltInLandmarks => s_landmarks.Value;

    /// <summary>The mean face, one vector a vertex.</summary>
    public required Vector3[] Mean { get; init; }

    /// <summary>
    /// The positions that <see cref="MeshHierarchy"/> collapses edges on, one a vertex: the mean, unless a model keeps earlier ones so
    /// that a change of its mean leaves the graph, and the weights trained on it, as they are.
    /// </summary>
    public Vector3[] Rough { get => _rough ?? Mean; init => _rough = value; }

    /// <summary>Identity modes, each one displacement a vertex, scaled to unit variance coefficients.</summary>
    public required Vector3[][] Identity { get; init; }

    /// <summary>Expression shapes at weight 1, in the order of <see cref="ExpressionNames"/>.</summary>
    public required Vector3[][] Expression { get; init; }

    /// <summary>The names of the expressions.</summary>
    public required string[] ExpressionNames { get; init; }

    /// <summary>Three vertex indices a triangle, counter-clockwise as seen from outside (from inside for the mouth bag).</summary>
    public required int[] Triangles { get; init; }

    /// <summary>The part of each vertex. A triangle never mixes parts.</summary>
    public required Part[] Parts { get; init; }

    /// <summary>How many of the first vertices the graph network sees.</summary>
    public required int GraphVertexCount { get; init; }

    /// <summary>The triangles over the graph's vertices; a triangle never mixes parts, so its first vertex decides.</summary>
    public int[] GraphTriangles => _graphTriangles ??= [.. Triangles.Chunk(3).Where(t => t[0] < GraphVertexCount).SelectMany(t => t)];

    /// <summary>The vertex that each vertex becomes when left and right are swapped.</summary>
    public required int[] Mirror { get; init; }

    /// <summary>The vertices of the 68 landmarks, in the common iBUG order.</summary>
    public required int[] Landmarks { get; init; }

    /// <summary>The eyeballs, left (x positive) then right; empty for models without.</summary>
    public EyeSphere[] Eyes { get; init; } = [];

    /// <summary>Where lips, brows, stubble and the like grow on the skin; null for models that do not say.</summary>
    public FaceRegions? Regions { get; init; }

    /// <summary>Number of vertices.</summary>
    public int VertexCount => Mean.Length;

    /// <summary>
    /// The face of the given coefficients: <c>vertices = mean + Σ idᵢ·identityᵢ + Σ expⱼ·expressionⱼ</c>, then the
    /// corrective of <see cref="EyeSphere"/>. Allocates nothing.
    /// </summary>
    /// <param name="identity">Identity coefficients, (K_id); fewer than the model has means zeros.</param>
    /// <param name="expression">Expression weights, (K_exp); fewer than the model has means zeros.</param>
    /// <param name="vertices">Receives the vertices, millimetres: all (V), or the graph's alone.</param>
    /// <exception cref="ArgumentException">More coefficients than modes, or a span of another length.</exception>
    public void Shape(ReadOnlySpan<float> identity, ReadOnlySpan<float> expression, Span<Vector3> vertices)
    {
        CheckLength(identity.Length <= Identity.Length, nameof(identity), identity.Length, Identity.Length);
        CheckLength(expression.Length <= Expression.Length, nameof(expression), expression.Length, Expression.Length);
        CheckLength(vertices.Length == VertexCount || vertices.Length == GraphVertexCount, nameof(vertices), vertices.Length, VertexCount);

        var active = new ModeSum(stackalloc ModeSum.Term[identity.Length + expression.Length]);
        active.Add(identity, isIdentity: true);
        active.Add(expression, isIdentity: false);
        active.Evaluate(this, Mean, vertices);
        Correct(identity, expression, vertices);
    }

    /// <summary>The first part of <see cref="Shape"/>, <c>mean + Σ idᵢ·identityᵢ</c>, for a face with many expressions.</summary>
    public void Neutral(ReadOnlySpan<float> identity, Span<Vector3> vertices)
    {
        var active = new ModeSum(stackalloc ModeSum.Term[identity.Length]);
        active.Add(identity, isIdentity: true);
        active.Evaluate(this, Mean, vertices);
    }

    /// <summary>The rest of <see cref="Shape"/>, with the same bits.</summary>
    public void Express(ReadOnlySpan<Vector3> neutral, ReadOnlySpan<float> identity, ReadOnlySpan<float> expression, Span<Vector3> vertices)
    {
        var active = new ModeSum(stackalloc ModeSum.Term[expression.Length]);
        active.Add(expression, isIdentity: false);
        active.Evaluate(this, neutral, vertices);
        Correct(identity, expression, vertices);
    }

    /// <summary>Projects vertices: <c>[x_grid, y_grid, z]ᵀ = P·[X, Y, Z, 1]ᵀ</c>.</summary>
    /// <param name="vertices">Vertices in model space, (V), millimetres.</param>
    /// <param name="camera">The row-major 3×4 matrix P of <see cref="Pose.ToMatrix"/>.</param>
    /// <param name="projected">Receives x and y in the image's [−1, 1] grid (y down) and z towards the camera, (V).</param>
    /// <exception cref="ArgumentException">The camera has not 12 numbers, or the spans differ in length.</exception>
    public static void Project(ReadOnlySpan<Vector3> vertices, ReadOnlySpan<float> camera, Span<Vector3> projected)
    {
        CheckLength(camera.Length == Pose.MatrixLength, nameof(camera), camera.Length, Pose.MatrixLength);
        CheckLength(projected.Length == vertices.Length, nameof(projected), projected.Length, vertices.Length);
        Vector3 c0 = new(camera[0], camera[4], camera[8]), c1 = new(camera[1], camera[5], camera[9]);
        Vector3 c2 = new(camera[2], camera[6], camera[10]), c3 = new(camera[3], camera[7], camera[11]);
        for (int i = 0; i < vertices.Length; i++)
        {
            var v = vertices[i];
            projected[i] = (v.X * c0) + (v.Y * c1) + (v.Z * c2) + c3;
        }
    }

    private void Correct(ReadOnlySpan<float> identity, ReadOnlySpan<float> expression, Span<Vector3> vertices)
    {
        foreach (var eye in Eyes)
        {
            eye.Correct(identity, expression, vertices);
        }
    }

    private static void CheckLength(bool fits, string name, int length, int expected)
    {
        if (!fits)
        {
            throw new ArgumentException($"The model takes {expected} of {name}, not {length}.", name);
        }
    }
}
