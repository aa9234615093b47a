using Mimesh.Training;
using NUnit.Framework;

namespace Mimesh.Tests.Training;

public sealed class OrderedProducerTests
{
    [Test]
    [CancelAfter(20_000)]
    public void AnItemMayWaitForTasksOfItsOwn([Values(1, 2)] int threads, CancellationToken cancellation)
    {
        static async Task<long> Later(long i)
        {
            await Task.Yield();
            await Task.Delay(1);
            return 2 * i;
        }

        using var producer = new OrderedProducer<long>(i => Later(i).GetAwaiter().GetResult(), 3, threads, depth: 4);
        var items = Task.Run(() => Enumerable.Range(0, 10).Select(_ => producer.Next()).ToArray(), cancellation);
        Assert.That(items.Wait(TimeSpan.FromSeconds(10), cancellation), Is.True, "hangs");
        Assert.That(items.Result, Is.EqualTo(Enumerable.Range(3, 10).Select(i => 2L * i)));
    }
}
