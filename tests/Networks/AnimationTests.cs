using System.Runtime.InteropServices;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.People;
using Mimesh.Reenactment;
using NUnit.Framework;

namespace Mimesh.Tests.Networks;

public sealed class AnimationTests
{
    private const int Size = 64;
    private readonly CpuDevice _device = new(2);
    private Reenactor _reenactor = null!;
    private Image[] _pictures = [];

    [OneTimeSetUp]
    public void Load()
    {
        _reenactor = Reenactor.Load(_device, Path.Combine(RepositoryRoot.Path, "weights"));
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
    public void APictureHasTheBitsOfTheOperations()
    {
        using var animation = _reenactor.Animate(_pictures[0], null, Size);
        animation.Next(_pictures[2].Pixels, new float[Size * Size * 3]);
        var result = animation.Reenact(_pictures[1]);

        using var tape = Tape.Start();
        using var pause = Tape.NoGrad();
        Tensor source = Picture(result.Source), driving = Picture(_pictures[1]);
        var (sourceMesh, drivingMesh) = MeshRegression.Meshes(
            _reenactor.Model, _reenactor.Regressor.Forward(source), _reenactor.Regressor.Forward(driving));
        var (flow, painting) = _reenactor.Generator.Forward(source, sourceMesh, drivingMesh);
        Assert.That(MemoryMarshal.Cast<System.Numerics.Vector3, float>(result.SourceMesh).ToArray(), Is.EqualTo(Graph(sourceMesh)));
        Assert.That(MemoryMarshal.Cast<System.Numerics.Vector3, float>(result.DrivingMesh).ToArray(), Is.EqualTo(Graph(drivingMesh)));
        Assert.That(result.Flow, Is.EqualTo(flow.Resize(Size, Size).ToArray()));
        Assert.That(result.Image.Pixels, Is.EqualTo(painting.Image.ToArray()));
        Assert.That(result.Warped.Pixels, Is.EqualTo(painting.Warped.ToArray()));
        Assert.That(result.FlowMask, Is.EqualTo(painting.FlowMask.ToArray()));
        Assert.That(result.Occlusion, Is.EqualTo(painting.Occlusion.ToArray()));

        float[] Graph(Tensor mesh) => mesh.Slice(1, 0, _reenactor.Model.GraphVertexCount).ToArray();
    }

    [Test]
    public void APictureDoesNotDependOnTheOneBefore()
    {
        using var animation = _reenactor.Animate(_pictures[0], Size);
        float[] first = Next(animation, 1), second = Next(animation, 2);
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(Next(animation, 1), Is.EqualTo(first));
    }

    [Test]
    public void WhatWasReadIsShownWithTheBitsOfNext()
    {
        using var animation = _reenactor.Animate(_pictures[0], Size);
        float[] expected = Next(animation, 1), shown = new float[expected.Length];
        var face = new Face(_reenactor.Model);
        animation.Read(_pictures[1].Pixels, null, face);
        animation.Read(_pictures[2].Pixels, null, new Face(_reenactor.Model));
        animation.Show(face, shown);
        Assert.That(shown, Is.EqualTo(expected));
    }

    [Test]
    public void SlidersMoveTheFaceAlone()
    {
        using var animation = _reenactor.Animate(_pictures[0], Size);
        var face = new Face(_reenactor.Model);
        animation.SourceFace.Camera.CopyTo(face.Camera, 0);
        float[] calm = new float[Size * Size * 3], open = new float[calm.Length];
        animation.Show(face, calm);
        face.Expression[Array.IndexOf(_reenactor.Model.ExpressionNames, "jawOpen")] = 0.8f;
        animation.Show(face, open);

        float Change(int from, int to) => Enumerable.Range(from * Size * 3, (to - from) * Size * 3).Max(i => MathF.Abs(open[i] - calm[i]));
        Assert.Multiple(() =>
        {
            Assert.That(Change(Size / 2, Size), Is.GreaterThan(0.2f), "the mouth, in the lower half");
            Assert.That(Change(0, Size / 8), Is.LessThan(Change(Size / 2, Size) / 4), "the picture's upper border");
        });
    }

    [Test]
    public void ADrivingFaceThatCannotBeIsRefused([Values(float.NaN, float.PositiveInfinity)] float number)
    {
        using var animation = _reenactor.Animate(_pictures[0], Size);
        float[] result = new float[Size * Size * 3];
        var face = new Face(_reenactor.Model);
        face.Camera[3] = number;
        Assert.Throws<ArgumentException>(() => animation.Show(face, result));
        face.Camera[3] = 0;
        face.Expression[0] = number;
        Assert.Throws<ArgumentException>(() => animation.Show(face, result));
        Assert.Throws<ArgumentNullException>(() => animation.Show(null!, result));
        Assert.Throws<ShapeException>(() => animation.Show(new Face(_reenactor.Model), new float[3]));
    }

    [Test]
    public void TheSteadyStateAllocatesNothing()
    {
        using var animation = _reenactor.Animate(_pictures[0], Size);
        float[] result = new float[Size * Size * 3];
        double[] times = new double[Animation.Stages.Count];
        animation.Next(_pictures[1].Pixels, result);
        animation.Next(_pictures[2].Pixels, result, times);
        long managed = GC.GetAllocatedBytesForCurrentThread(), native = _device.AllocatedBytes;
        for (int i = 0; i < 20; i++)
        {
            animation.Next(_pictures[i % 3].Pixels, result);
            animation.Next(_pictures[i % 3].Pixels, result, times);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - managed, Is.Zero);
        Assert.That(_device.AllocatedBytes, Is.EqualTo(native));
        Assert.That(times, Is.All.Positive);
    }

    [Test]
    public void WhatItHeldIsFreeAfterwards()
    {
        Use();
        long once = _device.AllocatedBytes;
        Use();
        Assert.That(_device.AllocatedBytes, Is.EqualTo(once));

        void Use()
        {
            using var animation = _reenactor.Animate(_pictures[0], Size);
            Next(animation, 1);
        }
    }

    [Test]
    public void APictureOfAnotherSizeIsRefused()
    {
        using var animation = _reenactor.Animate(_pictures[0], Size);
        Assert.That(() => animation.Next(new float[3], new float[Size * Size * 3]), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => animation.Next(_pictures[1].Pixels, new float[3]), Throws.InstanceOf<ArgumentException>());
    }

    private float[] Next(Animation animation, int driving)
    {
        float[] result = new float[Size * Size * 3];
        animation.Next(_pictures[driving].Pixels, result);
        return result;
    }

    private Tensor Picture(Image image) => Tensor.From(_device, [1, Size, Size, 3], image.Pixels);
}
