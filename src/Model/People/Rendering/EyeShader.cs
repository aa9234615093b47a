using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>
/// Lights eyeballs. Iris and veins are painted on the ball and turn with it; the shade of the lids stays with the head, and
/// what the wet cornea mirrors stays with the light.
/// </summary>
internal sealed class EyeShader(Person person, Anatomy anatomy, EyeView[] views)
{
    private readonly Lighting light = person.Light;
    private readonly EyeStyle eyes = person.Eyes;
    private readonly Vector3 half = person.Light.Half;

    /// <summary>The light that leaves the eye towards the camera.</summary>
    public Vector3 Shade(in Surface s)
    {
        bool left = s.Canonical.X > 0;
        ref readonly EyeView view = ref views[left ? 0 : 1];
        Vector3 d = Vector3.Normalize(s.Canonical - (left ? anatomy.LeftEye : anatomy.RightEye));
        float polar = MathF.Acos(Math.Clamp(d.Z, -1, 1));
        Vector3 albedo = eyes.Sclera;
        if (polar > eyes.IrisAngle - 0.1f)
        {
            float vein = Noise.Sample((s.Canonical * (1 / 14f)) + person.Skin.NoiseAt).W;
            float corner = Smooth(0.55f, 1.2f, polar);
            albedo *= Vector3.One - ((corner * (0.2f + (0.6f * eyes.Redness)) * (0.6f + (0.6f * vein))) * new Vector3(0.08f, 0.36f, 0.38f));
        }

        float iris = Smooth(eyes.IrisAngle + 0.035f, eyes.IrisAngle - 0.03f, polar);
        if (iris > 0)
        {
            albedo = Vector3.Lerp(albedo, Iris(d, polar, view), iris);
        }

        // The lids and their lashes shade the ball, and the corners lie deep.
        Vector3 at = (s.Place - view.Centre) / view.Unit;
        float x = Vector3.Dot(at, view.Right), y = Vector3.Dot(at, view.Up), bow = x * x / 150;
        float upper = float.Lerp(view.UpperLid, view.LowerLid, 0.5f * bow), lower = float.Lerp(view.LowerLid, view.UpperLid, 0.5f * bow);
        float ao = (0.35f + (0.65f * s.A.W)) * (1 - (0.62f * Smooth(upper - 4.2f, upper + 0.5f, y)))
            * (1 - (0.22f * Smooth(lower + 1.6f, lower, y))) * (1 - (0.4f * Smooth(7, 12, MathF.Abs(x))));
        // The cornea bulges out of the ball.
        Vector3 n = s.Normal, cornea = Vector3.Normalize(n + ((n - view.Axis) * (0.55f * iris)));
        float cosine = MathF.Max(0, (Vector3.Dot(n, light.KeyDirection) + 0.2f) / 1.2f);
        Vector3 c = albedo * ao * ((0.95f * light.Environment(n)) + (0.9f * light.Key * cosine * s.Shadow));
        float wet = 0.35f + (0.65f * iris), open = Smooth(upper + 0.3f, upper - 1, y);
        float lamp = MathF.Pow(MathF.Max(0, Vector3.Dot(cornea, half)), 420) * s.Shadow;
        var off = new Vector2(cornea.X - eyes.Window.X, cornea.Y - eyes.Window.Y);
        float window = Smooth(0.12f, 0.08f, MathF.Max(MathF.Abs(off.X), MathF.Abs(off.Y) * 0.8f));
        return c + (light.Key * (2.6f * wet * open * lamp)) + (light.Environment(Vector3.UnitY) * (0.55f * wet * open * window * s.A.W))
            + (light.Environment(cornea) * (0.02f * ao));
    }

    private Vector3 Iris(Vector3 d, float polar, in EyeView view)
    {
        float r = polar / eyes.IrisAngle, around = MathF.Atan2(d.Y, d.X);
        (float sin, float cos) = MathF.SinCos(around);
        float streak = Noise.Sample(new Vector3(cos * 0.5f, sin * 0.5f, r * 0.12f) + person.Skin.NoiseAt).W;
        Vector3 color = Vector3.Lerp(eyes.Inner, eyes.Iris, Smooth(0.35f, 0.75f, r)) * (1 + (0.45f * streak));
        // Light that enters on one side of the cornea gathers on the other.
        Vector3 key = light.KeyDirection;
        float across = (cos * Vector3.Dot(key, view.Right)) + (sin * Vector3.Dot(key, view.Up));
        color *= 1 - (0.5f * across * r);
        color *= 1 - (eyes.Limbus * Smooth(0.72f, 1, r));
        return color * (0.03f + (0.97f * Smooth(eyes.PupilAngle - 0.025f, eyes.PupilAngle + 0.025f, polar)));
    }
}
