using Mimesh.Faces;

namespace Mimesh.People;

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

    /// <summary>The largest number of a person.</summary>
    public const ulong LastPerson = (1UL << SplitShift) - 1;

    private readonly Renderer renderer = new(model);
    private readonly CoefficientSampler coefficients = new(model);

    /// <summary>The seed of a split's n-th person: the split in the top four bits, so no two splits share one.</summary>
    public static ulong PersonSeed(Split split, ulong index) =>
        ((ulong)split << SplitShift) | (index & LastPerson);

    /// <summary>The split's n-th person.</summary>
    /// <param name="index">n.</param>
    /// <param name="scene">Which of the person's scenes; see <see cref="People.Person.Sample"/>.</param>
    public Person Person(ulong index, ulong scene = 0) => People.Person.Sample(model, PersonSeed(split, index), scene);

    /// <summary>A person's n-th moment: a random expression, pose and place, and always the same ones.</summary>
    /// <param name="person">Who; in another scene the moment is the same.</param>
    /// <param name="moment">n.</param>
    /// <param name="size">Pixels a side.</param>
    public Frame Moment(Person person, ulong moment, int size)
    {
        ArgumentNullException.ThrowIfNull(person);
        var rng = new Rng(~person.Seed).Fork(moment);
        return Take(person, CoefficientSampler.MovingPose, ref rng, size);
    }

    /// <summary>A portrait of the person of that number, in poses wider than moments have (<see cref="CoefficientSampler.Pose"/>).</summary>
    /// <param name="seed">Any number; the same one gives the same frame.</param>
    /// <param name="size">Pixels a side.</param>
    public Frame Single(ulong seed, int size)
    {
        Person person = Person(seed);
        var rng = new Rng(~person.Seed).Fork(0);
        return Take(person, CoefficientSampler.Pose, ref rng, size);
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

    /// <summary>The first two moments of the person of that number.</summary>
    /// <param name="seed">Any number; the same one gives the same pair.</param>
    /// <param name="size">Pixels a side.</param>
    public ClipPair Pair(ulong seed, int size) => Pair(seed, 0, 1, size);

    /// <summary>Two moments of one clip.</summary>
    /// <param name="person">The person's number.</param>
    /// <param name="moment">The moment to start from.</param>
    /// <param name="drivingMoment">The moment to arrive at.</param>
    /// <param name="size">Pixels a side.</param>
    public ClipPair Pair(ulong person, ulong moment, ulong drivingMoment, int size)
    {
        Person shown = Person(person);
        Frame source = Moment(shown, moment, size), driving = Moment(shown, drivingMoment, size);
        return new ClipPair(source, driving, FlowTruth.Between(source, driving));
    }

    /// <summary>The first moment of the person of that number, and the second one of somebody else.</summary>
    /// <param name="seed">Any number; the same one gives the same pair.</param>
    /// <param name="size">Pixels a side.</param>
    public CrossPair CrossPair(ulong seed, int size) => CrossPair(seed, 0, new Rng(~seed).NextBits(), 1, size);

    /// <summary>Moments of different people, with the true answer.</summary>
    /// <param name="person">The number of person A.</param>
    /// <param name="moment">A's moment.</param>
    /// <param name="drivingPerson">The number of person B.</param>
    /// <param name="drivingMoment">B's moment.</param>
    /// <param name="size">Pixels a side.</param>
    public CrossPair CrossPair(ulong person, ulong moment, ulong drivingPerson, ulong drivingMoment, int size)
    {
        Person a = Person(person);
        Frame source = Moment(a, moment, size), driving = Moment(Person(drivingPerson), drivingMoment, size);
        return new CrossPair(source, driving, renderer.Render(a, driving.Expression, driving.Pose, size));
    }

    private delegate Pose PoseSource(ref Rng rng);

    private Frame Take(Person person, PoseSource poses, ref Rng rng, int size)
    {
        float[] expression = coefficients.Expression(ref rng);
        Pose turn = poses(ref rng);
        float scale = person.Framing.Z * MathF.Exp(rng.NextGaussian(0.025f, 0.06f));
        // Who looks far to the side has the face there; the camera follows it most of the way.
        float aside = 40 * scale * MathF.Sin(turn.Yaw);
        (float sin, float cos) = MathF.SinCos(turn.Roll);
        var pose = new Pose(
            turn.Yaw, turn.Pitch, turn.Roll, scale,
            person.Framing.X + rng.NextGaussian(0.035f, 0.1f) - (aside * cos),
            person.Framing.Y + rng.NextGaussian(0.025f, 0.08f) + (aside * sin));
        return renderer.Render(person, expression, pose, size);
    }
}
