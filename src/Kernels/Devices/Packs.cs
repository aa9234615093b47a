using System.Runtime.InteropServices;

namespace Mimesh.Kernels;

/// <summary>
/// A few neighbouring channels that a GPU thread handles together: a kernel written over packs serves both widths. Four
/// make one 16-byte memory access, where the channel count is a multiple of four; one fits everything.
/// </summary>
/// <typeparam name="T">The pack itself.</typeparam>
internal interface IPack<T>
    where T : unmanaged, IPack<T>
{
    static abstract T operator +(T a, T b);

    static abstract T operator *(float s, T a);

    static abstract float Dot(T a, T b);
}

/// <summary>One channel.</summary>
internal struct F1 : IPack<F1>
{
    public float X;

    public static F1 operator +(F1 a, F1 b) => new() { X = a.X + b.X };

    public static F1 operator *(float s, F1 a) => new() { X = s * a.X };

    public static float Dot(F1 a, F1 b) => a.X * b.X;
}

/// <summary>Four channels.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct F4(float x, float y, float z, float w) : IPack<F4>
{
    public float X = x;
    public float Y = y;
    public float Z = z;
    public float W = w;

    public static F4 operator +(F4 a, F4 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);

    public static F4 operator *(float s, F4 a) => new(s * a.X, s * a.Y, s * a.Z, s * a.W);

    public static float Dot(F4 a, F4 b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z) + (a.W * b.W);
}
