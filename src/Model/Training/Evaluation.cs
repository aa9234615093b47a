using Mimesh.Model.Imaging;
using Mimesh.Model.Rendering;

namespace Mimesh.Model.Training;

/// <summary>Means over pairs of pictures.</summary>
/// <param name="Psnr">See <see cref="Metrics.Psnr"/>, dB.</param>
/// <param name="Ssim">See <see cref="Metrics.Ssim"/>.</param>
public sealed record Scores(double Psnr, double Ssim);

/// <summary>A protocol's scores against the true picture: the output, and the two baselines.</summary>
/// <param name="Model">Î_d.</param>
/// <param name="CopySource">I_s as it is.</param>
/// <param name="FlowOnly">I_s' = warp(I_s, T*).</param>
public sealed record ProtocolScores(Scores Model, Scores CopySource, Scores FlowOnly);

/// <summary>What <see cref="Evaluation.Run"/> measures.</summary>
/// <param name="Self">The driving frame is of the same person's clip, and is itself the truth.</param>
/// <param name="Cross">The driving frame is of another person; the truth is the source person rendered with its coefficients.</param>
public sealed record EvaluationReport(ProtocolScores Self, ProtocolScores Cross);

/// <summary>Measures the finished system on rendered people that no training sees.</summary>
public static class Evaluation
{
    /// <summary>Evaluates both protocols on <paramref name="pairs"/> pairs each.</summary>
    /// <param name="reenactor">The system.</param>
    /// <param name="pairs">Pairs a protocol, at least 1.</param>
    /// <param name="size">Side of the pictures.</param>
    /// <param name="progress">Hears how many pairs are done, of both protocols together.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static EvaluationReport Run(Reenactor reenactor, int pairs, int size, IProgress<int> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reenactor);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        var self = Protocol(reenactor, pairs, size, new OffsetProgress(progress, 0), cancellation, i =>
        {
            var pair = Samplers.For(Split.Test).Pair((ulong)i, size);
            return (pair.Source.Image, pair.Driving.Image, pair.Driving.Image);
        });
        var cross = Protocol(reenactor, pairs, size, new OffsetProgress(progress, pairs), cancellation, i =>
        {
            var pair = Samplers.For(Split.Test).CrossPair((ulong)i, size);
            return (pair.Source.Image, pair.Driving.Image, pair.Truth.Image);
        });
        return new EvaluationReport(self, cross);
    }

    private static ProtocolScores Protocol(
        Reenactor reenactor, int pairs, int size, OffsetProgress progress, CancellationToken cancellation,
        Func<long, (Image Source, Image Driving, Image Truth)> render)
    {
        using var data = new OrderedProducer<(Image Source, Image Driving, Image Truth)>(render, 0, Environment.ProcessorCount, 8);
        var sums = new (double Psnr, double Ssim)[3];
        for (int i = 0; i < pairs; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (source, driving, truth) = data.Next();
            var result = reenactor.Reenact(source, driving, size);
            Image[] candidates = [result.Image, source, result.Warped];
            for (int c = 0; c < candidates.Length; c++)
            {
                sums[c].Psnr += Metrics.Psnr(candidates[c].Pixels, truth.Pixels) / pairs;
                sums[c].Ssim += Metrics.Ssim(candidates[c], truth) / pairs;
            }

            progress.Report(i + 1);
        }

        Scores Mean(int c) => new(sums[c].Psnr, sums[c].Ssim);
        return new ProtocolScores(Mean(0), Mean(1), Mean(2));
    }

    private sealed class OffsetProgress(IProgress<int> inner, int offset)
    {
        public void Report(int done) => inner.Report(offset + done);
    }
}
