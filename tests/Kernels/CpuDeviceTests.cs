using Mimesh.Kernels;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

public sealed class CpuDeviceTests
{
    private struct CountWork : IWork
    {
        public unsafe int* Counts;

        public readonly unsafe void Run(int index, int worker) => Interlocked.Increment(ref Counts[index]);
    }

    private struct FailingWork : IWork
    {
        public readonly void Run(int index, int worker)
        {
            if (index == 37)
            {
                throw new InvalidOperationException("part 37");
            }
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public unsafe void PoolDoesEveryPartOnce(int threads)
    {
        using var pool = new WorkerPool(threads);
        int[] counts = new int[64];
        fixed (int* pointer = counts)
        {
            for (int launch = 0; launch < 20000; launch++)
            {
                // Pauses now and then, so that workers park and are woken.
                if (launch % 1000 == 0)
                {
                    Thread.Sleep(2);
                }

                pool.For(launch % 65, new CountWork { Counts = pointer });
            }
        }

        for (int i = 0; i < 64; i++)
        {
            Assert.That(counts[i], Is.EqualTo(Enumerable.Range(0, 20000).Count(launch => launch % 65 > i)));
        }
    }

    [Test]
    public void PoolHandsOnAnExceptionAndGoesOn()
    {
        using var pool = new WorkerPool(3);
        for (int i = 0; i < 100; i++)
        {
            Assert.That(() => pool.For(100, default(FailingWork)), Throws.InvalidOperationException.With.Message.EqualTo("part 37"));
            Assert.That(() => pool.For(30, default(FailingWork)), Throws.Nothing);
        }
    }

    [Test]
    public void BuffersAreZeroAtFirstAndReused()
    {
        using var device = new CpuDevice(2);
        var first = device.Rent(1000);
        float[] x = new float[1000];
        device.Download<float>(first, x);
        Assert.That(x, Is.All.Zero);
        device.Return(first);
        Assert.That(device.Rent(1000), Is.SameAs(first));
        Assert.That(device.Name, Is.EqualTo("cpu"));
        Assert.That(device.Description, Does.Contain("2 threads"));
    }

    [Test]
    public void TrimmingFreesWhatNobodyRents()
    {
        using var device = new CpuDevice(1);
        DeviceBuffer kept = device.Rent(64), free = device.Rent(640);
        device.Upload<float>([1f, 2f], kept);
        device.Return(free);
        device.Trim();
        Assert.That(device.AllocatedBytes, Is.EqualTo(64 * sizeof(float)));
        Assert.That(device.Rent(640), Is.Not.SameAs(free));
        float[] x = new float[2];
        device.Download<float>(kept, x);
        Assert.That(x, Is.EqualTo(new[] { 1f, 2f }));
    }

    [Test]
    public void SteadyStateAllocatesNothing()
    {
        using var device = new CpuDevice(2);
        DeviceBuffer x = device.Rent(32 * 32 * 16), w = device.Rent(16 * 9 * 16), y = device.Rent(32 * 32 * 16);
        var s = new Conv2dSpec(1, 32, 32, 16, 16, 3, 3, 1, 1);
        void Step()
        {
            device.Kernels.Conv2d(x, w, null, y, s);
            device.Kernels.Conv2dInputGrad(y, w, x, s);
            device.Kernels.Conv2dWeightGrad(x, y, w, s);
            device.Kernels.Map(default(Tanh), x, y, 32 * 32 * 16);
            device.Kernels.Sum(x, y, new SumSpec(1, 1024, 16, 1));
        }

        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
