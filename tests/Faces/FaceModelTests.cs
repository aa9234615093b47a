using System.Numerics;
using Mimesh.Faces;
using NUnit.Framework;

namespace Mimesh.Tests.Faces;

public class FaceModelTests
{
    private static readonly FaceModel s_model = FaceModel.BuiltIn;

    [Test]
    public void HasTheAnnouncedCounts()
    {
        Assert.Multiple(() =>
        {
            Assert.That(s_model.Parts.Count(p => p == Part.Skin), Is.InRange(2500, 3600));
            Assert.That(s_model.Parts.Count(p => p == Part.Eye), Is.InRange(200, 300));
            Assert.That(s_model.Identity, Has.Length.EqualTo(50));
            Assert.That(s_model.Expression, Has.Length.EqualTo(52));
            Assert.That(s_model.Landmarks, Has.Length.EqualTo(68));
            Assert.That(s_model.Landmarks, Is.All.InRange(0, s_model.GraphVertexCount - 1));
            Assert.That(s_model.Mean, Is.All.Matches<Vector3>(v => float.IsFinite(v.LengthSquared())));
        });
    }

    [Test]
    public void VerticesComeInTheOrderOfParts()
    {
        // The upper jaw stays; from the lower teeth on everything goes with the jaw.
        Part[] runs = [Part.Skin, Part.Eye, Part.MouthBag, Part.Gums, Part.Teeth, Part.Gums, Part.Tongue];
        Assert.That(s_model.Parts.Where((p, i) => i == 0 || p != s_model.Parts[i - 1]), Is.EqualTo(runs));
        Assert.That(s_model.Parts.Count(p => p is Part.Skin or Part.Eye), Is.EqualTo(s_model.GraphVertexCount));
    }

    [Test]
    public void MirrorsExactly()
    {
        for (int i = 0; i < s_model.VertexCount; i++)
        {
            int j = s_model.Mirror[i];
            Assert.That(s_model.Mirror[j], Is.EqualTo(i));
            Assert.That(s_model.Mean[j], Is.EqualTo(Flip(s_model.Mean[i])));
        }

        var triangles = Triangles().Select(Rotated).ToHashSet();
        Assert.That(Triangles().All(t => triangles.Contains(Rotated((s_model.Mirror[t.A], s_model.Mirror[t.C], s_model.Mirror[t.B])))));
    }

    [Test]
    public void TrianglesStayWithinAPartAndEdgesHaveAtMostTwo()
    {
        var edges = new HashSet<(int, int)>();
        foreach (var (a, b, c) in Triangles())
        {
            Assert.That(s_model.Parts[a] == s_model.Parts[b] && s_model.Parts[b] == s_model.Parts[c]);
            // An oriented manifold runs through each edge once in each direction.
            Assert.That(edges.Add((a, b)) && edges.Add((b, c)) && edges.Add((c, a)));
        }

        // Skin is open at the neck, behind the lips and behind both lid slits, and nowhere else.
        int open = edges.Count(e => s_model.Parts[e.Item1] == Part.Skin && !edges.Contains((e.Item2, e.Item1)));
        Assert.That(open, Is.EqualTo(56 + 32 + (2 * 20)));
    }

    [Test]
    public void TrianglesFaceOutwards()
    {
        // The signed volume of each closed part is positive, that of the bag (seen from inside) negative.
        Assert.Multiple(() =>
        {
            Assert.That(Volume(Part.Eye), Is.EqualTo(2 * 4 / 3f * MathF.PI * 12 * 12 * 12).Within(12).Percent);
            Assert.That(Volume(Part.Tongue), Is.Positive);
            Assert.That(Volume(Part.Skin), Is.GreaterThan(3e6f));
            Assert.That(Volume(Part.MouthBag), Is.Negative);
        });
    }

    /// <summary>Fourteen teeth a jaw, each a shell of its own, from 1 at the midline to 7; every one before its gum's root and behind the lips.</summary>
    [Test]
    public void TeethStandApartBehindTheLips()
    {
        ToothPlace[] places = s_model.Regions!.Teeth;
        var joined = Triangles().Where(t => s_model.Parts[t.A] == Part.Teeth).ToArray();
        Assert.That(joined.All(t => places[t.A].Tooth == places[t.B].Tooth && places[t.B].Tooth == places[t.C].Tooth));
        Assert.That(joined.All(t => s_model.Mean[t.A].X > 0 == s_model.Mean[t.B].X > 0), "none across the midline");
        Assert.That(Enumerable.Range(0, places.Length).All(i => places[i].Tooth > 0 == (s_model.Parts[i] == Part.Teeth)));
        Assert.That(places.Where(p => p.Tooth > 0).Select(p => p.Tooth).Distinct(), Is.EquivalentTo(Enumerable.Range(1, 7)));
        float lip = s_model.Mean[s_model.Landmarks[62]].Z;
        Assert.That(Enumerable.Range(0, places.Length).Where(i => places[i].Tooth > 0).Max(i => s_model.Mean[i].Z), Is.LessThan(lip - 4));

        // Neighbours of one jaw do not cross: along the arch each ends before the next begins.
        var vertices = Enumerable.Range(0, places.Length).Where(i => places[i].Tooth > 0 && s_model.Mean[i].X > 0).ToArray();
        for (int tooth = 1; tooth < 4; tooth++)
        {
            float end = vertices.Where(i => places[i] is { Across: 1, Height: 0.5f } p && p.Tooth == tooth).Max(i => s_model.Mean[i].X);
            float begin = vertices.Where(i => places[i] is { Across: -1, Height: 0.5f } p && p.Tooth == tooth + 1).Max(i => s_model.Mean[i].X);
            Assert.That(begin, Is.GreaterThan(end));
        }
    }

    /// <summary>A triangle is of the iris or of the sclera, and the iris is as large as people's: some 11 to 12 mm across.</summary>
    [Test]
    public void TheIrisEndsOnARingOfTheEyeball()
    {
        float[] angles = s_model.Regions!.EyeAngles;
        var eyes = Triangles().Where(t => s_model.Parts[t.A] == Part.Eye).ToArray();
        var iris = eyes.Where(t => MathF.Max(angles[t.A], MathF.Max(angles[t.B], angles[t.C])) <= FaceRegions.IrisEdge).ToArray();
        Assert.That(iris, Has.Length.EqualTo(2 * 12 * (1 + (2 * 4))));
        float edge = iris.Max(t => MathF.Max(angles[t.A], MathF.Max(angles[t.B], angles[t.C])));
        Assert.That(2 * HeadSculpture.EyeRadius * MathF.Sin(edge), Is.InRange(11f, 12.5f));
    }

    [Test]
    public void LandmarksMirrorAndLieWhereTheyShould()
    {
        // iBUG's pairs: jaw, brows, nostrils, eyes, lips.
        (int, int)[] pairs = [(0, 16), (4, 12), (17, 26), (21, 22), (31, 35), (36, 45), (39, 42), (48, 54), (50, 52), (60, 64)];
        foreach (var (a, b) in pairs)
        {
            Assert.That(s_model.Mirror[s_model.Landmarks[a]], Is.EqualTo(s_model.Landmarks[b]));
        }

        Vector3 At(int k) => s_model.Mean[s_model.Landmarks[k]];
        Assert.Multiple(() =>
        {
            Assert.That(At(36).X, Is.LessThan(At(39).X), "the right eye is on the left of the picture");
            Assert.That(At(30).Z, Is.GreaterThan(At(33).Z), "the tip stands before the base of the nose");
            Assert.That(At(8).Y, Is.LessThan(At(57).Y).And.LessThan(-95), "the chin is lowest");
            Assert.That(At(54).X - At(48).X, Is.EqualTo(51).Within(5), "mouth width");
            Assert.That(At(62).Y - At(66).Y, Is.EqualTo(0).Within(1e-3), "closed lips");
        });
    }

    [Test]
    public void HasHumanMeasures()
    {
        var skin = s_model.Mean[..s_model.Parts.Count(p => p == Part.Skin)];
        float bizygomatic = 2 * skin.Where(v => v.Y is > -12 and < 14 && v.Z is > 25 and < 50).Max(v => v.X);
        Assert.Multiple(() =>
        {
            Assert.That(2 * s_model.Eyes[0].Centre.X, Is.EqualTo(63));
            Assert.That(bizygomatic, Is.EqualTo(135).Within(9));
            Assert.That(skin.Where(v => v.Y > 25).Max(v => v.Z) - skin.Min(v => v.Z), Is.EqualTo(190).Within(12));
            Assert.That(skin.Max(v => v.Y), Is.EqualTo(124).Within(6));
        });
    }

    [Test]
    public void IdentityHasTheMeasuredSpectrum()
    {
        int[] face = [.. Enumerable.Range(0, s_model.VertexCount)
            .Where(i => s_model.Parts[i] == Part.Skin && IdentityModes.IsFace(s_model.Mean[i]))];
        double total = 0;
        for (int k = 0; k < s_model.Identity.Length; k++)
        {
            double square = face.Average(i => s_model.Identity[k][i].LengthSquared());
            Assert.That(Math.Sqrt(square), Is.EqualTo(IdentityModes.TargetRms(k)).Within(0.1).Percent);
            total += square;
        }

        Assert.That(Math.Sqrt(total), Is.EqualTo(6.2).Within(0.1));
        Assert.That(Math.Sqrt(face.Average(i => s_model.Identity[0][i].LengthSquared())), Is.EqualTo(3.9).Within(0.01));
    }

    [Test]
    public void IdentityModesAreOrthogonal()
    {
        int[] face = [.. Enumerable.Range(0, s_model.VertexCount)
            .Where(i => s_model.Parts[i] == Part.Skin && IdentityModes.IsFace(s_model.Mean[i]))];
        double Product(int a, int b) => face.Sum(i => (double)Vector3.Dot(s_model.Identity[a][i], s_model.Identity[b][i]));
        for (int a = 0; a < s_model.Identity.Length; a += 7)
        {
            for (int b = 0; b < a; b++)
            {
                Assert.That(Product(a, b) / Math.Sqrt(Product(a, a) * Product(b, b)), Is.EqualTo(0).Within(2e-3));
            }
        }
    }

    [Test]
    public void EyeballsKeepTheirShapeInEveryFace()
    {
        var sampler = new CoefficientSampler(s_model);
        var vertices = new Vector3[s_model.VertexCount];
        for (ulong seed = 0; seed < 20; seed++)
        {
            var rng = new Rng(seed);
            float[] identity = sampler.Identity(ref rng);
            s_model.Shape(identity, sampler.Expression(ref rng), vertices);
            foreach (var eye in s_model.Eyes)
            {
                var (centre, radius) = eye.At(identity);
                Assert.That(radius, Is.InRange(9f, 15f));
                foreach (int i in eye.Vertices)
                {
                    Assert.That(Vector3.Distance(vertices[i], centre), Is.EqualTo(radius).Within(1e-3));
                }

                for (int k = 0; k < eye.LidVertices.Length; k++)
                {
                    float distance = Vector3.Distance(vertices[eye.LidVertices[k]], centre);
                    Assert.That(distance, Is.GreaterThan(radius + eye.LidClearances[k] - 1e-3f));
                }
            }
        }
    }

    [Test]
    public void ShapeIsLinearAwayFromTheEyes()
    {
        var rng = new Rng(3);
        var sampler = new CoefficientSampler(s_model);
        float[] identity = sampler.Identity(ref rng), expression = sampler.Expression(ref rng);
        var vertices = new Vector3[s_model.VertexCount];
        s_model.Shape(identity, expression, vertices);
        var bent = s_model.Eyes.SelectMany(e => e.Vertices.Concat(e.LidVertices).Concat(e.Closing!.Vertices)).ToHashSet();
        for (int i = 0; i < vertices.Length; i += 11)
        {
            var expected = s_model.Mean[i];
            for (int k = 0; k < identity.Length; k++)
            {
                expected += identity[k] * s_model.Identity[k][i];
            }

            for (int k = 0; k < expression.Length; k++)
            {
                expected += expression[k] * s_model.Expression[k][i];
            }

            if (!bent.Contains(i))
            {
                Assert.That(Vector3.Distance(vertices[i], expected), Is.LessThan(1e-3));
            }
        }
    }

    [Test]
    public void ShapeOfNothingIsTheMean()
    {
        var vertices = new Vector3[s_model.VertexCount];
        s_model.Shape([], [], vertices);
        for (int i = 0; i < vertices.Length; i++)
        {
            Assert.That(Vector3.Distance(vertices[i], s_model.Mean[i]), Is.LessThan(1e-4));
        }
    }

    [Test]
    public void ShapeAllocatesNothing()
    {
        var vertices = new Vector3[s_model.VertexCount];
        float[] identity = new float[50], expression = new float[52];
        identity[3] = expression[5] = 1;
        s_model.Shape(identity, expression, vertices);
        long before = GC.GetAllocatedBytesForCurrentThread();
        s_model.Shape(identity, expression, vertices);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void ShapeRejectsWrongLengths()
    {
        Assert.Throws<ArgumentException>(() => s_model.Shape(new float[51], [], new Vector3[s_model.VertexCount]));
        Assert.Throws<ArgumentException>(() => s_model.Shape([], new float[53], new Vector3[s_model.VertexCount]));
        Assert.Throws<ArgumentException>(() => s_model.Shape([], [], new Vector3[7]));
    }

    [Test]
    public void RegionsCoverWhatTheyName()
    {
        var regions = s_model.Regions!;
        foreach (var region in Enum.GetValues<Region>())
        {
            float[] w = regions[region];
            Assert.That(w, Has.Length.EqualTo(s_model.VertexCount));
            Assert.That(w, Is.All.InRange(0f, 1f));
            Assert.That(w.Any(x => x > 0.5f), $"{region} is nowhere");
            Assert.That(w.Zip(s_model.Parts).All(e => e.First == 0 || e.Second == Part.Skin), $"{region} leaves the skin");
            Assert.That(w.Select((x, i) => MathF.Abs(x - w[s_model.Mirror[i]])).Max(), Is.LessThan(1e-4f), $"{region} leans");
        }

        Assert.That(regions.EyeAngles.Max(), Is.EqualTo(MathF.PI).Within(1e-5));
    }

    private static Vector3 Flip(Vector3 v) => v with { X = -v.X };

    private static IEnumerable<(int A, int B, int C)> Triangles()
    {
        for (int t = 0; t < s_model.Triangles.Length; t += 3)
        {
            yield return (s_model.Triangles[t], s_model.Triangles[t + 1], s_model.Triangles[t + 2]);
        }
    }

    // The same triangle with its smallest vertex first.
    private static (int A, int B, int C) Rotated((int A, int B, int C) t) =>
        t.A < t.B && t.A < t.C ? t : t.B < t.C ? (t.B, t.C, t.A) : (t.C, t.A, t.B);

    private static float Volume(Part part) => Triangles()
        .Where(t => s_model.Parts[t.A] == part)
        .Sum(t => Vector3.Dot(s_model.Mean[t.A] - new Vector3(0, -54, 40), Vector3.Cross(s_model.Mean[t.B] - new Vector3(0, -54, 40), s_model.Mean[t.C] - new Vector3(0, -54, 40))) / 6);
}
