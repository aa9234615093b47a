using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels;

/// <summary>A device takes orders from one thread; the others get an exception.</summary>
public sealed class DeviceThreadTests
{
    [TestCase("cpu")]
    [TestCase("simulator")]
    public void AnotherThreadIsRefusedUntilItAdopts(string name)
    {
        using var device = Device.Open(name, 2);
        var buffer = device.Rent(4);
        var thrown = Elsewhere<Exception[]>(() =>
        [
            Caught(() => device.Rent(4)), Caught(() => device.Return(buffer)), Caught(() => device.Upload<float>([1f], buffer)),
            Caught(() => device.Download<float>(buffer, new float[1])), Caught(() => device.Kernels.Fill(buffer, 1f, 4)),
            Caught(device.Synchronize), Caught(device.Trim), Caught(() => Tensor.Full(device, [4], 1f)),
        ]);
        Assert.That(thrown, Is.All.TypeOf<InvalidOperationException>().And.All.Message.Contains("Adopt"));

        float[] x = Elsewhere(() =>
        {
            device.Adopt();
            device.Kernels.Fill(buffer, 3f, 4);
            float[] values = new float[4];
            device.Download<float>(buffer, values);
            return values;
        });
        Assert.That(x, Is.All.EqualTo(3f));
        Assert.That(() => device.Rent(4), Throws.InvalidOperationException, "it is the other thread's now");
        device.Adopt();
        device.Return(buffer);
    }

    [Test]
    public void AnyThreadMayDisposeAnIdleDevice()
    {
        var device = new CpuDevice(2);
        device.Rent(4);
        Elsewhere(() =>
        {
            device.Dispose();
            return 0;
        });
        Assert.That(() => device.Rent(4), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void ABufferIsReturnedOnceAndToItsDevice()
    {
        using var device = new CpuDevice(1);
        using var other = new CpuDevice(1);
        var buffer = device.Rent(4);
        Assert.That(() => other.Return(buffer), Throws.InvalidOperationException);
        device.Return(buffer);
        Assert.That(() => device.Return(buffer), Throws.InvalidOperationException);
        Assert.That(device.Rent(4), Is.Not.SameAs(device.Rent(4)));
    }

    [Test]
    public void WhatThePoolHoldsIsGivenUpBeforeMemoryIsShort()
    {
        using var device = new SmallDevice(1100);
        var buffer = device.Rent(600);
        device.Return(buffer);
        Assert.That(device.Rent(900).Length, Is.GreaterThanOrEqualTo(900));
        Assert.That(() => device.Rent(600), Throws.InstanceOf<OutOfMemoryException>());
    }

    private static Exception Caught(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            return e;
        }

        throw new AssertionException("nothing was thrown");
    }

    private static T Elsewhere<T>(Func<T> function)
    {
        T result = default!;
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        return thrown is null ? result : throw thrown;
    }

    // The processor with room for some words.
    private sealed class SmallDevice(long words) : Device
    {
        private long _left = words;

        public override string Name => "small";

        public override string Description => "small";

        protected override IKernels Launcher => throw new NotSupportedException();

        protected override void Write<T>(ReadOnlySpan<T> source, DeviceBuffer target) => throw new NotSupportedException();

        protected override void Read<T>(DeviceBuffer source, Span<T> target) => throw new NotSupportedException();

        protected override void Wait()
        {
        }

        protected override DeviceBuffer Allocate(long length) =>
            (_left -= length) >= 0 ? new CpuBuffer(length) : throw Full(length);

        protected override void Free(DeviceBuffer buffer)
        {
            _left += buffer.Length;
            ((CpuBuffer)buffer).Free();
        }

        protected override void Dispose(bool disposing)
        {
        }

        private OutOfMemoryException Full(long length)
        {
            _left += length;
            return new OutOfMemoryException();
        }
    }
}
