using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>Lights teeth, gums, tongue and the hollow of the mouth: in what light comes between the lips.</summary>
internal sealed class MouthShader(Person person)
{
    private static readonly Vector3 s_bag = Palette.Hex(0x6E2624), s_tongue = Palette.Hex(0xD08480), s_bounce = new(1, 0.6f, 0.54f);
    private readonly Lighting light = person.Light;
    private readonly TeethStyle teeth = person.Teeth;
    private readonly Vector3 half = person.Light.Half;

    /// <summary>
    /// The light that leaves a surface towards the camera. Of the surface's paint, A is (across, height, tooth) on teeth, and B is the
    /// irradiance vector of the mouth's opening in view space (<see cref="MouthLight"/>).
    /// </summary>
    public Vector3 Shade(Material material, in Surface s) => material switch
    {
        Material.Teeth => Tooth(s),
        Material.Gums => Wet(s, teeth.Gum * (1 + (0.25f * Grain(s, 9))), Bumped(s, 11, 0.2f), 0.5f, 40),
        Material.Tongue => Tongue(s),
        _ => Wet(s, s_bag, Bumped(s, 16, 0.35f), 0.25f, 24),
    };

    private Vector3 Tooth(in Surface s)
    {
        float across = MathF.Abs(s.A.X), height = s.A.Y;
        float shade = 1 + (0.06f * MathF.Sin(s.A.Z * 37));
        Vector3 albedo = teeth.Color * shade;
        // Canines are a little darker; towards the gum dentine shows, at the edge enamel lets some light through.
        albedo *= s.A.Z is > 2.5f and < 3.5f ? new Vector3(0.95f, 0.91f, 0.84f) : Vector3.One;
        albedo *= Vector3.Lerp(Vector3.One, new Vector3(0.95f, 0.84f, 0.68f), Smooth(0.45f, 1, height));
        albedo *= 1 - (0.2f * Smooth(0.16f, 0, height));
        albedo *= 1 + (0.05f * Grain(s, 7));
        // Little light gets in or out between two teeth.
        float cleft = Smooth(0.6f, 1, across);
        return Wet(s, albedo * (Vector3.One - (cleft * new Vector3(0.62f, 0.7f, 0.76f))), Vector3.Normalize(s.Normal), 0.55f, 70);
    }

    private Vector3 Tongue(in Surface s)
    {
        float x = s.Canonical.X;
        float groove = MathF.Exp(-x * x / 5) * Smooth(-66, -60, s.Canonical.Y);
        Vector3 albedo = s_tongue * (1 + (0.22f * Grain(s, 8))) * (1 - (0.35f * groove));
        // Papillae make it paler above than at its sides.
        albedo = Vector3.Lerp(albedo, albedo * new Vector3(1.1f, 1.2f, 1.2f), Smooth(-63, -57, s.Canonical.Y));
        return Wet(s, albedo, Bumped(s, 6, 0.3f), 0.5f, 30);
    }

    private Vector3 Wet(in Surface s, Vector3 albedo, Vector3 n, float gloss, float power)
    {
        var opening = new Vector3(s.B.X, s.B.Y, s.B.Z);
        float share = opening.Length();
        if (share < 1e-4f)
        {
            return Vector3.Zero;
        }

        Vector3 sky = light.Environment(opening / share);
        float direct = MathF.Min(1, 1.6f * MathF.Max(0, Vector3.Dot(opening, n)));
        // What the red walls throw back reaches every side.
        Vector3 around = (0.7f * share * (1 - (0.5f * share))) * s_bounce;
        float cosine = MathF.Max(0, (Vector3.Dot(n, light.KeyDirection) + 0.15f) / 1.15f);
        float reach = s.Shadow * Smooth(0.03f, 0.3f, share);
        Vector3 color = albedo * ((sky * (new Vector3(direct) + around)) + (light.Key * ((cosine * reach) + (0.12f * share))));
        float shine = MathF.Pow(MathF.Max(0, Vector3.Dot(n, half)), power) * gloss;
        float facing = 1 - MathF.Max(0, n.Z);
        return color + (light.Key * (shine * reach)) + (sky * (direct * gloss * (0.05f + (0.15f * facing * facing * facing))));
    }

    private float Grain(in Surface s, float millimetres) => Noise.Sample((s.Canonical / (4 * millimetres)) + person.Skin.NoiseAt).W;

    private Vector3 Bumped(in Surface s, float millimetres, float depth)
    {
        Vector4 n = Noise.Sample((s.Canonical / (4 * millimetres)) + person.Skin.NoiseAt);
        return Vector3.Normalize(s.Normal + (new Vector3(n.X, n.Y, n.Z) * depth));
    }
}
