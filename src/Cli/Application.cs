using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Training;

namespace Mimesh.Cli;

/// <summary>The program: its commands, and how their outcomes become exit codes and messages.</summary>
internal static class Application
{
    /// <summary>A mistake of the program itself.</summary>
    public const int Failure = 1;

    /// <summary>The user gave something wrong; one line on stderr says what.</summary>
    public const int BadInput = 2;

    /// <summary>Ctrl-C: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    // How long a command may take to stop by itself after Ctrl-C: a training finishes its step and writes a checkpoint.
    // Half-written files are removed in either case.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static RootCommand Build()
    {
        var root = new RootCommand("Mesh-guided one-shot face reenactment: one portrait, moved by another.")
        {
            ReenactCommand.Create(),
            MeshCommand.Create(),
            TrainCommand.Create(),
            SynthCommand.Create(),
            EvaluateCommand.Create(),
            ExportCommand.Create(),
            VerifyCommand.Create(),
            BenchmarkCommand.Create(),
            DevicesCommand.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        // A path may begin with '@'; nothing here is long enough to need response files.
        var parsed = Build().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count > 0))
        {
            string command = string.Join(' ', Path(parsed.CommandResult.Command));
            string problem = parsed.UnmatchedTokens.Count > 0
                ? $"'{command}' does not take '{parsed.UnmatchedTokens[0]}'"
                : parsed.Errors[0].Message.TrimEnd('.');
            return Report(error, $"{problem}; see '{command} --help'.", BadInput);
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = Patience,
            });
        }
        catch (Exception e)
        {
            return Outcome(e, error);
        }
    }

    private static int Outcome(Exception problem, TextWriter error) => problem switch
    {
        // What several threads met is one problem.
        AggregateException { InnerException: { } first } => Outcome(first, error),
        InputException or DeviceException => Report(error, problem.Message, BadInput),
        TrainingException or OutputException => Report(error, problem.Message, Failure),
        OperationCanceledException => Interrupted,
        OutOfMemoryException => Report(error, "There is not enough memory; give a smaller --size or batch, or another --device.", Failure),
        _ => Report(error, $"This is a mistake in Mimesh, not yours. {problem}", Failure),
    };

    private static int Report(TextWriter error, string message, int code)
    {
        error.WriteLine($"mimesh: {(code == BadInput ? message.ReplaceLineEndings(" ") : message)}");
        return code;
    }

    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? Path(parent).Append(command.Name)
            : ["mimesh"];

    /// <summary>The usual help, and below it the examples of the command.</summary>
    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool Terminating => true;

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            var examples = Examples.Of(parseResult.CommandResult.Command);
            if (examples.Count > 0)
            {
                output.WriteLine("Examples:");
                foreach (var (purpose, line) in examples)
                {
                    output.WriteLine($"  # {purpose}");
                    output.WriteLine($"  {line}");
                }

                output.WriteLine();
            }

            return code;
        }
    }
}
