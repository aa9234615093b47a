using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.People;

/// <summary>A rendered picture with everything that is known about it.</summary>
public sealed class Frame
{
    /// <summary>The picture.</summary>
    public required Image Image { get; init; }

    /// <summary>Who is seen.</summary>
    public required Person Person { get; init; }

    /// <summary>Identity coefficients, (K_id).</summary>
    public required float[] Identity { get; init; }

    /// <summary>Expression coefficients, (K_exp).</summary>
    public required float[] Expression { get; init; }

    /// <summary>The head's pose.</summary>
    public required Pose Pose { get; init; }

    /// <summary>
    /// The face model's vertices in the picture, (V): xy in the [−1, 1] grid, z on the same scale towards the camera. These are
    /// posed rigidly, as a network that knows only coefficients would; the drawn neck bends a little (<see cref="Screen"/>).
    /// </summary>
    public required Vector3[] Projected { get; init; }

    /// <summary>What each pixel shows, (H, W).</summary>
    public required Part[] Parts { get; init; }

    /// <summary>Depth of each pixel on the grid's scale, larger is nearer, negative infinity for background; (H, W).</summary>
    public required float[] Depth { get; init; }

    /// <summary>The triangle at each pixel's centre, −1 for background; (H, W). The first ones are the face model's, in its
    /// order.</summary>
    public required int[] Triangle { get; init; }

    /// <summary>Weights of that triangle's second and third vertex; (H, W).</summary>
    public required Vector2[] Barycentric { get; init; }

    /// <summary>All drawn vertices in the picture: the face model's, then hair, glasses and clothes.</summary>
    internal Vector3[] Screen { get; init; } = [];
}
