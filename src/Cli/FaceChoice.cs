using System.CommandLine;
using System.Globalization;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Reenactment;

namespace Mimesh.Cli;

/// <summary>Which of a picture's faces to take.</summary>
internal sealed class FaceChoice
{
    private const string Everyone = "all";

    // The faces come with the largest first.
    private static readonly Dictionary<string, Func<IReadOnlyList<FoundFace>, FoundFace>> s_named = new()
    {
        ["largest"] = faces => faces[0],
        ["left"] = faces => faces.MinBy(f => f.X),
        ["right"] = faces => faces.MaxBy(f => f.X),
    };

    private readonly string _option;
    private readonly string? _text; // null: nothing was said
    private readonly bool _all;

    private FaceChoice(string option, string? text, bool all) => (_option, _text, _all) = (option, text, all);

    /// <summary>An option that says which face to take.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="whose">Of which picture.</param>
    /// <param name="all">Whether all may be taken.</param>
    public static Option<FaceChoice> Option(string name, string whose, bool all) => new(name)
    {
        Description = $"Which face of {whose}: {string.Join(", ", s_named.Keys)}, a number (1 is the largest){(all ? $", or {Everyone}" : "")}. The largest unless given.",
        HelpName = "which",
        DefaultValueFactory = _ => new FaceChoice(name, null, all),
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!s_named.ContainsKey(text) && !(all && text == Everyone) && !(TryNumber(text, out int n) && n > 0))
            {
                result.AddError($"{name} '{text}' cannot be used: give {string.Join(", ", s_named.Keys)}, {(all ? $"{Everyone}, " : "")}or a number from 1 on");
            }

            return new FaceChoice(name, text, all);
        },
    };

    /// <summary><c>--anyway</c>: goes on where no face is found.</summary>
    public static Option<bool> Anyway() => new("--anyway")
    {
        Description = "Where no face is found, take the middle of the picture for one; else that is an error.",
    };

    /// <summary>Finds the faces of a picture, and takes those that were asked for.</summary>
    /// <param name="finder">What finds them.</param>
    /// <param name="file">The picture's name.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="anyway">Whether to go on without a face.</param>
    /// <param name="warnings">Receives what the user should know.</param>
    /// <returns>One face or more, or one null for the picture's middle.</returns>
    /// <exception cref="InputException">No face was found, or fewer than the number that was asked for.</exception>
    public IReadOnlyList<FoundFace?> Take(FaceFinder finder, string file, Imaging.Image picture, bool anyway, List<string> warnings)
    {
        var faces = finder.Find(picture);
        if (faces.Count == 0)
        {
            if (TryNumber(_text, out int asked))
            {
                throw new InputException($"{_option} {asked}: no face was found in '{file}'.");
            }

            if (!anyway)
            {
                throw new InputException($"No face was found in '{file}'; give a picture that shows one, or --anyway to take its middle for one.");
            }

            warnings.Add($"no face was found in {file}; its middle was taken for one, so the result is likely wrong");
            return [null];
        }

        if (_text == Everyone)
        {
            return [.. faces.Select(f => (FoundFace?)f)];
        }

        if (TryNumber(_text, out int number))
        {
            return number <= faces.Count
                ? [faces[number - 1]]
                : throw new InputException($"{_option} {number}: in '{file}' {(faces.Count == 1 ? "one face was" : $"{faces.Count} faces were")} found; give a number up to {faces.Count}.");
        }

        if (_text is null && faces.Count > 1)
        {
            warnings.Add($"{file} shows {faces.Count} faces, and the largest was taken; choose with {_option} {string.Join(", ", s_named.Keys.Skip(1))}, {(_all ? $"{Everyone}, " : "")}or 1 to {faces.Count}");
        }

        return [s_named[_text ?? s_named.Keys.First()](faces)];
    }

    /// <summary>As it is written on the command line.</summary>
    public override string ToString() => _text ?? s_named.Keys.First();

    private static bool TryNumber(string? text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
