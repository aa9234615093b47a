using System.Text.Json;
using Mimesh.Benchmarks;
using Mimesh.Benchmarks.Peers;
using NUnit.Framework;

namespace Mimesh.Tests.Benchmarks;

/// <summary>The comparison with ONNX Runtime and PyTorch: its statistics, its order, its files, and that all sides do the same work.</summary>
public sealed class PeersTests
{
    private const string Run = "dotnet run -c Release --project benchmarks --";

    // Enough to compare the answers.
    private static readonly Pace s_once = new(0, 0, 0, 1);

    private readonly Lazy<PyTorchProcess?> _pytorch = new(() => PyTorchProcess.Start(null, 2));

    [OneTimeTearDown]
    public void EndPyTorch()
    {
        if (_pytorch.IsValueCreated)
        {
            _pytorch.Value?.Dispose();
        }
    }

    [TestCase(new[] { 3.0 }, 3.0)]
    [TestCase(new[] { 5.0, 1, 3 }, 3.0)]
    [TestCase(new[] { 8.0, 1, 3, 2 }, 2.5)]
    public void TheMedianIsInTheMiddle(double[] values, double median)
    {
        double[] before = [.. values];
        Assert.That(Statistics.Median(values), Is.EqualTo(median));
        Assert.That(values, Is.EqualTo(before));
    }

    [Test]
    public void NothingHasNoMedian() => Assert.That(() => Statistics.Median([]), Throws.ArgumentException);

    [TestCase(new[] { 1f, -4 }, new[] { 1f, -4 }, 0)]
    [TestCase(new[] { 1f, -3 }, new[] { 1f, -4 }, 0.25)]
    [TestCase(new[] { 1f }, new[] { 1f, 1 }, double.PositiveInfinity)]
    [TestCase(new[] { float.NaN, 1 }, new[] { 1f, 1 }, double.PositiveInfinity)]
    [TestCase(new[] { 0f, 0 }, new[] { 0f, 0 }, double.PositiveInfinity)]
    [TestCase(new[] { 1f, 0 }, new[] { 0f, 0 }, double.PositiveInfinity)]
    public void TheDifferenceIsRelativeToTheLargestNumber(float[] answer, float[] expected, double difference) =>
        Assert.That(Statistics.Difference(answer, expected), Is.EqualTo(difference));

    [Test]
    public void ContendersTakeTurnsAndTheirMediansAreCompared()
    {
        var turns = new List<string>();
        var c = Scripted(new Script("ours", turns, [1f], 6, 2, 4), new Script("peer", turns, [1f], 7, 8, 9));
        var row = c.Run(new PeerSetting(1, null, null), c.Rivals, Pace.Full with { Rounds = 3 }).Single();
        Assert.Multiple(() =>
        {
            Assert.That(turns, Is.EqualTo(new[] { "ours", "peer", "ours", "peer", "ours", "peer", "end of ours", "end of peer" }));
            Assert.That((row.OursMs, row.PeerMs, row.Ratio), Is.EqualTo((4.0, 8.0, 0.5)));
            Assert.That(row.Holds, Is.True);
            Assert.That((row with { Ratio = 0.51 }).Holds, Is.False);
            Assert.That((row with { Ratio = double.NaN }).Holds, Is.False);
        });
    }

    [Test]
    public void NothingIsMeasuredWhereAnswersDiffer()
    {
        var turns = new List<string>();
        var c = Scripted(new Script("ours", turns, [1f, 0.9997f]), new Script("peer", turns, [1f, 1f]));
        Assert.That(
            () => c.Run(new PeerSetting(1, null, null), c.Rivals, Pace.Full),
            Throws.InvalidOperationException.With.Message.Contains("away from peer's"));
        Assert.That(turns, Is.EqualTo(new[] { "end of ours", "end of peer" }));
    }

    public static IEnumerable<TestCaseData> Cases() =>
        from c in PeerCases.All
        from rival in c.Rivals
        where rival.Peer is OnnxRuntimePeer.Name or PyTorchPeer.Name && c != ProcessCases.Memory
        select new TestCaseData(c, rival).SetName($"Same work: {c.Name}, {rival.Peer}");

    [TestCaseSource(nameof(Cases))]
    public void EverySideDoesTheSameWork(object peerCase, object peer)
    {
        var (c, rival) = ((PeerCase)peerCase, (Rival)peer);
        var setting = new PeerSetting(2, rival.Peer == PyTorchPeer.Name ? _pytorch.Value : null, null);
        if (!setting.Has(c, rival))
        {
            Assert.Ignore("There is no Python with PyTorch here.");
        }

        var row = c.Run(setting, [rival], s_once).Single(); // throws if answers differ
        Assert.That(row.Ratio, Is.EqualTo(row.OursMs / row.PeerMs).And.GreaterThan(0));
    }

    [Test]
    public void TheDocumentedExampleWritesRowsAndATable()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "GPU.md"));
        string[] commands = [.. document.Split('\n').Where(l => l.StartsWith($"{Run} peers", StringComparison.Ordinal))];
        Assert.That(commands, Has.Some.Contains("--quick"));
        using var directory = new TemporaryDirectory();
        string json = directory["rows.json"], markdown = directory["table.md"];
        File.WriteAllText(markdown, "before\n<!-- peers -->\nold\n<!-- /peers -->\nafter\n");
        foreach (string command in commands.Where(c => c.Contains("--quick", StringComparison.Ordinal)))
        {
            string[] args = [.. Cli.HelpTests.Words(command[$"{Run} peers".Length..].Split('#')[0]), "--json", json, "--markdown", markdown];
            using var output = new StringWriter();
            Assert.That(PeersCommand.Run(args, output), Is.Zero, output.ToString());
        }

        var rows = JsonDocument.Parse(File.ReadAllBytes(json)).RootElement.EnumerateArray().ToArray();
        Assert.That(rows, Is.Not.Empty);
        string[] lines = File.ReadAllLines(markdown);
        Assert.Multiple(() =>
        {
            foreach (var row in rows)
            {
                Assert.That(row.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "case", "peer", "oursMs", "peerMs", "ratio", "atMost" }));
                double Number(string name) => row.GetProperty(name).GetDouble();
                Assert.That(Number("ratio"), Is.EqualTo(Number("oursMs") / Number("peerMs")));
                Assert.That(Number("atMost"), Is.GreaterThan(0));
                Assert.That(lines, Has.Some.StartsWith($"| {row.GetProperty("case").GetString()}"));
            }

            Assert.That(lines[..2], Is.EqualTo(new[] { "before", "<!-- peers -->" }));
            Assert.That(lines[^2..], Is.EqualTo(new[] { "<!-- /peers -->", "after" }));
            Assert.That(lines, Has.None.EqualTo("old"));
        });
    }

    [TestCase("--threads", "0")]
    [TestCase("--threads")]
    [TestCase("--fast")]
    [TestCase("--filter", "no such work")]
    public void WrongArgumentsAreRefused(params string[] args)
    {
        using var output = new StringWriter();
        Assert.That(PeersCommand.Run(args, output), Is.EqualTo(2));
    }

    [Test]
    public void EveryConvolutionHasItsFigures()
    {
        // Convolutions and gradients at eight shapes, and the rest one by one.
        var rivals = PeerCases.All.SelectMany(c => c.Rivals.Select(r => (c.Name, r.Peer, r.AtMost))).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(rivals.Count(r => r is { Peer: OnnxRuntimePeer.Name, AtMost: 0.6 }), Is.EqualTo(3));
            Assert.That(rivals.Count(r => r is { Peer: OnnxRuntimePeer.Name, AtMost: 1.0 }), Is.EqualTo(5 + 1));
            Assert.That(rivals.Count(r => r is { Peer: PyTorchPeer.Name, AtMost: 0.5 }), Is.EqualTo(2 * 8));
            Assert.That(rivals.Select(r => r.Name).Distinct().Count(), Is.EqualTo(PeerCases.All.Count));
        });
    }

    [Test]
    public void MoreThreadsAndWiderVectorsDoNotLowerThePeak() => Assert.Multiple(() =>
    {
        Assert.That(Peak.Gigaflops(1, 128), Is.GreaterThan(1));
        Assert.That(Peak.Gigaflops(1, 256), Is.GreaterThan(Peak.Gigaflops(1, 128)));
    });

    private static PeerCase Scripted(IContender ours, IContender peer) => new("work", [new("peer", 0.5, _ => peer)], 0, _ => ours);

    private sealed class Script(string name, List<string> turns, float[] answer, params double[] samples) : IContender
    {
        private int _next;

        public float[]? Answer => answer;

        public bool IsOneShot => true;

        public double Measure(int times)
        {
            turns.Add(name);
            return samples[_next++];
        }

        public void Dispose() => turns.Add($"end of {name}");
    }
}
