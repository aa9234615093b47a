using System.Numerics;

namespace Mimesh.Faces;

/// <summary>The similarity between two shapes: <c>y = s·R·x + t</c>, R a rotation.</summary>
/// <param name="Scale">s.</param>
/// <param name="Rotation">R.</param>
/// <param name="Translation">t.</param>
public readonly record struct Similarity(float Scale, Quaternion Rotation, Vector3 Translation)
{
    /// <summary>
    /// The similarity that brings points nearest to others in the sense of least squares (Horn 1987): the rotation is the
    /// first eigenvector of a 4×4 matrix of the points' covariances, as a quaternion.
    /// </summary>
    /// <param name="from">Points x.</param>
    /// <param name="to">Points y, one for each.</param>
    public static Similarity Between(ReadOnlySpan<Vector3> from, ReadOnlySpan<Vector3> to)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(from.Length, to.Length);
        Vector3 fromCentre = Mean(from), toCentre = Mean(to);
        double spread = 0;
        var s = new double[3, 3]; // Σ x·yᵀ about the centres
        for (int i = 0; i < from.Length; i++)
        {
            Vector3 x = from[i] - fromCentre, y = to[i] - toCentre;
            spread += x.LengthSquared();
            for (int row = 0; row < 3; row++)
            {
                for (int column = 0; column < 3; column++)
                {
                    s[row, column] += (double)x[row] * y[column];
                }
            }
        }

        var (values, vectors) = SymmetricEigen.Solve(new double[,]
        {
            { s[0, 0] + s[1, 1] + s[2, 2], s[1, 2] - s[2, 1], s[2, 0] - s[0, 2], s[0, 1] - s[1, 0] },
            { s[1, 2] - s[2, 1], s[0, 0] - s[1, 1] - s[2, 2], s[0, 1] + s[1, 0], s[2, 0] + s[0, 2] },
            { s[2, 0] - s[0, 2], s[0, 1] + s[1, 0], s[1, 1] - s[0, 0] - s[2, 2], s[1, 2] + s[2, 1] },
            { s[0, 1] - s[1, 0], s[2, 0] + s[0, 2], s[1, 2] + s[2, 1], s[2, 2] - s[0, 0] - s[1, 1] },
        });
        var rotation = new Quaternion((float)vectors[1, 0], (float)vectors[2, 0], (float)vectors[3, 0], (float)vectors[0, 0]);

        // The largest eigenvalue is Σ y·R·x, so the best scale is its share of Σ |x|².
        float scale = (float)(values[0] / spread);
        return new Similarity(scale, rotation, toCentre - (scale * Vector3.Transform(fromCentre, rotation)));
    }

    /// <summary><c>s·R·x + t</c>.</summary>
    public Vector3 Apply(Vector3 x) => (Scale * Vector3.Transform(x, Rotation)) + Translation;

    private static Vector3 Mean(ReadOnlySpan<Vector3> points)
    {
        double x = 0, y = 0, z = 0;
        foreach (var p in points)
        {
            (x, y, z) = (x + p.X, y + p.Y, z + p.Z);
        }

        return new Vector3((float)(x / points.Length), (float)(y / points.Length), (float)(z / points.Length));
    }
}
