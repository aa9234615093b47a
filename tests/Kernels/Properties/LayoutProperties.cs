using Mimesh.Kernels;
using Mimesh.Layers;
using NUnit.Framework;

namespace Mimesh.Tests.Kernels.Properties;

/// <summary>The one copy kernel at any strides, and the operations that choose its strides.</summary>
internal sealed class LayoutProperties : KernelProperties
{
    private static readonly int[][] s_orders =
        [[0, 1, 2, 3], [0, 3, 1, 2], [0, 2, 3, 1], [3, 2, 1, 0], [1, 0, 2, 3], [0, 2, 1, 3], [2, 3, 0, 1], [1, 2, 3, 0], [0, 1, 3, 2]];

    // The largest are cut into several parts.
    private static readonly Axis[] s_shape =
        [new("D0", [1, 2, 3, 0], 3), new("D1", [1, 2, 3, 7, 90], 3), new("D2", [1, 2, 5, 6]), new("D3", [1, 2, 3, 4, 8, 15, 16, 17, 33], 7)];

    /// <summary>A box of x, its axes in any order, some mirrored or broadcast, to a box within y.</summary>
    [Test]
    public void StridedCopy([ValueSource(nameof(Devices))] string device) => Holds(
        device, [.. s_shape, Order("XOrder"), Order("YOrder"), new("Margin", [0, 1, 3, 4]), new("Mirrored", [0, 1, 2, 4, 8]), new("Repeated", [0, 1, 2, 4, 8])],
        d =>
        {
            int[] box = Box(d), margins = [.. box.Select(size => size + d["Margin"])];
            int[] x = Strides(margins, s_orders[d["XOrder"]]), y = Strides(margins, s_orders[d["YOrder"]]);
            int length = margins.Aggregate(1, (a, b) => a * b), start = d["Margin"] == 0 ? 0 : x.Sum(), target = d["Margin"] == 0 ? 0 : y.Sum();
            for (int axis = 0; axis < 4; axis++)
            {
                if ((d["Repeated"] >> axis & 1) != 0)
                {
                    x[axis] = 0;
                }
                else if ((d["Mirrored"] >> axis & 1) != 0)
                {
                    start += Math.Max(0, box[axis] - 1) * x[axis];
                    x[axis] = -x[axis];
                }
            }

            var s = new StridedCopySpec(box[0], box[1], box[2], box[3], x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3], start, target);
            float[] from = Normal(length, 1), before = Normal(length, 2);
            return new([from], [Reference.StridedCopy(from, before, s)], (k, i, o) => k.StridedCopy(i[0], o[0], s)) { Before = [before], Tolerance = 0 };
        });

    [Test]
    public void Permute() => Same([.. s_shape, Order("Order")], (x, d) => x.Permute(s_orders[d["Order"]]), (at, _, d) =>
    {
        int[] source = new int[4];
        for (int i = 0; i < 4; i++)
        {
            source[s_orders[d["Order"]][i]] = at[i];
        }

        return source;
    });

    [Test]
    public void Slice() => Same(
        [.. s_shape, new("Axis", [0, 1, 2, 3]), new("Start", [0, 1, 2]), new("Left", [0, 1, 2])],
        (x, d) => x.Slice(d["Axis"], Start(x, d), Math.Max(0, x.Shape[d["Axis"]] - Start(x, d) - d["Left"])),
        (at, x, d) => Moved(at, d["Axis"], Start(x, d)));

    [Test]
    public void Pad() => Same(
        [.. s_shape, new("Axis", [0, 1, 2, 3]), new("Before", [0, 1, 4]), new("After", [0, 1, 5])],
        (x, d) => x.Pad(d["Axis"], d["Before"], d["After"]),
        (at, _, d) => Moved(at, d["Axis"], -d["Before"]));

    [Test]
    public void Concat() => Same(
        [.. s_shape, new("Axis", [0, 1, 2, 3]), new("Copies", [1, 2, 3])],
        (x, d) => Ops.Concat(d["Axis"], [.. Enumerable.Repeat(x, d["Copies"])]),
        (at, x, d) => Moved(at, d["Axis"], -(at[d["Axis"]] / x.Shape[d["Axis"]] * x.Shape[d["Axis"]])));

    [Test]
    public void BroadcastTo() => Same(
        [.. s_shape, new("Repeated", [.. Enumerable.Range(0, 16)])],
        (x, d) => Folded(x, d).BroadcastTo(x.Shape),
        (at, _, d) => [.. at.Select((i, axis) => (d["Repeated"] >> axis & 1) != 0 ? 0 : i)]);

    [Test]
    public void SumTo() => Check([.. s_shape, new("Summed", [.. Enumerable.Range(0, 16)])], 200, d =>
    {
        int[] box = Box(d), target = [.. box.Select((size, axis) => (d["Summed"] >> axis & 1) != 0 ? 1 : size)];
        float[] values = [.. Normal(Count(box), 1).Select(v => v + 1)];
        double[] y = new double[Count(target)];
        ForEach(box, (at, i) => y[Flat([.. at.Zip(target, (a, size) => size == 1 ? 0 : a)], target)] += values[i]);
        using var device = new GuardedDevice(new CpuDevice(2));
        using var tape = Tape.Start();
        float[] actual = Tensor.From(device, Shape.Create(box), values).SumTo(Shape.Create(target)).ToArray();
        int wrong = Enumerable.Range(0, y.Length).FirstOrDefault(i => !(Math.Abs(actual[i] - y[i]) <= 1e-5 * (1 + Math.Abs(y[i]))), -1);
        return wrong < 0 ? null : $"element {wrong} is {actual[wrong]}, not {y[wrong]}";
    });

    // The operation gives at each place the number of x at another one, 0 where that is outside.
    private static void Same(Axis[] axes, Func<Tensor, Draw, Tensor> operation, Func<int[], Tensor, Draw, int[]> source) => Check(axes, 200, d =>
    {
        int[] box = Box(d);
        float[] values = Normal(Count(box), 1);
        using var device = new GuardedDevice(new CpuDevice(2));
        using var tape = Tape.Start();
        var x = Tensor.From(device, Shape.Create(box), values);
        var y = operation(x, d);
        float[] actual = y.ToArray();
        string? wrong = null;
        ForEach(y.Shape.ToArray(), (at, i) =>
        {
            int[] from = source(at, x, d);
            float expected = from.Zip(box, (a, size) => a >= 0 && a < size).All(inside => inside) ? values[Flat(from, box)] : 0f;
            wrong ??= actual[i].Equals(expected) ? null : $"y[{string.Join(", ", at)}] is {actual[i]}, not {expected}";
        });
        device.Check();
        return wrong;
    });

    private static Axis Order(string name) => new(name, [.. Enumerable.Range(0, s_orders.Length)]);

    private static int[] Box(Draw d) => [d["D0"], d["D1"], d["D2"], d["D3"]];

    private static int Start(Tensor x, Draw d) => Math.Min(d["Start"], x.Shape[d["Axis"]]);

    private static int[] Moved(int[] at, int axis, int by) => [.. at.Select((i, a) => a == axis ? i + by : i)];

    private static Tensor Folded(Tensor x, Draw d)
    {
        for (int axis = 0; axis < 4; axis++)
        {
            x = (d["Repeated"] >> axis & 1) != 0 && x.Shape[axis] > 1 ? x.Slice(axis, 0, 1) : x;
        }

        return x;
    }

    // Strides of a contiguous block whose axes lie in this order, outermost first.
    private static int[] Strides(int[] sizes, int[] order)
    {
        int[] strides = new int[sizes.Length];
        int stride = 1;
        foreach (int axis in order.Reverse())
        {
            strides[axis] = stride;
            stride *= sizes[axis];
        }

        return strides;
    }

    private static int Count(int[] sizes) => sizes.Aggregate(1, (a, b) => a * b);

    private static int Flat(int[] at, int[] sizes) => at.Zip(sizes).Aggregate(0, (flat, pair) => (flat * pair.Second) + pair.First);

    private static void ForEach(int[] sizes, Action<int[], int> visit)
    {
        for (int i = 0; i < Count(sizes); i++)
        {
            int rest = i;
            int[] at = new int[sizes.Length];
            for (int axis = sizes.Length - 1; axis >= 0; axis--)
            {
                (at[axis], rest) = (rest % sizes[axis], rest / sizes[axis]);
            }

            visit(at, i);
        }
    }
}
