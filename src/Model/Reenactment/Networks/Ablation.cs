using Mimesh.Faces;
using Mimesh.Imaging;

namespace Mimesh.Reenactment;

/// <summary>
/// What a system is trained without, to measure what it is worth. Weights carry it, and run as they were trained. Any may be combined.
/// </summary>
[Flags]
public enum Ablation
{
    /// <summary>The full system.</summary>
    None = 0,

    /// <summary>The dense mesh: the motion net and the drawing see the face model's 68 landmarks instead.</summary>
    Mesh = 1,

    /// <summary>The swap of identities: the driving mesh is that of the driving person, <c>M_d = mesh(id_d, exp_d, pose_d)</c>.</summary>
    Swap = 2,

    /// <summary>The occlusion map: <c>O = 1</c>.</summary>
    Occlusion = 4,

    /// <summary>The flow mask: <c>M = 1</c>, so <c>T = T*</c>, and nothing is taken as it stands.</summary>
    FlowMask = 8,

    /// <summary>The coefficients' loss: <c>λ_c = 0</c>.</summary>
    Coefficients = 16,

    /// <summary>The critic: <c>λ_adv = λ_FM = 0</c>.</summary>
    Adversarial = 32,

    /// <summary>The flow's loss, and its warm-up on true meshes; both are ours and not the paper's.</summary>
    FlowLoss = 64,

    /// <summary>What the drawing of the meshes shows the decoder: parts, normals, depth and the mirror image; an extension of ours.</summary>
    Parts = 128,

    /// <summary>The warp from the mirror image, where the source shows that alone; an extension of ours.</summary>
    Mirror = 256,

    /// <summary>The head's motion around the mesh; an extension of ours.</summary>
    Surroundings = 512,

    /// <summary>The finest detail of what the source shows, laid over what was painted; an extension of ours.</summary>
    Sharpening = 1024,
}

/// <summary>What <see cref="Ablation"/>s are called, and what they change.</summary>
public static class Ablations
{
    /// <summary>Those that leave out tensors, change their shapes, or compute otherwise with them.</summary>
    internal const Ablation OfNetworks = Ablation.Mesh | Ablation.Occlusion | Ablation.FlowMask | Ablation.Parts | Ablation.Sharpening;

    /// <summary>Each single one: its name on the command line and in weights, and what remains without it.</summary>
    public static IReadOnlyList<(Ablation Ablation, string Name, string Meaning)> All { get; } =
    [
        (Ablation.Mesh, "mesh", "68 landmarks instead of the dense mesh"),
        (Ablation.Swap, "swap", "the driving mesh keeps the driving person's identity"),
        (Ablation.Occlusion, "occlusion", "no occlusion map, O = 1"),
        (Ablation.FlowMask, "flow-mask", "no flow mask, M = 1"),
        (Ablation.Coefficients, "coefficients", "no loss of coefficients"),
        (Ablation.Adversarial, "adversarial", "no critic: neither adversarial loss nor feature matching"),
        (Ablation.FlowLoss, "flow-loss", "no loss of the flow, nor its warm-up"),
        (Ablation.Parts, "parts", "the decoder does not see the drawing of the driving mesh, nor the mirror image"),
        (Ablation.Mirror, "mirror", "no second warp from the other half of the face"),
        (Ablation.Sharpening, "sharpening", "the finest detail is only painted"),
        (Ablation.Surroundings, "surroundings", "outside the mesh the drawing shows no motion"),
    ];

    /// <summary>The face model whose vertices make the meshes: the built-in head, or its landmarks.</summary>
    /// <param name="without">What is left out.</param>
    public static FaceModel FaceOf(Ablation without) =>
        without.HasFlag(Ablation.Mesh) ? FaceModel.BuiltInLandmarks : FaceModel.BuiltIn;

    /// <summary>The names, joined by commas; empty for the full system.</summary>
    /// <param name="without">What is left out.</param>
    public static string Format(Ablation without) => string.Join(',', All.Where(a => without.HasFlag(a.Ablation)).Select(a => a.Name));

    /// <summary>The inverse of <see cref="Format"/>.</summary>
    /// <param name="names">Names joined by commas.</param>
    /// <exception cref="InputException">One is not known.</exception>
    public static Ablation Parse(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Length == 0 ? Ablation.None : names.Split(',').Select(Named).Aggregate((a, b) => a | b);
    }

    /// <summary>Finds one by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InputException">It is not known.</exception>
    public static Ablation Named(string name) => All.FirstOrDefault(a => a.Name == name) is { Name: not null } found
        ? found.Ablation
        : throw new InputException($"'{name}' cannot be left out; what can is {string.Join(", ", All.Select(a => a.Name))}.");

    /// <summary>For messages: how something was trained.</summary>
    public static string Phrase(Ablation without) => without == Ablation.None ? "as the full system" : $"without {Format(without)}";
}
