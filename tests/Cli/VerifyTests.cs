using System.Runtime.Intrinsics;
using System.Text.Json;
using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

/// <summary><c>mimesh verify</c>, and with it the processor's kernels with narrower vectors than this processor has.</summary>
public sealed class VerifyTests
{
    // .NET reads these when it starts: without AVX-512 vectors have 256 bits, without AVX2 they have 128.
    [TestCase("DOTNET_EnableAVX512", 256)]
    [TestCase("DOTNET_EnableAVX2", 128)]
    public void EveryCasePassesWithNarrowerVectors(string switchedOff, int bits)
    {
        Assume.That(Widest, Is.GreaterThanOrEqualTo(bits), "this processor has no such vectors");
        using var directory = new TemporaryDirectory();
        using var process = CliRun.Start(directory.Root, [(switchedOff, "0")], "verify", "--device", "cpu", "--json", "rows.json");
        string error = "";
        process.ErrorDataReceived += (_, line) => error += line.Data;
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var rows = JsonDocument.Parse(File.ReadAllText(directory["rows.json"])).RootElement.EnumerateArray().ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(process.ExitCode, Is.Zero, error);
            Assert.That(output, Does.Contain($"{bits}-bit vectors"));
            Assert.That(rows, Has.Length.EqualTo(Verifier.Cases.Sum(c => c.Orders.Count + 1)));
            Assert.That(rows.Select(r => r.GetProperty("pass").GetBoolean()), Is.All.True);
        });
        TestContext.Error.WriteLine($"cpu, {bits}-bit vectors: {Verifier.Cases.Count} cases, {rows.Length} checks");
    }

    // The face is computed when the program starts, and weights belong to its mesh: both must not depend on the processor.
    [TestCase("DOTNET_EnableAVX512")]
    [TestCase("DOTNET_EnableAVX2")]
    public void TheShippedWeightsFitTheMeshOfEveryProcessor(string switchedOff)
    {
        using var directory = new TemporaryDirectory();
        using var process = CliRun.Start(
            directory.Root, [(switchedOff, "0")], "reenact", "--source", Path.Combine(RepositoryRoot.Path, "samples", "source.png"),
            "--driving", Path.Combine(RepositoryRoot.Path, "samples", "driving.png"), "--output", "out.png");
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, error);
    }

    [Test]
    public void WritesARowForEachCheck()
    {
        using var directory = new TemporaryDirectory();
        var run = CliRun.Of("verify", "--op", "conv2d", "Adam", "--json", directory["rows.json"]);
        var rows = JsonDocument.Parse(File.ReadAllText(directory["rows.json"])).RootElement.EnumerateArray().ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.Zero);
            Assert.That(run.Error, Is.Empty);
            Assert.That(run.Output, Does.Contain("Conv2d").And.Contain("Adam").And.Not.Contain("MatMul"));
            Assert.That(rows.Select(r => r.GetProperty("op").GetString()).Distinct(), Is.EqualTo(new[] { "Conv2d", "Adam" }));
            Assert.That(
                rows[0].EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "op", "case", "order", "device", "error", "tolerance", "pass" }));
            Assert.That(rows[0].GetProperty("order").GetString(), Is.EqualTo("forward"));
            Assert.That(directory.Entries, Is.EqualTo(new[] { "rows.json" }));
        });
    }

    [Test]
    public void AWrongAnswerIsExitCode1()
    {
        var c = Verifier.Cases.First(c => c.Op == "Square");
        var stored = Fixture.Load(c.Fixture).Tensors[$"{c.Name}/y"].Values;
        float right = stored[3];
        stored[3] += 0.01f;
        try
        {
            var run = CliRun.Of("verify", "--op", "Square");
            Assert.Multiple(() =>
            {
                Assert.That(run.Code, Is.EqualTo(1));
                Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
                Assert.That(run.Error, Does.Contain(c.Name).And.Contain("element 3 "));
            });
        }
        finally
        {
            stored[3] = right;
        }
    }

    private static int Widest =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
}
