using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

public sealed class InterruptTests
{
    [Test]
    [Platform(Exclude = "Win", Reason = "Signals are POSIX's.")]
    public void CtrlCLeavesNothingAndExitsWith130()
    {
        using var directory = new TemporaryDirectory();
        using var process = CliRun.Start(directory.Root, "synth", "clip", "--frames", "9999", "--output", "clip");
        try
        {
            var waited = Stopwatch.StartNew();
            while (directory.Entries.Count(e => e.EndsWith(".tmp", StringComparison.Ordinal)) < 3)
            {
                Assert.That(process.HasExited, Is.False, "it ended by itself");
                Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromMinutes(2)), "no frame came");
                Thread.Sleep(10);
            }

            AssumeInterruptsReach(process);
            Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
            Assert.That(process.WaitForExit(TimeSpan.FromMinutes(1)), "it went on");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.Multiple(() =>
        {
            Assert.That(process.ExitCode, Is.EqualTo(130));
            Assert.That(process.StandardError.ReadToEnd(), Is.Empty);
            Assert.That(directory.Entries, Is.Empty);
        });
    }

    // A shell starts background jobs with SIGINT ignored, and children inherit that.
    private static void AssumeInterruptsReach(Process process)
    {
        string status = $"/proc/{process.Id}/status";
        if (File.Exists(status))
        {
            string mask = File.ReadLines(status).Single(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
            const int interrupt = 1 << (2 - 1);
            Assume.That(ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & interrupt, Is.Zero, "SIGINT is ignored here");
        }
    }
}
