using Mimesh.Imaging;

namespace Mimesh.Reenactment;

/// <summary>
/// The sizes of the networks. Every preset runs at any image size that is a multiple of <see cref="SizeStep"/> up to its own, and at whole
/// multiples of its own: there the networks see the pictures at their own size, and detail above it is carried over from the source.
/// </summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Size">Side of the square pictures it is trained on.</param>
/// <param name="Width">Channels of the reenacting module's full-resolution layers; the others are multiples.</param>
public sealed record Preset(string Name, int Size, int Width)
{
    /// <summary>Picture sides are multiples of this: the hourglass halves a quarter-size map twice.</summary>
    public const int SizeStep = 16;

    /// <summary>128², width 16: trains and runs on two processor cores.</summary>
    public static Preset Small { get; } = new("small", 128, 16);

    /// <summary>256², width 32.</summary>
    public static Preset Base { get; } = new("base", 256, 32);

    /// <summary>256², width 64: the capacity of the paper's networks.</summary>
    public static Preset Paper { get; } = new("paper", 256, 64);

    /// <summary>Every preset, smallest first.</summary>
    public static IReadOnlyList<Preset> All { get; } = [Small, Base, Paper];

    /// <summary>Checks that the networks run at a size.</summary>
    /// <param name="size">Side of the pictures.</param>
    /// <exception cref="InputException">It is not a multiple of <see cref="SizeStep"/>.</exception>
    internal static void CheckSize(int size)
    {
        if (size <= 0 || size % SizeStep != 0)
        {
            throw new InputException($"{size} is not a size that the networks take; choose a multiple of {SizeStep}, such as {Small.Size}.");
        }
    }

    /// <summary>How many pixels a side of a picture make one of those that the networks see.</summary>
    /// <param name="size">Side of the pictures.</param>
    /// <exception cref="InputException">It is not a size that this preset takes.</exception>
    public int FactorAt(int size)
    {
        CheckSize(size);
        return size <= Size ? 1
            : size % Size == 0 ? size / Size
            : throw new InputException($"These networks were trained at {Size}; above that choose a multiple of it, such as {2 * Size}, not {size}.");
    }

    /// <summary>Finds a preset by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InputException">There is none of that name.</exception>
    public static Preset Parse(string name) =>
        All.FirstOrDefault(p => p.Name == name)
        ?? throw new InputException($"'{name}' is not a preset; the presets are {string.Join(", ", All.Select(p => p.Name))}.");
}
