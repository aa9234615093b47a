using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.Faces;

/// <summary>
/// Where the rows and columns of the skin's grid run: columns are azimuths from the nose (0) to the back of the head (±28),
/// rows go from the crown to the neck and follow the lid line, the lip line and the jaw. Each (row, column) is a ray
/// that <see cref="HeadSculpture.Cast"/> sends onto the head.
/// </summary>
internal static class HeadGrid
{
    /// <summary>Columns from the front midline to the back midline.</summary>
    public const int Half = 28;

    /// <summary>Columns around the head.</summary>
    public const int Columns = 2 * Half;

    /// <summary>Column of the inner and of the outer corner of the eye.</summary>
    public const int InnerCanthus = 6, OuterCanthus = 16;

    /// <summary>Column of the corner of the mouth.</summary>
    public const int MouthCorner = 8;

    /// <summary>The block of cells that the ear replaces.</summary>
    public const int EarFront = 22, EarBack = 25;

    // Degrees from the front.
    private static readonly float[] s_azimuth =
    [
        0, 2.2f, 4.4f, 6.7f, 9, 11.3f, 13.7f, 15.6f, 17.5f, 19.3f, 21.1f, 22.9f, 24.7f, 26.5f, 28.4f, 30.3f, 32.2f,
        36, 42, 51, 62, 75, 87, 95.5f, 104, 113, 133, 156, 180,
    ];

    // The point (y, z) of the front midline that the row's rays aim at, and their elevation in degrees.
    private static readonly (float Y, float Z, float Elevation)[] s_rows =
    [
        (121, 14, 80), (115, 30, 68), (106.5f, 45, 56), (97.5f, 58, 45), (88.5f, 69, 35), (79.5f, 79, 26.5f), (70, 87, 19), (60, 91, 13),
        (51, 92, 8), (42.7f, 93, 3.5f), (36, 95, 0),
        (30, 96, 0), (25, 94, 0), (21.2f, 92, 0), (18, 92, 0), (15.2f, 92, 0), (12.5f, 92, 0), (9.8f, 93, 0), (7, 94, 0), (3.8f, 95, 0),
        (0, 97, 0), (-4.5f, 100, 0), (-9.5f, 104, 0), (-14.5f, 110, 0), (-19, 116, 0), (-23.5f, 117, -2), (-28.3f, 114, -6),
        (-31.6f, 107, -10), (-34, 100, -12), (-37.8f, 99, -9), (-42, 100, -4.5f), (-46.4f, 101, -1.6f), (-49, 102, 0), (-51.7f, 102, 0),
        (-54.5f, 100, 0), (-57.2f, 101, 0), (-60.6f, 101, 0), (-64.6f, 99, 0), (-68.2f, 95, 0), (-72, 93, 0), (-76.5f, 94, -1.5f),
        (-82, 96, -3.5f), (-88, 97, -6), (-94, 96, -9), (-99.8f, 92, -14), (-104.3f, 83, -22), (-106.5f, 70, -31), (-108, 57, -40),
        (-112, 46, -46), (-121.5f, 40, -42), (-135.5f, 38, -31), (-151, 38, -15), (-168, 40, 0),
    ];

    /// <summary>Rows of the grid.</summary>
    public static int Rows => s_rows.Length;

    /// <summary>The row that the lids meet in.</summary>
    public const int LidRow = 16;

    /// <summary>The row that the lips meet in.</summary>
    public const int LipRow = 34;

    /// <summary>The row between the rims of the nostrils.</summary>
    public const int NostrilRow = 27;

    /// <summary>First and last row of the block that the ear replaces.</summary>
    public const int EarTop = 14, EarBottom = 24;

    /// <summary>Casts row <paramref name="row"/>, column <paramref name="column"/> (0 … 28) onto the head.</summary>
    /// <param name="row">Row from the crown.</param>
    /// <param name="column">Column from the nose, on the left (x positive) half.</param>
    /// <param name="below">On a slit, whether the lower of its two edges is meant.</param>
    public static Vector3 Cast(int row, int column, bool below)
    {
        (float y, float z, float elevation) = s_rows[row];
        float azimuth = s_azimuth[column];
        y += Opening(row, column, below) + NostrilArch(row, azimuth) + LipBow(row, azimuth) + JawLift(y, azimuth) + EarFan(y, azimuth);
        // Only the nose's underside needs slanting rays; beside it they level out.
        bool nose = row is > LidRow and < LipRow;
        float phi = elevation * MathF.PI / 180 * (nose ? 1 - Smooth((azimuth - 12) / 26) : 1);
        if (row is > 8 and < 12)
        {
            y += 2.5f * Bump((azimuth - 27) / 14);
        }

        float warp = 1 - (0.05f * Bump((row - LipRow) / 5f) * Bump(azimuth / 30));
        // The ear leans back, and so do the columns beside it.
        float lean = 0.16f * Math.Clamp(y, -40, 40) * Bump((azimuth - 100) / 30);
        float theta = ((azimuth * warp) + lean) * MathF.PI / 180;
        var direction = new Vector3(MathF.Sin(theta) * MathF.Cos(phi), MathF.Sin(phi), MathF.Cos(theta) * MathF.Cos(phi));
        float back = row > 47 ? -4f * (row - 47) : 0;
        var p = HeadSculpture.Cast(new Vector3(0, y - (MathF.Tan(phi) * (z - back)), back), direction);
        if (row == NostrilRow && column is 2 or 3)
        {
            // No ray from inside reaches up a nostril; what lies between its rims is pushed in.
            p += new Vector3(-0.5f * (column - 2), 6, -3);
        }

        return column is 0 or Half ? p with { X = 0 } : p;
    }

    // The lids stand open around the lid row, and the neighbouring rows make room.
    private static float Opening(int row, int column, bool below)
    {
        float t = (column - InnerCanthus) / (float)(OuterCanthus - InnerCanthus);
        float tilt = 1.6f * Math.Clamp(t - 0.35f, -0.5f, 0.7f) * Math.Clamp(1 - (MathF.Abs(row - LidRow) / 7f), 0, 1);
        if (t is <= 0 or >= 1)
        {
            return tilt;
        }

        int k = Math.Abs(row - LidRow);
        bool isBelow = row > LidRow || (row == LidRow && below);
        float decay = k switch { 0 => 1, 1 => 0.8f, 2 => 0.58f, 3 => 0.36f, 4 => 0.16f, _ => 0 };
        // The upper lid peaks towards the nose, the lower lid towards the temple.
        float upper = 6.7f * MathF.Pow(MathF.Sin(MathF.PI * MathF.Pow(t, 0.88f)), 0.75f);
        float lower = 4.2f * MathF.Pow(MathF.Sin(MathF.PI * MathF.Pow(t, 1.15f)), 0.8f);
        return tilt + (decay * (isBelow ? -lower : upper));
    }

    // The rims of the nostrils arch between the tip and the foot of the wings.
    private static float NostrilArch(int row, float azimuth)
    {
        float share = row switch { NostrilRow - 2 => 0.4f, NostrilRow - 1 => 1, NostrilRow => 0.6f, _ => 0 };
        return share * ((2 * Bump((azimuth - 5) / 2.2f)) - (1.5f * Bump((azimuth - 9.6f) / 2.2f)));
    }

    // Cupid's bow above, a fuller middle below, and a lip line that dips under the tubercle.
    private static float LipBow(int row, float azimuth)
    {
        float x = azimuth / 16.8f; // 1 at the corner
        float pinch = x * x * (1 - Smooth((x - 1) / 0.9f));
        return row switch
        {
            LipRow - 4 => -1.5f * pinch,
            LipRow - 3 => (-1.5f * Bump(azimuth / 2.2f)) - (4.4f * pinch),
            LipRow - 2 => -2.8f * pinch,
            LipRow - 1 => -1.3f * pinch,
            LipRow => (-0.5f * Bump(azimuth / 3)) + (0.4f * Bump((azimuth - 8) / 5)) - (0.5f * Bump((azimuth - 17) / 6)),
            LipRow + 1 => 1.2f * pinch,
            LipRow + 2 => 3 * pinch,
            LipRow + 3 => 5 * pinch,
            LipRow + 4 => 3.5f * pinch,
            LipRow + 5 => 1.5f * pinch,
            _ => 0,
        };
    }

    // Below the cheekbones the rows climb towards the ear, along the jaw.
    private static float JawLift(float y, float azimuth) =>
        15 * Smooth((azimuth - 20) / 55) * (1 - (0.5f * Smooth((azimuth - 100) / 80))) * Smooth((-y - 30) / 75) * Smooth((165 + y) / 50);

    // The rows spread where the ear stands.
    private static float EarFan(float y, float azimuth) =>
        0.38f * y * Smooth((azimuth - 42) / 25) * Smooth((100 - MathF.Abs(y)) / 75);

    private static float Bump(float x) => MathF.Exp(-x * x);
}
