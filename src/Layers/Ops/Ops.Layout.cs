namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>The same numbers with other axes; nothing is copied.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">A shape of as many elements; one size may be −1 and is computed.</param>
    /// <exception cref="ShapeException">The counts differ.</exception>
    public static Tensor Reshape(this Tensor x, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        Span<int> sizes = stackalloc int[shape.Length];
        shape.CopyTo(sizes);
        int open = sizes.IndexOf(-1);
        if (open >= 0)
        {
            sizes[open] = 1;
            long known = Shape.Create(sizes).Count;
            sizes[open] = known == 0 ? 0 : (int)(x.Count / known);
        }

        var target = Shape.Create(sizes);
        ShapeException.Require(target.Count == x.Count, nameof(Reshape), $"a shape of {x.Count} elements", target);
        if (target == x.Shape)
        {
            return x;
        }

        var y = x.View(target, false);
        Trace.Current?.Add(new Operation.Reshape(), y, x);
        return Tape.Record(y, (x, gy => gy.Reshape(x.Shape.ToArray())));
    }

    /// <summary>Reorders the axes: axis i of the result is axis <c>order[i]</c> of x.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="order">Each axis once.</param>
    /// <exception cref="ShapeException">The order is not a permutation of x's axes.</exception>
    public static Tensor Permute(this Tensor x, params int[] order)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(order);
        ShapeException.Require(order.Order().SequenceEqual(Enumerable.Range(0, x.Shape.Rank)), nameof(Permute), $"an order of {x.Shape}'s axes", Shape.Create(order));
        int[] sizes = x.Shape.ToArray(), strides = Layout.Strides(x.Shape), inverse = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            inverse[order[i]] = i;
        }

        Shape shape = Shape.Create([.. order.Select(i => sizes[i])]);
        var y = Tensor.Empty(x.Device, shape);
        x.Device.Kernels.StridedCopy(x.Buffer, y.Buffer, Layout.Copy(shape.ToArray(), [.. order.Select(i => strides[i])], Layout.Strides(shape)));
        return Tape.Record(y, (x, gy => gy.Permute(inverse)));
    }

    /// <summary>Part of x along an axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="start">First index kept.</param>
    /// <param name="length">How many are kept.</param>
    /// <exception cref="ShapeException">The part does not lie within x.</exception>
    public static Tensor Slice(this Tensor x, int axis, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(x);
        int size = x.Shape[axis];
        ShapeException.Require(start >= 0 && length >= 0 && length <= size - start, $"Slice [{start}, {start + length}) of axis {axis}", "a part of the axis", x.Shape);
        Shape shape = x.Shape.With(axis, length);
        var y = Tensor.Empty(x.Device, shape);
        int[] strides = Layout.Strides(x.Shape);
        x.Device.Kernels.StridedCopy(
            x.Buffer, y.Buffer, Layout.Copy(shape.ToArray(), strides, Layout.Strides(shape), xOffset: start * strides[x.Shape.Axis(axis)]));
        Trace.Current?.Add(new Operation.Slice(x.Shape.Axis(axis), start), y, x);
        return Tape.Record(y, (x, gy => gy.Pad(axis, start, size - start - length)));
    }

    /// <summary>Adds zeros before and after x along an axis: the adjoint of <see cref="Slice"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="before">Zeros in front.</param>
    /// <param name="after">Zeros behind.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public static Tensor Pad(this Tensor x, int axis, int before, int after)
    {
        ArgumentNullException.ThrowIfNull(x);
        int size = x.Shape[axis];
        if (before < 0 || after < 0 || (long)before + size + after > int.MaxValue)
        {
            throw new ShapeException($"Pad of {x.Shape} expects sizes that are not negative and fit into an axis, not {before} and {after}.");
        }

        var y = Tensor.Full(x.Device, x.Shape.With(axis, before + size + after), 0f);
        Place(x, y, axis, before);
        return Tape.Record(y, (x, gy => gy.Slice(axis, before, size)));
    }

    /// <summary>Joins tensors along an axis; their other sizes are equal.</summary>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="xs">One tensor or more.</param>
    /// <exception cref="ShapeException">The other sizes differ.</exception>
    public static Tensor Concat(int axis, params Tensor[] xs)
    {
        RequireAll(xs);
        ShapeException.Require(xs.Length > 0, nameof(Concat), "one tensor or more");
        Shape first = xs[0].Shape;
        long joined = xs.Sum(x => (long)x.Shape[axis]);
        ShapeException.Require(joined <= int.MaxValue, nameof(Concat), "axes that fit into one", [.. xs.Select(x => x.Shape)]);
        var y = Tensor.Empty(DeviceOf(xs), first.With(axis, (int)joined));
        var edges = new Tape.Edge[xs.Length];
        int start = 0;
        for (int i = 0; i < xs.Length; i++)
        {
            var x = xs[i];
            int size = x.Shape[axis], from = start;
            ShapeException.Require(x.Shape.With(axis, first[axis]) == first, nameof(Concat), "shapes that differ only along the axis", first, x.Shape);
            Place(x, y, axis, from);
            edges[i] = (x, gy => gy.Slice(axis, from, size));
            start += size;
        }

        Trace.Current?.Add(new Operation.Concat(first.Axis(axis)), y, xs);
        return Tape.Record(y, edges);
    }

    private static void Place(Tensor x, Tensor y, int axis, int start)
    {
        int[] strides = Layout.Strides(y.Shape);
        y.Device.Kernels.StridedCopy(
            x.Buffer, y.Buffer, Layout.Copy(x.Shape.ToArray(), Layout.Strides(x.Shape), strides, yOffset: start * strides[y.Shape.Axis(axis)]));
    }
}
