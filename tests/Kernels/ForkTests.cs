using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>Several threads on the hardware of one device, each with a queue of its own, over the same weights.</summary>
public sealed class ForkTests
{
    [TestCase("cpu", 8, 40)]
    [TestCase("simulator", 3, 2)]
    public void ThreadsShareWeightsAndGetTheSameBits(string name, int threads, int rounds)
    {
        using var device = Device.Open(name, 2);
        int size = name == "cpu" ? 16 : 4;
        Shape shape = [1, size, size, size];
        using var block = new ResidualBlock(new Initializer(device, 1), size);
        float[] input = Values(shape);
        for (int round = 0; round < rounds; round++)
        {
            // New weights, so that all threads find what was packed of them stale at once.
            foreach (var parameter in block.Parameters)
            {
                parameter.Assign([.. parameter.ToArray().Select(v => v + 0.01f)]);
            }

            float[][] answers = Together(threads, () =>
            {
                using var fork = device.Fork();
                using var tape = Tape.Start();
                return block.Forward(Tensor.From(fork, shape, input)).ToArray();
            });
            using var tape = Tape.Start();
            float[] alone = block.Forward(Tensor.From(device, shape, input)).ToArray();
            Assert.That(answers, Is.All.EqualTo(alone));
        }
    }

    [TestCase("cpu")]
    [TestCase("simulator")]
    public void AForkIsADeviceOfTheFamily(string name)
    {
        using var device = Device.Open(name, 2);
        using var p = Tensor.Parameter(device, [2], [3f, 5f]);
        using var fork = device.Fork();
        using var sister = device.Fork();
        Assert.That(fork.Name, Is.EqualTo(name));
        Assert.That(fork.Reads(device) && fork.Reads(fork) && !device.Reads(fork) && !fork.Reads(sister));
        using (Tape.Start())
        {
            var x = Tensor.From(fork, [2], [10f, 20f]);
            foreach (var y in (Tensor[])[p.Mul(x), x.Mul(p)])
            {
                Assert.That(y.Device, Is.SameAs(fork));
                Assert.That(y.ToArray(), Is.EqualTo(new[] { 30f, 100f }));
            }

            var gradient = Differentiation.Grad(p.Mul(x).Sum(), [p])[0];
            Assert.That(gradient.ToArray(), Is.EqualTo(new[] { 10f, 20f }));
            Assert.That(() => x.Add(Tensor.Full(sister, [2], 1f)), Throws.InstanceOf<DeviceMismatchException>());
        }

        using var arena = new Arena(fork);
        using var input = Tensor.Lasting(fork, [2]);
        input.Assign([1f, 2f]);
        using var plan = Plan.Record(arena, [input], x => [p.Mul(x[0])]);
        plan.Run();
        Assert.That(plan.Outputs[0].ToArray(), Is.EqualTo(new[] { 3f, 10f }));
    }

    [TestCase("cpu")]
    [TestCase("simulator")]
    public void ADeviceEndsAfterItsForks(string name)
    {
        var device = Device.Open(name, 2);
        using var x = Tensor.Full(device, [2], 1f);
        Device fork = device.Fork(), grandchild = fork.Fork();
        Assert.That(device.Dispose, Throws.InvalidOperationException.With.Message.Contains("1 fork "));
        Assert.That(fork.Dispose, Throws.InvalidOperationException);
        Assert.That(x.ToArray(), Is.All.EqualTo(1f), "it goes on");
        grandchild.Dispose();
        grandchild.Dispose();
        fork.Dispose();
        Assert.That(x.ToArray(), Is.All.EqualTo(1f));
        device.Dispose();
        Assert.That(() => x.ToArray(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void ARecordingHasOneQueue()
    {
        using var device = new CpuDevice(1);
        using var recorder = new Recorder(device);
        Assert.That(recorder.Fork, Throws.InstanceOf<NotSupportedException>());
    }

    /// <summary>The workers do one thread's job; the others do theirs alone, all at the same time.</summary>
    [Test]
    public unsafe void ThePoolServesManyThreadsAtOnce()
    {
        using var pool = new WorkerPool(3);
        int[][] counts = Together(4, () =>
        {
            int[] done = new int[64];
            fixed (int* pointer = done)
            {
                for (int launch = 0; launch < 5000; launch++)
                {
                    pool.For(64, new CountWork { Counts = pointer });
                }
            }

            return done;
        });
        Assert.That(counts.SelectMany(c => c), Is.All.EqualTo(5000));
    }

    private static float[] Values(Shape shape)
    {
        using var device = new CpuDevice(1);
        using var x = Ops.Normal(device, shape, 3);
        return x.ToArray();
    }

    /// <summary>What a function gives in each of several threads that begin together.</summary>
    internal static T[] Together<T>(int threads, Func<T> function)
    {
        var results = new T[threads];
        var thrown = new Exception?[threads];
        using var start = new Barrier(threads);
        Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                results[i] = function();
            }
            catch (Exception e)
            {
                thrown[i] = e;
            }
        }))];
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
        Assert.That(thrown, Is.All.Null);
        return results;
    }

    private struct CountWork : IWork
    {
        public unsafe int* Counts;

        public readonly unsafe void Run(int index, int worker) => Interlocked.Increment(ref Counts[index]);
    }
}
