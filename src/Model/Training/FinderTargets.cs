using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// What the cells of a <see cref="FinderNet"/> should say of a scene. A face is asked for at each level of the pyramid where its side
/// is within what the network knows: 1 at the cell of its centre, and a bell around it where a mistake costs less. Where it is a
/// little too large or small, or mostly hidden, nothing is asked.
/// </summary>
/// <param name="Centre">1 at the cells of centres, <c>(H, W, 1)</c>.</param>
/// <param name="Elsewhere">What it costs to see a centre: (1 − bell)⁴ of Law and Deng 2018, 0 where nothing is asked; <c>(H, W, 1)</c>.</param>
/// <param name="Box">Place, size and roll around centres, <c>(H, W, Outputs − 1)</c>.</param>
/// <param name="BoxWeight">How much these count, <c>(H, W, 1)</c>.</param>
internal sealed record FinderTargets(float[] Centre, float[] Elsewhere, float[] Box, float[] BoxWeight)
{
    // The bell's standard deviation as a share of the face's side, and at least, in cells.
    private const float Spread = 0.11f, LeastSpread = 0.5f;

    // Cells where the bell is higher learn the face's place, size and roll.
    private const float Near = 0.45f;

    // A face up to that much larger or smaller than what is known may be seen or not.
    private const float Doubtful = 1.35f;

    /// <summary>The targets for a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="layout">The pyramid of it.</param>
    public static FinderTargets Of(Scene scene, PyramidLayout layout)
    {
        int width = layout.Width / FinderNet.Stride, height = layout.Height / FinderNet.Stride, cells = width * height;
        float[] elsewhere = new float[cells];
        Array.Fill(elsewhere, 1f);
        var targets = new FinderTargets(new float[cells], elsewhere, new float[cells * (FinderNet.Outputs - 1)], new float[cells]);
        for (int l = 0; l < layout.Levels.Count; l++)
        {
            var level = layout.Levels[l];
            foreach (var face in scene.Faces)
            {
                float side = face.Side / (1 << l);
                float excess = MathF.Max(FinderNet.LeastSide / side, side / FinderNet.MostSide);
                if (excess < Doubtful)
                {
                    targets.Ask(face with { X = face.X / (1 << l), Y = face.Y / (1 << l), Side = side }, level, width, face.Counts && excess <= 1);
                }
            }
        }

        return targets;
    }

    private void Ask(SceneFace face, PyramidLevel level, int width, bool asked)
    {
        // In cells of the level.
        float x = face.X / FinderNet.Stride, y = face.Y / FinderNet.Stride, side = face.Side / FinderNet.Stride;
        float spread = MathF.Max(LeastSpread, Spread * side), reach = MathF.Max(3 * spread, 0.6f * side);
        int columns = (level.Width + FinderNet.Stride - 1) / FinderNet.Stride, rows = (level.Height + FinderNet.Stride - 1) / FinderNet.Stride;
        int left = level.Left / FinderNet.Stride, top = level.Top / FinderNet.Stride;
        for (int row = Math.Max(0, (int)(y - reach)); row <= Math.Min(rows - 1, (int)(y + reach)); row++)
        {
            for (int column = Math.Max(0, (int)(x - reach)); column <= Math.Min(columns - 1, (int)(x + reach)); column++)
            {
                float dx = x - column - 0.5f, dy = y - row - 0.5f, squared = (dx * dx) + (dy * dy);
                int at = ((top + row) * width) + left + column;
                if (!asked)
                {
                    Elsewhere[at] = squared < reach * reach ? 0 : Elsewhere[at];
                    continue;
                }

                float bell = MathF.Exp(-squared / (2 * spread * spread));
                float rest = 1 - bell;
                Elsewhere[at] = MathF.Min(Elsewhere[at], rest * rest * rest * rest);
                if ((int)x == column && (int)y == row)
                {
                    (Centre[at], Elsewhere[at]) = (1, 0);
                    bell = 1;
                }

                if (bell > MathF.Max(Near, BoxWeight[at]))
                {
                    BoxWeight[at] = bell;
                    var box = Box.AsSpan(at * (FinderNet.Outputs - 1), FinderNet.Outputs - 1);
                    (box[0], box[1], box[2]) = (dx, dy, MathF.Log(face.Side / FinderNet.UnitSide));
                    (box[4], box[3]) = MathF.SinCos(face.Roll);
                }
            }
        }
    }

    /// <summary>
    /// The losses of cells: the centres' penalty-reduced focal loss <c>−Σ (1 − p)²·ln p</c> at centres <c>− Σ w·p²·ln(1 − p)</c>
    /// elsewhere, per centre (Zhou et al. 2019), and mean absolute errors of place (cells), logarithm of size, cos and sin of roll.
    /// </summary>
    /// <param name="cells">What the network says, <c>(N, H, W, Outputs)</c>.</param>
    /// <param name="targets">One a scene.</param>
    public static (Tensor Centres, Tensor Place, Tensor Size, Tensor Roll) Losses(Tensor cells, FinderTargets[] targets)
    {
        Shape one = cells.Shape.With(-1, 1);
        Tensor Map(Func<FinderTargets, float[]> part) => Batch.Upload(cells.Device, one, targets, part);
        var z = FinderNet.Logits(cells);
        var p = z.Sigmoid();
        var miss = z.Relu().Add(z.Abs().Mul(-1f).Exp().Add(1f).Log()); // −ln(1 − p), finite for any z
        var centres = p.Affine(-1f, 1f).Square().Mul(miss.Sub(z)).Mul(Map(t => t.Centre)).Sum();
        var elsewhere = p.Square().Mul(miss).Mul(Map(t => t.Elsewhere)).Sum();
        float count = MathF.Max(1f, targets.Sum(t => t.Centre.Sum())), weight = MathF.Max(1f, targets.Sum(t => t.BoxWeight.Sum()));
        var errors = cells.Slice(-1, 1, FinderNet.Outputs - 1)
            .Sub(Batch.Upload(cells.Device, cells.Shape.With(-1, FinderNet.Outputs - 1), targets, t => t.Box)).Abs().Mul(Map(t => t.BoxWeight));
        Tensor Part(int start, int length) => errors.Slice(-1, start, length).Sum().Mul(1f / weight);
        return (centres.Add(elsewhere).Mul(1f / count), Part(0, 2), Part(2, 1), Part(3, 2));
    }
}
