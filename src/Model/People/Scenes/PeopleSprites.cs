using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// Rendered people, cut out: most with a face to find; some seen from behind, or with their features painted over, mixed up or
/// alone, which are no faces.
/// </summary>
internal static class PeopleSprites
{
    /// <summary>Side of a sprite in pixels.</summary>
    private const int Side = 128;

    // What a person is rendered for; the shares of all but Face.
    private const float Back = 0.09f, Blank = 0.05f, Mixed = 0.05f, Feature = 0.05f;

    private const float WidestYaw = 75 * MathF.PI / 180;

    private static readonly ThreadLocal<Renderer> s_renderer = new(() => new Renderer(FaceModel.BuiltIn));

    /// <summary>Renders a person.</summary>
    /// <param name="split">Whose people.</param>
    /// <param name="seed">Decides who, how, and whether there is a face.</param>
    public static Sprite Render(Split split, ulong seed)
    {
        var model = FaceModel.BuiltIn;
        var rng = new Rng(seed);
        var person = Person.Sample(model, ClipSampler.PersonSeed(split, rng.NextBits()));
        float[] expression = new CoefficientSampler(model).Expression(ref rng);
        float kind = rng.NextFloat();
        bool back = kind < Back;
        var frame = s_renderer.Value!.Render(person, expression, Pose(ref rng, back), Side);
        bool framed = !back && rng.NextBool(0.08f);
        float[] pixels = CutOut(frame, framed);
        var face = FaceCrop.Around(frame.Pose.ToMatrix());
        bool isFace = kind >= Back + Blank + Mixed + Feature;
        if (!back && !isFace)
        {
            switch (kind - Back)
            {
                case < Blank:
                    PaintOver(pixels, face, ref rng);
                    break;
                case < Blank + Mixed:
                    Mix(pixels, face, ref rng);
                    break;
                default:
                    Keep(pixels, frame, face, ref rng);
                    framed = true;
                    break;
            }
        }

        return new Sprite(pixels, Side) { Face = isFace ? face : null, Around = face, GoesOn = !framed };
    }

    // Mostly as in the portraits, but turned further now and then; the head high up, so that the shoulders are there too.
    private static Pose Pose(ref Rng rng, bool back)
    {
        var usual = CoefficientSampler.Pose(ref rng);
        float yaw = back ? MathF.PI + rng.NextFloat(-0.9f, 0.9f)
            : rng.NextBool(0.4f) ? rng.NextFloat(-WidestYaw, WidestYaw) : usual.Yaw;
        float scale = 0.0044f * MathF.Exp(rng.NextFloat(0f, 0.55f));
        return usual with { Yaw = yaw, Scale = scale, X = rng.NextFloat(-0.1f, 0.1f), Y = -0.93f + (145f * scale) };
    }

    // What shows no triangle is transparent, and half a pixel more: the pixels at the edge have some of the person's own background.
    private static float[] CutOut(Frame frame, bool framed)
    {
        float[] pixels = new float[Side * Side * 4];
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                float inside = 0;
                for (int k = 0; k < 9; k++)
                {
                    int row = Math.Clamp(y + (k / 3) - 1, 0, Side - 1), column = Math.Clamp(x + (k % 3) - 1, 0, Side - 1);
                    inside += frame.Triangle[(row * Side) + column] >= 0 ? 1 / 9f : 0;
                }

                int at = (y * Side) + x;
                float opacity = framed ? 1 : Math.Clamp((inside - 0.5f) * 2f, 0, 1);
                for (int c = 0; c < 3; c++)
                {
                    pixels[(4 * at) + c] = opacity * frame.Image.Pixels[(3 * at) + c];
                }

                pixels[(4 * at) + 3] = opacity;
            }
        }

        return pixels;
    }

    // The face's mean colour, lighter to one side, over the features: a head without a face.
    private static void PaintOver(float[] pixels, FaceCrop face, ref Rng rng)
    {
        var mean = Vector4.Zero;
        float reach = rng.NextFloat(0.75f, 0.95f), turn = rng.NextFloat(0, 2 * MathF.PI), light = rng.NextFloat(0, 0.3f);
        ForEach(face, reach, (at, u) => mean += Colour(pixels, at));
        if (mean.W < 1)
        {
            return;
        }

        mean /= mean.W;
        var (sin, cos) = MathF.SinCos(turn);
        ForEach(face, reach, (at, u) =>
        {
            float cover = Math.Clamp((reach - u.Length()) * 5, 0, 1) * pixels[at + 3];
            float shade = 1 + (light * ((u.X * cos) + (u.Y * sin)));
            for (int c = 0; c < 3; c++)
            {
                pixels[at + c] = float.Lerp(pixels[at + c], mean[c] * shade, cover);
            }
        });
    }

    // The face's square in 2×2 or 3×3 pieces, in another order and some turned around.
    private static void Mix(float[] pixels, FaceCrop face, ref Rng rng)
    {
        int n = 2 + rng.NextInt(2);
        int[] order = [.. Enumerable.Range(0, n * n)];
        for (int k = order.Length - 1; k > 0; k--)
        {
            int other = rng.NextInt(k); // Sattolo: no piece stays, so what is left is never a face
            (order[k], order[other]) = (order[other], order[k]);
        }

        float[] before = [.. pixels];
        uint turned = (uint)rng.NextBits();
        ForEach(face, 1.3f, (at, u) =>
        {
            var inside = (u + Vector2.One) * (n / 2f);
            int column = (int)MathF.Floor(inside.X), row = (int)MathF.Floor(inside.Y);
            if ((uint)column >= (uint)n || (uint)row >= (uint)n)
            {
                return;
            }

            int piece = order[(row * n) + column];
            Vector2 within = new(inside.X - column, inside.Y - row);
            within = (turned >> piece & 1) != 0 ? Vector2.One - within : within;
            Vector2 from = (new Vector2(piece % n, piece / n) + within) * (2f / n) - Vector2.One;
            Vector2 p = new Placement(face.X, face.Y, face.Roll, face.HalfSide).Apply(from);
            int x = Math.Clamp((int)((p.X + 1) * Side / 2), 0, Side - 1), y = Math.Clamp((int)((p.Y + 1) * Side / 2), 0, Side - 1);
            for (int c = 0; c < 3; c++)
            {
                pixels[at + c] = before[(4 * ((y * Side) + x)) + c] * pixels[at + 3] / MathF.Max(before[(4 * ((y * Side) + x)) + 3], 0.01f);
            }
        });
    }

    // An eye, an ear or the mouth and a little around it, or a lock of hair; the rest becomes transparent.
    private static void Keep(float[] pixels, Frame frame, FaceCrop face, ref Rng rng)
    {
        int[] landmarks = FaceModel.BuiltIn.Landmarks;
        int[] places = [39, 42, 48, 54, 33, 0, 16, 8, 19];
        Vector3 p = frame.Projected[landmarks[places[rng.NextInt(places.Length)]]];
        float half = face.HalfSide * rng.NextFloat(0.25f, 0.5f);
        for (int i = 0; i < Side * Side; i++)
        {
            Vector2 d = new Vector2(((i % Side) + 0.5f) * 2 / Side - 1 - p.X, ((i / Side) + 0.5f) * 2 / Side - 1 - p.Y) / half;
            if (MathF.Max(MathF.Abs(d.X), MathF.Abs(d.Y)) > 1)
            {
                pixels.AsSpan(4 * i, 4).Clear();
            }
        }
    }

    private static Vector4 Colour(float[] pixels, int at) => new(pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]);

    // Every pixel of a square around the face, with its place in the face's grid.
    private static void ForEach(FaceCrop face, float reach, Action<int, Vector2> action)
    {
        var place = new Placement(face.X, face.Y, face.Roll, face.HalfSide);
        for (int i = 0; i < Side * Side; i++)
        {
            Vector2 u = place.Invert(new Vector2((((i % Side) + 0.5f) * 2 / Side) - 1, (((i / Side) + 0.5f) * 2 / Side) - 1));
            if (MathF.Max(MathF.Abs(u.X), MathF.Abs(u.Y)) <= reach)
            {
                action(4 * i, u);
            }
        }
    }
}
