using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mimesh.People;

/// <summary>
/// Periodic fractal noise, baked once into a small volume so that a lookup costs one trilinear fetch however many
/// octaves it holds. The value is in W, its gradient in XYZ: one fetch both tints a surface and bends its normal.
/// </summary>
internal static class Noise
{
    private const int Side = 32;
    private const int Mask = Side - 1;
    private static readonly Vector4[] cells = Bake();

    /// <summary>Noise with period 1 in each axis; W roughly in [−1, 1], XYZ its gradient per 1/16 period.</summary>
    public static Vector4 Sample(Vector3 p)
    {
        p *= Side;
        var f = new Vector3(MathF.Floor(p.X), MathF.Floor(p.Y), MathF.Floor(p.Z));
        Vector3 t = p - f;
        int x0 = (int)f.X & Mask, y0 = ((int)f.Y & Mask) * Side, z0 = ((int)f.Z & Mask) * Side * Side;
        int x1 = (x0 + 1) & Mask, y1 = (y0 + Side) & (Mask * Side), z1 = (z0 + (Side * Side)) & (Mask * Side * Side);
        ref Vector4 c = ref MemoryMarshal.GetArrayDataReference(cells);
        Vector4 a = Mix(Unsafe.Add(ref c, z0 + y0 + x0), Unsafe.Add(ref c, z0 + y0 + x1), t.X);
        Vector4 b = Mix(Unsafe.Add(ref c, z0 + y1 + x0), Unsafe.Add(ref c, z0 + y1 + x1), t.X);
        Vector4 d = Mix(Unsafe.Add(ref c, z1 + y0 + x0), Unsafe.Add(ref c, z1 + y0 + x1), t.X);
        Vector4 e = Mix(Unsafe.Add(ref c, z1 + y1 + x0), Unsafe.Add(ref c, z1 + y1 + x1), t.X);
        return Mix(Mix(a, b, t.Y), Mix(d, e, t.Y), t.Z);
    }

    /// <summary>The nearest baked value of the same noise, roughly in [−1, 1]: for tests that need neither slope nor smoothness.</summary>
    public static float Nearest(Vector3 p)
    {
        p *= Side;
        int x = (int)MathF.Floor(p.X) & Mask, y = (int)MathF.Floor(p.Y) & Mask, z = (int)MathF.Floor(p.Z) & Mask;
        return cells[(((z * Side) + y) * Side) + x].W;
    }

    /// <summary>A well mixed hash of one integer.</summary>
    public static uint Hash(uint x)
    {
        x ^= x >> 16;
        x *= 0x7FEB352Du;
        x ^= x >> 15;
        x *= 0x846CA68Bu;
        return x ^ (x >> 16);
    }

    /// <summary>A hash as a number in [0, 1).</summary>
    public static float Unit(uint x) => (Hash(x) >> 8) * (1f / 16777216f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector4 Mix(Vector4 a, Vector4 b, float t) => a + ((b - a) * t);

    private static Vector4[] Bake()
    {
        var value = new float[Side * Side * Side];
        float gain = 1;
        for (int period = 4; period <= 16; period *= 2, gain *= 0.6f)
        {
            AddOctave(value, period, gain);
        }

        double square = 0;
        foreach (float v in value)
        {
            square += v * v;
        }

        float scale = (float)(0.45 / Math.Sqrt(square / value.Length));
        var baked = new Vector4[value.Length];
        for (int z = 0; z < Side; z++)
        {
            for (int y = 0; y < Side; y++)
            {
                for (int x = 0; x < Side; x++)
                {
                    float At(int dx, int dy, int dz) => scale
                        * value[((((z + dz) & Mask) * Side) + ((y + dy) & Mask)) * Side + ((x + dx) & Mask)];
                    baked[(((z * Side) + y) * Side) + x] = new Vector4(
                        At(1, 0, 0) - At(-1, 0, 0), At(0, 1, 0) - At(0, -1, 0), At(0, 0, 1) - At(0, 0, -1), At(0, 0, 0));
                }
            }
        }

        return baked;
    }

    private static void AddOctave(float[] value, int period, float gain)
    {
        float Lattice(int x, int y, int z) =>
            (2 * Unit((uint)(((((z % period) * period) + (y % period)) * period) + (x % period) + (period * 7919)))) - 1;
        static float Smooth(float t) => t * t * (3 - (2 * t));
        float step = (float)period / Side;
        for (int z = 0, i = 0; z < Side; z++)
        {
            int lz = (int)(z * step);
            float tz = Smooth((z * step) - lz);
            for (int y = 0; y < Side; y++)
            {
                int ly = (int)(y * step);
                float ty = Smooth((y * step) - ly);
                for (int x = 0; x < Side; x++, i++)
                {
                    int lx = (int)(x * step);
                    float tx = Smooth((x * step) - lx);
                    float Row(int dy, int dz) =>
                        float.Lerp(Lattice(lx, ly + dy, lz + dz), Lattice(lx + 1, ly + dy, lz + dz), tx);
                    float near = float.Lerp(Row(0, 0), Row(1, 0), ty);
                    float far = float.Lerp(Row(0, 1), Row(1, 1), ty);
                    value[i] += gain * float.Lerp(near, far, tz);
                }
            }
        }
    }
}
