using Mimesh.Model.Faces;
using Mimesh.Model.Random;

namespace Mimesh.Model.Rendering;

/// <summary>What a person is for. People of different splits have different seeds.</summary>
public enum Split
{
    /// <summary>Networks are trained on these people.</summary>
    Training,

    /// <summary>Choices are made on these.</summary>
    Validation,

    /// <summary>Results are reported on these.</summary>
    Test,
}

/// <summary>Two frames of one clip of one person, and the motion between them.</summary>
/// <param name="Source">The frame to start from.</param>
/// <param name="Driving">The frame to arrive at.</param>
/// <param name="Flow">Backward flow from driving to source.</param>
public sealed record ClipPair(Frame Source, Frame Driving, FlowTruth Flow);

/// <summary>A frame of one person, a frame of another, and the first person doing what the second does.</summary>
/// <param name="Source">Person A.</param>
/// <param name="Driving">Person B.</param>
/// <param name="Truth">Person A, in A's scene, with B's expression and pose.</param>
public sealed record CrossPair(Frame Source, Frame Driving, Frame Truth);

/// <summary>Draws people, clips and pairs of frames for training and evaluation. One instance serves one thread.</summary>
/// <param name="model">A model with landmarks, regions and eyes.</param>
/// <param name="split">Whose people.</param>
public sealed class ClipSampler(FaceModel model, Split split)
{
    private const int SplitShift = 60;
    private readonly Renderer renderer = new(model);
    private readonly CoefficientSampler coefficients = new(model);

    /// <summary>The seed of a split's n-th person: the split in the top four bits, so no two splits share one.</summary>
    public static ulong PersonSeed(Split split, ulong index) =>
        ((ulong)split << SplitShift) | (index & ((1UL << SplitShift) - 1));

    /// <summary>The split's n-th person.</summary>
    public Person Person(ulong index) => Rendering.Person.Sample(model, PersonSeed(split, index));

    /// <summary>One frame of the person of the same number.</summary>
    /// <param name="seed">Any number; the same one gives the same frame.</param>
    /// <param name="size">Pixels a side.</param>
    public Frame Single(ulong seed, int size)
    {
        var rng = new Rng(~seed);
        return Moment(Person(seed), ref rng, size);
    }

    /// <summary>A picture that shows more than the head, which is anywhere in it and as small as a sixth of its height.</summary>
    /// <param name="person">Who.</param>
    /// <param name="seed">Any number; the same one gives the same frame.</param>
    /// <param name="size">Pixels a side.</param>
    public Frame Wide(Person person, ulong seed, int size)
    {
        var rng = new Rng(~seed);
        float[] expression = coefficients.Expression(ref rng);
        float scale = 0.0015f * MathF.Exp(rng.NextFloat(0f, MathF.Log(5.5f)));
        float room = MathF.Max(0.12f, 1f - (110f * scale));
        var pose = CoefficientSampler.Pose(ref rng) with
        {
            Scale = scale,
            X = rng.NextFloat(-room, room),
            Y = rng.NextFloat(-room, 0.6f * room),
        };
        return renderer.Render(person, expression, pose, size);
    }

    /// <summary>Two frames of one clip.</summary>
    /// <param name="seed">Any number; the same one gives the same pair.</param>
    /// <param name="size">Pixels a side.</param>
    public ClipPair Pair(ulong seed, int size)
    {
        var rng = new Rng(~seed);
        Person person = Person(seed);
        Frame source = Moment(person, ref rng, size), driving = Moment(person, ref rng, size);
        return new ClipPair(source, driving, FlowTruth.Between(source, driving));
    }

    /// <summary>Two frames of different people, with the true answer.</summary>
    /// <param name="seed">Any number; the same one gives the same pair.</param>
    /// <param name="size">Pixels a side.</param>
    public CrossPair CrossPair(ulong seed, int size)
    {
        var rng = new Rng(~seed);
        Person a = Person(seed), b = Person(rng.NextBits());
        Frame source = Moment(a, ref rng, size), driving = Moment(b, ref rng, size);
        return new CrossPair(source, driving, renderer.Render(a, driving.Expression, driving.Pose, size));
    }

    private Frame Moment(Person person, ref Rng rng, int size)
    {
        float[] expression = coefficients.Expression(ref rng);
        Pose turn = CoefficientSampler.Pose(ref rng);
        var pose = new Pose(
            turn.Yaw, turn.Pitch, turn.Roll,
            person.Framing.Z * MathF.Exp(rng.NextGaussian(0.025f, 0.06f)),
            person.Framing.X + rng.NextGaussian(0.035f, 0.1f),
            person.Framing.Y + rng.NextGaussian(0.025f, 0.08f));
        return renderer.Render(person, expression, pose, size);
    }
}
