using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>How much of the sky each vertex of a model's mean face sees.</summary>
internal static class AmbientOcclusion
{
    private const int Directions = 64, Side = 128;

    /// <summary>Visibility in [0, 1], weighted by the cosine, from depth maps seen from directions all round.</summary>
    public static float[] Bake(FaceModel model)
    {
        int n = model.VertexCount;
        var normals = new Vector3[n];
        Normals.Compute(model.Mean, model.Triangles, normals);
        var seen = new float[n];
        var total = new float[n];
        var turned = new Vector3[n];
        var raster = new Rasterizer();
        for (int k = 0; k < Directions; k++)
        {
            // Points of a Fibonacci sphere.
            float z = 1 - (((2 * k) + 1f) / Directions), around = k * 2.3999632f, flat = MathF.Sqrt(1 - (z * z));
            var d = new Vector3(flat * MathF.Cos(around), flat * MathF.Sin(around), z);
            (Vector3 right, Vector3 up) = ShadowMap.Frame(d);
            for (int i = 0; i < n; i++)
            {
                Vector3 p = model.Mean[i] - new Vector3(0, -20, 0);
                turned[i] = new Vector3(Vector3.Dot(p, right), -Vector3.Dot(p, up), Vector3.Dot(p, d)) / 210;
            }

            raster.Begin(turned, Side);
            raster.Draw(model.Triangles, 0, model.Triangles.Length / 3, twoSided: true, default(Opaque));
            for (int i = 0; i < n; i++)
            {
                float cosine = Vector3.Dot(normals[i], d);
                if (cosine <= 0)
                {
                    continue;
                }

                total[i] += cosine;
                // A step off the surface keeps it from hiding itself between samples.
                Vector3 p = turned[i] + (new Vector3(Vector3.Dot(normals[i], right), -Vector3.Dot(normals[i], up), cosine)
                    * (2f / 210));
                int x = Math.Clamp((int)((p.X + 1) * (Side / 2)), 0, Side - 1),
                    y = Math.Clamp((int)((p.Y + 1) * (Side / 2)), 0, Side - 1);
                seen[i] += raster.Depth[(y * Side) + x] <= p.Z + (1.5f / 210) ? cosine : 0;
            }
        }

        for (int i = 0; i < n; i++)
        {
            seen[i] = total[i] == 0 ? 1 : seen[i] / total[i];
        }

        return seen;
    }
}
