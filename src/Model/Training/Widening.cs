using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Training;

/// <summary>
/// Starts a generator from a trained one of half its width (Net2WiderNet, Chen et al. 2016, arXiv 1511.05641): every channel becomes
/// two, and the weights that read it are shared between the two, unevenly, so that they can part. The reenacting module computes
/// the same as before; the motion decoder has a stage more for its larger flow, so its last stages are left as they were drawn,
/// and it starts again at the meshes' own motion.
/// </summary>
internal static class Widening
{
    /// <summary>Takes a narrower generator's weights over.</summary>
    /// <param name="file">What <see cref="Weights.Read"/> gave.</param>
    /// <param name="path">Where it came from, for messages.</param>
    /// <param name="generator">The wider one.</param>
    /// <exception cref="InputException">The file's preset is not half as wide, or a tensor is missing.</exception>
    public static void Load(Safetensors file, string path, Generator generator)
    {
        var narrow = Weights.PresetOf(file, path);
        if (2 * narrow.Width != generator.Preset.Width)
        {
            throw new InputException(
                $"'{path}' is of preset '{narrow.Name}', of width {narrow.Width}; '{generator.Preset.Name}' starts from itself or from half its width, {generator.Preset.Width / 2}.");
        }

        Weights.CheckMesh(file, path, generator);
        int lastStage = MotionNet.StagesOf(narrow) - 1;
        ulong number = 0;
        foreach (var (name, tensor) in generator.NamedParameters)
        {
            number++;
            if (IsDrawnAnew(name, lastStage))
            {
                continue;
            }

            if (!file.Tensors.TryGetValue($"generator.{name}", out var given) || !CanWiden(given.Shape.ToArray(), tensor.Shape.ToArray()))
            {
                throw new InputException($"'{path}' does not hold these weights: '{name}' is missing or has another shape. Train them again.");
            }

            tensor.Assign(Widen(given.Values, given.Shape.ToArray(), tensor.Shape.ToArray(), new Rng(number)));
        }
    }

    private static bool IsDrawnAnew(string name, int lastStage) =>
        name.StartsWith("motion.flow.", StringComparison.Ordinal)
        || new[] { "motion.up", "motion.residual" }.Any(layer =>
            name.StartsWith(layer, StringComparison.Ordinal) && int.Parse(name[layer.Length..].Split('.')[0], null) >= lastStage);

    // What reads pictures or drawings beside channels has more of its inputs as they were.
    private static bool CanWiden(int[] from, int[] to) =>
        from.Length == to.Length && from.Select((f, axis) => (f, t: to[axis], axis)).All(x =>
            x.t == x.f || x.t == 2 * x.f || (x.axis > 0 && x.axis == to.Length - 1 && x.t > x.f && x.t < 2 * x.f));

    // (outputs, …, inputs) as every layer keeps its weights; a bias has outputs alone. Copies lie side by side, so that channels
    // that are joined with others stay in order. Inputs that do not double come last.
    private static float[] Widen(float[] values, int[] from, int[] to, Rng rng)
    {
        int outputs = to[0], inputs = to.Length > 1 ? to[^1] : 1, inner = 1;
        for (int axis = 1; axis < to.Length - 1; axis++)
        {
            inner *= to[axis];
        }

        int fromInputs = to.Length > 1 ? from[^1] : 1, copiesOut = outputs / from[0], doubled = inputs - fromInputs;
        float[] wide = new float[outputs * inner * inputs], share = new float[inputs];
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                share[i] = i >= 2 * doubled ? 1f : i % 2 == 0 ? rng.NextFloat(0.35f, 0.65f) : 1f - share[i - 1];
            }

            for (int k = 0; k < inner; k++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    wide[(((o * inner) + k) * inputs) + i] = share[i] * values[((((o / copiesOut) * inner) + k) * fromInputs) + (i < 2 * doubled ? i / 2 : i - doubled)];
                }
            }
        }

        return wide;
    }
}
