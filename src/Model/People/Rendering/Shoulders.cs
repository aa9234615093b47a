using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>The front and the back of a person's clothed shoulders as two maps, for hair and cloth that lie on them.</summary>
internal sealed class Shoulders
{
    private const int Columns = 32, Rows = 28;
    private const float Left = -240, Top = 60, Step = 15;
    private readonly ClothesStyle clothes;
    private readonly Vector2 turn;
    private float[] front = [], back = [];

    /// <summary>Shoulders that are measured when something first hangs so low.</summary>
    public Shoulders(ClothesStyle clothes)
    {
        this.clothes = clothes;
        turn = new Vector2(MathF.Cos(clothes.Turn), MathF.Sin(clothes.Turn));
    }

    /// <summary>
    /// Moves a point of something that hangs from the head before or behind the shoulders: little by little on the way down, and out of
    /// them where they are.
    /// </summary>
    /// <param name="p">Millimetres, in the space of the head.</param>
    /// <param name="before">Whether it hangs in front.</param>
    /// <param name="clearance">Millimetres from the cloth.</param>
    public Vector3 Lay(Vector3 p, bool before, float clearance)
    {
        const float begin = -70, on = -140;
        if (p.Y >= begin)
        {
            return p;
        }

        if (front.Length == 0)
        {
            Measure();
        }

        Vector3 q = p - Wardrobe.NeckPit;
        float x = (q.X * turn.X) - (q.Z * turn.Y), z = (q.Z * turn.X) + (q.X * turn.Y);
        float y = MathF.Min(p.Y, on) - Wardrobe.NeckPit.Y;
        float edge = float.NegativeInfinity;
        for (int row = -1; row <= 1; row++)
        {
            for (int column = -1; column <= 1; column++)
            {
                int at = Cell(x + (column * Step), y + (row * Step));
                edge = MathF.Max(edge, before ? front[at] : -back[at]);
            }
        }

        if (float.IsNegativeInfinity(edge))
        {
            return p;
        }

        float goal = before ? MathF.Max(z, edge + clearance) : MathF.Min(z, -edge - clearance);
        float moved = (goal - z) * Smooth(begin, on, p.Y);
        return p + new Vector3(moved * turn.Y, 0, moved * turn.X);
    }

    private void Measure()
    {
        (front, back) = (new float[Rows * Columns], new float[Rows * Columns]);
        Array.Fill(front, float.NegativeInfinity);
        Array.Fill(back, float.PositiveInfinity);
        const int along = 34, around = 60;
        for (int i = 0; i < along; i++)
        {
            for (int k = 0; k < around; k++)
            {
                Vector3 p = Wardrobe.TorsoAt(clothes, i / (along - 1f), k * MathF.Tau / around);
                int at = Cell(p.X, p.Y);
                (front[at], back[at]) = (MathF.Max(front[at], p.Z), MathF.Min(back[at], p.Z));
            }
        }
    }

    private static int Cell(float x, float y) =>
        (Math.Clamp((int)((Top - y) / Step), 0, Rows - 1) * Columns) + Math.Clamp((int)((x - Left) / Step), 0, Columns - 1);
}
