using System.CommandLine;
using System.CommandLine.Parsing;
using Mimesh.Cli;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

public sealed class HelpTests
{
    public static IEnumerable<TestCaseData> Commands() =>
        Paths(Application.Build()).Select(p => new TestCaseData([p]).SetName($"Help of mimesh {string.Join(' ', p)}"));

    [TestCaseSource(nameof(Commands))]
    public void EveryCommandExplainsItselfWithExamples(string[] path)
    {
        var run = CliRun.Of([.. path, "--help"]);
        string[] lines = [.. run.Output.Split('\n').Select(l => l.Trim())];
        string[] examples = [.. lines.SkipWhile(l => l != "Examples:").Where(l => l.StartsWith("mimesh ", StringComparison.Ordinal))];
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.Zero);
            Assert.That(run.Error, Is.Empty);
            Assert.That(examples, Is.Not.Empty);
            foreach (string example in examples)
            {
                Assert.That(Application.Build().Parse(Words(example)[1..]).Errors, Is.Empty, example);
            }
        });
    }

    [Test]
    public void EveryOptionAndCommandIsDescribed() => Assert.Multiple(() =>
    {
        foreach (var command in All(Application.Build()))
        {
            Assert.That(command.Description, Is.Not.Null.And.Not.Empty, command.Name);
            foreach (var option in command.Options)
            {
                Assert.That(option.Description, Is.Not.Null.And.Not.Empty, $"{command.Name} {option.Name}");
            }
        }
    });

    // The words of a line in a shell, without what follows a '#'.
    internal static string[] Words(string line) => [.. CommandLineParser.SplitCommandLine(line.Split(" #")[0])];

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static IEnumerable<string[]> Paths(Command command) =>
        command.Subcommands.SelectMany(c => Paths(c).Select(p => (string[])[c.Name, .. p])).Prepend([]);
}
