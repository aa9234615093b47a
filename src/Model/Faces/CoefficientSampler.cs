
namespace Mimesh.Faces;

/// <summary>One moment of a head: expression weights and pose.</summary>
/// <param name="Expression">ARKit weights in [0, 1], in the model's order.</param>
/// <param name="Pose">Pose and camera.</param>
public readonly record struct FaceFrame(float[] Expression, Pose Pose);

/// <summary>
/// Draws identities, expressions, poses and clips for a model with ARKit expression names. The same generator state gives the
/// same draw; a model that lacks an expression simply does without it.
/// </summary>
/// <param name="model">The model whose coefficients are drawn.</param>
public sealed class CoefficientSampler(FaceModel model)
{
    /// <summary>Largest magnitude of an identity coefficient.</summary>
    public const float IdentityLimit = 2.5f;

    /// <summary>Frames a second of a clip.</summary>
    public const float FramesPerSecond = 25;

    private const float Degree = MathF.PI / 180, MovingYaw = 65, MovingPitch = 32, MovingRoll = 40;

    private readonly Dictionary<string, int> _index = model.ExpressionNames
        .Select((name, i) => (name, i))
        .ToDictionary(e => e.name, e => e.i);

    /// <summary>A person: independent N(0, 1) coefficients clamped to ±<see cref="IdentityLimit"/>, (K_id).</summary>
    public float[] Identity(ref Rng rng)
    {
        var identity = new float[model.Identity.Length];
        for (int k = 0; k < identity.Length; k++)
        {
            identity[k] = rng.NextGaussian(1, IdentityLimit);
        }

        return identity;
    }

    /// <summary>
    /// A face somebody makes, (K_exp): now and then neutral, else a gesture of the mouth, an emotion or a viseme or two of them, with uneven
    /// sides; brows and lids of their own; blinks of both eyes or one, half-shut lids; and a gaze.
    /// </summary>
    public float[] Expression(ref Rng rng)
    {
        bool still = rng.NextBool(0.06f);
        float[] weights = still ? new float[model.Expression.Length] : MouthAndBrows(ref rng);
        if (!still && rng.NextBool(0.35f))
        {
            Blend(weights, Pick(ExpressionTemplates.Looks, ref rng), rng.NextFloat(0.3f, 1.2f), ref rng);
        }

        if (!still && rng.NextBool(0.45f))
        {
            Accent(weights, ref rng);
        }

        float lids = rng.NextFloat();
        if (lids < 0.12f)
        {
            Add(weights, "eyeBlink", rng.NextFloat(0.88f, 1.1f), 0);
        }
        else if (lids < 0.22f)
        {
            Add(weights, "eyeBlink", rng.NextFloat(0.2f, 0.85f), rng.NextGaussian(0.06f, 0.2f));
        }
        else if (lids < 0.28f)
        {
            Add(weights, rng.NextBool(0.5f) ? "eyeBlinkLeft" : "eyeBlinkRight", rng.NextFloat(0.6f, 1.1f), 0);
        }

        float gaze = rng.NextFloat();
        float x = gaze < 0.25f ? rng.NextGaussian(0.08f, 1) : gaze < 0.7f ? rng.NextGaussian(0.35f, 1) : rng.NextFloat(-1, 1);
        float y = gaze < 0.25f ? rng.NextGaussian(0.08f, 1) : gaze < 0.7f ? rng.NextGaussian(0.28f, 1) : rng.NextFloat(-1, 1);
        Look(weights, x, y, rng.NextBool(0.1f) ? rng.NextFloat(-0.1f, 0.6f) : 0.05f);
        return Settle(weights);
    }

    /// <summary>
    /// A pose to learn poses from: yaw within ±80° and one in five beyond 40°, pitch within ±40°, roll mostly within ±30° with a
    /// tail over all angles, and a camera that keeps the face in the picture.
    /// </summary>
    public static Pose Pose(ref Rng rng)
    {
        float yaw = rng.NextBool(0.39f) ? rng.NextFloat(-80, 80) : rng.NextGaussian(16, 80);
        float pitch = rng.NextBool(0.27f) ? rng.NextFloat(-40, 40) : rng.NextGaussian(9, 40);
        float kind = rng.NextFloat();
        float roll = kind < 0.07f ? rng.NextFloat(-180, 180) : kind < 0.25f ? rng.NextFloat(-35, 35) : rng.NextGaussian(9, 40);
        return Framed(yaw, pitch, roll, ref rng);
    }

    /// <summary>A pose of somebody in motion: yaw within ±65°, one in nine beyond 40°; pitch within ±32°, roll within ±40°.</summary>
    public static Pose MovingPose(ref Rng rng)
    {
        float yaw = rng.NextBool(0.29f) ? rng.NextFloat(-MovingYaw, MovingYaw) : rng.NextGaussian(14, MovingYaw);
        float pitch = rng.NextBool(0.2f) ? rng.NextFloat(-MovingPitch, MovingPitch) : rng.NextGaussian(8, MovingPitch);
        float roll = rng.NextBool(0.15f) ? rng.NextFloat(-MovingRoll, MovingRoll) : rng.NextGaussian(8, MovingRoll);
        return Framed(yaw, pitch, roll, ref rng);
    }

    private static Pose Framed(float yaw, float pitch, float roll, ref Rng rng) => new(
        yaw * Degree,
        pitch * Degree,
        roll * Degree,
        0.0082f * MathF.Exp(rng.NextGaussian(0.09f, 0.2f)),
        rng.NextGaussian(0.06f, 0.16f),
        0.06f + rng.NextGaussian(0.05f, 0.14f));

    /// <summary>
    /// A clip: head sway around slow turns, talk and changing moods, blinks every few seconds, and a gaze that jumps, leads the
    /// turn of the head and partly makes up for it.
    /// </summary>
    /// <param name="rng">The generator; one state, one clip.</param>
    /// <param name="frames">Number of frames, at least 1, at <see cref="FramesPerSecond"/>.</param>
    public FaceFrame[] Clip(ref Rng rng, int frames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        var moods = new Track<float[]>(ref rng, frames, 14, 55, (ref Rng r) => MouthAndBrows(ref r));
        bool talks = rng.NextBool(0.6f);
        var speech = new Track<float[]>(ref rng, frames, 3, 8, (ref Rng r) => talks ? Viseme(ref r) : new float[model.Expression.Length]);
        var heads = new Track<Pose>(ref rng, frames, 22, 60, MovingPose);
        var gazes = new Track<(float X, float Y)>(ref rng, frames, 8, 40, (ref Rng r) => (r.NextGaussian(0.28f, 1), r.NextGaussian(0.2f, 0.9f)));
        float[] blinks = Blinks(ref rng, frames);
        float phase = rng.NextFloat(0, 100), talkGain = rng.NextFloat(0.45f, 1);
        var (scale, x, y) = (heads.At(0).From.Scale, heads.At(0).From.X, heads.At(0).From.Y);
        var clip = new FaceFrame[frames];
        for (int f = 0; f < frames; f++)
        {
            var weights = new float[model.Expression.Length];
            var (moodA, moodB, moodT) = moods.At(f);
            var (speechA, speechB, speechT) = speech.At(f);
            for (int k = 0; k < weights.Length; k++)
            {
                weights[k] = (0.75f * Mix(moodA[k], moodB[k], moodT)) + (talkGain * Mix(speechA[k], speechB[k], speechT));
            }

            var (a, b, t) = heads.At(f);
            float time = (f / FramesPerSecond) + phase;
            var pose = new Pose(
                Mix(a.Yaw, b.Yaw, t) + (0.035f * MathF.Sin(2.1f * time)) + (0.015f * MathF.Sin(5.3f * time)),
                Mix(a.Pitch, b.Pitch, t) + (0.028f * MathF.Sin(2.7f * time)) + (talks ? 0.018f * MathF.Sin(8.1f * time) : 0),
                Mix(a.Roll, b.Roll, t) + (0.022f * MathF.Sin(1.6f * time)),
                scale * (1 + (0.012f * MathF.Sin(0.9f * time))),
                x + (0.25f * (Mix(a.X, b.X, t) - x)),
                y + (0.25f * (Mix(a.Y, b.Y, t) - y)));
            // Eyes jump within a few frames and hold; they counter part of the head's turn from where it came.
            var (gazeA, gazeB, gazeT) = gazes.At(f);
            float jump = Ease(Math.Clamp((gazeT - 0.4f) * 5, 0, 1));
            Look(weights, Mix(gazeA.X, gazeB.X, jump) - (0.35f * pose.Yaw), Mix(gazeA.Y, gazeB.Y, jump) + (0.3f * pose.Pitch));
            Add(weights, "eyeBlink", blinks[f], 0);
            clip[f] = new FaceFrame(Settle(weights), Limit(pose));
        }

        return clip;
    }

    private float[] MouthAndBrows(ref Rng rng)
    {
        var weights = new float[model.Expression.Length];
        float kind = rng.NextFloat();
        if (kind < 0.1f)
        {
            return weights; // neutral
        }

        if (kind < 0.42f)
        {
            Blend(weights, Pick(ExpressionTemplates.Gestures, ref rng), rng.NextFloat(0.35f, 1.25f), ref rng);
        }
        else if (kind < 0.78f)
        {
            Blend(weights, Pick(ExpressionTemplates.Emotions, ref rng), rng.NextFloat(0.3f, 1.25f), ref rng);
        }

        if (kind > 0.62f)
        {
            Blend(weights, Pick(ExpressionTemplates.Visemes, ref rng), rng.NextFloat(0.4f, 1.4f), ref rng);
        }

        if (rng.NextBool(0.25f))
        {
            Add(weights, rng.NextBool(0.5f) ? "browInnerUp" : "browOuterUp", rng.NextFloat(0, 0.7f), 0);
        }

        return weights;
    }

    // One motion by itself: any, or of those that faces seldom make.
    private void Accent(float[] weights, ref Rng rng)
    {
        string name = rng.NextBool(0.35f)
            ? model.ExpressionNames[rng.NextInt(model.ExpressionNames.Length)]
            : ExpressionTemplates.Seldom[rng.NextInt(ExpressionTemplates.Seldom.Length)];
        float weight = rng.NextFloat(0.2f, 1.1f);
        bool both = rng.NextBool(0.6f);
        if (name == "mouthClose")
        {
            Add(weights, "jawOpen", weight, 0); // lips meet over an open jaw, or nothing is to be seen
        }

        if (rng.NextBool(0.5f))
        {
            name = Swapped(name);
        }

        Add(weights, name, weight, 0);
        if (both && Swapped(name) != name && name is not ("jawLeft" or "jawRight" or "mouthLeft" or "mouthRight"))
        {
            Add(weights, Swapped(name), weight, 0);
        }
    }

    private float[] Viseme(ref Rng rng)
    {
        var weights = new float[model.Expression.Length];
        Blend(weights, Pick(ExpressionTemplates.Visemes, ref rng), rng.NextFloat(0.35f, 1), ref rng);
        return weights;
    }

    private static ExpressionTemplate Pick(ExpressionTemplate[] templates, ref Rng rng) => templates[rng.NextInt(templates.Length)];

    // Adds a template with every weight a little off, one side stronger, and the sides swapped half of the time.
    private void Blend(float[] weights, ExpressionTemplate template, float strength, ref Rng rng)
    {
        float lean = rng.NextBool(0.3f) ? rng.NextGaussian(0.3f, 0.7f) : rng.NextGaussian(0.06f, 0.15f);
        bool swap = rng.NextBool(0.5f);
        foreach (var (name, weight) in template.Weights)
        {
            float jittered = strength * weight * (1 + rng.NextGaussian(0.25f, 0.6f));
            Add(weights, swap ? Swapped(name) : name, jittered, lean);
        }
    }

    private static string Swapped(string name) =>
        name.EndsWith("Left", StringComparison.Ordinal) ? name[..^4] + "Right"
        : name.EndsWith("Right", StringComparison.Ordinal) ? name[..^5] + "Left"
        : name;

    // A name of both sides is split, with the lean's sign towards the left.
    private void Add(float[] weights, string name, float weight, float lean)
    {
        if (_index.TryGetValue(name, out int i))
        {
            weights[i] += weight;
        }
        else
        {
            AddTo(weights, name + "Left", weight * (1 + lean));
            AddTo(weights, name + "Right", weight * (1 - lean));
        }
    }

    private void AddTo(float[] weights, string name, float weight)
    {
        if (_index.TryGetValue(name, out int i))
        {
            weights[i] += weight;
        }
    }

    // Gaze in [-1, 1], positive to the head's left and up; eyes that see something near turn towards each other.
    private void Look(float[] weights, float x, float y, float near = 0)
    {
        float left = x - near, right = x + near;
        AddTo(weights, "eyeLookOutLeft", MathF.Max(left, 0));
        AddTo(weights, "eyeLookInRight", MathF.Max(right, 0));
        AddTo(weights, "eyeLookInLeft", MathF.Max(-left, 0));
        AddTo(weights, "eyeLookOutRight", MathF.Max(-right, 0));
        Add(weights, "eyeLookUp", MathF.Max(y, 0), 0);
        Add(weights, "eyeLookDown", MathF.Max(-y, 0), 0);
    }

    // Weights end in [0, 1]; the lips cannot close by more than the jaw is open.
    private float[] Settle(float[] weights)
    {
        for (int k = 0; k < weights.Length; k++)
        {
            weights[k] = Math.Clamp(weights[k], 0, 1);
        }

        if (_index.TryGetValue("mouthClose", out int close) && _index.TryGetValue("jawOpen", out int open))
        {
            weights[close] = MathF.Min(weights[close], weights[open]);
        }

        return weights;
    }

    // Closing takes three frames, opening five; the next comes in two to six seconds, sometimes at once.
    private static float[] Blinks(ref Rng rng, int frames)
    {
        ReadOnlySpan<float> course = [0.3f, 0.85f, 1, 0.9f, 0.6f, 0.3f, 0.1f];
        var blinks = new float[frames];
        float next = rng.NextFloat(0, 75);
        while (next < frames)
        {
            for (int k = 0; k < course.Length && (int)next + k < frames; k++)
            {
                blinks[(int)next + k] = course[k];
            }

            next += rng.NextBool(0.15f) ? 9 : rng.NextFloat(50, 150);
        }

        return blinks;
    }

    private static Pose Limit(Pose pose)
    {
        return pose with
        {
            Yaw = Math.Clamp(pose.Yaw, -MovingYaw * Degree, MovingYaw * Degree),
            Pitch = Math.Clamp(pose.Pitch, -MovingPitch * Degree, MovingPitch * Degree),
            Roll = Math.Clamp(pose.Roll, -MovingRoll * Degree, MovingRoll * Degree),
        };
    }

    private static float Mix(float a, float b, float t) => a + (t * (b - a));

    private static float Ease(float t) => t * t * (3 - (2 * t));

    private delegate T Draw<T>(ref Rng rng);

    /// <summary>Values drawn at random moments, with an eased way from each to the next.</summary>
    private sealed class Track<T>
    {
        private readonly List<(float Time, T Value)> _keys = [];

        public Track(ref Rng rng, int frames, float shortest, float longest, Draw<T> draw)
        {
            float time = -rng.NextFloat(0, shortest);
            _keys.Add((time, draw(ref rng)));
            while (time <= frames)
            {
                time += rng.NextFloat(shortest, longest);
                _keys.Add((time, draw(ref rng)));
            }
        }

        public (T From, T To, float Share) At(int frame)
        {
            int k = 1;
            while (_keys[k].Time < frame)
            {
                k++;
            }

            var (a, b) = (_keys[k - 1], _keys[k]);
            return (a.Value, b.Value, Ease((frame - a.Time) / (b.Time - a.Time)));
        }
    }
}
