using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>What is used after its end gets an exception, never the numbers of whoever has its memory now.</summary>
public sealed class LifetimeTests
{
    private readonly CpuDevice _device = new(1);

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    [Test]
    public void ATensorEndsWithItsTape()
    {
        Tensor x, view;
        using (Tape.Start())
        {
            x = Tensor.Full(_device, [3], 1f);
            view = x.Reshape(3, 1);
        }

        using var next = Tensor.Full(_device, [3], 2f); // in the same memory
        Assert.That(() => x.ToArray(), Throws.InstanceOf<ObjectDisposedException>().With.Message.Contains("Tensor(3)"));
        Assert.That(() => view.ToArray(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => x.Square(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => next.Add(x), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => x.Assign([0f, 0f, 0f]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(next.ToArray(), Is.All.EqualTo(2f));
    }

    [Test]
    public void ATensorEndsWhenItIsDisposed()
    {
        var x = Tensor.Full(_device, [3], 1f);
        var leaf = x.Differentiable();
        x.Dispose();
        using var next = Tensor.Full(_device, [3], 2f);
        Assert.That(() => x.Item(), Throws.InstanceOf<ShapeException>().Or.InstanceOf<ObjectDisposedException>());
        Assert.That(() => leaf.ToArray(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(x.Dispose, Throws.Nothing);
    }

    [Test]
    public void AGradientNeedsWhatItsTapeRecorded()
    {
        using var tape = Tape.Start();
        Tensor w = Tensor.Parameter(_device, [3], [1f, 2f, 3f]), y = w.Square().Sum();
        w.Dispose();
        using var next = Tensor.Lasting(_device, [3]);
        Assert.That(() => Differentiation.Grad(y, [w]), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void APlanEnds()
    {
        using var arena = new Arena(_device);
        using var x = Tensor.Lasting(_device, [4]);
        x.Assign([1f, 2f, 3f, 4f]);
        Tensor? inside = null;
        var plan = Plan.Record(arena, [x], v => [(inside = v[0].Square()).Add(1f)]);
        plan.Run();
        Assert.That(plan.Outputs[0].ToArray(), Is.EqualTo(new[] { 2f, 5f, 10f, 17f }));
        Assert.That(() => inside!.Buffer, Throws.InstanceOf<ObjectDisposedException>(), "what stood for numbers in the recording");
        plan.Dispose();
        using var next = Tensor.Full(_device, [4], 7f);
        Assert.That(plan.Run, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => plan.Run(new double[2]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => plan.Outputs[0].ToArray(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(plan.Dispose, Throws.Nothing);
    }

    [Test]
    public void APlanNeedsWhatItReads([Values("input", "parameter", "constant matrix", "arena")] string ended)
    {
        var arena = new Arena(_device);
        Tensor x = Tensor.Lasting(_device, [1, 2, 1]), w = Tensor.Parameter(_device, [1], [2f]);
        var matrix = new SparseMatrix(_device, CsrMatrix.FromEntries(2, 2, [(0, 1, 1f), (1, 0, 1f)]));
        x.Assign([1f, 2f]);
        using var plan = Plan.Record(arena, [x], v => [Ops.SparseProduct(matrix, v[0].Square().Mul(w))]);
        plan.Run();
        Assert.That(plan.Outputs[0].ToArray(), Is.EqualTo(new[] { 8f, 2f }));
        (ended switch { "input" => x, "parameter" => w, "arena" => (IDisposable)arena, _ => matrix }).Dispose();
        using var next = Tensor.Full(_device, [4], 7f);
        Assert.That(plan.Run, Throws.InstanceOf<ObjectDisposedException>());
        foreach (var left in (IDisposable[])[x, w, arena, matrix])
        {
            left.Dispose();
        }
    }

    [Test]
    public void AnArenaThatEndedRecordsNoPlan()
    {
        var arena = new Arena(_device);
        using var x = Tensor.Lasting(_device, [4]);
        arena.Dispose();
        Assert.That(() => Plan.Record(arena, [x], v => [v[0].Square().Square()]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(arena.Dispose, Throws.Nothing);
    }

    [Test]
    public void ARecordingThatFailsLeavesNothing()
    {
        using var arena = new Arena(_device);
        using var x = Tensor.Lasting(_device, [4]);
        long free = Probe();
        Assert.That(
            () => Plan.Record(arena, [x], v => [v[0].Add(Tensor.From(v[0].Device, [4], [1f, 2f, 3f, 4f])).Reshape(5)]),
            Throws.InstanceOf<ShapeException>());
        Assert.That(Probe(), Is.EqualTo(free));

        // Bytes after as many buffers of that size are rented as were free.
        long Probe()
        {
            using var one = Tensor.Lasting(_device, [4]);
            using var two = Tensor.Lasting(_device, [4]);
            return _device.AllocatedBytes;
        }
    }

    [Test]
    public void ASparseMatrixGivesItsMemoryBack()
    {
        using var device = new CpuDevice(1);
        using var x = Tensor.Full(device, [1, 3, 1], 1f);
        long bytes = 0;
        for (int i = 0; i < 3; i++)
        {
            var matrix = new SparseMatrix(device, CsrMatrix.FromEntries(3, 3, [(0, 0, 1f), (2, 1, 3f)]));
            using var y = Ops.SparseProduct(matrix, x);
            Assert.That(y.ToArray(), Is.EqualTo(new[] { 1f, 0f, 3f }));
            matrix.Dispose();
            matrix.Dispose();
            Assert.That(() => Ops.SparseProduct(matrix, x), Throws.InstanceOf<ObjectDisposedException>());
            bytes = i == 0 ? device.AllocatedBytes : bytes;
            device.Trim();
        }

        Assert.That(device.AllocatedBytes, Is.LessThan(bytes));
    }

    [Test]
    public void AModuleGivesAllOfItsMemoryBack()
    {
        using var device = new CpuDevice(1);
        new Mimesh.Reenactment.Generator(new Initializer(device, 1), new("narrow", 64, 4), Mimesh.Faces.FaceModel.BuiltIn).Dispose();
        device.Trim();
        Assert.That(device.AllocatedBytes, Is.Zero);
    }

    [Test]
    public void ASecondDisposeDoesNothing()
    {
        var device = new CpuDevice(2);
        device.Dispose();
        Assert.That(device.Dispose, Throws.Nothing);
        var tape = Tape.Start();
        tape.Dispose();
        Assert.That(tape.Dispose, Throws.Nothing);
        Trace outer = Trace.Start(), inner = Trace.Start();
        Assert.That(outer.Dispose, Throws.InvalidOperationException);
        inner.Dispose();
        outer.Dispose();
        Assert.That(inner.Dispose, Throws.Nothing);
        using (Tape.Start())
        {
            var x = Tensor.Full(_device, [2], 1f).Differentiable();
            IDisposable first = Tape.NoGrad(), second = Tape.NoGrad();
            second.Dispose();
            second.Dispose();
            Assert.That(x.Square().RequiresGrad, Is.False);
            first.Dispose();
            Assert.That(x.Square().RequiresGrad);
        }
    }

    [Test]
    public void ADisposedDeviceDoesNothing()
    {
        var device = new CpuDevice(1);
        var x = Tensor.Full(device, [3], 1f);
        device.Dispose();
        Assert.That(() => device.Rent(3), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => device.Kernels, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(device.Synchronize, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(device.Trim, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(device.Adopt, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(device.Fork, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => x.ToArray(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => x.Square(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(x.Dispose, Throws.Nothing);
        Assert.That(device.AllocatedBytes, Is.Zero);
    }

    [Test]
    public void NoTapeRecordsWithinNoGrad()
    {
        using var w = Tensor.Parameter(_device, [2], [1f, 2f]);
        using (Tape.NoGrad())
        {
            using var tape = Tape.Start();
            Assert.That(w.Square().RequiresGrad, Is.False);
        }

        using var after = Tape.Start();
        Assert.That(w.Square().RequiresGrad);
    }

    [Test]
    public void APlanTakesItsGradientsWithinNoGradToo()
    {
        using var arena = new Arena(_device);
        using var x = Tensor.Lasting(_device, [2]);
        x.Assign([3f, 4f]);
        using var pause = Tape.NoGrad();
        using var plan = Plan.Record(arena, [x], v =>
        {
            var leaf = v[0].Differentiable();
            return [Differentiation.Grad(leaf.Square().Sum(), [leaf])[0]];
        });
        plan.Run();
        Assert.That(plan.Outputs[0].ToArray(), Is.EqualTo(new[] { 6f, 8f }));
    }

    /// <summary>PyTorch: "one of the variables needed for gradient computation has been modified by an inplace operation".</summary>
    [Test]
    public void AGradientOfWhatWasChangedSinceIsRefused([Values("assigned", "stepped", "averaged")] string how)
    {
        using var w = Tensor.Parameter(_device, [2], [1f, 2f]);
        using var adam = new Adam([w]);
        using var average = new MovingAverage([w]);
        using var tape = Tape.Start();
        var leaf = how == "averaged" ? average.Average[0] : w;
        var y = leaf.Square().Sum();
        adam.Step(Differentiation.Grad(w.Square().Sum(), [w])); // a step after its gradient is as it should be
        y = how == "stepped" ? y : leaf.Square().Sum();
        switch (how)
        {
            case "assigned":
                w.Assign([5f, 6f]);
                break;
            case "averaged":
                average.Update(1);
                break;
        }

        Assert.That(
            () => Differentiation.Grad(y, [leaf]), Throws.InvalidOperationException.With.Message.Contains("Tensor(2)").And.Message.Contains("changed in place"));
        Assert.That(Differentiation.Grad(leaf.Square().Sum(), [leaf])[0].ToArray(), Is.EqualTo(leaf.ToArray().Select(v => 2 * v)));
    }

    [Test]
    public void AResultThatWasChangedGivesNoGradient()
    {
        using var tape = Tape.Start();
        var x = Tensor.Full(_device, [2], 1f).Differentiable();
        var y = x.Exp();
        y.Assign([5f, 5f]);
        Assert.That(() => Differentiation.Grad(y.Sum(), [x]), Throws.InvalidOperationException);
    }

    [Test]
    public void StatisticsOfOtherNumbersAreNotTaken()
    {
        using var tape = Tape.Start();
        var (x, w) = (Ops.Normal(_device, [1, 4, 4, 3], 1), Ops.Normal(_device, [3, 3, 3, 3], 2));
        var y = x.Conv2d(w, null, 1, 1, new Fusion { Measure = true });
        y.Assign(Ops.Normal(_device, [1, 4, 4, 3], 5).Mul(9f).ToArray());
        var fusion = new Fusion { Normalize = true };
        Check.Close(
            y.Conv2d(w, null, 1, 1, fusion).ToArray(), y.Conv2dPlain(w, null, 1, 1, fusion).ToArray(), Tolerance.Standard.Forward, "normalised anew");
    }
}
