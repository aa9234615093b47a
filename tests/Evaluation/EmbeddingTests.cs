using Mimesh.Evaluation;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Evaluation;

public sealed class EmbeddingTests
{
    [Test]
    public void TheLossIsItsFormula()
    {
        using var device = Device.Open("cpu", 1);
        using var tape = Tape.Start();
        float[][] z = [.. new[] { 0f, 20f, 100f, 170f, 60f, 250f }.Select(a => new[] { MathF.Cos(float.DegreesToRadians(a)), MathF.Sin(float.DegreesToRadians(a)) })];
        double expected = 0;
        for (int i = 0; i < 6; i++)
        {
            double Similarity(int j) => ((z[i][0] * z[j][0]) + (z[i][1] * z[j][1])) / 0.1;
            double all = Enumerable.Range(0, 6).Where(j => j != i).Sum(j => Math.Exp(Similarity(j)));
            expected -= Enumerable.Range(0, 6).Where(j => j != i && j / 3 == i / 3).Average(j => Math.Log(Math.Exp(Similarity(j)) / all)) / 6;
        }

        float loss = EmbeddingTraining.Contrast(Tensor.From(device, [6, 2], [.. z.SelectMany(v => v)]), 3).Item();
        Assert.That(loss, Is.EqualTo(expected).Within(1e-4));
    }

    [Test]
    public void AStoppedTrainingGoesOnAsIfItNeverHadBeen()
    {
        using var directory = new TemporaryDirectory();
        using var device = Device.Open("cpu");
        var whole = new TrainingOptions(directory["whole"], 2, 8, 7, 1e-3f, 32, 1) { CheckpointEvery = 1 };
        EmbeddingTraining.Run(device, whole, new Quiet(), CancellationToken.None);
        var parts = whole with { Directory = directory["parts"] };
        using (var stop = new CancellationTokenSource())
        {
            EmbeddingTraining.Run(device, parts, new Quiet(_ => stop.Cancel()), stop.Token);
        }

        EmbeddingTraining.Run(device, parts, new Quiet(), CancellationToken.None);
        Assert.That(
            File.ReadAllBytes(Path.Combine(parts.Directory, Weights.EmbeddingFile)),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(whole.Directory, Weights.EmbeddingFile))));
        Assert.Throws<InputException>(() => EmbeddingTraining.Run(device, whole with { BatchSize = 6 }, new Quiet(), CancellationToken.None));
    }

    [Test]
    public void TheShippedEmbeddingTellsPeopleApart()
    {
        const int people = 6, size = 128;
        using var device = Device.Open("cpu");
        using var embedder = FaceEmbedder.Load(device, Path.Combine(RepositoryRoot.Path, "weights"), size);
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Test);
        float[][] vectors =
        [
            .. Enumerable.Range(0, 3 * people).Select(i =>
            {
                var frame = sampler.Moment(sampler.Person((ulong)(i / 3)), (ulong)(i % 3), size);
                return embedder.Embed(frame.Image, new SeenFace(FaceCrop.Around(frame.Pose.ToMatrix()), frame.Pose, frame.Expression, []));
            }),
        ];
        Assert.That(vectors[0].Sum(v => v * v), Is.EqualTo(1).Within(1e-4));
        var found = Separation.Of(vectors, [.. Enumerable.Range(0, 3 * people).Select(i => i / 3)]);
        Assert.That(found.Auc, Is.GreaterThan(0.9), found.ToString());
    }

    private sealed class Quiet(Action<TrainingReport>? hear = null) : IProgress<TrainingReport>
    {
        public void Report(TrainingReport value) => hear?.Invoke(value);
    }
}
