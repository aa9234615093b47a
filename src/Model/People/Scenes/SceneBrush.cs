using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>Paints shaded shapes on a square with opacity: what things and patterns are made of.</summary>
internal sealed class SceneBrush
{
    private readonly float[] _pixels; // colour times opacity, opacity
    private readonly int _side;
    private readonly Vector2 _light;

    /// <summary>An empty square.</summary>
    /// <param name="side">Its side in pixels.</param>
    /// <param name="rng">Decides where the light comes from.</param>
    public SceneBrush(int side, ref Rng rng)
    {
        (_side, _pixels) = (side, new float[side * side * 4]);
        float angle = rng.NextFloat(0, 2 * MathF.PI);
        _light = new Vector2(MathF.Cos(angle), MathF.Sin(angle)) * rng.NextFloat(0f, 0.45f);
    }

    /// <summary>What was painted.</summary>
    public float[] Pixels => _pixels;

    /// <summary>An ellipse, or with <paramref name="box"/> a box, shaded as if round.</summary>
    /// <param name="centre">In the grid [−1, 1]².</param>
    /// <param name="radii">Half its width and height.</param>
    /// <param name="angle">Its tilt, radians.</param>
    /// <param name="coat">What it is covered with.</param>
    /// <param name="box">0 for an ellipse, 1 for a box.</param>
    public void Shape(Vector2 centre, Vector2 radii, float angle, Coat coat, float box = 0)
    {
        var (sin, cos) = MathF.SinCos(angle);
        float edge = MathF.Min(radii.X, radii.Y) * _side / 2;
        float reach = 1.5f * MathF.Max(radii.X, radii.Y);
        int x0 = ToPixel(centre.X - reach), x1 = ToPixel(centre.X + reach), y0 = ToPixel(centre.Y - reach), y1 = ToPixel(centre.Y + reach);
        for (int y = y0; y <= y1; y++)
        {
            for (int x = x0; x <= x1; x++)
            {
                Vector2 p = new((((x + 0.5f) * 2) / _side) - 1, (((y + 0.5f) * 2) / _side) - 1), d = p - centre;
                Vector2 u = new Vector2((cos * d.X) + (sin * d.Y), (cos * d.Y) - (sin * d.X)) / radii;
                float distance = float.Lerp(u.Length(), MathF.Max(MathF.Abs(u.X), MathF.Abs(u.Y)), box);
                float cover = Math.Clamp(((1 - distance) * edge) + 0.5f, 0, 1);
                if (cover > 0)
                {
                    float round = 1 - (box * 0.7f);
                    float shade = 1 + (round * Vector2.Dot(Vector2.Normalize(d + new Vector2(1e-6f)), _light) * distance) - (0.12f * distance * distance * round);
                    Lay(x, y, coat.At(p) * shade, cover);
                }
            }
        }
    }

    /// <summary>A limb: a line with a width that changes along it.</summary>
    public void Limb(Vector2 from, Vector2 to, float width, float endWidth, Coat coat)
    {
        Vector2 along = to - from;
        float length = along.Length() + 1e-4f, widest = MathF.Max(width, endWidth);
        along /= length;
        int x0 = ToPixel(MathF.Min(from.X, to.X) - widest), x1 = ToPixel(MathF.Max(from.X, to.X) + widest);
        int y0 = ToPixel(MathF.Min(from.Y, to.Y) - widest), y1 = ToPixel(MathF.Max(from.Y, to.Y) + widest);
        var across = new Vector2(-along.Y, along.X);
        for (int y = y0; y <= y1; y++)
        {
            for (int x = x0; x <= x1; x++)
            {
                Vector2 p = new((((x + 0.5f) * 2) / _side) - 1, (((y + 0.5f) * 2) / _side) - 1);
                float t = Math.Clamp(Vector2.Dot(p - from, along) / length, 0, 1);
                Vector2 d = p - from - (along * (t * length));
                float half = float.Lerp(width, endWidth, t), distance = d.Length() / half;
                float cover = Math.Clamp(((1 - distance) * half * _side / 2) + 0.5f, 0, 1);
                if (cover > 0)
                {
                    float shade = 1 + (Vector2.Dot(across, _light) * Vector2.Dot(d, across) / half) - (0.2f * distance * distance);
                    Lay(x, y, coat.At(p) * shade, cover);
                }
            }
        }
    }

    private int ToPixel(float u) => Math.Clamp((int)((u + 1) * _side / 2), 0, _side - 1);

    private void Lay(int x, int y, Vector3 colour, float cover)
    {
        var pixel = _pixels.AsSpan(4 * ((y * _side) + x), 4);
        for (int c = 0; c < 3; c++)
        {
            pixel[c] = float.Lerp(pixel[c], Math.Clamp(colour[c], 0, 1), cover);
        }

        pixel[3] = float.Lerp(pixel[3], 1, cover);
    }
}

/// <summary>What a shape is covered with, as sRGB: one colour, or two in stripes, spots, patches or checks.</summary>
/// <param name="Main">The first colour.</param>
/// <param name="Second">The second colour.</param>
/// <param name="Kind">The pattern.</param>
/// <param name="Scale">How fine it is.</param>
/// <param name="Turn">Its direction, radians.</param>
/// <param name="Grain">How much noise is on it.</param>
/// <param name="At0">Where its noise begins.</param>
internal sealed record Coat(Vector3 Main, Vector3 Second, int Kind, float Scale, float Turn, float Grain, Vector3 At0)
{
    /// <summary>Patterns; 0 is none.</summary>
    public const int Kinds = 7;

    /// <summary>A random coat; most are of one colour.</summary>
    public static Coat Sample(ref Rng rng, Vector3 main, Vector3 second, float patterned) => new(
        main, second, rng.NextBool(patterned) ? 1 + rng.NextInt(Kinds - 1) : 0, rng.NextFloat(0.7f, 3f), rng.NextFloat(0, MathF.PI),
        rng.NextFloat(0f, 0.2f), new Vector3(rng.NextFloat(), rng.NextFloat(), rng.NextFloat()));

    /// <summary>A colour of any kind, sRGB.</summary>
    public static Vector3 Colour(ref Rng rng) => Encode(Palette.Cloth(ref rng));

    /// <summary>A colour of skin, sRGB.</summary>
    public static Vector3 Skin(ref Rng rng) =>
        Encode(Palette.Skin(rng.NextFloat(0.02f, 1.3f), rng.NextFloat(0.1f, 0.8f)) * rng.NextFloat(0.5f, 1.2f));

    /// <summary>A colour of fur: white over brown to black, sRGB.</summary>
    public static Vector3 Fur(ref Rng rng) => Encode(
        Vector3.Lerp(Palette.Hex(0x1A120C), Vector3.Lerp(Palette.Hex(0xC89A62), Palette.Hex(0xEEE8DC), rng.NextFloat()), rng.NextFloat()));

    /// <summary>Linear light to sRGB, roughly.</summary>
    public static Vector3 Encode(Vector3 linear) => Vector3.SquareRoot(Vector3.Clamp(linear, Vector3.Zero, Vector3.One));

    /// <summary>The colour at a point.</summary>
    public Vector3 At(Vector2 p)
    {
        var (sin, cos) = MathF.SinCos(Turn);
        Vector2 q = new Vector2((cos * p.X) + (sin * p.Y), (cos * p.Y) - (sin * p.X)) * Scale;
        Vector4 noise = Noise.Sample(At0 + new Vector3(q * 0.25f, 0));
        float share = Kind switch
        {
            1 => Edge(MathF.Sin(12 * q.X)), // stripes
            2 => Edge(MathF.Sin((9 * q.X) + (4 * noise.W))), // a tiger's
            3 => Edge((noise.W * 3) - 0.8f), // patches
            4 => Edge((2.5f * Noise.Sample(At0 + new Vector3(q * 0.7f, 0.3f)).W) - 0.9f), // spots
            5 => Edge(MathF.Sin(10 * q.X) * MathF.Sin(10 * q.Y) * 4), // checks
            6 => Edge(0.55f - (Frac(q * 2) - new Vector2(0.5f)).Length() * 2.2f), // dots
            _ => 0,
        };
        float grain = 1 + (Grain * 2 * Noise.Sample(At0 + new Vector3(q, 0.6f)).W);
        return Vector3.Lerp(Main, Second, share) * grain;
    }

    private static float Edge(float x) => Math.Clamp((3 * x) + 0.5f, 0, 1);

    private static Vector2 Frac(Vector2 q) => new(q.X - MathF.Floor(q.X), q.Y - MathF.Floor(q.Y));
}
