using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// Scenes with no face, one or many, of any size and tilt, partly hidden, among things that are none. Rendering a person takes
/// longer than all the rest, so scenes share people: scene i shows some of the rendered people i/<see cref="Refresh"/> and the
/// <see cref="Pool"/> after, each time elsewhere, otherwise lit, and among others. A scene is a function of its number.
/// </summary>
/// <param name="split">Whose people.</param>
/// <param name="seed">Decides everything.</param>
/// <param name="size">Side of the scenes in pixels, a multiple of 8.</param>
/// <param name="pool">People that a scene chooses from; the first scenes wait until those they show are rendered.</param>
public sealed class SceneSampler(Split split, ulong seed, int size, int pool = SceneSampler.Pool)
{
    /// <summary>People that a training's scene chooses from.</summary>
    public const int Pool = 768;

    // Scenes until one more person is rendered.
    private const int Refresh = 12;

    private const int MostPeople = 8;

    // The smallest face, a little below what is learned.
    private const float LeastSide = 9f;

    private readonly Ring<Sprite> _people = new(k => PeopleSprites.Render(split, SampleSeed.Of(seed ^ 0x50454F50UL, k)), pool + 64);
    private readonly Ring<Sprite> _things = new(k => ThingSprites.Paint(SampleSeed.Of(seed ^ 0x5448494EUL ^ ((ulong)split << 40), k)), pool + 64);
    private readonly Ring<Sprite> _backdrops = new(k => BackdropSprites.Paint(SampleSeed.Of(seed ^ 0x4241434BUL ^ ((ulong)split << 40), k)), pool + 64);

    private readonly Ring<Sprite> _hair = new(k => HairSprites.Paint(SampleSeed.Of(seed ^ 0x48414952UL ^ ((ulong)split << 40), k / 2), k % 2 == 1), pool + 64);

    /// <summary>Scene i.</summary>
    /// <param name="index">i ≥ 0.</param>
    public Scene Make(long index)
    {
        var rng = new Rng(SampleSeed.Of(seed ^ 0x5343454EUL ^ ((ulong)split << 40), index));
        long first = index / Refresh;
        var canvas = new SceneCanvas(size);
        canvas.Cover(_backdrops[first + rng.NextInt(pool)], Anywhere(ref rng, size * rng.NextFloat(0.3f, 2f)), Tint(ref rng, 0.15f));
        float turn = Turn(ref rng);
        int people = rng.NextFloat() switch { < 0.15f => 0, < 0.55f => 1, < 0.7f => 2, _ => 3 + rng.NextInt(MostPeople - 2) };
        for (int i = Count(ref rng, people == 0 ? 9 : 5); i > 0; i--)
        {
            Thing(canvas, ref rng, first, size * MathF.Exp(rng.NextFloat(-3f, 0f)));
        }

        foreach (var (x, y, side) in Seats(ref rng, people))
        {
            Person(canvas, ref rng, first, turn, x, y, side);
        }

        for (int i = Count(ref rng, 2); i > 0; i--)
        {
            Thing(canvas, ref rng, first, size * MathF.Exp(rng.NextFloat(-3.5f, -1f)));
        }

        SceneFace[] faces = canvas.Faces();
        SceneEffects.Apply(canvas.Pixels, size, ref rng);
        return new Scene(size, canvas.Pixels, faces);
    }

    private void Person(SceneCanvas canvas, ref Rng rng, long first, float turn, float x, float y, float side)
    {
        var sprite = _people[first + rng.NextInt(pool)];
        float own = rng.NextFloat() switch
        {
            < 0.8f => rng.NextGaussian(0.12f, 0.4f),
            < 0.95f => rng.NextFloat(-0.9f, 0.9f),
            _ => rng.NextFloat(-MathF.PI, MathF.PI),
        };
        var place = Placement.Bring(sprite.Around, x, y, side, turn + own);
        long hair = (first + rng.NextInt(pool)) & ~1L;
        bool loose = rng.NextBool(0.3f), mane = loose && rng.NextBool(0.7f);
        var around = Placement.Bring(_hair[hair].Around, x, y, side * rng.NextFloat(0.9f, 1.15f), place.Roll + sprite.Around.Roll);
        Vector4 gloss = Tint(ref rng, 0.12f);
        if (mane)
        {
            canvas.Draw(_hair[hair], around, gloss);
        }

        canvas.Draw(sprite, place, Tint(ref rng, 0.12f));
        if (loose)
        {
            canvas.Draw(_hair[hair + 1], around, gloss);
        }

        if (rng.NextBool(0.22f))
        {
            // Something before the face: a hand, a hat, a leaf.
            float reach = side * rng.NextFloat(0.4f, 0.9f), angle = rng.NextFloat(0, 2 * MathF.PI);
            canvas.Draw(
                _things[first + rng.NextInt(pool)],
                new Placement(x + (reach * MathF.Cos(angle)), y + (reach * MathF.Sin(angle)), rng.NextFloat(0, 6), side * rng.NextFloat(0.3f, 0.7f)),
                Tint(ref rng, 0.1f));
        }
    }

    private void Thing(SceneCanvas canvas, ref Rng rng, long first, float side)
    {
        var place = Anywhere(ref rng, side / 2);
        canvas.Draw(_things[first + rng.NextInt(pool)], rng.NextBool(0.6f) ? place with { Roll = rng.NextGaussian(0.2f, 0.6f) } : place, Tint(ref rng, 0.15f));
    }

    // Where faces go, the smaller ones first: they stand behind.
    private List<(float X, float Y, float Side)> Seats(ref Rng rng, int people)
    {
        var seats = new List<(float X, float Y, float Side)>();
        float largest = people == 1 ? size * 0.95f : size * MathF.Min(0.6f, 1.3f / MathF.Sqrt(people));
        float usual = LeastSide * MathF.Exp(rng.NextFloat(0, MathF.Log(largest / LeastSide)));
        bool alike = rng.NextBool(0.7f), near = rng.NextBool(0.2f);
        for (int tries = 0; seats.Count < people && tries < 12 * people; tries++)
        {
            float side = alike ? usual * rng.NextFloat(0.75f, 1.3f) : LeastSide * MathF.Exp(rng.NextFloat(0, MathF.Log(largest / LeastSide)));
            side = Math.Clamp(side, LeastSide, size * 0.97f);
            float margin = rng.NextBool(0.12f) ? -0.3f * side : MathF.Min(0.5f * side, 0.45f * size);
            float x = rng.NextFloat(margin, size - margin), y = rng.NextFloat(margin, size - margin);
            if (near || seats.TrueForAll(s => MathF.Max(MathF.Abs(s.X - x), MathF.Abs(s.Y - y)) > 0.55f * (s.Side + side)))
            {
                seats.Add((x, y, side));
            }
        }

        seats.Sort((a, b) => a.Side.CompareTo(b.Side));
        return seats;
    }

    // Upright, lying on a side, upside down, or anyhow: with all that is in it, and people lean by themselves.
    private static float Turn(ref Rng rng) => rng.NextFloat() switch
    {
        < 0.55f => rng.NextGaussian(0.08f, 0.3f),
        < 0.75f => (rng.NextInt(4) * MathF.PI / 2) + rng.NextGaussian(0.1f, 0.3f),
        _ => rng.NextFloat(-MathF.PI, MathF.PI),
    };

    private Placement Anywhere(ref Rng rng, float half) =>
        new(rng.NextFloat(0, size), rng.NextFloat(0, size), rng.NextFloat(0, 2 * MathF.PI), half);

    private static int Count(ref Rng rng, int usual) => (int)(-usual * MathF.Log(1 - rng.NextFloat()) * 0.7f) is var n && n > 14 ? 14 : n;

    private static Vector4 Tint(ref Rng rng, float sigma)
    {
        float all = MathF.Exp(rng.NextGaussian(sigma, 0.5f));
        return new Vector4(
            all * MathF.Exp(rng.NextGaussian(sigma / 3, 0.15f)), all, all * MathF.Exp(rng.NextGaussian(sigma / 3, 0.15f)), 1);
    }
}
