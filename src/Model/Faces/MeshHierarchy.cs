using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mimesh.Kernels;

namespace Mimesh.Faces;

/// <summary>One resolution of the graph network's mesh.</summary>
/// <param name="VertexCount">Vertices at this level.</param>
/// <param name="Kept">For each of them its index in the previous, finer level; at level 0 simply 0, 1, 2 ….</param>
/// <param name="Laplacian">
/// The rescaled normalised Laplacian <c>L̃ = 2·L/λ_max − I = L − I = −D^{-1/2}·A·D^{-1/2}</c> with λ_max = 2, (V, V); the row
/// of an isolated vertex is empty.
/// </param>
public sealed record MeshLevel(int VertexCount, int[] Kept, CsrMatrix Laplacian);

/// <summary>
/// The mesh of a face at falling resolutions for a Chebyshev graph network: each level keeps a quarter of the vertices of the
/// one before, chosen by quadric edge collapse on the face's rough shape.
/// </summary>
public static class MeshHierarchy
{
    // What is left of the built-in head after four levels. A sparser mesh stops there, so that it ends in as many features.
    private const int Coarsest = 15;

    /// <summary>Builds level 0 (the model's graph vertices) and <paramref name="levels"/> coarser ones, of no fewer than 15 vertices.</summary>
    /// <param name="model">A face model; its <see cref="FaceModel.Rough"/> and the triangles over its graph vertices are used.</param>
    /// <param name="levels">How often the mesh is quartered, at least 0.</param>
    /// <returns><c>levels + 1</c> levels, finest first.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="levels"/> is negative.</exception>
    public static MeshLevel[] Build(FaceModel model, int levels)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Build(model.Rough.AsSpan(0, model.GraphVertexCount), model.GraphTriangles, levels, Coarsest);
    }

    /// <summary>Builds a hierarchy over any mesh.</summary>
    /// <inheritdoc cref="Build(FaceModel, int)"/>
    /// <param name="vertices">Positions, (V).</param>
    /// <param name="triangles">Three vertex indices a triangle.</param>
    /// <param name="levels">How often the mesh is quartered, at least 0.</param>
    /// <param name="coarsest">The fewest vertices that a level may be left with.</param>
    public static MeshLevel[] Build(ReadOnlySpan<Vector3> vertices, ReadOnlySpan<int> triangles, int levels, int coarsest = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(levels);
        var collapse = new EdgeCollapse(vertices, triangles);
        int[] previous = [.. Enumerable.Range(0, vertices.Length)];
        var result = new MeshLevel[levels + 1];
        result[0] = new MeshLevel(vertices.Length, previous, Laplacian(collapse, previous));
        for (int level = 1; level <= levels; level++)
        {
            collapse.CollapseTo(Math.Max(coarsest, (previous.Length + 3) / 4));
            int[] kept = [.. Enumerable.Range(0, previous.Length).Where(i => collapse.Has(previous[i]))];
            previous = [.. kept.Select(i => previous[i])];
            result[level] = new MeshLevel(kept.Length, kept, Laplacian(collapse, previous));
        }

        return result;
    }

    /// <summary>
    /// A short name for the structure of a hierarchy: which vertices each level keeps, and which are neighbours. Trained weights
    /// carry it, because a network trained on another structure would run, and be wrong.
    /// </summary>
    /// <param name="hierarchy">The levels, finest first.</param>
    /// <returns>16 hexadecimal digits of a SHA-256.</returns>
    public static string Fingerprint(IReadOnlyList<MeshLevel> hierarchy)
    {
        ArgumentNullException.ThrowIfNull(hierarchy);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var level in hierarchy)
        {
            foreach (int[] part in new[] { level.Kept, level.Laplacian.RowStart, level.Laplacian.Column })
            {
                hash.AppendData(MemoryMarshal.AsBytes<int>(part));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private static CsrMatrix Laplacian(EdgeCollapse mesh, int[] vertices)
    {
        var index = new Dictionary<int, int>(vertices.Length);
        for (int i = 0; i < vertices.Length; i++)
        {
            index.Add(vertices[i], i);
        }

        int[] rowStart = new int[vertices.Length + 1];
        var column = new List<int>(7 * vertices.Length);
        var value = new List<float>(7 * vertices.Length);
        for (int i = 0; i < vertices.Length; i++)
        {
            var row = mesh.Neighbours(vertices[i]);
            foreach (int j in row) // ascending, and so are their new indices
            {
                column.Add(index[j]);
                value.Add(-1 / MathF.Sqrt((float)row.Count * mesh.Neighbours(j).Count));
            }

            rowStart[i + 1] = column.Count;
        }

        return new CsrMatrix(vertices.Length, vertices.Length, rowStart, [.. column], [.. value]);
    }
}
