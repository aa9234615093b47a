using System.Numerics;

namespace Mimesh.Faces;

/// <summary>Vertex normals.</summary>
public static class Normals
{
    /// <summary>Area-weighted unit normals; a vertex of no triangle gets zero.</summary>
    /// <param name="vertices">All vertices.</param>
    /// <param name="triangles">Triangles over vertices from <paramref name="first"/> on.</param>
    /// <param name="normals">Receives the normals of those vertices; others are left alone.</param>
    /// <param name="first">The first vertex to compute.</param>
    public static void Compute(ReadOnlySpan<Vector3> vertices, ReadOnlySpan<int> triangles, Span<Vector3> normals,
        int first = 0)
    {
        normals[first..].Clear();
        for (int t = 0; t < triangles.Length; t += 3)
        {
            int i = triangles[t], j = triangles[t + 1], k = triangles[t + 2];
            var n = Vector3.Cross(vertices[j] - vertices[i], vertices[k] - vertices[i]);
            normals[i] += n;
            normals[j] += n;
            normals[k] += n;
        }

        for (int i = first; i < normals.Length; i++)
        {
            float length = normals[i].Length();
            normals[i] = length > 1e-12f ? normals[i] / length : Vector3.Zero;
        }
    }
}
