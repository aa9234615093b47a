using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>The teeth and gums of a person: colour, and how far each tooth is off its ideal size and place.</summary>
/// <param name="Color">Of the crowns, linear RGB.</param>
/// <param name="Gum">Of the gums.</param>
/// <param name="Disorder">0 for even teeth, 1 for crooked ones.</param>
/// <param name="Gap">Millimetres by which the central incisors stand apart; negative is none.</param>
/// <param name="Wear">How worn the edges are, in [0, 1].</param>
/// <param name="Seed">Of the disorder.</param>
internal sealed record TeethStyle(Vector3 Color, Vector3 Gum, float Disorder, float Gap, float Wear, uint Seed)
{
    public static TeethStyle Sample(ref Rng rng, float melanin, float age)
    {
        // From bleached to dark natural shades: all of them warm.
        Vector3 shade = Vector3.Lerp(Palette.Hex(0xF6EADA), Palette.Hex(0xDCBF96), MathF.Pow(rng.NextFloat(), 1.5f) * (0.45f + (0.55f * age)));
        var gum = Vector3.Lerp(Palette.Hex(0xC9787A), Palette.Hex(0x8E4A4C), rng.NextFloat());
        return new TeethStyle(
            shade * rng.NextFloat(0.86f, 1f),
            Vector3.Lerp(gum, Palette.Hex(0x5A3535), Math.Clamp(melanin - 0.6f, 0, 0.7f)),
            rng.NextFloat() * rng.NextFloat(),
            rng.NextBool(0.08f) ? rng.NextFloat(0.4f, 1.6f) : -1,
            rng.NextFloat() * age,
            (uint)rng.NextBits());
    }

    /// <summary>Displacements of the head model's vertices, millimetres, (V); zero off the teeth.</summary>
    /// <param name="model">A model whose regions know its teeth.</param>
    public Vector3[] Offsets(FaceModel model)
    {
        var offsets = new Vector3[model.VertexCount];
        ToothPlace[] places = model.Regions!.Teeth;
        foreach (Tooth tooth in Anatomy.Of(model).Teeth)
        {
            var (number, left, upper, middle, vertices) = tooth;
            uint key = Noise.Hash(Seed ^ (uint)(number + (left ? 16 : 0) + (upper ? 32 : 0)));
            float Draw(uint k) => (2 * Noise.Unit(key + k)) - 1;
            float side = left ? 1 : -1;
            var turn = Quaternion.CreateFromYawPitchRoll(Draw(1) * 0.24f * Disorder, Draw(2) * 0.06f * Disorder, Draw(3) * 0.09f * Disorder);
            var shift = new Vector3(Draw(4) * 0.3f, 0, Draw(5) * 0.9f) * Disorder;
            shift.X += side * (number <= 3 && upper ? MathF.Max(0, Gap) / 2 : 0);
            float length = Draw(6) * (0.25f + (0.7f * Disorder)), width = 1 + (0.03f * Draw(7));
            foreach (int i in vertices)
            {
                Vector3 r = model.Mean[i] - middle;
                Vector3 turned = Vector3.Transform(r with { X = r.X * width }, turn);
                float edge = 1 - places[i].Height;
                float rise = edge * (length + (Wear * (number <= 3 ? 0.9f : 0.3f)));
                offsets[i] = turned - r + shift + new Vector3(0, upper ? rise : -rise, 0);
            }
        }

        return offsets;
    }
}
