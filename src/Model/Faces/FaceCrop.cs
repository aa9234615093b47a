using System.Numerics;

namespace Mimesh.Faces;

/// <summary>
/// A square cut around a face, upright and of the face's size: a similarity <c>x = c + h·R(roll)·u</c> from the crop's grid
/// u ∈ [−1, 1]² to the picture's grid x (both x right, y down).
/// </summary>
/// <param name="X">The crop's centre c in the picture's grid, positive to the right.</param>
/// <param name="Y">The crop's centre, positive downwards.</param>
/// <param name="Roll">The crop's tilt, radians, counter-clockwise as seen on screen like <see cref="Pose.Roll"/>.</param>
/// <param name="HalfSide">h: half the crop's side in the picture's grid units.</param>
public readonly record struct FaceCrop(float X, float Y, float Roll, float HalfSide)
{
    /// <summary>Half the crop's side on the face, millimetres: brows, chin and an open jaw are inside.</summary>
    public const float Reach = 92f;

    /// <summary>What the crop is centred on, in model space: inside the head behind the nose, so a turn hardly moves it.</summary>
    public static readonly Vector3 Centre = new(0f, -28f, 60f);

    /// <summary>The crop around a face that a camera sees.</summary>
    /// <param name="camera">12 numbers of <see cref="Pose.ToMatrix"/>, or near such.</param>
    public static FaceCrop Around(ReadOnlySpan<float> camera)
    {
        var pose = Pose.FromMatrix(camera);
        float Row(int i, ReadOnlySpan<float> p) => (p[i] * Centre.X) + (p[i + 1] * Centre.Y) + (p[i + 2] * Centre.Z) + p[i + 3];
        return new FaceCrop(Row(0, camera), Row(4, camera), pose.Roll, Reach * pose.Scale);
    }

    /// <summary>Whether two crops show about the same: a look at the one would see the face of the other.</summary>
    /// <param name="other">Another crop of the same picture.</param>
    public bool IsNear(FaceCrop other) =>
        MathF.Max(MathF.Abs(X - other.X), MathF.Abs(Y - other.Y)) < 0.4f * other.HalfSide
        && MathF.Abs(MathF.Log(HalfSide / other.HalfSide)) < 0.35f;

    /// <summary>A camera of the picture as the crop sees it: <c>P' = S⁻¹·P</c>, with z on the same scale as x and y.</summary>
    /// <param name="camera">12 numbers; overwritten.</param>
    public void ToCrop(Span<float> camera)
    {
        camera[3] -= X;
        camera[7] -= Y;
        Turn(camera, -Roll, 1f / HalfSide);
    }

    /// <summary>The inverse of <see cref="ToCrop"/>: <c>P = S·P'</c>.</summary>
    /// <param name="camera">12 numbers; overwritten.</param>
    public void ToPicture(Span<float> camera)
    {
        Turn(camera, Roll, HalfSide);
        camera[3] += X;
        camera[7] += Y;
    }

    /// <summary>Where in the picture each pixel of the crop lies, for grid-sampling.</summary>
    /// <param name="size">The crop's side in pixels.</param>
    /// <param name="grid"><c>(size, size, 2)</c> positions (x, y).</param>
    public void Grid(int size, Span<float> grid)
    {
        var (sin, cos) = MathF.SinCos(Roll);
        for (int i = 0, at = 0; i < size; i++)
        {
            float v = (((2 * i) + 1f) / size) - 1f;
            for (int j = 0; j < size; j++, at += 2)
            {
                float u = (((2 * j) + 1f) / size) - 1f;
                grid[at] = X + (HalfSide * ((cos * u) + (sin * v)));
                grid[at + 1] = Y + (HalfSide * ((cos * v) - (sin * u)));
            }
        }
    }

    // Counter-clockwise on screen is clockwise in numbers, as y points down.
    private static void Turn(Span<float> camera, float roll, float scale)
    {
        var (sin, cos) = MathF.SinCos(roll);
        for (int i = 0; i < 4; i++)
        {
            float x = camera[i], y = camera[4 + i];
            camera[i] = scale * ((cos * x) + (sin * y));
            camera[4 + i] = scale * ((cos * y) - (sin * x));
            camera[8 + i] *= scale;
        }
    }
}
