using System.Numerics;
using Mimesh.Faces;
using Mimesh.Training;
using NUnit.Framework;
using Coefficients = Mimesh.Training.RegressorEvaluation.Coefficients;
using Reading = Mimesh.Training.RegressorEvaluation.Reading;

namespace Mimesh.Tests.Training;

/// <summary>The regressor's figures on readings whose errors are known.</summary>
public sealed class RegressorEvaluationTests
{
    private static readonly FaceModel Model = FaceModel.BuiltIn;

    [Test]
    public void AReadingOfTheTruthHasNoError()
    {
        var people = People(4);
        var report = RegressorEvaluation.Report(Model, [.. people.Select(p => new Reading(64, p, p, true))]);
        Assert.Multiple(() =>
        {
            Assert.That((report.People, report.Size, report.Found), Is.EqualTo((4, 64, 1.0)));
            Assert.That(report.Pose, Is.EqualTo(new PoseErrors(0, 0, 0)));
            Assert.That(report.Mesh.Total, Is.Zero);
            Assert.That(report.Mesh.Aligned, Is.LessThan(1e-3));
            Assert.That(report.Mesh.AverageFace, Is.GreaterThan(1));
            Assert.That(report.Expression.Explained, Is.EqualTo(1));
            Assert.That(report.Expression.Shapes.Select(s => s.Name), Is.EquivalentTo(Model.ExpressionNames));
        });
    }

    [Test]
    public void EachAngleIsItsOwn()
    {
        const float Degree = MathF.PI / 180;
        var people = People(2);
        var report = RegressorEvaluation.Report(Model, [.. people.Select((p, i) =>
        {
            float sign = i == 0 ? 1 : -1; // absolute errors do not cancel
            var turned = p.Pose with { Yaw = p.Pose.Yaw + (sign * Degree), Pitch = p.Pose.Pitch + (2 * sign * Degree), Roll = p.Pose.Roll - (3 * sign * Degree) };
            return new Reading(64, p, p with { Pose = turned }, i == 0);
        })]);
        Assert.Multiple(() =>
        {
            Assert.That(report.Pose.Yaw, Is.EqualTo(1).Within(1e-3));
            Assert.That(report.Pose.Pitch, Is.EqualTo(2).Within(1e-3));
            Assert.That(report.Pose.Roll, Is.EqualTo(3).Within(1e-3));
            Assert.That(report.Found, Is.EqualTo(0.5));
            Assert.That(report.Mesh.Total, Is.Zero, "a pose moves no vertex of the head's frame");
        });
    }

    [Test]
    public void TheMeanExplainsNothingAndTheBestComesFirst()
    {
        var people = People(6);
        int open = Array.IndexOf(Model.ExpressionNames, "jawOpen"), blink = Array.IndexOf(Model.ExpressionNames, "eyeBlinkLeft");
        float[] mean = [.. Enumerable.Range(0, Model.Expression.Length).Select(k => people.Average(p => p.Expression[k]))];
        var report = RegressorEvaluation.Report(Model, [.. people.Select(p =>
        {
            float[] seen = [.. mean];
            seen[open] = p.Expression[open];
            seen[blink] = (p.Expression[blink] + mean[blink]) / 2;
            return new Reading(64, p, p with { Expression = seen }, true);
        })]);
        var shapes = report.Expression.Shapes.ToDictionary(s => s.Name);
        Assert.Multiple(() =>
        {
            Assert.That(report.Expression.Shapes.Take(2).Select(s => s.Name), Is.EqualTo(new[] { "jawOpen", "eyeBlinkLeft" }));
            Assert.That(shapes["jawOpen"].Explained, Is.EqualTo(1));
            Assert.That(shapes["eyeBlinkLeft"].Explained, Is.EqualTo(0.75).Within(1e-4));
            Assert.That(shapes["mouthPucker"].Explained, Is.Zero.Within(1e-4));
            Assert.That(shapes["tongueOut"].Explained, Is.Null, "nobody shows it");
            Assert.That(report.Mesh.Identity, Is.Zero);
            Assert.That(report.Mesh.Expression, Is.EqualTo(report.Mesh.Total).And.GreaterThan(0));
            Assert.That(report.Face.Expression, Is.GreaterThan(report.Mesh.Expression), "it is the face that expressions move");
        });
    }

    [Test]
    public void AlignmentForgivesWhatNoCameraSees()
    {
        // The coefficients that are nearest to a face a twentieth larger: of its error little is left once the size does not count.
        var people = People(1);
        float[] larger = [.. people[0].Identity];
        for (int k = 0; k < larger.Length; k++)
        {
            double dot = 0, square = 0;
            for (int v = 0; v < Model.GraphVertexCount; v++)
            {
                dot += Vector3.Dot(Model.Identity[k][v], 0.05f * Model.Mean[v]);
                square += Model.Identity[k][v].LengthSquared();
            }

            larger[k] += (float)(dot / square);
        }

        var errors = RegressorEvaluation.Report(Model, [new Reading(64, people[0], people[0] with { Identity = larger }, true)]).Mesh;
        Assert.Multiple(() =>
        {
            Assert.That(errors.Identity, Is.GreaterThan(2));
            Assert.That(errors.IdentityAligned, Is.LessThan(0.6 * errors.Identity));
            Assert.That(errors.Aligned, Is.LessThan(0.6 * errors.Total));
            Assert.That(errors.Expression, Is.Zero);
        });
    }

    private static Coefficients[] People(int count)
    {
        var random = new System.Random(5);
        return [.. Enumerable.Range(0, count).Select(_ => new Coefficients(
            [.. Model.Identity.Select(_ => (2 * random.NextSingle()) - 1)],
            [.. Model.ExpressionNames.Select(name => name == "tongueOut" ? 0 : random.NextSingle())],
            new Pose(random.NextSingle() - 0.5f, 0.1f, -0.1f, 0.007f, 0, 0)))];
    }
}
