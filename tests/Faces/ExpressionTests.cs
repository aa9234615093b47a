using System.Numerics;
using Mimesh.Faces;
using NUnit.Framework;

namespace Mimesh.Tests.Faces;

public class ExpressionTests
{
    private static readonly FaceModel s_model = FaceModel.BuiltIn;

    private static readonly int s_skin = s_model.Parts.Count(p => p == Part.Skin);

    [Test]
    public void NamesAreArKits()
    {
        Assert.That(s_model.ExpressionNames, Is.Unique);
        Assert.That(s_model.ExpressionNames, Has.Length.EqualTo(52));
        Assert.That(s_model.ExpressionNames.Count(n => n.EndsWith("Left", StringComparison.Ordinal)), Is.EqualTo(20));
        Assert.That(s_model.ExpressionNames, Is.SupersetOf((string[])["jawOpen", "tongueOut", "cheekPuff", "browInnerUp", "eyeBlinkLeft", "noseSneerRight"]));
    }

    [TestCase("jawOpen", 42f)]
    [TestCase("mouthSmileLeft", 15.8f)]
    [TestCase("mouthRollLower", 14.2f)]
    [TestCase("cheekPuff", 14.1f)]
    [TestCase("mouthPucker", 12.4f)]
    [TestCase("mouthFunnel", 11.7f)]
    [TestCase("noseSneerRight", 10.3f)]
    [TestCase("eyeBlinkLeft", 9.6f)]
    [TestCase("browDownLeft", 6.5f)]
    [TestCase("browInnerUp", 6.1f)]
    public void PeaksAreAsMeasured(string name, float peak)
    {
        Assert.That(Shape(name)[..s_skin].Max(v => v.Length()), Is.EqualTo(peak).Within(6).Percent);
    }

    [Test]
    public void EveryExpressionMovesSomethingAndSidesMirror()
    {
        foreach (string name in s_model.ExpressionNames)
        {
            var shape = Shape(name);
            Assert.That(shape.Max(v => v.Length()), Is.GreaterThan(1.5f), name);
            string other = name.EndsWith("Left", StringComparison.Ordinal) ? name[..^4] + "Right"
                : name.EndsWith("Right", StringComparison.Ordinal) ? name[..^5] + "Left" : name;
            var mirrored = Shape(other);
            for (int i = 0; i < shape.Length; i++)
            {
                var m = mirrored[s_model.Mirror[i]];
                Assert.That(Vector3.Distance(shape[i], m with { X = -m.X }), Is.LessThan(1e-3f), name);
            }
        }
    }

    [Test]
    public void BlinkClosesTheEye()
    {
        // Landmarks 37/41 and 38/40 are the upper and lower lid of the right eye, 43/47 and 44/46 of the left.
        var vertices = Shaped(("eyeBlinkLeft", 1), ("eyeBlinkRight", 1));
        foreach (var (upper, lower) in ((int, int)[])[(37, 41), (38, 40), (43, 47), (44, 46)])
        {
            float open = Vector3.Distance(s_model.Mean[s_model.Landmarks[upper]], s_model.Mean[s_model.Landmarks[lower]]);
            float closed = Vector3.Distance(vertices[s_model.Landmarks[upper]], vertices[s_model.Landmarks[lower]]);
            Assert.That(open, Is.GreaterThan(6));
            Assert.That(closed, Is.LessThan(0.35f));
        }
    }

    [Test]
    public void HalfABlinkStaysOutsideTheEyeball()
    {
        var vertices = Shaped(("eyeBlinkLeft", 0.5f));
        var eye = s_model.Eyes[0];
        Assert.That(eye.LidVertices.Min(i => Vector3.Distance(vertices[i], eye.Centre)), Is.GreaterThan(eye.Radius));
    }

    [Test]
    public void JawTakesLowerTeethAndTongueAlongAndLeavesTheUpper()
    {
        var open = Shape("jawOpen");
        int[] teeth = [.. Enumerable.Range(0, s_model.VertexCount).Where(i => s_model.Parts[i] == Part.Teeth)];
        int[] upper = teeth[..(teeth.Length / 2)], lower = teeth[(teeth.Length / 2)..];
        int tip = Enumerable.Range(0, s_model.VertexCount).Where(i => s_model.Parts[i] == Part.Tongue).MaxBy(i => s_model.Mean[i].Z);
        Assert.Multiple(() =>
        {
            Assert.That(upper.Max(i => open[i].Length()), Is.Zero);
            Assert.That(lower.Min(i => -open[i].Y), Is.GreaterThan(9));
            Assert.That(open[tip].Y, Is.LessThan(-20));
            Assert.That(Length(open[s_model.Landmarks[51]]), Is.LessThan(1), "the upper lip stays");
            Assert.That(-open[s_model.Landmarks[57]].Y, Is.GreaterThan(22), "the lower lip goes");
        });
    }

    [Test]
    public void MouthCloseCountersJawOpen()
    {
        float Gap(Vector3[] v) => Vector3.Distance(v[s_model.Landmarks[62]], v[s_model.Landmarks[66]]);
        Assert.That(Gap(Shaped(("jawOpen", 1))), Is.GreaterThan(20));
        Assert.That(Gap(Shaped(("jawOpen", 1), ("mouthClose", 1))), Is.LessThan(0.5f));
    }

    [Test]
    public void GazeTurnsTheEyeballAboutItsCentre()
    {
        var eye = s_model.Eyes[0];
        int pupil = eye.Vertices.MaxBy(i => s_model.Mean[i].Z);
        float Angle(string name)
        {
            var d = Vector3.Normalize(Shaped((name, 1))[pupil] - eye.Centre);
            return MathF.Acos(d.Z) * 180 / MathF.PI;
        }

        Assert.Multiple(() =>
        {
            Assert.That(Angle("eyeLookOutLeft"), Is.EqualTo(30).Within(0.1));
            Assert.That(Angle("eyeLookDownLeft"), Is.EqualTo(30).Within(0.1));
            Assert.That(Shape("eyeLookOutLeft")[pupil].X, Is.Positive);
            Assert.That(Shape("eyeLookDownLeft")[pupil].Y, Is.Negative);
            Assert.That(Angle("eyeLookOutRight"), Is.Zero.Within(0.05));
        });
    }

    [Test]
    public void TongueOutMovesOnlyTheTongue()
    {
        var shape = Shape("tongueOut");
        for (int i = 0; i < shape.Length; i++)
        {
            Assert.That(shape[i] == Vector3.Zero || s_model.Parts[i] == Part.Tongue);
        }
    }

    private static float Length(Vector3 v) => v.Length();

    private static Vector3[] Shape(string name) => s_model.Expression[Array.IndexOf(s_model.ExpressionNames, name)];

    private static Vector3[] Shaped(params (string Name, float Weight)[] weights)
    {
        var expression = new float[s_model.Expression.Length];
        foreach (var (name, weight) in weights)
        {
            expression[Array.IndexOf(s_model.ExpressionNames, name)] = weight;
        }

        var vertices = new Vector3[s_model.VertexCount];
        s_model.Shape([], expression, vertices);
        return vertices;
    }
}
