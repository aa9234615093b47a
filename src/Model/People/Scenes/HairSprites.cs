using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// Loose hair around a face, beside what grows on the rendered people: a mane to lie behind a head, and locks that hang before its
/// sides and leave the middle of the face open.
/// </summary>
internal static class HairSprites
{
    /// <summary>Side of a sprite in pixels.</summary>
    private const int Side = 128;

    // How much wider a sprite is than the square of the face that it is made for.
    private const float Reach = 2.2f;

    /// <summary>Paints a mane, or locks that go with it.</summary>
    /// <param name="seed">Decides the hair.</param>
    /// <param name="locks">Locks rather than a mane.</param>
    public static Sprite Paint(ulong seed, bool locks)
    {
        var rng = new Rng(seed);
        var brush = new SceneBrush(Side, ref rng);
        Vector3 colour = Coat.Encode(Palette.Hair(ref rng, rng.NextFloat(0f, 0.6f), rng.NextFloat()) * rng.NextFloat(0.8f, 2f));
        float inner = rng.NextFloat(0.24f, 0.4f), outer = inner + rng.NextFloat(0.1f, 0.35f), end = rng.NextFloat(0.2f, 0.95f), wave = rng.NextFloat(0f, 0.12f);
        float part = rng.NextFloat(-0.15f, 0.15f), uneven = rng.NextFloat(-0.12f, 0.12f);
        int strands = 30 + rng.NextInt(40);
        for (int i = 0; i < strands * 2; i++)
        {
            float side = (i & 1) == 0 ? -1 : 1, near = inner + (side * uneven);
            float from = locks ? near : 0;
            Vector2 root = new(part + (side * rng.NextFloat(0f, 0.12f)), rng.NextFloat(-0.72f, -0.58f));
            Vector2 brow = new(side * rng.NextFloat(from, outer), rng.NextFloat(-0.35f, -0.1f));
            Vector2 jaw = new(side * (rng.NextFloat(from, outer) + rng.NextFloat(-wave, wave)), rng.NextFloat(0.15f, 0.35f));
            Vector2 tip = new(side * rng.NextFloat(from * 0.8f, outer * 1.15f), end * rng.NextFloat(0.8f, 1f));
            var strand = new Coat(colour * rng.NextFloat(0.45f, 1.3f), default, 0, 1, 0, 0.05f, Vector3.Zero);
            float width = rng.NextFloat(0.015f, 0.05f);
            brush.Limb(root, brow, width, width, strand);
            brush.Limb(brow, jaw, width, width, strand);
            if (tip.Y > jaw.Y)
            {
                brush.Limb(jaw, tip, width, width * 0.5f, strand);
            }
        }

        return new Sprite(brush.Pixels, Side) { Around = new FaceCrop(0, 0, 0, 1 / Reach) };
    }
}
