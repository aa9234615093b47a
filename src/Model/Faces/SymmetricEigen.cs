namespace Mimesh.Faces;

/// <summary>Eigenvalues and eigenvectors of small symmetric matrices by cyclic Jacobi rotations.</summary>
internal static class SymmetricEigen
{
    /// <summary>Solves <c>A·V = V·diag(λ)</c>; eigenvalues fall, and column k of <c>V</c> belongs to the k-th.</summary>
    /// <param name="a">A symmetric matrix, (n, n); left untouched.</param>
    public static (double[] Values, double[,] Vectors) Solve(double[,] a)
    {
        int n = a.GetLength(0);
        // Rows, so that both rotations of a sweep run over contiguous memory; A stays symmetric, so only its rows are kept.
        var rows = new double[n][];
        var v = new double[n][]; // row k is the k-th eigenvector
        for (int i = 0; i < n; i++)
        {
            rows[i] = new double[n];
            v[i] = new double[n];
            v[i][i] = 1;
            for (int j = 0; j < n; j++)
            {
                rows[i][j] = a[i, j];
            }
        }

        for (int sweep = 0; sweep < 30 && OffDiagonal(rows) > 1e-20; sweep++)
        {
            for (int p = 0; p < n - 1; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    Rotate(rows, v, p, q);
                }
            }
        }

        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => rows[i][i])];
        var vectors = new double[n, n];
        for (int k = 0; k < n; k++)
        {
            for (int i = 0; i < n; i++)
            {
                vectors[i, k] = v[order[k]][i];
            }
        }

        return ([.. order.Select(k => rows[k][k])], vectors);
    }

    // Squared off-diagonal norm relative to the diagonal's.
    private static double OffDiagonal(double[][] a)
    {
        double off = 0, diagonal = 0;
        for (int i = 0; i < a.Length; i++)
        {
            diagonal += a[i][i] * a[i][i];
            for (int j = 0; j < i; j++)
            {
                off += 2 * a[i][j] * a[i][j];
            }
        }

        return off / diagonal;
    }

    private static void Rotate(double[][] a, double[][] v, int p, int q)
    {
        double apq = a[p][q];
        if (apq == 0)
        {
            return;
        }

        double tau = (a[q][q] - a[p][p]) / (2 * apq);
        double t = (tau >= 0 ? 1 : -1) / (Math.Abs(tau) + Math.Sqrt(1 + (tau * tau)));
        double c = 1 / Math.Sqrt(1 + (t * t)), s = t * c;
        double app = a[p][p] - (t * apq), aqq = a[q][q] + (t * apq);
        double[] ap = a[p], aq = a[q], vp = v[p], vq = v[q];
        for (int k = 0; k < ap.Length; k++)
        {
            (ap[k], aq[k]) = ((c * ap[k]) - (s * aq[k]), (s * ap[k]) + (c * aq[k]));
            (vp[k], vq[k]) = ((c * vp[k]) - (s * vq[k]), (s * vp[k]) + (c * vq[k]));
            a[k][p] = ap[k];
            a[k][q] = aq[k];
        }

        ap[p] = app;
        aq[q] = aqq;
        ap[q] = aq[p] = 0;
    }
}
