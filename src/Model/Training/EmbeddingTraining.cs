using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// The evaluation's identity embedding learns from rendered people, each in several moments with another scene every time: other
/// light, background, camera and framing. The loss is the supervised contrastive one (Khosla et al. 2020), which draws the pictures
/// of a person together and all others apart.
/// </summary>
public static class EmbeddingTraining
{
    /// <summary>Pictures of each person in a batch.</summary>
    public const int Moments = 4;

    // The temperature τ of the loss: how much the nearest strangers count.
    private const float Temperature = 0.1f;

    /// <summary>Trains, or goes on from the run's checkpoint, and writes <see cref="Weights.EmbeddingFile"/> to the run's folder.</summary>
    /// <param name="device">Where.</param>
    /// <param name="options">How; the batch holds <see cref="Moments"/> pictures of each person.</param>
    /// <param name="progress">Hears of losses and of the <see cref="Separation"/> of held-out people.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint written.</param>
    /// <exception cref="InputException">
    /// The batch does not hold two people or more, each whole; the checkpoint there is damaged, or the folder cannot be written.
    /// </exception>
    public static void Run(Device device, TrainingOptions options, IProgress<TrainingReport> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        int people = options.BatchSize / Moments;
        if (people < 2 || options.BatchSize % Moments != 0)
        {
            throw new InputException($"A batch of {options.BatchSize} does not hold whole people; give a multiple of {Moments}, {2 * Moments} or more.");
        }

        using var directory = OutputDirectory.Create(options.Directory);
        using var stage = new EmbeddingStage(device, options, EmbeddingStage.Rendered(options));
        TrainingLoop.Run(stage, options, progress, cancellation);
    }

    /// <summary>
    /// The supervised contrastive loss: for each unit vector zᵢ, with P(i) the others of its person and A(i) all others,
    /// <c>−1/|P(i)|·Σ_{p∈P(i)} ln( e^{zᵢ·zₚ/τ} / Σ_{a∈A(i)} e^{zᵢ·zₐ/τ} )</c>; their mean.
    /// </summary>
    /// <param name="vectors"><c>(N, L)</c>, the vectors of a person one after the other.</param>
    /// <param name="each">Vectors of each person, at least 2.</param>
    internal static Tensor Contrast(Tensor vectors, int each)
    {
        int n = vectors.Shape[0];
        float[] others = new float[n * n], own = new float[n * n];
        for (int i = 0; i < n * n; i++)
        {
            others[i] = i / n == i % n ? 0f : 1f;
            own[i] = i / n / each == i % n / each ? others[i] / (each - 1) : 0f;
        }

        var cosines = vectors.MatMul(vectors, transposeB: true).Mul(1f / Temperature); // (N, N); at most 10, so the sums are finite
        var all = cosines.Exp().Mul(Tensor.From(vectors.Device, [n, n], others)).Sum(1).Log(); // (N, 1)
        return all.Sum().Sub(cosines.Mul(Tensor.From(vectors.Device, [n, n], own)).Sum()).Mul(1f / n);
    }
}

/// <summary>The embedding's network, samples, step and measurement.</summary>
internal sealed class EmbeddingStage : TrainingStage<SeenPerson>
{
    private readonly TrainingOptions _options;
    private readonly EmbeddingNet _net;
    private readonly Trainee _trainee;

    public EmbeddingStage(Device device, TrainingOptions options, SampleSource<SeenPerson> samples)
        : base(samples)
    {
        _options = options;
        _net = new EmbeddingNet(new Initializer(device, options.Seed));
        if (options.Start(Weights.EmbeddingFile, "embedding") is var (weights, path))
        {
            Weights.Load(weights, path, "embedding", _net.NamedParameters);
        }

        _trainee = new Trainee("embedding", _net, options.ClipNorm, beta1: 0.9f);
    }

    public override int HeldOutCount => 64;

    public override int PicturesPerSample => EmbeddingTraining.Moments;

    public override IReadOnlyList<Trainee> Trainees => [_trainee];

    public override string WeightsFile => Weights.EmbeddingFile;

    public override Safetensors ShippedWeights()
    {
        var weights = new Safetensors();
        weights.Add("embedding", _trainee.Averaged);
        return weights;
    }

    /// <summary>Rendered people.</summary>
    public static SampleSource<SeenPerson> Rendered(TrainingOptions options) => new(
        i => SeenPerson.Render(Split.Training, options.Seed, i, options.Size),
        i => SeenPerson.Render(Split.Validation, options.Seed, i, options.Size))
    {
        Showings = 4, // rendering somebody four times costs several steps on the pictures
        Window = 256,
    };

    public override StepFigures Step(SeenPerson[] batch, int step)
    {
        var loss = EmbeddingTraining.Contrast(Embed(batch), EmbeddingTraining.Moments);
        float norm = _trainee.Step(loss, _options.RateAt(step));
        return new StepFigures([("contrast", loss.Item())], [(_trainee.Name, norm)]);
    }

    public override IEnumerable<(string Name, Shape Shape, float[] Values)> Arrays(SeenPerson[] batch)
    {
        SeenMoment[] moments = [.. batch.SelectMany(p => p.Moments)];
        int n = moments.Length, size = _options.Size;
        return
        [
            ("image", [n, size, size, 3], Batch.Join(moments, m => m.Image)),
            ("grid", [n, EmbeddingNet.CropSize, EmbeddingNet.CropSize, 2], Batch.Join(moments, m => m.Grid)),
        ];
    }

    public override IReadOnlyDictionary<string, float> Measure(SeenPerson[] heldOut, int step)
    {
        var vectors = new List<float[]>();
        foreach (var person in heldOut)
        {
            using var tape = Tape.Start();
            using var pause = Tape.NoGrad();
            vectors.AddRange(Embed([person]).ToArray().Chunk(EmbeddingNet.Length));
        }

        var found = Separation.Of(vectors, [.. Enumerable.Range(0, vectors.Count).Select(i => i / EmbeddingTraining.Moments)]);
        return new Dictionary<string, float>
        {
            ["auc"] = (float)found.Auc,
            ["eer"] = (float)found.Eer,
            ["same"] = (float)found.Same,
            ["different"] = (float)found.Different,
        };
    }

    private Tensor Embed(SeenPerson[] people)
    {
        SeenMoment[] moments = [.. people.SelectMany(p => p.Moments)];
        int n = moments.Length, size = (int)Math.Sqrt(moments[0].Image.Length / 3);
        return _net.Forward(
            Batch.Upload(_net.Device, [n, size, size, 3], moments, m => m.Image),
            Batch.Upload(_net.Device, [n, EmbeddingNet.CropSize, EmbeddingNet.CropSize, 2], moments, m => m.Grid));
    }

    public override void Dispose()
    {
        _trainee.Dispose();
        _net.Dispose();
    }
}

/// <summary>A picture <c>(S, S, 3)</c>, and where in it the face is: the grid of a crop that is off as a glance's.</summary>
internal sealed record SeenMoment(float[] Image, float[] Grid);

/// <summary>Some moments of one person, each in another scene.</summary>
internal sealed record SeenPerson(SeenMoment[] Moments)
{
    public static SeenPerson Render(Split split, ulong seed, long index, int size)
    {
        ulong sample = SampleSeed.Of(seed, index);
        var sampler = Samplers.For(split);
        var rng = new Rng(sample);
        var moments = new SeenMoment[EmbeddingTraining.Moments];
        for (int m = 0; m < moments.Length; m++)
        {
            var frame = sampler.Moment(sampler.Person(sample, (ulong)m), (ulong)m, size);
            float[] grid = new float[EmbeddingNet.CropSize * EmbeddingNet.CropSize * 2];
            Portrait.Glanced(FaceCrop.Around(frame.Pose.ToMatrix()), rng.NextBits()).Grid(EmbeddingNet.CropSize, grid);
            moments[m] = new SeenMoment(frame.Image.Pixels, grid);
        }

        return new SeenPerson(moments);
    }
}
