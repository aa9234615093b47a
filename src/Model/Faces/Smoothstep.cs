namespace Mimesh.Faces;

/// <summary>The cubic <c>3t² − 2t³</c>, which leaves 0 and reaches 1 with slope 0.</summary>
public static class Smoothstep
{
    /// <summary>0 below 0, 1 above 1, smooth between.</summary>
    /// <param name="t">Any number.</param>
    public static float Smooth(float t)
    {
        t = Math.Clamp(t, 0, 1);
        return t * t * (3 - (2 * t));
    }

    /// <summary>0 below <paramref name="a"/>, 1 above <paramref name="b"/>, smooth between; a may be above b.</summary>
    /// <param name="a">Where it is 0.</param>
    /// <param name="b">Where it is 1.</param>
    /// <param name="x">Any number.</param>
    public static float Smooth(float a, float b, float x) => Smooth((x - a) / (b - a));
}
