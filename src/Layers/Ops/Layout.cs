using Mimesh.Kernels;

namespace Mimesh.Layers;

/// <summary>Merges axes, so that kernels see as few and as long loops as the shapes allow.</summary>
internal static class Layout
{
    /// <summary>Strides of a contiguous tensor, 0 on axes that broadcast to <paramref name="target"/>, outermost first, of the target's rank.</summary>
    public static int[] BroadcastStrides(Shape shape, Shape target)
    {
        int[] strides = new int[target.Rank];
        int stride = 1;
        for (int back = 0; back < target.Rank; back++)
        {
            int size = shape.FromEnd(back);
            strides[target.Rank - 1 - back] = size == 1 ? 0 : stride;
            stride *= size;
        }

        return strides;
    }

    /// <summary>Strides of a contiguous tensor, outermost first.</summary>
    public static int[] Strides(Shape shape)
    {
        int[] strides = new int[shape.Rank];
        int stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    public static BroadcastSpec Broadcast(Shape y, Shape a, Shape b)
    {
        var (d, s) = Merge(y.ToArray(), BroadcastStrides(a, y), BroadcastStrides(b, y));
        return new BroadcastSpec(d[0], d[1], d[2], d[3], s[0][0], s[0][1], s[0][2], s[0][3], s[1][0], s[1][1], s[1][2], s[1][3]);
    }

    public static StridedCopySpec Copy(int[] box, int[] x, int[] y, int xOffset = 0, int yOffset = 0)
    {
        var (d, s) = Merge(box, x, y);
        return new StridedCopySpec(
            d[0], d[1], d[2], d[3], s[0][0], s[0][1], s[0][2], s[0][3], s[1][0], s[1][1], s[1][2], s[1][3], xOffset, yOffset);
    }

    // Drops axes of size 1 and merges neighbours that every operand walks as one; the result has four axes, filled from the left with 1.
    private static (int[] Sizes, int[][] Strides) Merge(int[] sizes, params int[][] operands)
    {
        var merged = new List<(int Size, int[] Strides)>();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 1)
            {
                continue;
            }

            int size = sizes[axis];
            int[] strides = [.. operands.Select(o => o[axis])];
            if (merged.Count > 0 && merged[^1].Strides.Zip(strides).All(pair => pair.First == pair.Second * size))
            {
                merged[^1] = (merged[^1].Size * size, strides);
            }
            else
            {
                merged.Add((size, strides));
            }
        }

        while (merged.Count < Shape.MaxRank)
        {
            merged.Insert(0, (1, new int[operands.Length]));
        }

        return ([.. merged.Select(m => m.Size)], [.. operands.Select((_, o) => merged.Select(m => m.Strides[o]).ToArray())]);
    }
}
