using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>What scenes begin with: the backgrounds of the portraits, plain colours, and patterns of every kind.</summary>
internal static class BackdropSprites
{
    /// <summary>Side of a sprite in pixels.</summary>
    private const int Side = 128;

    /// <summary>Paints a backdrop.</summary>
    /// <param name="seed">Decides which, and how.</param>
    public static Sprite Paint(ulong seed)
    {
        var rng = new Rng(seed);
        float kind = rng.NextFloat();
        float[] pixels = kind switch
        {
            < 0.5f => OfPortraits(ref rng),
            < 0.65f => Plain(ref rng),
            < 0.85f => Pattern(ref rng),
            _ => Heap(ref rng),
        };
        return new Sprite(pixels, Side) { Tiles = true };
    }

    private static float[] OfPortraits(ref Rng rng)
    {
        var background = Background.Sample(ref rng, painterly: rng.NextBool(0.1f));
        return Fill(p => Coat.Encode(background.At(p.X, p.Y)));
    }

    private static float[] Plain(ref Rng rng)
    {
        Vector3 colour = rng.NextInt(4) switch { 0 => Vector3.One, 1 => Vector3.Zero, 2 => new Vector3(rng.NextFloat()), _ => Coat.Colour(ref rng) };
        return Fill(_ => colour);
    }

    private static float[] Pattern(ref Rng rng)
    {
        bool fur = rng.NextBool(0.3f);
        var coat = Coat.Sample(ref rng, fur ? Coat.Fur(ref rng) : Coat.Colour(ref rng), fur ? Coat.Fur(ref rng) : Coat.Colour(ref rng), 0.85f)
            with
        { Scale = rng.NextFloat(0.5f, 5f), Grain = rng.NextFloat(0f, 0.6f) };
        return Fill(coat.At);
    }

    // Many shapes over each other: leaves, stones, crowds of things.
    private static float[] Heap(ref Rng rng)
    {
        var brush = new SceneBrush(Side, ref rng);
        Vector3 usual = rng.NextBool(0.4f) ? Coat.Skin(ref rng) : Coat.Colour(ref rng);
        brush.Shape(Vector2.Zero, new Vector2(1.1f), 0, Coat.Sample(ref rng, usual * 0.6f, usual, 0.3f), 1);
        float size = rng.NextFloat(0.05f, 0.3f), box = rng.NextBool(0.5f) ? 1 : 0, aspect = rng.NextFloat(0.3f, 1f), turn = rng.NextFloat(0, 3);
        bool strewn = rng.NextBool(0.6f);
        for (int i = (int)MathF.Min(150, 4f / (size * size * aspect)); i > 0; i--)
        {
            float own = size * rng.NextFloat(0.5f, 1.5f);
            brush.Shape(
                new Vector2(rng.NextFloat(-1, 1), rng.NextFloat(-1, 1)), new Vector2(own, own * aspect), strewn ? rng.NextFloat(0, 3) : turn,
                Coat.Sample(ref rng, Vector3.Lerp(usual, Coat.Colour(ref rng), rng.NextFloat(0f, 0.6f)) * rng.NextFloat(0.5f, 1.4f), usual, 0.15f), box);
        }

        return brush.Pixels;
    }

    private static float[] Fill(Func<Vector2, Vector3> colour)
    {
        float[] pixels = new float[Side * Side * 4];
        for (int i = 0; i < Side * Side; i++)
        {
            Vector3 c = colour(new Vector2((((i % Side) + 0.5f) * 2 / Side) - 1, (((i / Side) + 0.5f) * 2 / Side) - 1));
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3]) = (c.X, c.Y, c.Z, 1);
        }

        return pixels;
    }
}
