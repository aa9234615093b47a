using System.Numerics;

namespace Mimesh.Faces;

/// <summary>
/// A weak-perspective head pose. Rotation R = Rz(roll)·Ry(yaw)·Rx(pitch) of model space (millimetres, y up,
/// z out of the face), then a uniform scale to the image's [−1, 1] grid (x right, y down) and a translation in it.
/// At zero angles the face looks straight into the camera.
/// </summary>
/// <param name="Yaw">Turn about the vertical axis, radians; positive turns the face to the image's right.</param>
/// <param name="Pitch">Nod, radians; positive looks down.</param>
/// <param name="Roll">Tilt in the image plane, radians; positive is counter-clockwise as seen on screen.</param>
/// <param name="Scale">Grid units per millimetre; 0.0085 makes a head fill most of the picture.</param>
/// <param name="X">Horizontal translation in grid units, positive to the right.</param>
/// <param name="Y">Vertical translation in grid units, positive downwards.</param>
public readonly record struct Pose(float Yaw, float Pitch, float Roll, float Scale, float X, float Y)
{
    /// <summary>Numbers in the camera matrix.</summary>
    public const int MatrixLength = 12;

    /// <summary>The head's rotation, for row vectors: first pitch, then yaw, then roll.</summary>
    public Matrix4x4 Rotation => Matrix4x4.CreateRotationX(Pitch) * Matrix4x4.CreateRotationY(Yaw) * Matrix4x4.CreateRotationZ(Roll);

    /// <summary>
    /// The 3×4 camera matrix P, row-major: <c>[x_grid, y_grid, z]ᵀ = P·[X, Y, Z, 1]ᵀ</c>. Row 1 is negated because the
    /// grid's y points down; z stays positive towards the camera, on the same scale as x and y.
    /// </summary>
    public float[] ToMatrix()
    {
        // Row vectors in System.Numerics: v' = v·M, so M's columns are the rows of the matrix of the formula above.
        var r = Rotation;
        return
        [
            Scale * r.M11, Scale * r.M21, Scale * r.M31, X,
            -Scale * r.M12, -Scale * r.M22, -Scale * r.M32, Y,
            Scale * r.M13, Scale * r.M23, Scale * r.M33, 0f,
        ];
    }

    /// <summary>
    /// The inverse of <see cref="ToMatrix"/> for any 3×4 matrix near a scaled rotation (a regressor's output is one):
    /// the scale is the mean row norm, the rotation the rows orthonormalised by Gram–Schmidt.
    /// </summary>
    /// <param name="p">A row-major 3×4 matrix.</param>
    /// <exception cref="ArgumentException"><paramref name="p"/> has not 12 elements.</exception>
    public static Pose FromMatrix(ReadOnlySpan<float> p)
    {
        if (p.Length != MatrixLength)
        {
            throw new ArgumentException($"A camera matrix has {MatrixLength} numbers, not {p.Length}.", nameof(p));
        }

        var x = new Vector3(p[0], p[1], p[2]);
        var y = -new Vector3(p[4], p[5], p[6]);
        var z = new Vector3(p[8], p[9], p[10]);
        float scale = (x.Length() + y.Length() + z.Length()) / 3;
        x = Vector3.Normalize(x);
        y = Vector3.Normalize(y - (Vector3.Dot(x, y) * x));
        z = Vector3.Cross(x, y);
        // R = Rz·Ry·Rx: its last row is [−sin yaw, cos yaw·sin pitch, cos yaw·cos pitch], its first column ∝ [cos roll, sin roll].
        float yaw = MathF.Asin(Math.Clamp(-z.X, -1f, 1f));
        return new Pose(yaw, MathF.Atan2(z.Y, z.Z), MathF.Atan2(y.X, x.X), scale, p[3], p[7]);
    }
}
