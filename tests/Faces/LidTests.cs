using System.Numerics;
using Mimesh.Faces;
using NUnit.Framework;

namespace Mimesh.Tests.Faces;

public class LidTests
{
    private const float Degree = MathF.PI / 180;

    private static readonly FaceModel s_model = FaceModel.BuiltIn;

    private static readonly float[][] s_people = People();

    // Where all fifty coefficients are at their limit (nobody that is sampled), a full smile folds the cheek over the lid.
    [TestCase("", 40)]
    [TestCase("eyeSquint:1 mouthSmile:1 cheekSquint:1", 25)]
    [TestCase("eyeLookDown:1", 40)]
    [TestCase("eyeWide:1 browInnerUp:1", 40)]
    [TestCase("eyeLookUp:0.5 eyeSquint:0.4 noseSneer:1 browDown:1", 40)]
    public void AClosedEyeIsHiddenFromEverySide(string others, int people)
    {
        float[] expression = Expression("eyeBlink:1 " + others);
        Parallel.For(0, people, person =>
        {
            float[] identity = s_people[person];
            var v = Shape(identity, expression);
            foreach (var eye in s_model.Eyes)
            {
                int[] lids = Around(eye);
                var (centre, radius) = eye.At(identity);
                foreach (float yaw in (ReadOnlySpan<float>)[-40, -20, 0, 20, 40])
                {
                    foreach (float pitch in (ReadOnlySpan<float>)[-25, 0, 25])
                    {
                        var towards = Vector3.Transform(Vector3.UnitZ, Quaternion.CreateFromYawPitchRoll(yaw * Degree, pitch * Degree, 0));
                        Assert.That(Seen(v, lids, centre, radius, towards), Is.Zero, $"person {person}, yaw {yaw}, pitch {pitch}");
                    }
                }
            }
        });
    }

    [Test]
    public void OpenEyesAreSeen()
    {
        var v = Shape([], []);
        var eye = s_model.Eyes[0];
        Assert.That(Seen(v, Around(eye), eye.Centre, eye.Radius, Vector3.UnitZ), Is.GreaterThan(60));
    }

    [Test]
    public void LidsCloseInProportion()
    {
        foreach (float[] identity in s_people.Take(30))
        {
            float open = Gap(identity, ""), previous = open;
            for (int step = 1; step <= 10; step++)
            {
                float gap = Gap(identity, $"eyeBlink:{step / 10f}");
                Assert.That(gap, Is.LessThan(previous + 0.01f), "ever more closed");
                Assert.That(gap / open, Is.EqualTo(1 - (step / 10f)).Within(0.12));
                previous = gap;
            }
        }
    }

    [Test]
    public void ABlinkClosesWhatASquintLeaves()
    {
        float open = Gap([], ""), squint = Gap([], "eyeSquint:1"), half = Gap([], "eyeSquint:1 eyeBlink:0.5");
        Assert.Multiple(() =>
        {
            Assert.That(squint / open, Is.InRange(0.6f, 0.8f));
            Assert.That(half / squint, Is.EqualTo(0.5).Within(0.1));
            Assert.That(Gap([], "eyeWide:1") / open, Is.InRange(1.2f, 1.45f));
        });
    }

    [Test]
    public void TheUpperLidDoesMostOfTheWayAndFollowsTheGaze()
    {
        Vector3[] open = Shape([], []), shut = Shape([], Expression("eyeBlink:1")), down = Shape([], Expression("eyeLookDown:1"));
        int upper = s_model.Landmarks[43], lower = s_model.Landmarks[47];
        Assert.Multiple(() =>
        {
            Assert.That(open[upper].Y - shut[upper].Y, Is.GreaterThan(6 * MathF.Abs(shut[lower].Y - open[lower].Y)));
            Assert.That(open[upper].Y - down[upper].Y, Is.GreaterThan(5));
            Assert.That(open[lower].Y - down[lower].Y, Is.GreaterThan(1));
        });
    }

    // The opening between the lids' edges at two places of the left eye.
    private static float Gap(float[] identity, string expression)
    {
        var v = Shape(identity, Expression(expression));
        float Between(int upper, int lower) => Vector3.Distance(v[s_model.Landmarks[upper]], v[s_model.Landmarks[lower]]);
        return Between(43, 47) + Between(44, 46);
    }

    // How many of some places on the eyeball, in front, a ray reaches that no lid stops.
    private static int Seen(Vector3[] v, int[] lids, Vector3 centre, float radius, Vector3 towards)
    {
        int seen = 0;
        for (int ring = 0; ring <= 14; ring++)
        {
            float polar = 5.5f * ring * Degree;
            int sides = ring == 0 ? 1 : 4 * ring;
            for (int k = 0; k < sides; k++)
            {
                float around = 2 * MathF.PI * k / sides;
                var d = new Vector3(MathF.Sin(polar) * MathF.Cos(around), MathF.Sin(polar) * MathF.Sin(around), MathF.Cos(polar));
                if (Vector3.Dot(d, towards) > 0.1f && !Hits(v, lids, centre + (radius * d), towards))
                {
                    seen++;
                }
            }
        }

        return seen;
    }

    private static bool Hits(Vector3[] v, int[] triangles, Vector3 origin, Vector3 direction)
    {
        for (int t = 0; t < triangles.Length; t += 3)
        {
            Vector3 a = v[triangles[t]], ab = v[triangles[t + 1]] - a, ac = v[triangles[t + 2]] - a;
            var p = Vector3.Cross(direction, ac);
            float determinant = Vector3.Dot(ab, p);
            var s = origin - a;
            float b = Vector3.Dot(s, p) / determinant;
            var q = Vector3.Cross(s, ab);
            float c = Vector3.Dot(direction, q) / determinant;
            if (b >= -1e-4f && c >= -1e-4f && b + c <= 1.0001f && Vector3.Dot(ac, q) / determinant > 0)
            {
                return true;
            }
        }

        return false;
    }

    // The skin about an eye, nearest first, with the nose, through which rays leave too.
    private static int[] Around(EyeSphere eye) =>
        [.. s_model.Triangles.Chunk(3).Where(t => s_model.Parts[t[0]] == Part.Skin && Vector3.Distance(s_model.Mean[t[0]], eye.Centre) < 75)
            .OrderBy(t => Vector3.Distance(s_model.Mean[t[0]], eye.Centre)).SelectMany(t => t)];

    // 25 people as they are sampled, and 15 with every coefficient at its limit.
    private static float[][] People()
    {
        var sampler = new CoefficientSampler(s_model);
        return [.. Enumerable.Range(0, 40).Select(i =>
        {
            var rng = new Rng((ulong)i);
            float[] identity = sampler.Identity(ref rng);
            return i < 25 ? identity : [.. identity.Select(c => MathF.CopySign(CoefficientSampler.IdentityLimit, c))];
        })];
    }

    private static float[] Expression(string text)
    {
        var expression = new float[s_model.Expression.Length];
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = word.Split(':');
            foreach (string name in (ReadOnlySpan<string>)[pair[0], pair[0] + "Left", pair[0] + "Right"])
            {
                if (Array.IndexOf(s_model.ExpressionNames, name) is >= 0 and int k)
                {
                    expression[k] = float.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture);
                }
            }
        }

        return expression;
    }

    private static Vector3[] Shape(float[] identity, float[] expression)
    {
        var vertices = new Vector3[s_model.VertexCount];
        s_model.Shape(identity, expression, vertices);
        return vertices;
    }
}
