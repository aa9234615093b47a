using System.Text.Json;
using Mimesh.Imaging;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

public sealed class EvaluateTests
{
    private static readonly string Weights = Path.Combine(RepositoryRoot.Path, "weights");
    private static readonly string[] Measures = ["psnr", "ssim", "csim", "prmse", "aucon", "prmseTrue"];

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public void MeasuresBothProtocolsWithEveryRow()
    {
        string[] line = ["evaluate", "--weights", Weights, "--count", "2", "--size", "64", "--json"];
        var run = CliRun.Of([.. line, _directory["a.json"], "--figure", _directory["a.png"]]);
        Assert.That(run.Code, Is.Zero, run.Error);
        using var json = JsonDocument.Parse(File.ReadAllText(_directory["a.json"]));
        var root = json.RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(root.GetProperty("pairList").GetString(), Is.EqualTo("test"));
            Assert.That(root.GetProperty("size").GetInt32(), Is.EqualTo(64));
            Assert.That(root.GetProperty("weights").GetProperty("reenactor").GetString(), Has.Length.EqualTo(64));
            Assert.That(root.GetProperty("csimModel").GetProperty("checksum").GetString(), Has.Length.EqualTo(64));
            Assert.That(root.GetProperty("others").GetArrayLength(), Is.Zero);
            foreach (string protocol in new[] { "self", "cross" })
            {
                var scores = root.GetProperty(protocol);
                Assert.That(scores.GetProperty("count").GetInt32(), Is.EqualTo(2));
                foreach (string row in new[] { "model", "flowOnly", "copySource", "trueFlow", "trueFlowHiddenGiven", "trueAnswer" })
                {
                    Assert.That(scores.GetProperty(row).EnumerateObject().Select(m => m.Name), Is.EquivalentTo(Measures));
                    Assert.That(scores.GetProperty(row).GetProperty("csim").GetDouble(), Is.InRange(-1, 1));
                    Assert.That(scores.GetProperty(row).GetProperty("aucon").GetDouble(), Is.InRange(0, 1));
                    Assert.That(scores.GetProperty(row).GetProperty("prmseTrue").GetDouble(), Is.InRange(0, 180));
                }

                Assert.That(scores.GetProperty("copySource").GetProperty("csim").GetDouble(), Is.EqualTo(1).Within(1e-6));
                Assert.That(Psnr("trueFlowHiddenGiven"), Is.GreaterThan(Psnr("trueFlow")));
                Assert.That(Psnr("trueFlow"), Is.GreaterThan(Psnr("copySource")));
                double Psnr(string row) => scores.GetProperty(row).GetProperty("psnr").GetDouble();
            }

            Assert.That(root.GetProperty("self").GetProperty("trueAnswer").GetProperty("prmse").GetDouble(), Is.Zero);
            Assert.That(run.Output, Does.Contain("true flow, hidden pixels given").And.Contain("AUCON").And.Contain("weights: Mimesh"));
            Assert.That(ImageFile.Load(_directory["a.png"]).Height, Is.GreaterThan(4 * 64));
        });

        Assert.That(CliRun.Of([.. line, _directory["b.json"], "--threads", "1"]).Code, Is.Zero);
        Assert.That(File.ReadAllText(_directory["b.json"]), Is.EqualTo(File.ReadAllText(_directory["a.json"])), "whatever the threads");
    }

    [Test]
    public void ComparesWeightsOnPicturesOfOnesOwn()
    {
        string samples = Path.Combine(RepositoryRoot.Path, "samples");
        File.Copy(Path.Combine(samples, "source.png"), _directory["s.png"]);
        File.Copy(Path.Combine(samples, "driving.png"), _directory["d.png"]);
        _directory.Write("pairs.csv", "source,driving,truth\ns.png,d.png,\ns.png,d.png,s.png\n"u8.ToArray());
        Directory.CreateSymbolicLink(_directory["same"], Weights);
        var run = CliRun.Of(
            "evaluate", "--weights", Weights, _directory["same"], "--pairs", _directory["pairs.csv"], "--size", "64",
            "--json", _directory["a.json"], "--figure", _directory["a.png"]);
        Assert.That(run.Code, Is.Zero, run.Error);
        using var json = JsonDocument.Parse(File.ReadAllText(_directory["a.json"]));
        var (cross, other) = (json.RootElement.GetProperty("cross"), json.RootElement.GetProperty("others")[0].GetProperty("cross"));
        Assert.Multiple(() =>
        {
            Assert.That(json.RootElement.GetProperty("self").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(cross.GetProperty("trueFlow").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(cross.GetProperty("copySource").GetProperty("psnr").GetDouble(), Is.EqualTo(100), "of the one pair with an answer, which is the source");
            Assert.That(cross.GetProperty("model").GetProperty("prmseTrue").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(JsonElement.DeepEquals(other.GetProperty("model"), cross.GetProperty("model")), "the same weights");
        });
    }
}
