using System.Globalization;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.People;
using Mimesh.Training;

namespace Mimesh.Evaluation;

/// <summary>A line of a <see cref="PairList"/>: a source and a driving picture.</summary>
public abstract record EvaluationPair
{
    /// <summary>Whether both pictures show one person, so that the driving picture is itself the true answer.</summary>
    public abstract bool IsSelf { get; }

    /// <summary>The files that <see cref="Open"/> reads.</summary>
    public abstract IEnumerable<string> Files { get; }

    /// <summary>The line's fields.</summary>
    internal abstract IReadOnlyList<string> Fields { get; }

    /// <summary>Renders or reads the pictures; may be called from any thread.</summary>
    /// <param name="size">Their side.</param>
    /// <exception cref="InputException">A picture cannot be read.</exception>
    internal abstract PairPictures Open(int size);
}

/// <summary>Two moments of people of <see cref="Split.Test"/>; see <see cref="ClipSampler.Moment"/>.</summary>
/// <param name="Person">The source person's number.</param>
/// <param name="Moment">The moment of it.</param>
/// <param name="DrivingPerson">The driving person's number.</param>
/// <param name="DrivingMoment">The moment of it.</param>
public sealed record RenderedPair(ulong Person, ulong Moment, ulong DrivingPerson, ulong DrivingMoment) : EvaluationPair
{
    /// <inheritdoc/>
    public override bool IsSelf => Person == DrivingPerson;

    /// <inheritdoc/>
    public override IEnumerable<string> Files => [];

    internal override IReadOnlyList<string> Fields =>
        [.. new[] { Person, Moment, DrivingPerson, DrivingMoment }.Select(n => n.ToString(CultureInfo.InvariantCulture))];

    internal override PairPictures Open(int size)
    {
        var sampler = Samplers.For(Split.Test);
        if (IsSelf)
        {
            var (source, driving, flow) = sampler.Pair(Person, Moment, DrivingMoment, size);
            return new PairPictures(source.Image, driving.Image, driving.Image, flow, driving.Pose);
        }

        var pair = sampler.CrossPair(Person, Moment, DrivingPerson, DrivingMoment, size);
        return new PairPictures(
            pair.Source.Image, pair.Driving.Image, pair.Truth.Image, FlowTruth.Between(pair.Source, pair.Truth), pair.Driving.Pose);
    }
}

/// <summary>Picture files, each a square around a head as the field's data sets have them, or brought into one whole.</summary>
/// <param name="Source">The source picture's path.</param>
/// <param name="Driving">The driving picture's path.</param>
/// <param name="Truth">The true answer's path; the driving picture itself for one person; null where nobody knows it.</param>
public sealed record PicturePair(string Source, string Driving, string? Truth) : EvaluationPair
{
    /// <inheritdoc/>
    public override bool IsSelf => Truth == Driving;

    /// <inheritdoc/>
    public override IEnumerable<string> Files => Fields.Where(f => f.Length > 0);

    internal override IReadOnlyList<string> Fields => [Source, Driving, Truth ?? ""];

    internal override PairPictures Open(int size)
    {
        Image driving = Load(Driving);
        return new PairPictures(Load(Source), driving, Truth is null ? null : IsSelf ? driving : Load(Truth), null, null);

        Image Load(string path) => Resample.Fit(ImageFile.Load(path), size);
    }
}

/// <summary>A pair's pictures, all of one size, and what is known about them.</summary>
/// <param name="Source">I_s.</param>
/// <param name="Driving">I_d.</param>
/// <param name="Truth">The true answer: the driving picture itself for one person; null where nobody knows it.</param>
/// <param name="Flow">The true motion from the source to the true answer, of rendered people.</param>
/// <param name="DrivingPose">The true pose in the driving picture, of rendered people.</param>
internal sealed record PairPictures(Image Source, Image Driving, Image? Truth, FlowTruth? Flow, Pose? DrivingPose);
