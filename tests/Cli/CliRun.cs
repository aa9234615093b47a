using System.Diagnostics;
using Mimesh.Cli;

namespace Mimesh.Tests.Cli;

/// <summary>What a run of the program gave.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">Its stdout.</param>
/// <param name="Error">Its stderr.</param>
internal sealed record CliRun(int Code, string Output, string Error)
{
    /// <summary>The lines on stderr.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Runs the program in this process.</summary>
    public static CliRun Of(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = Application.RunAsync(args, output, error).GetAwaiter().GetResult();
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Starts the built program as a process of its own.</summary>
    public static Process Start(string directory, params string[] args) => Start(directory, [], args);

    /// <summary>Starts the built program as a process of its own, with environment variables.</summary>
    public static Process Start(string directory, (string Name, string Value)[] environment, params string[] args)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "mimesh.dll");
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", ["exec", program, .. args])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
