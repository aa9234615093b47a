using System.Numerics;

namespace Mimesh.People;

/// <summary>
/// How far the skin is from a centre inside the skull in every direction, ears left out: what hair and hats lie on.
/// </summary>
internal sealed class Skull
{
    private const int Columns = 64, Rows = 32;
    private readonly float[] radius = new float[Rows * Columns];

    /// <summary>Measures a neutral head.</summary>
    /// <param name="vertices">The person's neutral face, millimetres.</param>
    /// <param name="anatomy">Which points of the surface to look at.</param>
    public Skull(ReadOnlySpan<Vector3> vertices, Anatomy anatomy)
    {
        ReadOnlySpan<SurfacePoint> probes = anatomy.SkullProbes;
        for (int i = 0; i < probes.Length; i++)
        {
            SurfacePoint s = probes[i];
            if (s.P >= 0)
            {
                Vector3 p = vertices[s.P] + ((vertices[s.Q] - vertices[s.P]) * s.B) + ((vertices[s.R] - vertices[s.P]) * s.C);
                radius[i] = (p - Anatomy.SkullCentre).Length();
            }
        }

        for (int pass = 0; pass < Rows && Array.IndexOf(radius, 0f) >= 0; pass++)
        {
            Fill();
        }
    }

    /// <summary>The cells of the map, as directions.</summary>
    public static (int Cell, bool Inside) CellOf(Vector3 d)
    {
        (float x, float y) = Coordinates(d);
        return (((int)y * Columns) + ((int)x % Columns), y < Rows);
    }

    /// <summary>Number of cells.</summary>
    public static int CellCount => Rows * Columns;

    /// <summary>Millimetres from <see cref="Anatomy.SkullCentre"/> to the skin along a unit vector.</summary>
    public float RadiusAt(Vector3 direction)
    {
        (float x, float y) = Coordinates(direction);
        x += Columns - 0.5f;
        y = Math.Clamp(y - 0.5f, 0, Rows - 1.001f);
        int x0 = (int)x, y0 = (int)y;
        float fx = x - x0, fy = y - y0;
        float At(int row, int column) => radius[(row * Columns) + (column % Columns)];
        return float.Lerp(
            float.Lerp(At(y0, x0), At(y0, x0 + 1), fx), float.Lerp(At(y0 + 1, x0), At(y0 + 1, x0 + 1), fx), fy);
    }

    private static (float X, float Y) Coordinates(Vector3 d) => (
        (MathF.Atan2(d.X, d.Z) * (Columns / MathF.Tau)) + (d.X < 0 ? Columns : 0),
        MathF.Min(MathF.Acos(Math.Clamp(d.Y, -1, 1)) * (Rows / MathF.PI), Rows - 0.001f));

    private void Fill()
    {
        float[] old = [.. radius];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                if (old[(row * Columns) + column] != 0)
                {
                    continue;
                }

                float sum = 0;
                int count = 0;
                for (int dr = -1; dr <= 1; dr++)
                {
                    for (int dc = -1; dc <= 1; dc++)
                    {
                        float r = old[(Math.Clamp(row + dr, 0, Rows - 1) * Columns) + ((column + dc + Columns) % Columns)];
                        sum += r;
                        count += r == 0 ? 0 : 1;
                    }
                }

                radius[(row * Columns) + column] = count == 0 ? 0 : sum / count;
            }
        }
    }
}
