using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Reenactment;
using Mimesh.Training;

namespace Mimesh.Evaluation;

/// <summary>A system to evaluate.</summary>
/// <param name="Weights">Which weights it has.</param>
/// <param name="Reenactor">The system.</param>
public sealed record EvaluatedSystem(SystemWeights Weights, Reenactor Reenactor);

/// <summary>
/// Measures systems by the paper's five figures, in its two protocols. Pictures are rendered or read ahead on background threads and
/// measured in order, so that the figures are the same for any number of threads.
/// </summary>
public sealed class Evaluator : IDisposable
{
    private const int Ahead = 8;

    private readonly PairList _pairs;
    private readonly int _size;
    private readonly IReadOnlyList<EvaluatedSystem> _systems;
    private readonly IFaceEmbedder _embedder;
    private readonly FaceJudge _judge;
    private readonly Animation[] _animations;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="device">Where the systems are.</param>
    /// <param name="pairs">What to evaluate on.</param>
    /// <param name="size">Side of the pictures, see <see cref="Preset"/>.</param>
    /// <param name="systems">At least one. The first one's regressor judges poses and expressions of all.</param>
    /// <param name="embedder">Judges identities.</param>
    public Evaluator(Device device, PairList pairs, int size, IReadOnlyList<EvaluatedSystem> systems, IFaceEmbedder embedder)
    {
        ArgumentNullException.ThrowIfNull(systems);
        ArgumentOutOfRangeException.ThrowIfZero(systems.Count);
        _pairs = pairs;
        _size = size;
        _systems = systems;
        _embedder = embedder;
        var first = systems[0].Reenactor;
        _judge = new FaceJudge(device, first.Model, first.Regressor, embedder, size);
        _animations = [.. systems.Select(s => s.Reenactor.Animate(size))];
    }

    /// <summary>Evaluates every system on every pair.</summary>
    /// <param name="figure">Collects pictures of the first pairs, or null.</param>
    /// <param name="progress">Hears how many pairs are done, of both protocols together.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InputException">A picture of the list cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public EvaluationReport Run(EvaluationFigure? figure, IProgress<int> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var self = Protocol(_pairs.Self, 0, figure, progress, cancellation);
        var cross = Protocol(_pairs.Cross, _pairs.Self.Count, figure, progress, cancellation);
        return new EvaluationReport(
            _pairs.Name, _size, _systems[0].Weights, new CsimModel(_embedder.Name, _embedder.Checksum), self?.Scores, cross?.Scores,
            [.. _systems.Skip(1).Select((s, i) => new FurtherSystem(s.Weights, self?.Others[i], cross?.Others[i]))]);
    }

    /// <summary>Frees the memory; the systems and the embedder stay.</summary>
    public void Dispose()
    {
        _judge.Dispose();
        foreach (var animation in _animations)
        {
            animation.Dispose();
        }
    }

    private (ProtocolScores Scores, SystemScores[] Others)? Protocol(
        IReadOnlyList<EvaluationPair> pairs, int before, EvaluationFigure? figure, IProgress<int> progress, CancellationToken cancellation)
    {
        if (pairs.Count == 0)
        {
            return null;
        }

        ScoreSum copy = new(), trueFlow = new(), given = new(), answer = new();
        var sums = _animations.Select(a => (Animation: a, Model: new ScoreSum(), FlowOnly: new ScoreSum())).ToArray();
        using var data = new OrderedProducer<Baselines>(
            i => i < pairs.Count ? Baselines.Of(pairs[(int)i].Open(_size)) : null!, 0, Environment.ProcessorCount, Ahead);
        for (int i = 0; i < pairs.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var known = data.Next();
            var pair = known.Pair;
            Reading source = _judge.Read(pair.Source), driving = _judge.Read(pair.Driving);
            void Add(ScoreSum sum, Compared picture, Reading reading) => sum.Add(picture, reading, source, driving, pair.DrivingPose);

            Add(copy, known.CopySource, source);
            if (known.TrueFlow is { } warped && known.TrueFlowHiddenGiven is { } completed)
            {
                Add(trueFlow, warped, _judge.Read(warped.Image));
                Add(given, completed, _judge.Read(completed.Image));
            }

            if (pair.Truth is not null)
            {
                Add(answer, new Compared(pair.Truth, null, null), ReferenceEquals(pair.Truth, pair.Driving) ? driving : _judge.Read(pair.Truth));
            }

            var results = new List<Image>();
            foreach (var (animation, model, flowOnly) in sums)
            {
                animation.Begin(pair.Source);
                var result = animation.Reenact(pair.Driving);
                var compared = new Compared[2];
                Parallel.For(0, 2, k => compared[k] = Compared.With(k == 0 ? result.Image : result.Warped, pair.Truth));
                Add(model, compared[0], _judge.Read(result.Image));
                Add(flowOnly, compared[1], _judge.Read(result.Warped));
                results.AddRange([result.Warped, result.Image]);
            }

            figure?.Add(pairs[i].IsSelf, pair, known.TrueFlow?.Image, results);
            progress.Report(before + i + 1);
        }

        var (_, first, firstFlow) = sums[0];
        return (
            new ProtocolScores(pairs.Count, first.Mean()!, firstFlow.Mean()!, copy.Mean()!, trueFlow.Mean(), given.Mean(), answer.Mean()),
            [.. sums.Skip(1).Select(s => new SystemScores(s.Model.Mean()!, s.FlowOnly.Mean()!))]);
    }

    /// <summary>A picture with its distance from the true answer, if that is known.</summary>
    private sealed record Compared(Image Image, double? Psnr, double? Ssim)
    {
        public static Compared With(Image image, Image? truth) => truth is null
            ? new Compared(image, null, null)
            : new Compared(image, PictureQuality.Psnr(image.Pixels, truth.Pixels), PictureQuality.Ssim(image, truth));
    }

    /// <summary>A pair with what no system is needed for.</summary>
    private sealed record Baselines(PairPictures Pair, Compared CopySource, Compared? TrueFlow, Compared? TrueFlowHiddenGiven)
    {
        public static Baselines Of(PairPictures pair)
        {
            var copy = Compared.With(pair.Source, pair.Truth);
            if (pair.Flow is null || pair.Truth is null)
            {
                return new Baselines(pair, copy, null, null);
            }

            Image warped = pair.Flow.Warp(pair.Source), completed = Image.From(warped.Width, warped.Height, [.. warped.Pixels]);
            for (int i = 0; i < pair.Flow.Visible.Length; i++)
            {
                if (pair.Flow.Visible[i] == 0)
                {
                    pair.Truth.Pixels.AsSpan(3 * i, 3).CopyTo(completed.Pixels.AsSpan(3 * i, 3));
                }
            }

            return new Baselines(pair, copy, Compared.With(warped, pair.Truth), Compared.With(completed, pair.Truth));
        }
    }

    /// <summary>Adds up scores.</summary>
    private sealed class ScoreSum
    {
        private readonly (double Sum, int Count)[] _sums = new (double, int)[6];

        public void Add(Compared picture, Reading reading, Reading source, Reading driving, Faces.Pose? drivingPose)
        {
            double?[] values =
            [
                picture.Psnr, picture.Ssim, EmbeddingNet.Cosine(reading.Identity, source.Identity),
                Metrics.PoseError(reading.Face.Pose, driving.Face.Pose),
                Metrics.ActionUnitAgreement(reading.Face.Expression, driving.Face.Expression),
                drivingPose is { } pose ? Metrics.PoseError(reading.Face.Pose, pose) : null,
            ];
            for (int i = 0; i < values.Length; i++)
            {
                _sums[i] = values[i] is { } value ? (_sums[i].Sum + value, _sums[i].Count + 1) : _sums[i];
            }
        }

        // Null if nothing was added.
        public Scores? Mean()
        {
            double?[] m = [.. _sums.Select(s => s.Count == 0 ? (double?)null : s.Sum / s.Count)];
            return m[2] is null ? null : new Scores(m[0], m[1], m[2], m[3], m[4], m[5]);
        }
    }
}
