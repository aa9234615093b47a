using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Verification;

namespace Mimesh.Cli;

/// <summary><c>mimesh verify</c>: whether a device computes what it should.</summary>
internal static class VerifyCommand
{
    private static readonly JsonSerializerOptions JsonFormat = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create()
    {
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var json = CommonOptions.OptionalPath("--json", "Also write a row for each check there.");
        var op = new Option<string[]>("--op")
        {
            Description = "Only these operations, such as Conv2d; may be repeated. All unless given.",
            HelpName = "name",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "verify",
            "Check every operation, its gradients and their gradients on a device against PyTorch's answers, which come with Mimesh. Exit code 1 if one is wrong.")
        {
            device, threads, op, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var terminal = Terminal.Of(parsed);
                string? target = parsed.GetValue(json);
                if (target is not null)
                {
                    AtomicFile.CheckTarget(target);
                }

                var cases = Select(parsed.GetValue(op) ?? []);
                using var opened = Device.Open(parsed.GetRequiredValue(device), parsed.GetValue(threads));
                var rows = terminal.WithProgress("verifying", cases.Count, progress => Run(opened, cases, progress, cancellation));
                if (target is not null)
                {
                    AtomicFile.Write(target, JsonSerializer.Serialize(rows, JsonFormat) + "\n");
                }

                terminal.Output.WriteLine($"{opened.Name}: {opened.Description}");
                return Print(terminal, cases, rows) ? 0 : Application.Failure;
            },
            CancellationToken.None));
        return command.WithExamples(
            ("Check the processor", "mimesh verify"),
            ("Check a GPU, and keep every figure", "mimesh verify --device cuda --json rows.json"),
            ("Check the convolutions' GPU kernels without a GPU", "mimesh verify --device simulator --op Conv2d"));
    }

    private static IReadOnlyList<VerificationCase> Select(string[] ops)
    {
        var names = Verifier.Cases.Select(c => c.Op).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (ops.FirstOrDefault(op => !names.Contains(op)) is { } unknown)
        {
            throw new InputException($"There is no operation '{unknown}'; choose from {string.Join(", ", names)}.");
        }

        return ops.Length == 0 ? Verifier.Cases : [.. Verifier.Cases.Where(c => ops.Contains(c.Op, StringComparer.OrdinalIgnoreCase))];
    }

    private static List<VerificationRow> Run(
        Device device, IReadOnlyList<VerificationCase> cases, IProgress<int> progress, CancellationToken cancellation)
    {
        var rows = new List<VerificationRow>();
        for (int i = 0; i < cases.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.AddRange(Verifier.Run(device, cases[i]));
            progress.Report(i + 1);
        }

        return rows;
    }

    // An operation a line; of each order the row that is worst beside its tolerance.
    private static bool Print(Terminal terminal, IReadOnlyList<VerificationCase> cases, List<VerificationRow> rows)
    {
        var orders = Enum.GetValues<VerificationOrder>();
        terminal.WriteTable(
            ["Operation", "Cases", "Values", "Gradients", "Second order", "Adjoint", "Differ", "Tolerances", "Result"],
            [.. rows.GroupBy(r => r.Op).Select(op =>
            {
                VerificationRow?[] worst =
                    [.. orders.Select(order => op.Where(r => r.Order == order).MaxBy(r => r.Error == 0 ? 0 : r.Error / r.Tolerance))];
                return (string[])
                [
                    op.Key,
                    cases.Count(c => c.Op == op.Key).ToString(CultureInfo.InvariantCulture),
                    .. worst.Select(r => r is null ? "–" : Number(r.Error)),
                    string.Join(" ", worst.OfType<VerificationRow>().Select(r => Number(r.Tolerance))),
                    op.All(r => r.Pass) ? "pass" : "FAIL",
                ];
            })]);
        var failed = rows.Where(r => !r.Pass).ToArray();
        foreach (var row in failed)
        {
            terminal.Error.WriteLine($"{row.Case}, {row.Order}: error {Number(row.Error)}, tolerance {Number(row.Tolerance)}; {row.Detail}");
        }

        terminal.Output.WriteLine(
            $"{cases.Count} case{(cases.Count == 1 ? "" : "s")}, {rows.Count} checks: {(failed.Length == 0 ? "all within tolerance" : $"{failed.Length} failed")}");
        return failed.Length == 0;
    }

    private static string Number(double value) => value == 0 ? "0" : value.ToString("0.#e-0", CultureInfo.InvariantCulture);
}
