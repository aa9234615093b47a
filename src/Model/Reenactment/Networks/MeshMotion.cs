using System.Numerics;
using System.Runtime.InteropServices;
using Mimesh.Faces;
using Mimesh.Layers;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.Reenactment;

/// <summary>
/// What two meshes say of the result, drawn with a z-buffer at the picture's own resolution: for each pixel of the driving mesh how far
/// away its point lies in the source and whether the source shows it, the same of its mirror image on the other half of the face,
/// and which part of the head it is. Around the mesh stands the motion of the head as a whole, which hair and neck share; towards the
/// foot of the neck, and where the scalp turns away under the hair, the mesh's own motion goes over into it.
/// </summary>
/// <param name="model">The face whose vertices the meshes hold.</param>
/// <param name="without">What of it is left out.</param>
public sealed class MeshMotion(FaceModel model, Ablation without = Ablation.None)
{
    /// <summary>Channels of a drawing.</summary>
    public const int Channels = 16;

    /// <summary>First of two channels: the offset to the source in grid units, x and y.</summary>
    public const int Offset = 0;

    /// <summary>1 where the driving mesh is.</summary>
    public const int Covered = 2;

    /// <summary>1 where the source shows the same point.</summary>
    public const int Seen = 3;

    /// <summary>First of two channels: the offset to where the source has the point's mirror image.</summary>
    public const int MirrorOffset = 4;

    /// <summary>1 where the source does not show the point, but its mirror image.</summary>
    public const int MirrorSeen = 6;

    /// <summary>First of two channels: x and y of the surface's normal, a unit vector on the scale of the grid.</summary>
    public const int Normal = 7;

    /// <summary>Nearness on the scale of the grid, 0 at the mesh's mean.</summary>
    public const int Depth = 9;

    /// <summary>First of six channels, 1 where the pixel shows sclera, iris, teeth, gums, tongue, or the mouth's inside; skin has none.</summary>
    public const int Parts = 10;

    /// <summary>How many of the first channels the motion net sees: offset, covered, seen.</summary>
    internal const int MotionChannels = 4;

    private readonly DrawnSurface _surface = new(model, without);
    private readonly ThreadLocal<MeshDrawing> _drawings = new();

    /// <summary>Draws a batch.</summary>
    /// <param name="source">Projected vertices <c>(N, V, 3)</c> in grid units.</param>
    /// <param name="driving">Those of the driving mesh.</param>
    /// <param name="size">Pixels a side.</param>
    /// <returns><c>(N, size, size, Channels)</c>.</returns>
    public Tensor Draw(Tensor source, Tensor driving, int size)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(driving);
        int n = source.Shape[0], vertices = source.Shape[1], length = size * size * Channels;
        float[] from = source.ToArray(), to = driving.ToArray(), pixels = new float[n * length];
        Parallel.For(0, n, i =>
        {
            var drawing = _drawings.Value ??= NewDrawing();
            drawing.Begin(MemoryMarshal.Cast<float, Vector3>(from.AsSpan()).Slice(i * vertices, vertices), size);
            drawing.Draw(MemoryMarshal.Cast<float, Vector3>(to.AsSpan()).Slice(i * vertices, vertices), pixels.AsSpan(i * length, length));
        });
        return Tensor.From(source.Device, [n, size, size, Channels], pixels);
    }

    /// <summary>For drawing one driving mesh after another over one source.</summary>
    internal MeshDrawing NewDrawing() => new(_surface);
}

/// <summary>What is drawn of a face model, whatever its shape of the moment.</summary>
public sealed class DrawnSurface
{
    // Where the neck begins below the chin, in millimetres of the mean face; and of a normal towards the viewer what is not yet firm.
    private const float Throat = -92f, Grazing = 0.5f;

    // In the order of the channels from MeshMotion.Parts on, after the two of the eye.
    private static readonly Part[] s_parts = [Part.Teeth, Part.Gums, Part.Tongue, Part.MouthBag];

    /// <inheritdoc/>
    public DrawnSurface(FaceModel model, Ablation without)
    {
        (Triangles, Mirror) = (model.Triangles, model.Mirror);
        HasMirror = !without.HasFlag(Ablation.Mirror);
        HasSurroundings = !without.HasFlag(Ablation.Surroundings);
        GraphVertexCount = model.GraphVertexCount;
        Channel = [.. Triangles.Chunk(3).Select(t => ChannelOf(model, t))];
        Looseness = new float[2 * model.VertexCount];
        if (HasSurroundings && model.Regions is { } regions)
        {
            float foot = model.Mean.Take(GraphVertexCount).Min(v => v.Y);
            for (int v = 0; v < GraphVertexCount; v++)
            {
                Looseness[2 * v] = Smooth(Throat, foot, model.Mean[v].Y);
                Looseness[(2 * v) + 1] = regions[Region.Scalp][v];
            }
        }
    }

    /// <summary>How far a place of the surface goes with what is around it.</summary>
    /// <param name="neck">The first of its <see cref="Looseness"/>.</param>
    /// <param name="scalp">The second.</param>
    /// <param name="facing">The third component of its normal.</param>
    public static float LooseAt(float neck, float scalp, float facing) => MathF.Max(neck, scalp * Smooth(Grazing, 0f, facing));

    /// <summary>Three vertex indices a triangle.</summary>
    public int[] Triangles { get; }

    /// <summary>The vertex that each vertex becomes when left and right are swapped.</summary>
    public int[] Mirror { get; }

    /// <summary>The channel of each triangle's part, −1 for skin.</summary>
    public int[] Channel { get; }

    /// <summary>How many of the first vertices make the head's outside.</summary>
    public int GraphVertexCount { get; }

    /// <summary>
    /// Two shares of each vertex, one after the other: how far the neck there goes with what is around it, up to 1 at its foot; and how
    /// much the vertex is scalp.
    /// </summary>
    public float[] Looseness { get; }

    /// <inheritdoc/>
    public bool HasMirror { get; }

    /// <inheritdoc/>
    public bool HasSurroundings { get; }

    private static int ChannelOf(FaceModel model, int[] triangle)
    {
        var part = model.Parts[triangle[0]];
        if (part == Part.Eye)
        {
            return MeshMotion.Parts + (model.Regions is { } r && triangle.Max(v => r.EyeAngles[v]) <= FaceRegions.IrisEdge ? 1 : 0);
        }

        int index = Array.IndexOf(s_parts, part);
        return index < 0 ? -1 : MeshMotion.Parts + 2 + index;
    }
}
