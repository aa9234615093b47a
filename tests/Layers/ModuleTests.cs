using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>The names of modules' parameters; their values are in <see cref="ParityTests"/>.</summary>
public sealed class ModuleTests
{
    [Test]
    public void ParametersAreNamedByTheirPath()
    {
        using var block = new ResidualBlock(new Initializer(TestDevices.Cpu, 1), 2);
        Assert.That(block.NamedParameters.Select(p => p.Name), Is.EqualTo(new[] { "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias" }));
        Assert.That(block.Parameters, Is.EqualTo(block.NamedParameters.Select(p => p.Parameter)));
    }
}
