using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Mimesh.Benchmarks.Peers;

/// <summary>The table of <see cref="PeersCommand"/>, in markdown.</summary>
internal static class PeerTable
{
    private const string Begin = "<!-- peers -->", End = "<!-- /peers -->";

    /// <summary>The lines above the rows.</summary>
    public static List<string> Head { get; } =
    [
        $"| {"case",-56} | {"against",-13} | {"ours, ms",8} | {"theirs",8} | {"ratio",6} | {"at most",7} | {"holds",-5} | {"our GFLOP/s",16} |",
        $"|{new string('-', 58)}|{new string('-', 15)}|{new string('-', 9)}:|{new string('-', 9)}:|{new string('-', 7)}:|{new string('-', 8)}:|{new string('-', 7)}|{new string('-', 17)}:|",
    ];

    /// <summary>A row as a line.</summary>
    public static string Line(PeerRow row, int threads)
    {
        double rate = row.Flops / row.OursMs / 1e6;
        string reached = row.Flops == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{rate:0} ({rate / Peak.Gigaflops(threads):0%})");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {row.Case,-56} | {row.Peer,-13} | {Figure(row.OursMs),8} | {Figure(row.PeerMs),8} | {row.Ratio,6:0.00} | {row.AtMost,7:0.00} | {(row.Holds ? "yes" : "no"),-5} | {reached,16} |");
    }

    /// <summary>What it was measured on and with.</summary>
    public static List<string> Machine(PeerSetting setting)
    {
        int threads = setting.Threads;
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"- {DateTime.UtcNow:yyyy-MM-dd}, commit {Commit()}, {RuntimeInformation.FrameworkDescription}"),
            string.Create(CultureInfo.InvariantCulture, $"- {Processor()}; {threads} thread{(threads == 1 ? "" : "s")} of {Environment.ProcessorCount}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"- {Peak.VectorBits}-bit vectors; measured float32 peak {Peak.Gigaflops(threads):0} GFLOP/s ({Peak.Gigaflops(1):0} on one thread; {Peak.Gigaflops(threads, 256):0} with 256 bits)"),
            $"- ONNX Runtime {OrtEnv.Instance().GetVersionString()}; PyTorch {setting.PyTorch?.Version ?? "not here"}",
        ];
    }

    /// <summary>Puts lines into a file: between its markers, or as all that it holds.</summary>
    public static void Write(string path, IReadOnlyList<string> lines)
    {
        string text = string.Join('\n', lines);
        string before = File.Exists(path) ? File.ReadAllText(path) : "";
        int begin = before.IndexOf(Begin, StringComparison.Ordinal), end = before.IndexOf(End, StringComparison.Ordinal);
        File.WriteAllText(path, begin < 0 || end < begin ? text + "\n" : $"{before[..(begin + Begin.Length)]}\n{text}\n{before[end..]}");
    }

    private static string Figure(double value) => value.ToString(value < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture);

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        return (File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null)
            is { } line ? line[(line.IndexOf(':') + 1)..].Trim() : $"{RuntimeInformation.ProcessArchitecture} processor";
    }

    private static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string name = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? name : "unknown";
        }
        catch (Win32Exception)
        {
            return "unknown"; // there is no git
        }
    }
}
