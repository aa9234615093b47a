using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;
using Mimesh.Tests.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Networks;

/// <summary>Animations of several threads over one set of weights, and the end of what they need.</summary>
public sealed class SessionTests
{
    private const int Size = 64, Sessions = 8;
    private static readonly string s_weights = Path.Combine(RepositoryRoot.Path, "weights");
    private CpuDevice _device = null!;
    private Reenactor _reenactor = null!;
    private Image[] _pictures = [];

    [OneTimeSetUp]
    public void Load()
    {
        _device = new CpuDevice(2);
        _reenactor = Reenactor.Load(_device, s_weights);
        var sampler = new ClipSampler(FaceModel.BuiltIn, Split.Validation);
        _pictures = [.. Enumerable.Range(0, 3).Select(i => sampler.Single((ulong)i, Size).Image)];
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _reenactor.Dispose();
        _device.Dispose();
    }

    [Test]
    public void ManyThreadsAnimateWithOneSetOfWeights()
    {
        float[][] alone;
        using (var animation = _reenactor.Animate(_pictures[0], null, Size))
        {
            alone = Drawn(animation);
        }

        long weights = _device.AllocatedBytes;
        var together = ForkTests.Together(Sessions, () =>
        {
            using var fork = _device.Fork();
            using var animation = _reenactor.Animate(_pictures[0], null, Size, fork);
            long first = fork.AllocatedBytes;
            float[][] drawn = Drawn(animation);
            return (Drawn: drawn, Bytes: fork.AllocatedBytes, First: first, Arena: animation.ArenaBytes);
        });

        Assert.That(together.Select(t => t.Drawn), Is.All.EqualTo(alone));
        Assert.That(_device.AllocatedBytes, Is.EqualTo(weights), "the weights are there once");
        foreach (var (_, bytes, first, arena) in together)
        {
            Assert.That(bytes, Is.EqualTo(together[0].Bytes).And.EqualTo(first).And.LessThan(weights / 2).And.LessThan(2 * arena));
        }

        TestContext.Out.WriteLine($"weights {weights >> 10} KiB, each animation {together[0].Bytes >> 10} KiB");
    }

    [Test]
    public void AFinderSharesItsWeights()
    {
        var picture = _pictures[0];
        var alone = _reenactor.Finder!.Find(picture);
        var together = ForkTests.Together(3, () =>
        {
            using var fork = _device.Fork();
            using var finder = _reenactor.Finder.On(fork);
            return finder.Find(picture);
        });
        Assert.That(together, Is.All.EqualTo(alone));
        Assert.That(_reenactor.Finder.Find(picture), Is.EqualTo(alone), "it still has its weights");
    }

    [Test]
    public void AnotherDeviceIsNoQueueOfThis()
    {
        using var other = new CpuDevice(1);
        Assert.That(() => _reenactor.Animate(_pictures[0], null, Size, other), Throws.InstanceOf<DeviceMismatchException>());
        other.Trim();
        Assert.That(other.AllocatedBytes, Is.Zero, "what was made before is given back");
    }

    [Test]
    public void AnAnimationWithoutASourceSaysSo()
    {
        using var animation = _reenactor.Animate(Size);
        float[] result = new float[Size * Size * 3];
        Assert.Throws<InvalidOperationException>(() => animation.Next(_pictures[1].Pixels, result));
        Assert.Throws<InvalidOperationException>(() => animation.Show(new Face(_reenactor.Model), result));
        Assert.Throws<InvalidOperationException>(() => animation.Reenact(_pictures[1]));
        Assert.Throws<ArgumentNullException>(() => animation.Begin((Image)null!));
        animation.Begin(_pictures[0]);
        Assert.DoesNotThrow(() => animation.Next(_pictures[1].Pixels, result));
    }

    [Test]
    public void AnAnimationEnds()
    {
        float[] result = new float[Size * Size * 3];
        var animation = _reenactor.Animate(_pictures[0], null, Size);
        animation.Next(_pictures[1].Pixels, result);
        animation.Dispose();
        Assert.That(() => animation.Next(_pictures[1].Pixels, result), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => animation.Next(_pictures[1].Pixels, result, new double[Animation.Stages.Count]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => animation.Reenact(_pictures[1]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(animation.Dispose, Throws.Nothing);
    }

    [Test]
    public void AnAnimationEndsWithItsReenactor()
    {
        float[] result = new float[Size * Size * 3];
        var reenactor = Reenactor.Load(_device, s_weights);
        using var animation = reenactor.Animate(_pictures[0], null, Size);
        reenactor.Dispose();
        using var taken = Tensor.Full(_device, [1 << 20], 3f);
        Assert.That(() => animation.Next(_pictures[1].Pixels, result), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => reenactor.Animate(_pictures[0], null, Size), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => reenactor.Reenact(_pictures[0], _pictures[1], Size), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(reenactor.Dispose, Throws.Nothing);
    }

    [Test]
    public void WhatIsMissingIsNamedAtOnce()
    {
        long bytes = _device.AllocatedBytes;
        Assert.That(() => _reenactor.Reenact(_pictures[0], null!, Size), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("driving"));
        Assert.That(() => _reenactor.Reenact(null!, _pictures[0], Size), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("source"));
        Assert.That(() => _reenactor.Reenact(_pictures[0], null, null!, null, Size), Throws.ArgumentNullException);
        Assert.That(() => _reenactor.Animate(null!, Size), Throws.ArgumentNullException);
        Assert.That(() => _reenactor.Animate(_pictures[0], Size + 1), Throws.InstanceOf<InputException>());
        Assert.That(_device.AllocatedBytes, Is.EqualTo(bytes));
    }

    private float[][] Drawn(Animation animation) =>
    [
        .. _pictures.Select(picture =>
        {
            float[] result = new float[Size * Size * 3];
            animation.Next(picture.Pixels, result);
            return result;
        }),
    ];
}
