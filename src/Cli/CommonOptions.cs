using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Mimesh.Imaging;
using Mimesh.Reenactment;

namespace Mimesh.Cli;

/// <summary>Options that mean the same in every command that has them, and the parsing of numbers.</summary>
internal static class CommonOptions
{
    private const int SmallestSize = 2 * Preset.SizeStep;
    private const int LargestSize = 2048;

    public static Option<string> Device() => new("--device")
    {
        Description = "Where to compute: cpu, cuda, cuda:N or simulator; see 'mimesh devices'.",
        DefaultValueFactory = _ => "cpu",
        HelpName = "name",
    };

    public static Option<int> Threads() => Number("--threads", "Threads of the cpu device; 0 takes every core.", 0, 0, 1024);

    public static Option<ulong> Seed() =>
        Number("--seed", "Chooses what is random; the same seed gives the same result.", 1ul, 0ul, ulong.MaxValue);

    public static Option<string?> Weights() =>
        OptionalPath("--weights", "Directory with the trained weights; those that come with Mimesh unless given.", "directory");

    /// <summary>The side of a picture, where the command knows a good one itself.</summary>
    public static Option<int?> Size(string description) => new("--size")
    {
        Description = Multiple(description),
        HelpName = "number",
        CustomParser = result => ParseSize(result),
    };

    /// <summary>The side of a picture.</summary>
    public static Option<int> Size(string description, int fallback) => new("--size")
    {
        Description = Multiple(description),
        DefaultValueFactory = _ => fallback,
        HelpName = "number",
        CustomParser = ParseSize,
    };

    /// <summary>A number within bounds.</summary>
    public static Option<T> Number<T>(string name, string description, T fallback, T min, T max)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            DefaultValueFactory = _ => fallback,
            HelpName = "number",
            CustomParser = result => ParseNumber(result, min, max),
        };

    /// <summary>Parses a number within bounds.</summary>
    public static T ParseNumber<T>(ArgumentResult result, T min, T max)
        where T : struct, INumber<T> =>
        Parse<T>(result, value => value >= min && value <= max, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"));

    /// <summary>A path that must be given.</summary>
    public static Option<string> Path(string name, string description, string help = "file") => new(name)
    {
        Description = description,
        Required = true,
        HelpName = help,
    };

    /// <summary>A path that may be given.</summary>
    public static Option<string?> OptionalPath(string name, string description, string help = "file") => new(name)
    {
        Description = description,
        HelpName = help,
    };

    /// <summary>Refuses options that stand before a command that has a command of its own: they would not count.</summary>
    /// <param name="parsed">The line, of the inner command.</param>
    /// <exception cref="InputException">There is one.</exception>
    public static void RefuseStray(ParseResult parsed)
    {
        if (parsed.CommandResult.Parent is CommandResult parent && parent.Children.OfType<OptionResult>().FirstOrDefault(o => !o.Implicit) is { } stray)
        {
            throw new InputException($"{stray.Option.Name} stands before '{parsed.CommandResult.Command.Name}' and would not count; write it behind.");
        }
    }

    private static string Multiple(string description) => $"{description} A multiple of {Preset.SizeStep} from {SmallestSize} to {LargestSize}.";

    private static int ParseSize(ArgumentResult result) => Parse<int>(
        result,
        size => size % Preset.SizeStep == 0 && size is >= SmallestSize and <= LargestSize,
        $"a multiple of {Preset.SizeStep} from {SmallestSize} to {LargestSize}");

    private static T Parse<T>(ArgumentResult result, Predicate<T> accepts, string expected)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && accepts(value))
        {
            return value;
        }

        result.AddError($"{((OptionResult)result.Parent!).Option.Name} '{text}' cannot be used: give {expected}");
        return default;
    }
}
