using System.Globalization;
using System.Text.Json;
using Mimesh.Imaging;

namespace Mimesh.Benchmarks.Peers;

/// <summary><c>peers</c>: ours beside ONNX Runtime and PyTorch, in one table.</summary>
internal static class PeersCommand
{
    private const string Usage = """
        peers [OPTIONS]: our times beside ONNX Runtime's and PyTorch's, measured in turns, and what the ratio may be at most

          --filter TEXT     only cases or peers whose name holds this
          --threads N       of each side (2)
          --quick           few and short samples: a glance, no figures
          --json FILE       the rows, as {"case", "peer", "oursMs", "peerMs", "ratio", "atMost"}
          --markdown FILE   the machine and the table, between the file's lines <!-- peers --> and <!-- /peers --> if it has them
          --python PROGRAM  a Python that has PyTorch (python3, /usr/bin/python3)
          --program FILE    the published mimesh, to measure its start; from the repository's root
        """;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Runs the command.</summary>
    /// <param name="args">What follows <c>peers</c>.</param>
    /// <param name="output">Where the table goes.</param>
    /// <returns>0; 1 when answers differ or a peer failed; 2 when the arguments are wrong.</returns>
    public static int Run(string[] args, TextWriter output)
    {
        if (Options.Parse(args) is not { } options)
        {
            output.WriteLine(Usage);
            return args is ["--help"] ? 0 : 2;
        }

        if (!PeerCases.All.Any(c => c.Rivals.Any(r => options.Wants(c, r))))
        {
            output.WriteLine($"No case or peer has '{options.Filter}' in its name.");
            return 2;
        }

        foreach (string target in new[] { options.Json, options.Markdown }.OfType<string>())
        {
            try
            {
                AtomicFile.CheckTarget(target);
            }
            catch (InputException e)
            {
                output.WriteLine(e.Message);
                return 2;
            }
        }

        if (options.Program is not null && !File.Exists(options.Program))
        {
            output.WriteLine($"There is no program '{options.Program}'.");
            return 2;
        }

        using var pytorch = PyTorchProcess.Start(options.Python, options.Threads);
        var setting = new PeerSetting(options.Threads, pytorch, options.Program);
        var machine = PeerTable.Machine(setting);
        machine.ForEach(output.WriteLine);
        if (pytorch is null)
        {
            output.WriteLine("PyTorch: no Python that imports torch was found; its cases are left out.");
        }

        var rows = new List<PeerRow>();
        bool failed = false;
        output.WriteLine();
        PeerTable.Head.ForEach(output.WriteLine);
        foreach (var c in PeerCases.All)
        {
            Rival[] rivals = [.. c.Rivals.Where(r => setting.Has(c, r) && options.Wants(c, r))];
            if (rivals.Length == 0)
            {
                continue;
            }

            try
            {
                foreach (var row in c.Run(setting, rivals, options.Pace))
                {
                    rows.Add(row);
                    output.WriteLine(PeerTable.Line(row, options.Threads));
                }
            }
            catch (InvalidOperationException e)
            {
                failed = true;
                output.WriteLine($"FAILED {e.Message}");
            }
        }

        string verdict = $"{rows.Count(r => r.Holds)} of {rows.Count} figures are reached.";
        output.WriteLine();
        output.WriteLine(verdict);
        if (options.Json is not null)
        {
            AtomicFile.Write(options.Json, JsonSerializer.Serialize(rows, s_json));
        }

        if (options.Markdown is not null)
        {
            PeerTable.Write(options.Markdown, [.. machine, "", .. PeerTable.Head, .. rows.Select(r => PeerTable.Line(r, options.Threads)), "", verdict]);
        }

        return failed ? 1 : 0;
    }

    private sealed record Options(string Filter, int Threads, Pace Pace, string? Json, string? Markdown, string? Python, string? Program)
    {
        public bool Wants(PeerCase c, Rival rival) => $"{c.Name}, {rival.Peer}".Contains(Filter, StringComparison.OrdinalIgnoreCase);

        public static Options? Parse(ReadOnlySpan<string> args)
        {
            var options = new Options("", 2, Pace.Full, null, null, null, null);
            while (args.Length > 0)
            {
                (var parsed, int used) = args switch
                {
                    ["--quick", ..] => (options with { Pace = Pace.Quick }, 1),
                    ["--filter", var text, ..] => (options with { Filter = text }, 2),
                    ["--threads", var text, ..] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 =>
                        (options with { Threads = n }, 2),
                    ["--json", var file, ..] => (options with { Json = file }, 2),
                    ["--markdown", var file, ..] => (options with { Markdown = file }, 2),
                    ["--python", var program, ..] => (options with { Python = program }, 2),
                    ["--program", var file, ..] => (options with { Program = file }, 2),
                    _ => (null, 0),
                };
                if (parsed is null)
                {
                    return null;
                }

                options = parsed;
                args = args[used..];
            }

            return options;
        }
    }
}
