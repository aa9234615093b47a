using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.Tests.Faces.Calibration;

/// <summary>
/// The most plausible face of our model for a surface: minimises <c>Precision · mean (nᵢ·(xᵢ − yᵢ))² + |c|²</c> over the
/// coefficients c and a rigid motion, with the nearest places y found anew in each step. The second term is the N(0, 1) prior.
/// </summary>
internal sealed class IdentityFit(FaceModel model, HeadRegistration registration)
{
    // Per square millimetre: about two hundred independent places, each seen to a millimetre.
    private const double Precision = 200;

    private const int Steps = 10;

    /// <summary>Fits; returns the coefficients and the target moved onto our axes.</summary>
    public (float[] Coefficients, Vector3[] Target) Fit(Vector3[] target)
    {
        int k = model.Identity.Length, n = k + 6;
        target = (Vector3[])target.Clone();
        var c = new float[k];
        var shape = new Vector3[model.VertexCount];
        for (int step = 0; step < Steps; step++)
        {
            model.Shape(c, [], shape);
            var surface = new Surface(target, registration.Head.Triangles);
            var (normals, _) = Surface.Orient(shape, registration.SkinTriangles);
            var a = new double[n, n];
            var b = new double[n];
            double total = 0;
            foreach (int i in registration.Face)
            {
                var place = surface.Nearest(shape[i], normals[i]);
                if (place.OnEdge)
                {
                    continue;
                }

                // Our coefficients' change and the target's rigid motion, both along the normal.
                Vector3 y = place.Of(target), m = normals[i];
                var row = new double[n];
                for (int j = 0; j < k; j++)
                {
                    row[j] = Vector3.Dot(m, model.Identity[j][i]);
                }

                Vector3 turn = -Vector3.Cross(y, m);
                (row[k], row[k + 1], row[k + 2], row[k + 3], row[k + 4], row[k + 5]) = (-m.X, -m.Y, -m.Z, turn.X, turn.Y, turn.Z);
                double w = registration.Areas[i], gap = Vector3.Dot(m, y - shape[i]);
                total += w;
                for (int p = 0; p < n; p++)
                {
                    b[p] += w * row[p] * gap;
                    for (int q = 0; q <= p; q++)
                    {
                        a[p, q] += w * row[p] * row[q];
                    }
                }
            }

            double scale = total / Precision;
            for (int j = 0; j < k; j++)
            {
                a[j, j] += scale;
                b[j] -= scale * c[j];
            }

            double[] x = Solve(a, b);
            for (int j = 0; j < k; j++)
            {
                c[j] += (float)x[j];
            }

            Vector3 shift = new((float)x[k], (float)x[k + 1], (float)x[k + 2]), axis = new((float)x[k + 3], (float)x[k + 4], (float)x[k + 5]);
            var rotation = axis.Length() < 1e-9f ? Quaternion.Identity : Quaternion.CreateFromAxisAngle(Vector3.Normalize(axis), axis.Length());
            target = [.. target.Select(v => Vector3.Transform(v, rotation) + shift)];
        }

        return (c, target);
    }

    // Cholesky, with the lower triangle given.
    private static double[] Solve(double[,] a, double[] b)
    {
        int n = b.Length;
        var x = (double[])b.Clone();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double s = a[i, j];
                for (int k = 0; k < j; k++)
                {
                    s -= a[i, k] * a[j, k];
                }

                a[i, j] = i == j ? Math.Sqrt(s + 1e-12) : s / a[j, j];
            }

            for (int k = 0; k < i; k++)
            {
                x[i] -= a[i, k] * x[k];
            }

            x[i] /= a[i, i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++)
            {
                x[i] -= a[k, i] * x[k];
            }

            x[i] /= a[i, i];
        }

        return x;
    }
}
