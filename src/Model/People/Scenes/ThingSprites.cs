using System.Numerics;
using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.People;

/// <summary>
/// Things that are no faces, and some that look like ones: animals, bodies, limbs, hands, plants, flowers, furniture, wheels, hats,
/// text, lumps of skin, and blobs arranged nearly as a face's features are. They lie in scenes by themselves, and hide parts of people.
/// </summary>
internal static class ThingSprites
{
    /// <summary>Side of a sprite in pixels.</summary>
    private const int Side = 128;

    private delegate void Painter(SceneBrush brush, ref Rng rng);

    private static readonly Painter[] s_painters =
    [
        Animal, Animal, Animal, Lump, Limbs, Limbs, Hand, Hand, Hand, Body, Body, Body, BlobFace, BlobFace, Plant, Flower, Furniture, Wheel,
        Hat, Ball, Text,
    ];

    /// <summary>Paints a thing.</summary>
    /// <param name="seed">Decides which, and how.</param>
    public static Sprite Paint(ulong seed)
    {
        var rng = new Rng(seed);
        var brush = new SceneBrush(Side, ref rng);
        s_painters[rng.NextInt(s_painters.Length)](brush, ref rng);
        return new Sprite(brush.Pixels, Side);
    }

    // A body, a neck, and a head with ears, eyes and a muzzle, from the front or the side.
    private static void Animal(SceneBrush brush, ref Rng rng)
    {
        var coat = Coat.Sample(ref rng, Coat.Fur(ref rng), Coat.Fur(ref rng), 0.45f);
        coat = coat with { Kind = coat.Kind >= 5 ? 3 : coat.Kind, Grain = rng.NextFloat(0.1f, 0.5f) };
        Coat dark = Plain(new Vector3(rng.NextFloat(0f, 0.2f))), pale = Plain(Vector3.Lerp(coat.Main, Vector3.One, rng.NextFloat(0f, 0.5f)));
        float size = rng.NextFloat(0.25f, 0.42f), side = rng.NextFloat(-1f, 1f), tilt = rng.NextGaussian(0.25f, 0.7f);
        Vector2 head = new(rng.NextFloat(-0.25f, 0.25f), rng.NextFloat(-0.45f, -0.2f));
        brush.Shape(new Vector2(head.X + rng.NextFloat(-0.5f, 0.5f), 0.7f), new Vector2(rng.NextFloat(0.4f, 0.9f), rng.NextFloat(0.3f, 0.6f)), 0, coat);
        brush.Limb(head, new Vector2(head.X + rng.NextFloat(-0.2f, 0.2f), 0.7f), size * rng.NextFloat(0.5f, 0.9f), size * rng.NextFloat(0.7f, 1.3f), coat);
        Vector2 right = new(MathF.Cos(tilt), MathF.Sin(tilt)), down = new(-right.Y, right.X);
        float earLength = size * rng.NextFloat(0.5f, 1.5f), earWidth = size * rng.NextFloat(0.15f, 0.4f), spread = rng.NextFloat(0.5f, 1f);
        foreach (int s in (ReadOnlySpan<int>)[-1, 1])
        {
            Vector2 root = head + (right * (s * size * 0.6f)) - (down * (size * 0.5f));
            brush.Limb(root, root + (right * (s * earLength * spread)) - (down * (earLength * (1.2f - spread))), earWidth, earWidth * 0.4f, coat);
        }

        float length = rng.NextFloat(1f, 1.6f);
        brush.Shape(head, new Vector2(size, size * length), tilt, coat);
        Vector2 muzzle = head + (down * (size * length * rng.NextFloat(0.4f, 0.9f))) + (right * (side * size * 0.7f));
        brush.Shape(muzzle, new Vector2(size * rng.NextFloat(0.4f, 0.75f), size * rng.NextFloat(0.4f, 0.8f)), tilt, rng.NextBool(0.5f) ? pale : coat);
        brush.Shape(muzzle + (down * (size * 0.15f)), new Vector2(size * rng.NextFloat(0.12f, 0.3f), size * rng.NextFloat(0.1f, 0.2f)), tilt, dark);
        if (rng.NextBool(0.5f))
        {
            brush.Limb(muzzle + (down * (size * 0.3f)) - (right * (size * 0.2f)), muzzle + (down * (size * 0.3f)) + (right * (size * 0.2f)), size * 0.04f, size * 0.04f, dark);
        }

        float eye = size * rng.NextFloat(0.08f, 0.18f), apart = size * rng.NextFloat(0.55f, 0.95f);
        foreach (int s in (ReadOnlySpan<int>)[-1, 1])
        {
            if (s * side < 0.6f)
            {
                brush.Shape(head + (right * ((s * apart) + (side * size * 0.25f))) - (down * (size * 0.15f)), new Vector2(eye, eye * rng.NextFloat(0.7f, 1f)), tilt, dark);
            }
        }
    }

    private static void Lump(SceneBrush brush, ref Rng rng)
    {
        var coat = Bare(ref rng);
        for (int i = 1 + rng.NextInt(3); i > 0; i--)
        {
            float size = rng.NextFloat(0.3f, 0.7f);
            brush.Shape(Point(ref rng, 0.3f), new Vector2(size, size * rng.NextFloat(0.5f, 1.4f)), rng.NextFloat(0, 3), coat);
        }

        if (rng.NextBool(0.4f)) // with a dark cap, as hair
        {
            brush.Shape(new Vector2(0, -0.5f), new Vector2(rng.NextFloat(0.4f, 0.8f), rng.NextFloat(0.2f, 0.5f)), 0, Plain(Coat.Fur(ref rng) * 0.6f));
        }
    }

    // Arms and legs, bent or not, bare, in sleeves, or ending in one; with shoes, rings and bracelets.
    private static void Limbs(SceneBrush brush, ref Rng rng)
    {
        var skin = Bare(ref rng);
        for (int i = 1 + rng.NextInt(3); i > 0; i--)
        {
            Vector2 a = Point(ref rng, 1f), b = Point(ref rng, 0.6f), c = Point(ref rng, 1f);
            float width = rng.NextFloat(0.1f, 0.32f);
            Coat cloth = AnyCoat(ref rng);
            brush.Limb(b, c, width * 0.8f, width * rng.NextFloat(0.4f, 0.7f), skin);
            brush.Limb(a, b, width, width * 0.85f, rng.NextBool(0.4f) ? cloth : skin);
            if (rng.NextBool(0.5f))
            {
                Vector2 hem = Vector2.Lerp(a, b, rng.NextFloat(0.2f, 0.9f));
                brush.Limb(a, hem, width * 1.2f, width * 1.15f, cloth);
            }

            if (rng.NextBool(0.5f))
            {
                Vector2 ankle = Vector2.Lerp(b, c, rng.NextFloat(0.6f, 0.95f));
                brush.Limb(ankle, rng.NextBool(0.5f) ? c : ankle + Point(ref rng, 0.1f), width * 0.65f, width * 0.6f, AnyCoat(ref rng));
            }
        }
    }

    // Open, bent or a fist, with dark lines between the fingers.
    private static void Hand(SceneBrush brush, ref Rng rng)
    {
        var skin = Bare(ref rng);
        Coat dark = Plain(skin.Main * rng.NextFloat(0.4f, 0.8f)), nail = Plain(rng.NextBool(0.5f) ? Coat.Colour(ref rng) : skin.Main * 1.1f);
        float turn = rng.NextFloat(0, 2 * MathF.PI), curl = rng.NextFloat(0.15f, 1f), fan = rng.NextFloat(0f, 0.12f);
        Vector2 up = new(MathF.Cos(turn), MathF.Sin(turn)), side = new(-up.Y, up.X), palm = up * -0.1f;
        brush.Limb(palm, palm - (up * 1.2f), 0.28f, 0.24f, rng.NextBool(0.4f) ? AnyCoat(ref rng) : skin);
        brush.Shape(palm, new Vector2(0.36f, 0.33f), turn, skin);
        for (int finger = 0; finger < 4; finger++)
        {
            float place = finger - 1.5f;
            Vector2 root = palm + (up * 0.22f) + (side * (place * 0.17f)), tip = root + (up * (0.6f * curl)) + (side * (place * fan));
            brush.Limb(root, tip, 0.115f, 0.085f, dark);
            brush.Limb(root, tip, 0.09f, 0.07f, skin);
            if (rng.NextBool(0.5f))
            {
                brush.Shape(tip, new Vector2(0.05f), 0, nail);
            }
        }

        Vector2 thumb = palm + (side * rng.NextFloat(0.25f, 0.6f)) + (up * rng.NextFloat(-0.1f, 0.35f));
        brush.Limb(palm + (side * 0.22f), thumb, 0.125f, 0.095f, dark);
        brush.Limb(palm + (side * 0.22f), thumb, 0.1f, 0.08f, skin);
    }

    // A trunk without a head, with arms and legs, more or less dressed.
    private static void Body(SceneBrush brush, ref Rng rng)
    {
        var skin = Bare(ref rng);
        Coat top = AnyCoat(ref rng), bottom = rng.NextBool(0.4f) ? top : AnyCoat(ref rng), dark = Plain(skin.Main * rng.NextFloat(0.5f, 0.85f));
        float shoulders = rng.NextFloat(0.3f, 0.42f), hips = rng.NextFloat(0.24f, 0.36f), waist = MathF.Min(shoulders, hips) * rng.NextFloat(0.7f, 1f), arm = rng.NextFloat(0.08f, 0.13f);
        foreach (int s in (ReadOnlySpan<int>)[-1, 1])
        {
            Vector2 hip = new(s * hips * 0.5f, 0.25f), knee = new(s * rng.NextFloat(0.05f, 0.4f), rng.NextFloat(0.55f, 0.8f));
            brush.Limb(hip, knee, hips * 0.55f, hips * 0.4f, skin);
            brush.Limb(knee, new Vector2(s * rng.NextFloat(0.05f, 0.4f), 1f), hips * 0.38f, hips * 0.3f, skin);
            if (rng.NextBool(0.6f))
            {
                brush.Limb(hip, Vector2.Lerp(hip, knee, rng.NextFloat(0.1f, 1f)), hips * 0.6f, hips * 0.5f, bottom);
            }
        }

        brush.Limb(new Vector2(0, -0.95f), new Vector2(0, -0.5f), 0.13f, 0.17f, skin);
        brush.Limb(new Vector2(0, -0.45f), new Vector2(0, -0.05f), shoulders, waist, skin);
        brush.Limb(new Vector2(0, -0.05f), new Vector2(0, 0.2f), waist, hips, skin);
        float from = rng.NextFloat(-0.75f, -0.3f), to = rng.NextFloat(-0.2f, 0.3f);
        brush.Shape(new Vector2(0, (from + to) / 2), new Vector2(shoulders * 1.05f, (to - from) / 2), 0, top, rng.NextFloat(0.4f, 1f));
        brush.Shape(new Vector2(0, 0.25f), new Vector2(hips * 1.08f, rng.NextFloat(0.05f, 0.25f)), 0, bottom, rng.NextFloat(0f, 1f));
        brush.Shape(new Vector2(0, 0.02f), new Vector2(0.02f, 0.03f), 0, dark);
        foreach (int s in (ReadOnlySpan<int>)[-1, 1])
        {
            Vector2 shoulder = new(s * shoulders * 0.95f, -0.5f), elbow = shoulder + new Vector2(s * rng.NextFloat(0f, 0.3f), rng.NextFloat(0.2f, 0.45f));
            Vector2 wrist = elbow + new Vector2(rng.NextFloat(-0.4f, 0.4f), rng.NextFloat(-0.3f, 0.4f));
            brush.Limb(shoulder, elbow, arm, arm * 0.85f, skin);
            brush.Limb(elbow, wrist, arm * 0.85f, arm * 0.6f, skin);
            brush.Shape(wrist, new Vector2(arm * 1.1f, arm * 0.8f), rng.NextFloat(0, 3), skin);
            if (rng.NextBool(0.5f))
            {
                brush.Limb(shoulder, Vector2.Lerp(shoulder, elbow, rng.NextFloat(0.2f, 1f)), arm * 1.2f, arm * 1.1f, top);
            }
        }
    }

    // Two to five marks on a disc or box, none where a face would have just those.
    private static void BlobFace(SceneBrush brush, ref Rng rng)
    {
        bool skin = rng.NextBool(0.4f);
        var ground = skin ? Plain(Coat.Skin(ref rng)) : AnyCoat(ref rng);
        var mark = Plain(rng.NextBool(0.7f) ? Vector3.Max(ground.Main - new Vector3(rng.NextFloat(0.2f, 0.8f)), Vector3.Zero) : Coat.Colour(ref rng));
        float box = rng.NextBool(0.35f) ? 1 : 0, wide = rng.NextFloat(0.55f, 0.9f), high = wide * rng.NextFloat(0.8f, 1.25f);
        brush.Shape(Vector2.Zero, new Vector2(wide, high), 0, ground, box);
        int kind = rng.NextInt(4);
        float eye = rng.NextFloat(0.07f, 0.2f);
        switch (kind)
        {
            case 0: // one eye, or three
                int eyes = rng.NextBool(0.5f) ? 1 : 3;
                for (int i = 0; i < eyes; i++)
                {
                    brush.Shape(new Vector2((i - ((eyes - 1) / 2f)) * 0.4f, -0.2f), new Vector2(eye), 0, mark);
                }

                brush.Limb(new Vector2(-0.25f, 0.35f), new Vector2(0.25f, 0.35f), 0.06f, 0.06f, mark);
                break;
            case 1: // marks one below the other
                for (int i = 0; i < 3 + rng.NextInt(2); i++)
                {
                    brush.Shape(new Vector2(rng.NextFloat(-0.1f, 0.1f), -0.55f + (0.38f * i)), new Vector2(eye, eye * rng.NextFloat(0.4f, 1f)), 0, mark);
                }

                break;
            case 2: // anywhere
                for (int i = 2 + rng.NextInt(4); i > 0; i--)
                {
                    brush.Shape(Point(ref rng, 0.5f), new Vector2(eye, eye * rng.NextFloat(0.4f, 1.6f)), rng.NextFloat(0, 3), mark);
                }

                break;
            default: // a plug socket, a button, a car's front: round marks alone
                float apart = rng.NextFloat(0.2f, 0.45f);
                brush.Shape(new Vector2(-apart, 0), new Vector2(eye), 0, mark, box);
                brush.Shape(new Vector2(apart, 0), new Vector2(eye), 0, mark, box);
                if (rng.NextBool(0.5f))
                {
                    brush.Shape(new Vector2(-apart, 2 * apart), new Vector2(eye), 0, mark, box);
                    brush.Shape(new Vector2(apart, 2 * apart), new Vector2(eye), 0, mark, box);
                }

                break;
        }
    }

    private static void Plant(SceneBrush brush, ref Rng rng)
    {
        Vector3 green = Vector3.Lerp(new Vector3(0.15f, 0.3f, 0.1f), new Vector3(0.6f, 0.7f, 0.35f), rng.NextFloat());
        green = rng.NextBool(0.2f) ? Coat.Colour(ref rng) : green;
        bool long_ = rng.NextBool(0.5f);
        for (int i = 10 + rng.NextInt(30); i > 0; i--)
        {
            float angle = rng.NextFloat(0, 2 * MathF.PI), reach = rng.NextFloat(0.1f, 0.85f);
            Vector2 tip = new Vector2(MathF.Cos(angle), MathF.Sin(angle)) * reach;
            var coat = Plain(green * rng.NextFloat(0.5f, 1.2f));
            if (long_)
            {
                brush.Limb(new Vector2(0, 0.6f), tip, 0.05f, 0.02f, coat);
            }
            else
            {
                brush.Shape(tip, new Vector2(rng.NextFloat(0.08f, 0.25f), rng.NextFloat(0.05f, 0.12f)), angle, coat);
            }
        }
    }

    private static void Flower(SceneBrush brush, ref Rng rng)
    {
        var petal = AnyCoat(ref rng);
        int count = 4 + rng.NextInt(9);
        float reach = rng.NextFloat(0.4f, 0.55f), first = rng.NextFloat(0, 3);
        for (int i = 0; i < count; i++)
        {
            float angle = first + (2 * MathF.PI * i / count);
            brush.Shape(new Vector2(MathF.Cos(angle), MathF.Sin(angle)) * reach, new Vector2(0.4f, 1.6f / count), angle, petal);
        }

        brush.Shape(Vector2.Zero, new Vector2(rng.NextFloat(0.12f, 0.35f)), 0, AnyCoat(ref rng));
    }

    // A box with panels, boards, panes or knobs.
    private static void Furniture(SceneBrush brush, ref Rng rng)
    {
        var body = AnyCoat(ref rng);
        var inner = Plain(body.Main * rng.NextFloat(0.4f, 1.4f));
        Vector2 half = new(rng.NextFloat(0.4f, 0.9f), rng.NextFloat(0.4f, 0.9f));
        if (rng.NextBool(0.4f))
        {
            brush.Limb(new Vector2(-half.X * 0.8f, half.Y), new Vector2(-half.X * 0.8f, 1), 0.05f, 0.05f, body);
            brush.Limb(new Vector2(half.X * 0.8f, half.Y), new Vector2(half.X * 0.8f, 1), 0.05f, 0.05f, body);
        }

        brush.Shape(Vector2.Zero, half, 0, body, 1);
        int columns = 1 + rng.NextInt(3), rows = 1 + rng.NextInt(4);
        float knob = rng.NextFloat(0.03f, 0.1f);
        bool knobs = rng.NextBool(0.5f);
        for (int i = 0; i < columns * rows; i++)
        {
            Vector2 at = new((((i % columns) + 0.5f) / columns * 2) - 1, (((i / columns) + 0.5f) / rows * 2) - 1);
            brush.Shape(at * half, half / new Vector2(columns, rows) * 0.85f, 0, inner, 1);
            if (knobs)
            {
                brush.Shape(at * half, new Vector2(knob), 0, body);
            }
        }
    }

    private static void Wheel(SceneBrush brush, ref Rng rng)
    {
        Coat a = AnyCoat(ref rng), b = AnyCoat(ref rng);
        float outer = rng.NextFloat(0.6f, 0.95f);
        brush.Shape(Vector2.Zero, new Vector2(outer), 0, a);
        brush.Shape(Vector2.Zero, new Vector2(outer * rng.NextFloat(0.5f, 0.9f)), 0, b);
        for (int i = rng.NextInt(12); i > 0; i--)
        {
            float angle = 2 * MathF.PI * i / 12;
            brush.Limb(Vector2.Zero, new Vector2(MathF.Cos(angle), MathF.Sin(angle)) * outer * 0.8f, 0.03f, 0.03f, a);
        }

        brush.Shape(Vector2.Zero, new Vector2(outer * rng.NextFloat(0.1f, 0.4f)), 0, a);
    }

    private static void Hat(SceneBrush brush, ref Rng rng)
    {
        Coat cloth = AnyCoat(ref rng), band = AnyCoat(ref rng);
        float wide = rng.NextFloat(0.4f, 0.6f);
        brush.Shape(new Vector2(0, -0.1f), new Vector2(wide, rng.NextFloat(0.4f, 0.8f)), 0, cloth, rng.NextFloat(0, 0.8f));
        brush.Shape(new Vector2(0, 0.25f), new Vector2(wide, 0.12f), 0, band, 0.7f);
        brush.Shape(new Vector2(0, 0.4f), new Vector2(rng.NextFloat(0.6f, 0.98f), rng.NextFloat(0.08f, 0.25f)), rng.NextFloat(-0.15f, 0.15f), cloth);
    }

    private static void Ball(SceneBrush brush, ref Rng rng)
    {
        float wide = rng.NextFloat(0.4f, 0.9f);
        var coat = Coat.Sample(ref rng, Coat.Colour(ref rng), Coat.Colour(ref rng), 0.9f);
        brush.Shape(Vector2.Zero, new Vector2(wide, wide * rng.NextFloat(0.6f, 1f)), rng.NextFloat(0, 3), coat, rng.NextBool(0.3f) ? 1 : 0);
    }

    // Letters on a sign or on nothing.
    private static void Text(SceneBrush brush, ref Rng rng)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:()";
        if (rng.NextBool(0.6f))
        {
            brush.Shape(Vector2.Zero, new Vector2(0.98f, rng.NextFloat(0.4f, 0.98f)), 0, Plain(Coat.Colour(ref rng)), 1);
        }

        int scale = 1 + rng.NextInt(3);
        var page = new Image(Side, Side);
        for (int y = 2; y < Side - 8; y += (BitmapFont.Height + 1) * scale)
        {
            char[] line = new char[Side / BitmapFont.Advance / scale];
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = rng.NextBool(0.15f) ? ' ' : letters[rng.NextInt(letters.Length)];
            }

            BitmapFont.Draw(page, new string(line), 2, y, scale, Rgb.White);
        }

        Vector3 ink = Coat.Colour(ref rng);
        for (int i = 0; i < Side * Side; i++)
        {
            if (page.Pixels[3 * i] > 0)
            {
                (brush.Pixels[4 * i], brush.Pixels[(4 * i) + 1], brush.Pixels[(4 * i) + 2], brush.Pixels[(4 * i) + 3]) = (ink.X, ink.Y, ink.Z, 1);
            }
        }
    }

    private static Coat Plain(Vector3 colour) => new(colour, colour, 0, 1, 0, 0.03f, Vector3.Zero);

    // Skin is nowhere of quite one colour.
    private static Coat Bare(ref Rng rng) =>
        Coat.Sample(ref rng, Coat.Skin(ref rng), default, 0) with { Scale = rng.NextFloat(0.5f, 2f), Grain = rng.NextFloat(0f, 0.12f) };

    private static Coat AnyCoat(ref Rng rng) => Coat.Sample(ref rng, Coat.Colour(ref rng), Coat.Colour(ref rng), 0.3f);

    private static Vector2 Point(ref Rng rng, float reach) => new(rng.NextFloat(-reach, reach), rng.NextFloat(-reach, reach));
}
