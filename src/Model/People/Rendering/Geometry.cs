using System.Numerics;
using Mimesh.Faces;

namespace Mimesh.People;

/// <summary>What a triangle is made of; decides its shader.</summary>
internal enum Material : byte
{
    Skin,
    Eye,
    MouthBag,
    Gums,
    Teeth,
    Tongue,
    Hair,
    Beard,
    Headcloth,
    Frame,
    Lens,
    Jewel,
    Lash,
    Cloth,
    Drape,
    Prop,
    Limb,
}

/// <summary>What carries a vertex that is not the model's own.</summary>
internal enum Carrier : byte
{
    /// <summary>A vertex of the head model, displaced: beards.</summary>
    Vertex,

    /// <summary>The edge of a lid: lashes, see <see cref="Lashes.Place"/>.</summary>
    Lid,

    /// <summary>The rigid head: hats, glasses, earrings.</summary>
    Head,

    /// <summary>The head above, the neck's foot below: hair and cloth.</summary>
    Hanging,

    /// <summary>The torso.</summary>
    Torso,
}

/// <summary>A run of triangles of one material.</summary>
/// <param name="First">The first triangle.</param>
/// <param name="Count">How many.</param>
/// <param name="Material">What they are made of.</param>
/// <param name="TwoSided">Whether their backs are seen.</param>
/// <param name="Casts">Whether they throw shadows.</param>
internal readonly record struct Chunk(int First, int Count, Material Material, bool TwoSided, bool Casts)
{
    /// <summary>The label of the chunk's pixels.</summary>
    public Part Part => Material switch
    {
        Material.Skin or Material.Lash => Part.Skin,
        Material.Eye => Part.Eye,
        Material.MouthBag => Part.MouthBag,
        Material.Gums => Part.Gums,
        Material.Teeth => Part.Teeth,
        Material.Tongue => Part.Tongue,
        Material.Hair or Material.Beard or Material.Headcloth => Part.Hair,
        Material.Frame or Material.Lens or Material.Jewel => Part.Glasses,
        _ => Part.Clothing,
    };
}

/// <summary>A vertex that was added to the head model's.</summary>
/// <param name="Carrier">What it moves with.</param>
/// <param name="Base">The head vertex it follows, for <see cref="Carrier.Vertex"/> and <see cref="Carrier.Lid"/>.</param>
/// <param name="Position">In millimetres: of the head's or the torso's space, or from the base: X along its normal, Y to the head's
/// top.</param>
internal readonly record struct Rig(Carrier Carrier, int Base, Vector3 Position);

/// <summary>
/// The whole mesh of a person: the head model's vertices first, then hair, glasses, torso. Three vectors of paint a vertex
/// mean what the material's shader says; <see cref="Canonical"/> anchors noise to the surface.
/// </summary>
internal sealed class Geometry
{
    /// <summary>How many of the first vertices are the head model's.</summary>
    public required int HeadVertexCount { get; init; }

    /// <summary>The vertices after the head model's.</summary>
    public required Rig[] Rigs { get; init; }

    /// <summary>Three vertex indices a triangle.</summary>
    public required int[] Triangles { get; init; }

    /// <summary>Runs of triangles by material.</summary>
    public required Chunk[] Chunks { get; init; }

    /// <summary>The chunk of each triangle.</summary>
    public required byte[] ChunkOf { get; init; }

    /// <summary>The material of each triangle.</summary>
    public required Material[] MaterialOf { get; init; }

    /// <summary>A place for each vertex that never moves: of the mean face for the head.</summary>
    public required Vector3[] Canonical { get; init; }

    /// <summary>Directions along the hair, zero elsewhere.</summary>
    public required Vector3[] Tangent { get; init; }

    /// <summary>Skin: colour and occlusion. Teeth: (across, height, number, 1). Hair and cloth: (across, along, tint, occlusion).</summary>
    public required Vector4[] PaintA { get; init; }

    /// <summary>Skin: lip distance, upper lid, beard, scalp distance (distances in millimetres, negative inside).</summary>
    public required Vector4[] PaintB { get; init; }

    /// <summary>Skin only, (HeadVertexCount): lid rim, forehead, folds, nostril (positive) or ear (negative).</summary>
    public required Vector4[] PaintC { get; init; }

    /// <summary>Number of vertices.</summary>
    public int VertexCount => Canonical.Length;
}

/// <summary>Collects the parts of a <see cref="Geometry"/>.</summary>
internal sealed class GeometryBuilder
{
    private readonly FaceModel model;
    private readonly List<Rig> rigs = [];
    private readonly List<int> triangles = [];
    private readonly List<Chunk> chunks = [];
    private readonly List<Vector3> canonical, tangent;
    private readonly List<Vector4> paintA, paintB;
    private readonly Vector4[] paintC;

    /// <summary>Starts with the head model itself, in its own triangle order.</summary>
    public GeometryBuilder(FaceModel model, Vector4[] skinA, Vector4[] skinB, Vector4[] skinC)
    {
        this.model = model;
        canonical = [.. model.Mean];
        tangent = [.. new Vector3[model.VertexCount]];
        paintA = [.. skinA];
        for (int i = 0; i < model.VertexCount; i++)
        {
            ToothPlace tooth = model.Regions!.Teeth[i];
            paintA[i] = tooth.Tooth > 0 ? new Vector4(tooth.Across, tooth.Height, tooth.Tooth, 1) : paintA[i];
        }

        paintB = [.. skinB];
        paintC = skinC;
        int start = 0;
        for (int t = 0; t < model.Triangles.Length / 3; t++)
        {
            Material material = MaterialOf(model.Parts[model.Triangles[3 * t]]);
            bool last = t + 1 == model.Triangles.Length / 3;
            if (last || MaterialOf(model.Parts[model.Triangles[3 * (t + 1)]]) != material)
            {
                bool inner = material is Material.Gums or Material.Teeth or Material.Tongue or Material.MouthBag;
                chunks.Add(new Chunk(start, t + 1 - start, material, inner, material == Material.Skin));
                start = t + 1;
            }
        }

        triangles.AddRange(model.Triangles);
    }

    /// <summary>Adds a vertex.</summary>
    /// <returns>Its index.</returns>
    public int Add(Rig rig, Vector3 at, Vector3 along, Vector4 a, Vector4 b = default)
    {
        rigs.Add(rig);
        canonical.Add(at);
        tangent.Add(along);
        paintA.Add(a);
        paintB.Add(b);
        return canonical.Count - 1;
    }

    /// <summary>Adds a triangle to the chunk that <see cref="Close"/> will end.</summary>
    public void Triangle(int p, int q, int r) => triangles.AddRange([p, q, r]);

    /// <summary>Ends a chunk: all triangles since the last one.</summary>
    public void Close(Material material, bool twoSided = false, bool casts = false)
    {
        int first = chunks.Count == 0 ? 0 : chunks[^1].First + chunks[^1].Count;
        int count = (triangles.Count / 3) - first;
        if (count > 0)
        {
            chunks.Add(new Chunk(first, count, material, twoSided, casts));
        }
    }

    /// <summary>
    /// Joins vertices <c>[first, first + rows·columns)</c>, row after row, into a grid whose outside is seen with rows going
    /// down and columns going right.
    /// </summary>
    public void Grid(int first, int rows, int columns)
    {
        for (int r = 0; r + 1 < rows; r++)
        {
            for (int c = 0; c + 1 < columns; c++)
            {
                int p = first + (r * columns) + c, q = p + 1, s = p + columns, t = s + 1;
                Triangle(p, s, q);
                Triangle(q, s, t);
            }
        }
    }

    /// <summary>The finished mesh.</summary>
    public Geometry Build()
    {
        var chunkOf = new byte[triangles.Count / 3];
        for (int i = 0; i < chunks.Count; i++)
        {
            Array.Fill(chunkOf, (byte)i, chunks[i].First, chunks[i].Count);
        }

        return new Geometry
        {
            HeadVertexCount = model.VertexCount,
            Rigs = [.. rigs],
            Triangles = [.. triangles],
            Chunks = [.. chunks],
            ChunkOf = chunkOf,
            MaterialOf = Array.ConvertAll(chunkOf, k => chunks[k].Material),
            Canonical = [.. canonical],
            Tangent = [.. tangent],
            PaintA = [.. paintA],
            PaintB = [.. paintB],
            PaintC = paintC,
        };
    }

    private static Material MaterialOf(Part part) => part switch
    {
        Part.Eye => Material.Eye,
        Part.MouthBag => Material.MouthBag,
        Part.Gums => Material.Gums,
        Part.Teeth => Material.Teeth,
        Part.Tongue => Material.Tongue,
        _ => Material.Skin,
    };
}
