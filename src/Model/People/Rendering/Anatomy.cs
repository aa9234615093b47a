using System.Numerics;
using System.Runtime.CompilerServices;
using Mimesh.Faces;
using static Mimesh.Faces.Smoothstep;

namespace Mimesh.People;

/// <summary>A point on a triangle: three vertices, and the weights of the second and third. P is −1 for no point.</summary>
internal readonly record struct SurfacePoint(int P, int Q, int R, float B, float C);

/// <summary>A tooth of a model.</summary>
/// <param name="Number">1 for a central incisor to 7 for a second molar.</param>
/// <param name="Left">Whether it is on the left of the body (positive x).</param>
/// <param name="Upper">Whether it stays when the jaw opens.</param>
/// <param name="Middle">Its middle on the mean face.</param>
/// <param name="Vertices">Its vertices.</param>
internal sealed record Tooth(int Number, bool Left, bool Upper, Vector3 Middle, int[] Vertices);

/// <summary>
/// Where things are on a model's mean face, found from its landmarks once a model: what is painted on the skin is drawn
/// in the mean face's coordinates, so that it moves with the surface.
/// </summary>
internal sealed class Anatomy
{
    private static readonly ConditionalWeakTable<FaceModel, Anatomy> known = [];
    private readonly int[] backs;

    private Anatomy(FaceModel model)
    {
        FaceRegions regions = model.Regions ?? throw new ArgumentException(
            "A model without regions cannot be painted.", nameof(model));
        Vector3 At(int landmark) => model.Mean[model.Landmarks[landmark]];
        LeftEye = Centre(model, 1);
        RightEye = Centre(model, -1);
        float[] ears = regions[Region.Ears];
        Vector3 low = new(float.MaxValue), high = new(float.MinValue);
        for (int i = 0; i < ears.Length; i++)
        {
            if (ears[i] > 0.9f)
            {
                low = Vector3.Min(low, model.Mean[i]);
                high = Vector3.Max(high, model.Mean[i]);
            }
        }

        (EarCentre, EarRadii) = ((low + high) / 2, (high - low) / 2);
        Lobe = FindLobe(model);
        UpperLids = [FindLid(model, LeftEye, 1, 1), FindLid(model, LeftEye, -1, 1)];
        LowerLids = [FindLid(model, LeftEye, 1, -1), FindLid(model, LeftEye, -1, -1)];
        Pupils = [EyeEnd(model, 1, 0), EyeEnd(model, -1, 0)];
        backs = [EyeEnd(model, 1, MathF.PI), EyeEnd(model, -1, MathF.PI)];
        Chin = At(8);
        NoseTip = At(30);
        MouthCorner = At(54);
        Brow = [At(22), At(23), At(24), At(25), At(26)];
        IsInside = Array.ConvertAll(model.Parts, part => part != Part.Skin);
        Occlusion = AmbientOcclusion.Bake(model);
        Teeth = FindTeeth(model);
        SkullProbes = Probe(model);
        float[] upper = regions[Region.UpperLip], lower = regions[Region.LowerLip];
        float[] rims = regions[Region.LidRims], forehead = regions[Region.Forehead], folds = regions[Region.NasolabialFolds];
        float[] feet = regions[Region.CrowsFeet], nostrils = regions[Region.Nostrils], lids = regions[Region.UpperLids];
        Fields = new Vector4[model.VertexCount];
        Folds = new Vector4[model.VertexCount];
        for (int i = 0; i < Fields.Length; i++)
        {
            Vector3 p = model.Mean[i];
            float lip = MathF.Max(upper[i], lower[i]);
            Fields[i] = new Vector4(10 * (0.5f - lip), lids[i], Beard(p) * (1 - lip), ScalpDistance(p));
            Folds[i] = new Vector4(rims[i], forehead[i], MathF.Max(folds[i], feet[i]), nostrils[i] - ears[i]);
        }
    }

    /// <summary>For each vertex: distance to the lips, upper lid, beard, distance to the scalp.</summary>
    public Vector4[] Fields { get; }

    /// <summary>For each vertex: lid rim, forehead, folds of the face, nostril (positive) or ear (negative).</summary>
    public Vector4[] Folds { get; }

    /// <summary>A point in the skull, above and between the ears.</summary>
    public static Vector3 SkullCentre { get; } = new(0, 42, -8);

    /// <summary>Centre of the eyeball on the left of the body (positive x).</summary>
    public Vector3 LeftEye { get; }

    /// <summary>Centre of the eyeball on the right of the body.</summary>
    public Vector3 RightEye { get; }

    /// <summary>The edge of the left and the right upper lid, from the nose outwards.</summary>
    public int[][] UpperLids { get; }

    /// <summary>The edge of the left and the right lower lid, from the nose outwards.</summary>
    public int[][] LowerLids { get; }

    /// <summary>The foremost vertex of the left and the right eyeball.</summary>
    public int[] Pupils { get; }

    /// <summary>The teeth.</summary>
    public Tooth[] Teeth { get; }

    /// <summary>The middle of an ear; x is meaningless.</summary>
    public Vector3 EarCentre { get; }

    /// <summary>Half the height (y) and half the width (z) of an ear.</summary>
    public Vector3 EarRadii { get; }

    /// <summary>The vertex of an ear lobe.</summary>
    public int Lobe { get; }

    /// <summary>The lowest point of the face.</summary>
    public Vector3 Chin { get; }

    /// <summary>The tip of the nose.</summary>
    public Vector3 NoseTip { get; }

    /// <summary>The left corner of the mouth.</summary>
    public Vector3 MouthCorner { get; }

    /// <summary>Five points along the left brow, from the nose outwards.</summary>
    public Vector3[] Brow { get; }

    /// <summary>Whether a vertex is not of the skin.</summary>
    public bool[] IsInside { get; }

    /// <summary>Ambient visibility of each vertex of the mean face, in [0, 1].</summary>
    public float[] Occlusion { get; }

    /// <summary>A point of the surface for each cell of <see cref="Skull"/>.</summary>
    public SurfacePoint[] SkullProbes { get; }

    /// <summary>The centre of the left (0) or the right (1) eyeball of a face: half way between its poles.</summary>
    public Vector3 EyeCentre(ReadOnlySpan<Vector3> shape, int side) => (shape[Pupils[side]] + shape[backs[side]]) / 2;

    /// <summary>The anatomy of a model, computed at the first call.</summary>
    public static Anatomy Of(FaceModel model) => known.GetValue(model, m => new Anatomy(m));

    /// <summary>Height of the hairline at an azimuth, 0 in front and π behind, on the mean head.</summary>
    public static float Hairline(float azimuth)
    {
        ReadOnlySpan<(float Angle, float Y)> line =
            [(0, 88), (0.35f, 87), (0.65f, 82), (0.85f, 66), (1.02f, 40), (1.2f, 8), (1.38f, -4), (1.5f, 24), (1.75f, 30),
                (2.0f, 4), (2.35f, -44), (3.15f, -58)];
        float a = MathF.Abs(azimuth);
        for (int i = 1; i < line.Length; i++)
        {
            if (a <= line[i].Angle)
            {
                float t = (a - line[i - 1].Angle) / (line[i].Angle - line[i - 1].Angle);
                return float.Lerp(line[i - 1].Y, line[i].Y, t);
            }
        }

        return line[^1].Y;
    }

    /// <summary>About how many millimetres a point is below the hairline; negative on the scalp.</summary>
    public static float ScalpDistance(Vector3 p) =>
        (Hairline(MathF.Atan2(p.X, p.Z - SkullCentre.Z)) - p.Y) * 0.7f;

    /// <summary>How strongly a beard grows at a point, in [0, 1].</summary>
    public float Beard(Vector3 p)
    {
        float x = MathF.Abs(p.X);
        // The upper edge runs from the sideburn to the corner of the mouth; the lower one lies on the throat.
        Vector3 corner = MouthCorner;
        float cheek = float.Lerp(corner.Y + 4, -2, Smooth(corner.X, 72, x));
        float edge = Smooth(cheek + 5, cheek - 9, p.Y) * Smooth(Chin.Y - 42, Chin.Y - 18, p.Y) * Smooth(-14, 4, p.Z);
        float nose = NoseTip.Y - 10;
        float moustache = Smooth(nose, nose - 5, p.Y) * Smooth(corner.X + 5, corner.X - 3, x) * Smooth(40, 60, p.Z);
        float soul = Smooth(6, 11, x) * Smooth(corner.X + 3, corner.X - 5, x) * Smooth(corner.Y - 6, corner.Y - 11, p.Y)
            * Smooth(corner.Y - 24, corner.Y - 17, p.Y);
        return MathF.Max(edge, moustache) * (1 - (0.6f * soul));
    }

    /// <summary>A bump of height 1 about a pair of mirror-image points.</summary>
    public static float Spot(Vector3 p, Vector3 centre, Vector3 radii)
    {
        var d = (new Vector3(MathF.Abs(p.X), p.Y, p.Z) - centre) / radii;
        return MathF.Exp(-d.LengthSquared());
    }

    private static Vector3 Centre(FaceModel model, int side)
    {
        Vector3 low = new(float.MaxValue), high = new(float.MinValue);
        for (int i = 0; i < model.VertexCount; i++)
        {
            if (model.Parts[i] == Part.Eye && model.Mean[i].X * side > 0)
            {
                low = Vector3.Min(low, model.Mean[i]);
                high = Vector3.Max(high, model.Mean[i]);
            }
        }

        // The ball may be open behind, so its depth is taken from its front.
        Vector3 centre = (low + high) / 2;
        return centre with { Z = high.Z - ((high.Y - low.Y) / 2) };
    }

    // Half weight marks the edge itself; the corners of the eye belong to neither lid.
    private static int[] FindLid(FaceModel model, Vector3 eye, int side, int above) =>
        [.. Enumerable.Range(0, model.VertexCount)
            .Where(i => model.Regions![Region.LidRims][i] == 0.5f && model.Mean[i].X * side > 0 && (model.Mean[i].Y - eye.Y) * above > 0.8f)
            .OrderBy(i => MathF.Abs(model.Mean[i].X))];

    private static int EyeEnd(FaceModel model, int side, float angle) => Enumerable.Range(0, model.VertexCount)
        .Where(i => model.Parts[i] == Part.Eye && model.Mean[i].X * side > 0)
        .MinBy(i => MathF.Abs(model.Regions!.EyeAngles[i] - angle));

    private static Tooth[] FindTeeth(FaceModel model)
    {
        ToothPlace[] places = model.Regions!.Teeth;
        int jaw = Array.IndexOf(model.ExpressionNames, "jawOpen");
        bool IsUpper(int i) => jaw < 0 || model.Expression[jaw][i] == Vector3.Zero;
        return [.. Enumerable.Range(0, places.Length).Where(i => places[i].Tooth > 0)
            .GroupBy(i => (places[i].Tooth, Left: model.Mean[i].X > 0, Upper: IsUpper(i)))
            .Select(g => new Tooth(
                g.Key.Tooth, g.Key.Left, g.Key.Upper, g.Aggregate(Vector3.Zero, (sum, i) => sum + model.Mean[i]) / g.Count(), [.. g]))];
    }

    private static int FindLobe(FaceModel model)
    {
        float[] ears = model.Regions![Region.Ears];
        int lobe = 0;
        float lowest = float.MaxValue;
        for (int i = 0; i < model.VertexCount; i++)
        {
            if (ears[i] > 0.5f && MathF.Abs(model.Mean[i].X) > 66 && model.Mean[i].Y < lowest)
            {
                (lowest, lobe) = (model.Mean[i].Y, i);
            }
        }

        return lobe;
    }

    private static SurfacePoint[] Probe(FaceModel model)
    {
        var probes = new SurfacePoint[Skull.CellCount];
        var far = new float[probes.Length];
        Array.Fill(probes, new SurfacePoint(-1, 0, 0, 0, 0));
        const int steps = 4;
        for (int t = 0; t < model.Triangles.Length; t += 3)
        {
            int p = model.Triangles[t], q = model.Triangles[t + 1], r = model.Triangles[t + 2];
            if (model.Parts[p] != Part.Skin)
            {
                continue;
            }

            for (int i = 0; i <= steps; i++)
            {
                for (int j = 0; i + j <= steps; j++)
                {
                    float b = (float)i / steps, c = (float)j / steps;
                    Vector3 at = model.Mean[p] + ((model.Mean[q] - model.Mean[p]) * b) + ((model.Mean[r] - model.Mean[p]) * c);
                    bool ear = MathF.Abs(at.X) > 67 && at.Y is > -40 and < 45 && at.Z is > -40 and < 25;
                    Vector3 d = at - SkullCentre;
                    float length = d.Length();
                    int cell = Skull.CellOf(d / length).Cell;
                    if (!ear && length > far[cell])
                    {
                        far[cell] = length;
                        probes[cell] = new SurfacePoint(p, q, r, b, c);
                    }
                }
            }
        }

        return probes;
    }
}
