using System.Runtime.Intrinsics;

namespace Mimesh.Kernels;

/// <summary>An element-wise function, written once: the scalar form is what GPU kernels compile, the vector form what SIMD loops call.</summary>
public interface IUnary
{
    /// <summary>The function of one number.</summary>
    /// <param name="x">The argument.</param>
    float Apply(float x);

    /// <summary>The function of sixteen numbers.</summary>
    /// <param name="x">The arguments.</param>
    Vector512<float> Apply(Vector512<float> x);
}

/// <summary>An element-wise function of two arguments; see <see cref="IUnary"/>.</summary>
public interface IBinary
{
    /// <summary>The function of two numbers.</summary>
    /// <param name="a">The first argument.</param>
    /// <param name="b">The second argument.</param>
    float Apply(float a, float b);

    /// <summary>The function of sixteen pairs.</summary>
    /// <param name="a">The first arguments.</param>
    /// <param name="b">The second arguments.</param>
    Vector512<float> Apply(Vector512<float> a, Vector512<float> b);
}
