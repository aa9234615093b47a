using Mimesh.Faces;

namespace Mimesh.Reenactment;

/// <summary>Faces from what the cells of a <see cref="FinderNet"/> say.</summary>
public static class FinderCells
{
    // Squares that overlap more are one face's; and so is a small one that lies in a larger one by more.
    private const float MostOverlap = 0.3f, MostInside = 0.65f;

    /// <summary>
    /// The faces of a picture: every cell that is surer than its eight neighbours and than <paramref name="leastScore"/> gives one, of
    /// all levels, and of those that overlap the surest is kept.
    /// </summary>
    /// <param name="layout">The picture's pyramid.</param>
    /// <param name="cells"><c>(Height/4, Width/4, Outputs)</c> of the whole pyramid.</param>
    /// <param name="leastScore">The least score.</param>
    /// <param name="faces">Receives them, the surest first, in pixels of level 0.</param>
    public static void Decode(PyramidLayout layout, ReadOnlySpan<float> cells, float leastScore, List<FoundFace> faces)
    {
        faces.Clear();
        float leastLogit = MathF.Log(leastScore / (1 - leastScore));
        for (int l = 0; l < layout.Levels.Count; l++)
        {
            Peaks(layout, l, cells, leastLogit, faces);
        }

        faces.Sort(SurestFirst);
        Suppress(faces);
    }

    /// <summary>Leaves of faces that overlap the first.</summary>
    /// <param name="faces">The surest first.</param>
    public static void Suppress(List<FoundFace> faces)
    {
        int kept = 0;
        for (int read = 0; read < faces.Count; read++)
        {
            var face = faces[read];
            bool again = false;
            for (int i = 0; i < kept && !again; i++)
            {
                float common = face.Intersection(faces[i]), own = face.Side * face.Side, other = faces[i].Side * faces[i].Side;
                again = common > MostOverlap * (own + other - common) || common > MostInside * MathF.Min(own, other);
            }

            if (!again)
            {
                faces[kept++] = face;
            }
        }

        faces.RemoveRange(kept, faces.Count - kept);
    }

    private static void Peaks(PyramidLayout layout, int l, ReadOnlySpan<float> cells, float leastLogit, List<FoundFace> faces)
    {
        var level = layout.Levels[l];
        int width = layout.Width / FinderNet.Stride, left = level.Left / FinderNet.Stride, top = level.Top / FinderNet.Stride;
        int right = left + ((level.Width + FinderNet.Stride - 1) / FinderNet.Stride), down = top + ((level.Height + FinderNet.Stride - 1) / FinderNet.Stride);
        for (int y = top; y < down; y++)
        {
            for (int x = left; x < right; x++)
            {
                float logit = Logit(cells, width, x, y);
                if (logit < leastLogit)
                {
                    continue;
                }

                bool peak = true;
                for (int v = Math.Max(top, y - 1); v <= Math.Min(down - 1, y + 1) && peak; v++)
                {
                    for (int u = Math.Max(left, x - 1); u <= Math.Min(right - 1, x + 1); u++)
                    {
                        float other = Logit(cells, width, u, v);
                        peak &= other < logit || (other == logit && (v, u).CompareTo((y, x)) >= 0);
                    }
                }

                if (peak)
                {
                    var cell = cells.Slice(FinderNet.Outputs * ((y * width) + x), FinderNet.Outputs);
                    float scale = 1 << l;
                    faces.Add(new FoundFace(
                        scale * FinderNet.Stride * (x - left + 0.5f + cell[1]),
                        scale * FinderNet.Stride * (y - top + 0.5f + cell[2]),
                        scale * FinderNet.UnitSide * MathF.Exp(Math.Clamp(cell[3], -2f, 2f)),
                        MathF.Atan2(cell[5], cell[4]),
                        1 / (1 + MathF.Exp(-logit))));
                }
            }
        }
    }

    private static float Logit(ReadOnlySpan<float> cells, int width, int x, int y) => FinderNet.Logit(cells[FinderNet.Outputs * ((y * width) + x)]);

    // Equal scores are put in order by place, so that the order never depends on how they were sorted.
    private static int SurestFirst(FoundFace a, FoundFace b)
    {
        int order = b.Score.CompareTo(a.Score);
        return order != 0 ? order : (a.Y, a.X, a.Side).CompareTo((b.Y, b.X, b.Side));
    }
}
