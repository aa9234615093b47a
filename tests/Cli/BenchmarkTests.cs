using System.Text.Json;
using NUnit.Framework;

namespace Mimesh.Tests.Cli;

public sealed class BenchmarkTests
{
    [Test]
    public void MeasuresEveryStage()
    {
        using var directory = new TemporaryDirectory();
        var run = CliRun.Of(
            "benchmark", "--preset", "small", "--size", "64", "--frames", "3", "--threads", "2", "--profile", "--json", directory["speed.json"]);
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Error, Is.Empty);
        string[] stages = ["source", "regressor", "mesh", "drawing", "motion", "reenacting"];
        foreach (string word in (string[])[.. stages, "frame", "frames per second", "untrained", "64×64", "Conv2d", "GFLOP/s"])
        {
            Assert.That(run.Output, Does.Contain(word));
        }

        var json = JsonDocument.Parse(File.ReadAllText(directory["speed.json"])).RootElement;
        Assert.That(
            json.EnumerateObject().Select(p => p.Name),
            Is.EqualTo(new[] { "device", "preset", "size", "threads", "stages", "frameMs", "fps", "peakRssMb" }));
        Assert.That(json.GetProperty("device").GetString(), Is.EqualTo("cpu"));
        Assert.That(json.GetProperty("preset").GetString(), Is.EqualTo("small"));
        Assert.That(json.GetProperty("size").GetInt32(), Is.EqualTo(64));
        Assert.That(json.GetProperty("threads").GetInt32(), Is.EqualTo(2));
        Assert.That(json.GetProperty("stages").EnumerateObject().Select(p => p.Name), Is.EqualTo(stages));
        Assert.That(json.GetProperty("stages").EnumerateObject().Select(p => p.Value.GetDouble()), Is.All.Positive);
        double frame = json.GetProperty("frameMs").GetDouble();
        Assert.That(frame, Is.GreaterThan(0.5 * json.GetProperty("stages").GetProperty("reenacting").GetDouble()));
        Assert.That(json.GetProperty("fps").GetDouble(), Is.EqualTo(1000 / frame).Within(1e-6));
        Assert.That(json.GetProperty("peakRssMb").GetDouble(), Is.GreaterThan(10));
    }

    [Test]
    public void TrainedWeightsBringTheirPreset()
    {
        var run = CliRun.Of("benchmark", "--weights", Path.Combine(RepositoryRoot.Path, "weights", "small"), "--size", "32", "--frames", "1");
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("preset small, 32×32").And.Not.Contain("untrained").And.Not.Contain("Launch"));
    }
}
