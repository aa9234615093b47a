using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// The light of a scene in view space (x right, y up, z to the camera): second-order spherical-harmonic irradiance, kept
/// as the quadratic form that it is, and one dominant direction that casts shadows.
/// </summary>
internal sealed class Lighting
{
    private Vector3 constant, x, y, z, xx, yy, zz, xy, xz, yz;

    /// <summary>Unit vector towards the dominant light.</summary>
    public Vector3 KeyDirection { get; private init; }

    /// <summary>Half way between the dominant light and the camera, a unit vector: where its highlights are.</summary>
    public Vector3 Half => Vector3.Normalize(KeyDirection + Vector3.UnitZ);

    /// <summary>Radiance of the dominant light.</summary>
    public Vector3 Key { get; private init; }

    /// <summary>Width of the shadows' edges, from crisp (0) to soft (1).</summary>
    public float Softness { get; private init; }

    /// <summary>Irradiance / π of the environment on a surface with normal <paramref name="n"/>.</summary>
    public Vector3 Environment(Vector3 n)
    {
        Vector3 e = constant + (x * n.X) + (y * n.Y) + (z * n.Z) + (xx * (n.X * n.X)) + (yy * (n.Y * n.Y)) + (zz * (n.Z * n.Z))
            + (xy * (n.X * n.Y)) + (xz * (n.X * n.Z)) + (yz * (n.Y * n.Z));
        return Vector3.Max(e, Vector3.Zero);
    }

    /// <summary>A random environment: sky, ground, a few windows or walls, and a key light from flat to dramatic.</summary>
    public static Lighting Sample(ref Rng rng, bool painterly)
    {
        // Painters and studios set the light to one side and above; elsewhere it comes from anywhere. Now and then it is hard and comes
        // from one side alone, or from behind.
        bool studio = rng.NextBool(painterly ? 0.8f : 0.25f);
        float kind = painterly ? 1 : rng.NextFloat();
        bool hard = kind < 0.12f, behind = kind is >= 0.12f and < 0.2f;
        float contrast = hard ? rng.NextFloat(0.9f, 1.3f) : studio ? rng.NextFloat(0.55f, 1f) : MathF.Pow(rng.NextFloat(), 0.9f);
        float sign = rng.NextBool(0.5f) ? 1 : -1;
        float azimuth = behind ? sign * rng.NextFloat(1.9f, 2.9f) : hard ? sign * rng.NextFloat(0.9f, 1.75f)
            : studio ? sign * rng.NextFloat(0.35f, 1.25f) : Math.Clamp(rng.NextGaussian() * 0.75f, -1.6f, 1.6f);
        float elevation = hard ? rng.NextFloat(-0.2f, 1.1f) : studio ? rng.NextFloat(0.2f, 0.95f) : rng.NextFloat(-0.1f, 1.05f);
        float warmth = rng.NextGaussian() * 0.5f;
        Vector3 tint = Palette.Warmth(warmth + (painterly ? 0.6f : 0));
        var light = new Lighting
        {
            KeyDirection = Direction(azimuth, elevation),
            Key = tint * (behind ? rng.NextFloat(1.2f, 2.6f) : float.Lerp(0.15f, 1.25f, contrast)),
            Softness = hard ? rng.NextFloat(0f, 0.25f) : rng.NextFloat(),
        };
        float fill = hard ? rng.NextFloat(0.03f, 0.15f) : behind ? rng.NextFloat(0.15f, 0.5f) : float.Lerp(0.85f, studio ? 0.14f : 0.28f, contrast);
        light.Add(Vector3.UnitY, Palette.Warmth((-0.4f * warmth) + (rng.NextGaussian() * 0.3f)) * fill
            * rng.NextFloat(0.5f, 1.2f), 0.8f);
        light.Add(-Vector3.UnitY, Palette.Warmth(0.5f + (rng.NextGaussian() * 0.4f)) * fill * rng.NextFloat(0.1f, 0.5f), 0.7f);
        light.Add(Vector3.UnitZ, Palette.Warmth(rng.NextGaussian() * 0.3f) * fill * rng.NextFloat(0.3f, 0.9f), 0.7f);
        int lobes = rng.NextInt(4);
        for (int i = 0; i < lobes; i++)
        {
            Vector3 color = rng.NextBool(0.15f)
                ? Palette.Hsv(rng.NextFloat(), rng.NextFloat(0.3f, 0.8f), 1)
                : Palette.Warmth(rng.NextGaussian() * 0.7f);
            light.Add(
                Direction(rng.NextFloat(-2.6f, 2.6f), rng.NextFloat(-0.5f, 1f)),
                    color * rng.NextFloat(0.1f, 0.55f) * (hard ? 0.15f : float.Lerp(1, 0.7f, contrast)), 1);
        }

        return light;
    }

    /// <summary>Adds a distant light of breadth 1 (a point) down to 0 (the whole sphere), cosine-convolved to second
    /// order.</summary>
    private void Add(Vector3 d, Vector3 color, float focus)
    {
        float quadratic = 0.46875f * focus * focus;
        constant += color * (0.25f - (quadratic / 3));
        x += color * (0.5f * focus * d.X);
        y += color * (0.5f * focus * d.Y);
        z += color * (0.5f * focus * d.Z);
        xx += color * (quadratic * d.X * d.X);
        yy += color * (quadratic * d.Y * d.Y);
        zz += color * (quadratic * d.Z * d.Z);
        xy += color * (2 * quadratic * d.X * d.Y);
        xz += color * (2 * quadratic * d.X * d.Z);
        yz += color * (2 * quadratic * d.Y * d.Z);
    }

    private static Vector3 Direction(float azimuth, float elevation) => new(
        MathF.Sin(azimuth) * MathF.Cos(elevation), MathF.Sin(elevation), MathF.Cos(azimuth) * MathF.Cos(elevation));
}
