using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Layers;
using Mimesh.Reenactment;
using Mimesh.Tests.Layers;
using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Networks;

public sealed class WideningTests
{
    [Test]
    public void AWidenedReenactingModulePaintsTheSame()
    {
        var device = TestDevices.Open("cpu");
        using var narrow = new Generator(new Initializer(device, 1), Preset.Small, FaceModel.BuiltIn);
        using var wide = new Generator(new Initializer(device, 2), Preset.Base, FaceModel.BuiltIn);
        Widening.Load(Weights.OfGenerator(narrow, narrow.NamedParameters), "narrow", wide);
        using var tape = Tape.Start();
        using var pause = Tape.NoGrad();
        var source = Ops.Uniform(device, [1, 64, 64, 3], 3, 0);
        var flow = Ops.Normal(device, [1, 16, 16, 2], 4, 0).Mul(0.1f);
        var drawn = Ops.Uniform(device, [1, 64, 64, MeshMotion.Channels], 5, 0);
        Painting before = narrow.Reenacting.Forward(source, flow, drawn), after = wide.Reenacting.Forward(source, flow, drawn);
        Assert.That(after.Image.ToArray(), Is.EqualTo(before.Image.ToArray()).Within(2e-4));
        Assert.That(after.Occlusion.ToArray(), Is.EqualTo(before.Occlusion.ToArray()).Within(2e-4));
    }

    [Test]
    public void CopiesOfAChannelCanPart()
    {
        var device = TestDevices.Open("cpu");
        using var narrow = new Generator(new Initializer(device, 1), Preset.Small, FaceModel.BuiltIn);
        using var wide = new Generator(new Initializer(device, 2), Preset.Base, FaceModel.BuiltIn);
        Widening.Load(Weights.OfGenerator(narrow, narrow.NamedParameters), "narrow", wide);
        var (_, weight) = wide.NamedParameters.First(p => p.Name == "reenacting.decoder.up1.weight"); // (w, 3, 3, 2w)
        float[] values = weight.ToArray();
        Assert.That(values[0], Is.Not.EqualTo(values[1]));
    }

    [Test]
    public void AnotherWidthIsRefused()
    {
        var device = TestDevices.Open("cpu");
        using var narrow = new Generator(new Initializer(device, 1), Preset.Small, FaceModel.BuiltIn);
        using var other = new Generator(new Initializer(device, 2), Preset.Small, FaceModel.BuiltIn);
        Assert.That(
            () => Widening.Load(Weights.OfGenerator(narrow, narrow.NamedParameters), "narrow", other),
            Throws.TypeOf<InputException>().With.Message.Contains("width 16"));
    }
}
