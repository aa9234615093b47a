using System.Numerics;
using Mimesh.Faces;
using NUnit.Framework;

namespace Mimesh.Tests.Faces;

public class SamplerTests
{
    private const float Degree = MathF.PI / 180;

    private static readonly FaceModel s_model = FaceModel.BuiltIn;

    private static readonly CoefficientSampler s_sampler = new(s_model);

    [Test]
    public void RngRepeatsAndSpreads()
    {
        Rng a = new(7), b = new(7), c = new(8);
        double sum = 0, square = 0;
        for (int i = 0; i < 20_000; i++)
        {
            ulong bits = a.NextBits();
            Assert.That(bits, Is.EqualTo(b.NextBits()));
            Assert.That(bits, Is.Not.EqualTo(c.NextBits()));
        }

        for (int i = 0; i < 20_000; i++)
        {
            float g = a.NextGaussian();
            (sum, square) = (sum + g, square + (g * g));
            Assert.That(a.NextFloat(), Is.InRange(0f, 0.99999999f));
            Assert.That(a.NextInt(5), Is.InRange(0, 4));
        }

        Assert.That(sum / 20_000, Is.EqualTo(0).Within(0.03));
        Assert.That(square / 20_000, Is.EqualTo(1).Within(0.04));
    }

    [Test]
    public void ForksDoNotDependOnEachOther()
    {
        var rng = new Rng(1);
        var first = rng.Fork(1);
        first.NextBits();
        Rng again = rng.Fork(1), other = rng.Fork(2);
        Assert.That(again.NextBits(), Is.EqualTo(new Rng(1).Fork(1).NextBits()));
        Assert.That(other.NextBits(), Is.Not.EqualTo(new Rng(1).Fork(1).NextBits()));
    }

    [Test]
    public void SameSeedSameFace()
    {
        Rng a = new(42), b = new(42);
        Assert.That(s_sampler.Identity(ref a), Is.EqualTo(s_sampler.Identity(ref b)));
        Assert.That(s_sampler.Expression(ref a), Is.EqualTo(s_sampler.Expression(ref b)));
        Assert.That(CoefficientSampler.Pose(ref a), Is.EqualTo(CoefficientSampler.Pose(ref b)));
        FaceFrame[] first = s_sampler.Clip(ref a, 40), second = s_sampler.Clip(ref b, 40);
        Assert.That(first.SelectMany(f => f.Expression), Is.EqualTo(second.SelectMany(f => f.Expression)));
        Assert.That(first.Select(f => f.Pose), Is.EqualTo(second.Select(f => f.Pose)));
    }

    [Test]
    public void DrawsStayInRangeAndUseEverything()
    {
        var rng = new Rng(5);
        var used = new float[s_model.Expression.Length];
        int[] often = new int[used.Length], strongly = new int[used.Length];
        int neutral = 0, turned = 0;
        float widest = 0;
        for (int i = 0; i < 3000; i++)
        {
            Assert.That(s_sampler.Identity(ref rng).All(c => MathF.Abs(c) <= CoefficientSampler.IdentityLimit));
            float[] expression = s_sampler.Expression(ref rng);
            Assert.That(expression.All(w => w is >= 0 and <= 1));
            for (int k = 0; k < used.Length; k++)
            {
                used[k] = MathF.Max(used[k], expression[k]);
                often[k] += expression[k] > 0.2f ? 1 : 0;
                strongly[k] += expression[k] > 0.6f ? 1 : 0;
            }

            bool Still(int k) => s_model.ExpressionNames[k].StartsWith("eye", StringComparison.Ordinal) || expression[k] == 0;
            neutral += Enumerable.Range(0, used.Length).All(Still) ? 1 : 0;
            var pose = CoefficientSampler.Pose(ref rng);
            Assert.That(MathF.Abs(pose.Yaw), Is.LessThanOrEqualTo((80 * Degree) + 1e-4f));
            Assert.That(MathF.Abs(pose.Pitch), Is.LessThanOrEqualTo((40 * Degree) + 1e-4f));
            Assert.That(MathF.Abs(pose.Roll), Is.LessThanOrEqualTo((180 * Degree) + 1e-4f));
            turned += MathF.Abs(pose.Yaw) > 40 * Degree ? 1 : 0;
            var moving = CoefficientSampler.MovingPose(ref rng);
            Assert.That(MathF.Abs(moving.Yaw), Is.LessThanOrEqualTo((65 * Degree) + 1e-4f));
            Assert.That(MathF.Abs(moving.Pitch), Is.LessThanOrEqualTo((32 * Degree) + 1e-4f));
            Assert.That(MathF.Abs(moving.Roll), Is.LessThanOrEqualTo((40 * Degree) + 1e-4f));
            widest = MathF.Max(widest, MathF.Abs(pose.Yaw));
        }

        for (int k = 0; k < used.Length; k++)
        {
            Assert.That(used[k], Is.GreaterThan(0.2f), $"{s_model.ExpressionNames[k]} is never drawn");
            Assert.That(often[k] / 3000f, Is.GreaterThan(0.03f), $"{s_model.ExpressionNames[k]} is seldom drawn");
            Assert.That(strongly[k] / 3000f, Is.GreaterThan(0.01f), $"{s_model.ExpressionNames[k]} is seldom drawn strongly");
        }

        Assert.That(neutral, Is.InRange(150, 900));
        Assert.That(widest, Is.GreaterThan(75 * Degree));
        Assert.That(turned / 3000f, Is.EqualTo(0.2f).Within(0.03f), "share beyond 40°");
    }

    [Test]
    public void ClipsMoveSmoothlyAndBlink()
    {
        var rng = new Rng(11);
        int blink = Array.IndexOf(s_model.ExpressionNames, "eyeBlinkLeft");
        float[] closest = new float[4];
        for (int c = 0; c < closest.Length; c++)
        {
            var clip = s_sampler.Clip(ref rng, 200);
            Assert.That(clip, Has.Length.EqualTo(200));
            closest[c] = clip.Max(f => f.Expression[blink]);
            for (int f = 1; f < clip.Length; f++)
            {
                Assert.That(MathF.Abs(clip[f].Pose.Yaw - clip[f - 1].Pose.Yaw), Is.LessThan(9 * Degree));
                float jump = clip[f].Expression.Zip(clip[f - 1].Expression, (a, b) => MathF.Abs(a - b)).Max();
                Assert.That(jump, Is.LessThan(0.8f));
            }

            Assert.That(clip.Max(f => f.Pose.Yaw) - clip.Min(f => f.Pose.Yaw), Is.GreaterThan(2 * Degree));
        }

        Assert.That(closest.Max(), Is.GreaterThan(0.6f));
    }

    [Test]
    public void ModelsWithoutArKitNamesAreServedToo()
    {
        var bare = new FaceModel
        {
            Mean = new Vector3[4],
            Identity = [new Vector3[4]],
            Expression = [new Vector3[4]],
            ExpressionNames = ["something"],
            Triangles = [],
            Parts = new Part[4],
            GraphVertexCount = 4,
            Mirror = [0, 1, 2, 3],
            Landmarks = [],
        };
        var rng = new Rng(1);
        Assert.That(new CoefficientSampler(bare).Clip(ref rng, 5)[4].Expression, Is.EqualTo((float[])[0]));
    }

    [Test]
    public void PosesSurviveTheirMatrix()
    {
        var rng = new Rng(9);
        for (int i = 0; i < 200; i++)
        {
            var pose = CoefficientSampler.Pose(ref rng);
            var back = Pose.FromMatrix(pose.ToMatrix());
            Assert.That(back.Yaw, Is.EqualTo(pose.Yaw).Within(1e-4));
            Assert.That(back.Pitch, Is.EqualTo(pose.Pitch).Within(1e-4));
            Assert.That(back.Roll, Is.EqualTo(pose.Roll).Within(1e-4));
            Assert.That(back.Scale, Is.EqualTo(pose.Scale).Within(1e-6));
            Assert.That(back.X, Is.EqualTo(pose.X));
            Assert.That(back.Y, Is.EqualTo(pose.Y));
        }
    }

    [Test]
    public void ProjectionPutsTheNoseInTheMiddleAndTurnsItToTheRight()
    {
        int tip = s_model.Landmarks[30];
        var projected = new Vector3[s_model.VertexCount];
        FaceModel.Project(s_model.Mean, new Pose(0, 0, 0, 0.01f, 0.1f, 0.2f).ToMatrix(), projected);
        Assert.That(projected[tip].X, Is.EqualTo(0.1f).Within(1e-6));
        Assert.That(projected[tip].Y, Is.EqualTo(0.2f - (0.01f * s_model.Mean[tip].Y)).Within(1e-6));
        Assert.That(projected[tip].Z, Is.EqualTo(0.01f * s_model.Mean[tip].Z).Within(1e-6));
        FaceModel.Project(s_model.Mean, new Pose(0.5f, 0.2f, 0, 0.01f, 0, 0).ToMatrix(), projected);
        Assert.That(projected[tip].X, Is.Positive);
        Assert.That(projected[tip].Y, Is.GreaterThan(-0.01f * s_model.Mean[tip].Y), "positive pitch looks down");
    }
}
