using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>
/// How much light falls between the lips on what is behind them. The opening is the polygon of the inner lips; seen from a
/// point p, a polygon of corners vᵢ sends the irradiance vector <c>Φ = 1/2π Σ θᵢ Γᵢ</c> (Lambert), where θᵢ is the angle
/// between the directions to vᵢ and vᵢ₊₁ and Γᵢ the unit normal of their plane. A surface with normal n receives the share
/// Φ·n of what it would receive in the open.
/// </summary>
internal static class MouthLight
{
    // Landmarks of the inner lips, counter-clockwise as seen from the front.
    private static readonly int[] s_lips = [60, 67, 66, 65, 64, 63, 62, 61];

    /// <summary>Fills Φ, in head space, for the vertices behind the graph's.</summary>
    /// <param name="model">The face model.</param>
    /// <param name="shape">Its vertices, millimetres, (V).</param>
    /// <param name="light">Receives Φ, (V); what is before the lips is fully lit from the front.</param>
    public static void Fill(FaceModel model, ReadOnlySpan<Vector3> shape, Span<Vector3> light)
    {
        Span<Vector3> lips = stackalloc Vector3[s_lips.Length], towards = stackalloc Vector3[s_lips.Length];
        for (int k = 0; k < lips.Length; k++)
        {
            lips[k] = shape[model.Landmarks[s_lips[k]]];
        }

        float gap = 0;
        for (int k = 1; k < 4; k++)
        {
            gap = MathF.Max(gap, Vector3.DistanceSquared(lips[k], lips[^k]));
        }

        if (gap < 0.04f)
        {
            light[model.GraphVertexCount..shape.Length].Clear(); // the lips meet
            return;
        }

        for (int i = model.GraphVertexCount; i < shape.Length; i++)
        {
            for (int k = 0; k < lips.Length; k++)
            {
                towards[k] = Vector3.Normalize(lips[k] - shape[i]);
            }

            var sum = Vector3.Zero;
            for (int k = 0; k < lips.Length; k++)
            {
                Vector3 a = towards[k], b = towards[(k + 1) % lips.Length];
                var cross = Vector3.Cross(a, b);
                float sine = cross.Length();
                sum += sine > 1e-6f ? cross * (Angle(Vector3.Dot(a, b)) / sine) : Vector3.Zero;
            }

            sum /= MathF.Tau;
            light[i] = sum.Z >= 0 ? sum : Vector3.UnitZ * MathF.Min(1, 1 + sum.Z);
        }
    }

    // The arc cosine, within 7e-5 (Abramowitz and Stegun, 4.4.45).
    private static float Angle(float cosine)
    {
        float x = MathF.Min(1, MathF.Abs(cosine));
        float angle = MathF.Sqrt(1 - x) * (1.5707288f + (x * (-0.2121144f + (x * (0.074261f - (0.0187293f * x))))));
        return cosine < 0 ? MathF.PI - angle : angle;
    }
}
