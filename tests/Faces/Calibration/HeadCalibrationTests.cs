using System.Numerics;
using Mimesh.Faces;
using NUnit.Framework;

namespace Mimesh.Tests.Faces.Calibration;

/// <summary>
/// How near the built-in head is to people: measures its mean, identities and expressions with a <see cref="StatisticalHead"/>.
/// Skipped unless MIMESH_HEAD_INSTRUMENT holds the path of one; the figures go to the test's output.
/// </summary>
public class HeadCalibrationTests
{
    private const int People = 20;

    private static readonly FaceModel s_model = FaceModel.BuiltIn;

    private static readonly Lazy<HeadRegistration?> s_registration = new(() =>
        Environment.GetEnvironmentVariable(StatisticalHead.PathVariable) is { Length: > 0 } path
            ? new HeadRegistration(s_model, new StatisticalHead(File.ReadAllBytes(path)))
            : null);

    [Test]
    public void MeanIsThatOfPeople()
    {
        var registration = Registration();
        var (there, back) = registration.Distances(s_model.Mean, registration.Mean);
        Report($"mean head, rigidly aligned: ours to theirs {there:f2} mm, theirs to ours {back:f2} mm");
        Assert.That(Math.Max(there, back), Is.LessThan(2));
    }

    [Test]
    public void ModesReachPeople()
    {
        var registration = Registration();
        var fit = new IdentityFit(s_model, registration);
        double free = 0, clamped = 0, square = 0;
        float largest = 0;
        var shape = new Vector3[s_model.VertexCount];
        for (int person = 0; person < People; person++)
        {
            var rng = new Rng(1000 + (ulong)person);
            var face = Sample(registration, ref rng);
            (float[] c, face) = fit.Fit(face);
            double Error(float[] coefficients)
            {
                s_model.Shape(coefficients, [], shape);
                var (there, back) = registration.Distances(shape, face);
                return (there + back) / 2 / People;
            }

            free += Error(c);
            clamped += Error([.. c.Select(x => Math.Clamp(x, -CoefficientSampler.IdentityLimit, CoefficientSampler.IdentityLimit))]);
            square += c.Sum(x => (double)x * x) / c.Length / People;
            largest = Math.Max(largest, c.Max(MathF.Abs));
        }

        Report($"identities of {People} people: error {free:f2} mm, clamped {clamped:f2} mm, coefficients rms {Math.Sqrt(square):f2}, largest {largest:f1}");
        Assert.That(Math.Max(free, clamped), Is.LessThan(1.5));
    }

    [Test]
    public void ExpressionsMoveAsPeoplesDo()
    {
        var registration = Registration();
        int[] face = [.. registration.Face.Where(i => !registration.Places[i].OnEdge)];
        var rows = new List<(string Name, double Correlation, float Ours, float Theirs)>();
        foreach (string name in s_model.ExpressionNames)
        {
            if (registration.Head.Expression(name) is not { } shape || name.EndsWith("Right", StringComparison.Ordinal))
            {
                continue;
            }

            Vector3[] theirs = registration.Transfer(shape), ours = s_model.Expression[Array.IndexOf(s_model.ExpressionNames, name)];
            double product = 0, a = 0, b = 0;
            foreach (int i in face)
            {
                product += registration.Areas[i] * (double)Vector3.Dot(ours[i], theirs[i]);
                a += registration.Areas[i] * (double)ours[i].LengthSquared();
                b += registration.Areas[i] * (double)theirs[i].LengthSquared();
            }

            rows.Add((name, product / Math.Sqrt((a * b) + 1e-12), face.Max(i => ours[i].Length()), face.Max(i => theirs[i].Length())));
        }

        rows.Sort((x, y) => y.Theirs.CompareTo(x.Theirs));
        Report("expression            correlation  peak ours  theirs, mm");
        foreach (var (name, correlation, ours, theirs) in rows)
        {
            Report($"{name,-22}{correlation,11:f2}{ours,11:f1}{theirs,8:f1}");
        }

        double average = rows.Take(20).Average(r => r.Correlation);
        Report($"{"mean of the first 20",-22}{average,11:f2}");
        Assert.That(average, Is.GreaterThan(0.9));
    }

    private static HeadRegistration Registration()
    {
        if (s_registration.Value is not { } registration)
        {
            Assert.Ignore($"{StatisticalHead.PathVariable} is not set");
            throw new InvalidOperationException();
        }

        return registration;
    }

    private static Vector3[] Sample(HeadRegistration registration, ref Rng rng)
    {
        var face = (Vector3[])registration.Mean.Clone();
        foreach (var mode in registration.Head.Identity)
        {
            float w = rng.NextGaussian();
            for (int i = 0; i < face.Length; i++)
            {
                face[i] += w * registration.Turn(mode[i]);
            }
        }

        return face;
    }

    private static void Report(string line) => TestContext.Out.WriteLine(line);
}
