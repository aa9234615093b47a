using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Mimesh.Cli;

/// <summary>Command lines that show what a command is for; its help ends with them.</summary>
internal static class Examples
{
    private static readonly ConditionalWeakTable<Command, (string Purpose, string Line)[]> All = [];

    /// <summary>Gives a command its examples.</summary>
    public static Command WithExamples(this Command command, params (string Purpose, string Line)[] examples)
    {
        All.Add(command, examples);
        return command;
    }

    /// <summary>The examples of a command; the root shows the first one of each of its commands.</summary>
    public static IReadOnlyList<(string Purpose, string Line)> Of(Command command) =>
        All.TryGetValue(command, out var examples) ? examples : [.. command.Subcommands.SelectMany(c => Of(c).Take(1))];
}
