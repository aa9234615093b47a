using System.Numerics;
using Mimesh.Faces;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>Measures a regressor on rendered people with known coefficients.</summary>
public static class RegressorEvaluation
{
    // The usual cut of the benchmarks for 3D faces: a ball around the tip of the nose.
    private const float FaceRadius = 95f;
    private const int NoseTip = 30; // of the 68 landmarks

    /// <summary>Measures a regressor on people of <see cref="Split.Test"/>, whom no training sees and no choice was made on.</summary>
    /// <param name="regressor">The trained network.</param>
    /// <param name="people">How many, at least 2.</param>
    /// <param name="size">Side of the pictures.</param>
    /// <param name="progress">Hears how many are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static RegressorReport Run(Regressor regressor, int people, int size, IProgress<int> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfLessThan(people, 2);
        using var data = new OrderedProducer<Portrait>(
            i => Portrait.Render(Split.Test, 0, i, size), 0, Environment.ProcessorCount, 4 * Environment.ProcessorCount);
        return Measure(FaceModel.BuiltIn, regressor, Enumerable.Range(0, people).Select(i =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report(i);
            return data.Next();
        }));
    }

    /// <summary>Measures a regressor on given portraits, one after another.</summary>
    internal static RegressorReport Measure(FaceModel model, Regressor regressor, IEnumerable<Portrait> portraits)
    {
        ArgumentNullException.ThrowIfNull(regressor);
        return Report(model, [.. portraits.Select(portrait => Read(regressor, portrait))]);
    }

    private static Reading Read(Regressor regressor, Portrait portrait)
    {
        using var tape = Tape.Start();
        using var pause = Tape.NoGrad();
        var batch = Portrait.Upload(regressor.Device, [portrait]);
        var seen = regressor.Forward(batch.Images);
        return new Reading(
            batch.Images.Shape[1],
            new Coefficients(portrait.Identity, portrait.Expression, portrait.Pose),
            new Coefficients(seen.Identity.ToArray(), seen.Expression.ToArray(), Pose.FromMatrix(seen.PictureCameras())),
            Regressor.CropsOf(regressor.Glance(batch.Wide))[0].IsNear(FaceCrop.Around(portrait.WidePose.ToMatrix())));
    }

    /// <summary>The errors of readings.</summary>
    internal static RegressorReport Report(FaceModel model, IReadOnlyList<Reading> readings)
    {
        float[] usual = [.. Enumerable.Range(0, model.Expression.Length).Select(k => readings.Average(r => r.True.Expression[k]))];
        var (mesh, face) = Vertices(model, readings, usual);
        return new RegressorReport(
            readings.Count,
            readings[0].Size,
            readings.Average(r => r.Found ? 1.0 : 0.0),
            new PoseErrors(Degrees(p => p.Yaw), Degrees(p => p.Pitch), Degrees(p => p.Roll)),
            mesh,
            face,
            Expressions(model, readings, usual));

        double Degrees(Func<Pose, float> angle) =>
            readings.Average(r => Math.Abs((double)angle(r.Seen.Pose) - angle(r.True.Pose))) * (180 / Math.PI);
    }

    private static ExpressionErrors Expressions(FaceModel model, IReadOnlyList<Reading> readings, float[] usual)
    {
        double squaredError = 0, variance = 0;
        var shapes = usual.Select((mean, k) =>
        {
            double error = readings.Sum(r => Square(r.Seen.Expression[k] - r.True.Expression[k]));
            double spread = readings.Sum(r => Square(r.True.Expression[k] - mean));
            squaredError += error;
            variance += spread;
            return new ShapeErrors(
                model.ExpressionNames[k],
                readings.Average(r => Math.Abs((double)r.Seen.Expression[k] - r.True.Expression[k])),
                spread > 0 ? 1 - (error / spread) : null,
                Math.Sqrt(spread / readings.Count));
        }).OrderByDescending(s => s.Explained ?? double.NegativeInfinity).ToArray();
        return new ExpressionErrors(shapes.Average(s => s.MeanAbsoluteError), 1 - (squaredError / variance), shapes);

        static double Square(double x) => x * x;
    }

    private static (VertexErrors Mesh, VertexErrors Face) Vertices(FaceModel model, IReadOnlyList<Reading> readings, float[] usual)
    {
        int[] mesh = [.. Enumerable.Range(0, model.GraphVertexCount)];
        var nose = model.Mean[model.Landmarks[NoseTip]];
        int[] face = [.. mesh.Where(v => Vector3.Distance(model.Mean[v], nose) <= FaceRadius)];
        var average = Shape([], usual);
        var errors = new (VertexErrors Mesh, VertexErrors Face)[readings.Count];
        Parallel.For(0, errors.Length, i =>
        {
            var (_, truth, seen, _) = readings[i];
            Vector3[] whole = Shape(truth.Identity, truth.Expression), guess = Shape(seen.Identity, seen.Expression);
            Vector3[] rest = Shape(truth.Identity, []), guessAtRest = Shape(seen.Identity, []);
            var expressed = Shape(truth.Identity, seen.Expression);
            VertexErrors Over(int[] part) => new(
                Distance(guess, whole, part), Aligned(guess, whole, part),
                Distance(guessAtRest, rest, part), Aligned(guessAtRest, rest, part),
                Distance(expressed, whole, part), Distance(average, whole, part), Aligned(average, whole, part));
            errors[i] = (Over(mesh), Over(face));
        });
        return (Mean(errors.Select(e => e.Mesh)), Mean(errors.Select(e => e.Face)));

        Vector3[] Shape(float[] identity, float[] expression)
        {
            var vertices = new Vector3[model.GraphVertexCount];
            model.Shape(identity, expression, vertices);
            return vertices;
        }
    }

    private static double Distance(Vector3[] a, Vector3[] b, int[] part) => part.Average(v => (double)Vector3.Distance(a[v], b[v]));

    private static double Aligned(Vector3[] a, Vector3[] b, int[] part)
    {
        Vector3[] from = [.. part.Select(v => a[v])], to = [.. part.Select(v => b[v])];
        var similarity = Similarity.Between(from, to);
        return from.Zip(to, (p, q) => (double)Vector3.Distance(similarity.Apply(p), q)).Average();
    }

    private static VertexErrors Mean(IEnumerable<VertexErrors> errors)
    {
        VertexErrors[] all = [.. errors];
        return new VertexErrors(
            all.Average(e => e.Total), all.Average(e => e.Aligned), all.Average(e => e.Identity),
            all.Average(e => e.IdentityAligned), all.Average(e => e.Expression), all.Average(e => e.AverageFace),
            all.Average(e => e.AverageFaceAligned));
    }

    /// <summary>A face: identity, expression, and the pose in its picture.</summary>
    internal sealed record Coefficients(float[] Identity, float[] Expression, Pose Pose);

    /// <summary>What is true of a picture of a side, what a regressor sees in it, and whether its glance finds the head in a wide picture.</summary>
    internal sealed record Reading(int Size, Coefficients True, Coefficients Seen, bool Found);
}
