using System.Numerics;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.Faces;

/// <summary>The mean head with all its parts, and what identity and expression need to know about each vertex.</summary>
internal sealed class HeadMesh
{
    public HeadMesh()
    {
        var mesh = new MeshBuilder();
        Topology = new HeadTopology(mesh);
        float[] eyeAngles = HeadParts.AddEyes(mesh);
        GraphVertexCount = mesh.Count;
        BagRings = HeadParts.AddMouthBag(mesh, Topology.LipRings[2]);
        UpperTeeth = mesh.Count;
        List<ToothPlace> teeth = [.. new ToothPlace[mesh.Count]];
        var jaw = new DentalArch(mesh, teeth, upper: true);
        jaw.AddGum();
        jaw.AddTeeth();
        LowerTeeth = mesh.Count;
        jaw = new DentalArch(mesh, teeth, upper: false);
        jaw.AddTeeth();
        jaw.AddGum();
        Tongue = mesh.Count;
        HeadParts.AddTongue(mesh);
        Rough = [.. mesh.Positions];
        Mirror = [.. mesh.MirrorOf];
        Parts = [.. mesh.Parts];
        Triangles = mesh.Triangles;
        Regions = RegionPainter.Paint(mesh, Topology, eyeAngles, teeth);
        Lower = LowerLip();
        LidWeight = [.. Rough.Take(SkinCount).Select(NearEye)];
        Positions = HeadLikeness.Shape(this);
    }

    public HeadTopology Topology { get; }

    /// <summary>
    /// The rough head. Strokes and regions are written in its coordinates and the graph's hierarchy is built on it, so that all of
    /// them stay when <see cref="HeadLikeness"/> changes.
    /// </summary>
    public Vector3[] Rough { get; }

    /// <summary>The mean head.</summary>
    public Vector3[] Positions { get; }

    public int[] Mirror { get; }

    public Part[] Parts { get; }

    public int[] Triangles { get; }

    public FaceRegions Regions { get; }

    public int SkinCount => Topology.SkinCount;

    public int GraphVertexCount { get; }

    public int[][] BagRings { get; }

    /// <summary>First vertex of a jaw's teeth and gum; from the lower jaw's on, everything goes with the jaw.</summary>
    public int UpperTeeth { get; }

    /// <inheritdoc cref="UpperTeeth"/>
    public int LowerTeeth { get; }

    /// <summary>First vertex of the tongue.</summary>
    public int Tongue { get; }

    /// <summary>For each skin vertex, 1 below the lip line and 0 above it, ½ at the corner and fading beyond it.</summary>
    public float[] Lower { get; }

    /// <summary>For each skin vertex, 1 on the lids and 0 away from them: how much it belongs to its eyeball.</summary>
    public float[] LidWeight { get; }

    /// <summary>Vertices of one eyeball: every other one, since they come in pairs.</summary>
    public int[] Eyeball(bool left) =>
        [.. Enumerable.Range(SkinCount, GraphVertexCount - SkinCount).Where(i => Rough[i].X > 0 == left)];

    /// <summary>
    /// Makes a field of the skin move the mouth's inside too: teeth and tongue shift with the lips before them and take part of their
    /// widening; roots and gums stay behind the skin before them, or a receding chin would let them through. The bag joins lips and throat.
    /// </summary>
    public void CarryMouth(Vector3[] d)
    {
        int[] slit = Topology.LipRings[0];
        var shift = Vector3.Zero;
        float along = 0, square = 0;
        foreach (int i in slit)
        {
            shift += d[i] / slit.Length;
            along += d[i].X * Rough[i].X;
            square += Rough[i].X * Rough[i].X;
        }

        float widening = 0.6f * along / square;
        float above = Recession(d, -46, -38) - shift.Z, below = Recession(d, -76, -66) - shift.Z;
        for (int i = UpperTeeth; i < d.Length; i++)
        {
            float y = Rough[i].Y;
            float root = i >= Tongue ? 0 : i < LowerTeeth ? above * Share(-56, -42, y) : below * Share(-58, -70, y);
            d[i] = shift + new Vector3(widening * Rough[i].X, 0, root);
        }

        int[] lips = Topology.LipRings[2];
        for (int k = 0; k < BagRings.Length; k++)
        {
            float t = MathF.Min(1, k / 3f);
            for (int i = 0; i < BagRings[k].Length; i++)
            {
                d[BagRings[k][i]] = FlatVectors.Lerp(d[lips[i]], shift, t);
            }
        }
    }

    private static float Share(float from, float to, float y) => Math.Clamp((y - from) / (to - from), 0, 1);

    // How far the skin in the middle between two heights moves forwards.
    private float Recession(Vector3[] d, float low, float high)
    {
        float sum = 0;
        int count = 0;
        for (int i = 0; i < SkinCount; i++)
        {
            Vector3 p = Rough[i];
            if (p.Y > low && p.Y < high && MathF.Abs(p.X) < 16 && p.Z > 84)
            {
                (sum, count) = (sum + d[i].Z, count + 1);
            }
        }

        return sum / count;
    }

    private static float NearEye(Vector3 p)
    {
        float distance = Vector3.Distance(p with { X = MathF.Abs(p.X) }, HeadSculpture.EyeCentre);
        return Smooth((21 - distance) / 6.5f);
    }

    private float[] LowerLip()
    {
        var lower = new float[SkinCount];
        for (int row = 0; row < HeadGrid.Rows; row++)
        {
            for (int column = -HeadGrid.Half + 1; column <= HeadGrid.Half; column++)
            {
                int i = Topology.At(row, column);
                if (i < 0)
                {
                    continue;
                }

                float beyond = MathF.Max(Math.Abs(column) - HeadGrid.MouthCorner, 0);
                float steps = row - HeadGrid.LipRow;
                lower[i] = Math.Clamp(0.5f + (0.5f * steps / (0.9f + (0.7f * beyond))), 0, 1);
                if (row == HeadGrid.LipRow && beyond == 0 && Math.Abs(column) < HeadGrid.MouthCorner)
                {
                    lower[i] = 0;
                    lower[Topology.At(row, column, below: true)] = 1;
                }
            }
        }

        foreach (int[] ring in Topology.LipRings.AsSpan(1))
        {
            for (int i = 0; i < ring.Length; i++)
            {
                lower[ring[i]] = lower[Topology.LipRings[0][i]];
            }
        }

        return lower;
    }
}
