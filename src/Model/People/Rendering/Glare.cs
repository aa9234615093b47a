using System.Numerics;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>
/// What clear lenses mirror: a window, a lamp and a little of the surroundings, laid over what is seen through them. Lenses are flat
/// in the head's space but bulge a little for what they mirror, so reflections glide over them as the head turns.
/// </summary>
/// <param name="Centre">Of the left lens (positive x), millimetres; the right one is its mirror image.</param>
/// <param name="Width">Half its width.</param>
/// <param name="Height">Half its height.</param>
/// <param name="Squareness">Exponent of its outline, 2 for an ellipse.</param>
/// <param name="Strength">How much it mirrors.</param>
/// <param name="Window">Where the window is seen from a lens that faces the camera: x and y of its direction.</param>
/// <param name="Panes">Half the window's width and height, and half a bar between its panes.</param>
internal sealed record Glare(Vector3 Centre, float Width, float Height, float Squareness, float Strength, Vector2 Window, Vector3 Panes)
{
    private const float Bulge = 1 / 110f; // normals lean by this much a millimetre

    /// <summary>The glare of a person's glasses; some have none to speak of.</summary>
    public static Glare? Sample(ref Rng rng, GlassesStyle style, Vector3 centre)
    {
        if (!rng.NextBool(0.75f))
        {
            return null;
        }

        float strength = rng.NextBool(0.4f) ? rng.NextFloat(0.4f, 1.4f) : rng.NextFloat(0.04f, 0.3f);
        return new Glare(
            centre, style.Width, style.Height, style.Squareness, strength,
            new Vector2(rng.NextGaussian() * 0.22f, rng.NextGaussian() * 0.18f),
            new Vector3(rng.NextFloat(0.06f, 0.3f), rng.NextFloat(0.06f, 0.25f), rng.NextBool(0.5f) ? rng.NextFloat(0.008f, 0.03f) : 0));
    }

    /// <summary>Adds the reflections to a picture.</summary>
    /// <param name="lighting">What is mirrored.</param>
    /// <param name="pose">The head's pose.</param>
    /// <param name="raster">The picture's depths, <paramref name="samples"/> a pixel and side.</param>
    /// <param name="samples">Samples a pixel and side.</param>
    /// <param name="light">Linear RGB, (size, size); added to.</param>
    /// <param name="size">Pixels a side.</param>
    public void Add(Lighting lighting, Pose pose, Rasterizer raster, int samples, Vector3[] light, int size)
    {
        var turn = pose.Rotation;
        Vector3 right = Vector3.TransformNormal(Vector3.UnitX, turn), up = Vector3.TransformNormal(Vector3.UnitY, turn),
            out_ = Vector3.TransformNormal(Vector3.UnitZ, turn);
        if (out_.Z < 0.15f)
        {
            return;
        }

        // Where a line of sight meets the lens's plane, in its own millimetres: the inverse of the projection of right and up.
        float area = (right.X * up.Y) - (right.Y * up.X), unit = 1 / (pose.Scale * area);
        foreach (int side in (ReadOnlySpan<int>)[1, -1])
        {
            Vector3 centre = (Vector3.Transform(Centre * new Vector3(side, 1, 1), turn) * pose.Scale) + new Vector3(pose.X, -pose.Y, 0);
            float reach = MathF.Max(Width, Height) * 1.1f * pose.Scale;
            int x0 = Pixel(centre.X - reach), x1 = Pixel(centre.X + reach), y0 = Pixel(-centre.Y - reach), y1 = Pixel(-centre.Y + reach);
            for (int y = y0; y <= y1; y++)
            {
                for (int x = x0; x <= x1; x++)
                {
                    float dx = (((x + 0.5f) * 2 / size) - 1) - centre.X, dy = -(((y + 0.5f) * 2 / size) - 1) - centre.Y;
                    float a = ((dx * up.Y) - (dy * up.X)) * unit, b = ((dy * right.X) - (dx * right.Y)) * unit;
                    float from = MathF.Pow(MathF.Abs(a) / Width, Squareness) + MathF.Pow(MathF.Abs(b) / Height, Squareness);
                    float depth = centre.Z + (pose.Scale * ((a * right.Z) + (b * up.Z)));
                    float nearest = raster.Depth[(((y * samples) + (samples / 2)) * raster.Side) + (x * samples) + (samples / 2)];
                    if (from < 1 && nearest < depth + (2 * pose.Scale))
                    {
                        Vector3 n = Vector3.Normalize(out_ + (right * (a * Bulge)) + (up * (b * Bulge)));
                        light[(y * size) + x] += Strength * Mirror(lighting, n);
                    }
                }
            }
        }

        int Pixel(float place) => Math.Clamp((int)((place + 1) * size / 2), 0, size - 1);
    }

    private Vector3 Mirror(Lighting lighting, Vector3 n)
    {
        Vector3 r = (2 * n.Z * n) - Vector3.UnitZ;
        float x = MathF.Abs(r.X - Window.X), y = MathF.Abs(r.Y - Window.Y);
        float pane = Smooth(Panes.X + 0.015f, Panes.X, x) * Smooth(Panes.Y + 0.015f, Panes.Y, y);
        float bars = Panes.Z == 0 ? 1 : Smooth(Panes.Z, Panes.Z + 0.01f, MathF.Min(x, y));
        float lamp = MathF.Pow(MathF.Max(0, Vector3.Dot(r, lighting.KeyDirection)), 160);
        float grazing = 1 - n.Z;
        return (lighting.Environment(r) * ((0.8f * pane * bars) + 0.05f + (0.5f * grazing * grazing * grazing))) + (lighting.Key * lamp);
    }
}
