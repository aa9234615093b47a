using Mimesh.Layers;
using Mimesh.Verification;
using NUnit.Framework;

namespace Mimesh.Tests.Layers;

/// <summary>Merged axes at random shapes, against index arithmetic: broadcasts, sums, permutations, slices, pads, joins.</summary>
public sealed class LayoutTests
{
    [Test]
    public void RandomShapes([Range(0, 9)] int block)
    {
        for (int seed = 60 * block; seed < 60 * (block + 1); seed++)
        {
            AtRandomShapes(seed);
        }
    }

    private static void AtRandomShapes(int seed)
    {
        var random = new Random(seed);
        int rank = Math.Min(Shape.MaxRank, random.Next(1, 8)); // mostly 4: there axes can alternate
        int[] full = [.. Enumerable.Range(0, rank).Select(_ => random.Next(1, 5))];
        Shape shape = Shape.Create(full);
        using var tape = Tape.Start();
        var x = Ops.Normal(TestDevices.Cpu, shape, (ulong)seed);
        float[] values = x.ToArray();

        Shape a = Shrunk(), b = Shrunk();
        var binary = Ops.Normal(TestDevices.Cpu, a, 1).Add(Ops.Normal(TestDevices.Cpu, b, 2));
        float[] av = Ops.Normal(TestDevices.Cpu, a, 1).ToArray(), bv = Ops.Normal(TestDevices.Cpu, b, 2).ToArray();
        var joint = Shape.Broadcast(a, b);
        Same(binary, joint, [.. Indices(joint).Select(i => av[At(a, i)] + bv[At(b, i)])], $"{a} + {b}");

        double[] sums = new double[a.Count];
        foreach (int[] i in Indices(shape))
        {
            sums[At(a, i)] += values[At(shape, i)];
        }

        Same(x.SumTo(a), a, [.. sums.Select(v => (float)v)], $"{shape} summed to {a}");
        Same(Tensor.From(TestDevices.Cpu, a, av).BroadcastTo(shape), shape, [.. Indices(shape).Select(i => av[At(a, i)])], $"{a} repeated to {shape}");

        int[] order = [.. Enumerable.Range(0, rank)];
        random.Shuffle(order);
        Shape permuted = Shape.Create([.. order.Select(i => full[i])]);
        float[] moved = [.. Indices(permuted).Select(i => values[At(shape, [.. Enumerable.Range(0, rank).Select(axis => i[Array.IndexOf(order, axis)])])])];
        Same(x.Permute(order), permuted, moved, $"{shape} permuted by {string.Join(", ", order)}");

        int along = random.Next(rank), start = random.Next(full[along]), length = random.Next(full[along] - start + 1), before = random.Next(3);
        Shape part = shape.With(along, length), padded = part.With(along, before + length + 1);
        var slice = x.Slice(along, start, length);
        Same(slice, part, [.. Indices(part).Select(i => values[At(shape, Shifted(i, start))])], $"{shape} sliced along {along}");
        float[] zeros = [.. Indices(padded).Select(i => i[along] < before || i[along] >= before + length ? 0f : values[At(shape, Shifted(i, start - before))])];
        Same(slice.Pad(along, before, 1), padded, zeros, $"{part} padded along {along}");

        Shape joined = shape.With(along, full[along] + length);
        float[] both = [.. Indices(joined).Select(i => values[At(shape, i[along] < full[along] ? i : Shifted(i, start - full[along]))])];
        Same(Ops.Concat(along, x, slice), joined, both, $"{shape} and {part} joined along {along}");

        // Some axes 1, some leading axes gone.
        Shape Shrunk() => Shape.Create([.. full.Select(size => random.Next(2) == 0 ? 1 : size).Skip(random.Next(rank + 1))]);

        int[] Shifted(int[] index, int by) => [.. index.Select((i, axis) => axis == along ? i + by : i)];
    }

    private static void Same(Tensor actual, Shape shape, float[] expected, string what) =>
        Check.Close(actual, (shape, expected), Tolerance.Standard.Forward, what);

    private static IEnumerable<int[]> Indices(Shape shape)
    {
        for (long at = 0; at < shape.Count; at++)
        {
            int[] index = new int[shape.Rank];
            long rest = at;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                index[axis] = (int)(rest % shape[axis]);
                rest /= shape[axis];
            }

            yield return index;
        }
    }

    // Where a contiguous tensor that broadcasts to the index's shape has the element of that index.
    private static int At(Shape shape, int[] index)
    {
        int at = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            at = (at * shape[axis]) + (shape[axis] == 1 ? 0 : index[index.Length - shape.Rank + axis]);
        }

        return at;
    }
}
