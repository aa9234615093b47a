using Mimesh.Kernels;

namespace Mimesh.Layers;

public static partial class Ops
{
    /// <summary>The sum of all elements, a scalar.</summary>
    public static Tensor Sum(this Tensor x) => x.SumTo([]);

    /// <summary>The mean of all elements, a scalar.</summary>
    public static Tensor Mean(this Tensor x) => x.Sum().Mul(1f / x.Count);

    /// <summary>The sum over one axis, which stays with size 1.</summary>
    /// <param name="x">The summands.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    public static Tensor Sum(this Tensor x, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.SumTo(x.Shape.With(axis, 1));
    }

    /// <summary>The mean over one axis, which stays with size 1.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    public static Tensor Mean(this Tensor x, int axis) => x.Sum(axis).Mul(1f / x.Shape[axis]);

    /// <summary>The mean over height and width of <c>(N, H, W, C)</c>: <c>(N, C)</c>.</summary>
    public static Tensor GlobalAveragePool(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        ShapeException.Require(x.Shape.Rank == 4, nameof(GlobalAveragePool), "(N, H, W, C)", x.Shape);
        int n = x.Shape[0], c = x.Shape[3];
        return x.Reshape([n, -1, c]).Mean(1).Reshape([n, c]);
    }

    /// <summary>Euclidean norm along an axis, which stays with size 1: <c>√(Σ x² + 10⁻¹²)</c>; the summand keeps the gradient finite at 0.</summary>
    /// <param name="x">The vectors.</param>
    /// <param name="axis">The axis; negative counts from the end.</param>
    public static Tensor L2Norm(this Tensor x, int axis) => x.Square().Sum(axis).Add(1e-12f).Sqrt();

    /// <summary>Sums over the axes that <paramref name="shape"/> has size 1 on or lacks: the adjoint of <see cref="BroadcastTo"/>.</summary>
    /// <param name="x">The summands.</param>
    /// <param name="shape">A shape that broadcasts to x's.</param>
    /// <exception cref="ShapeException">It does not.</exception>
    public static Tensor SumTo(this Tensor x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape == shape)
        {
            return x;
        }

        ShapeException.Require(Shape.Broadcast(x.Shape, shape) == x.Shape, nameof(SumTo), $"a shape that broadcasts to {x.Shape}", shape);
        var y = SumAxes(x, shape);
        Trace.Current?.Add(new Operation.Sum(), y, x);
        return Tape.Record(y, (x, gy => gy.BroadcastTo(x.Shape)));
    }

    /// <summary>Repeats x along its axes of size 1: the adjoint of <see cref="SumTo"/>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="shape">A shape that x's broadcasts to.</param>
    /// <exception cref="ShapeException">It does not.</exception>
    public static Tensor BroadcastTo(this Tensor x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape == shape)
        {
            return x;
        }

        ShapeException.Require(Shape.Broadcast(x.Shape, shape) == shape, nameof(BroadcastTo), $"a shape that broadcasts to {shape}", x.Shape);
        var y = Tensor.Empty(x.Device, shape);
        x.Device.Kernels.StridedCopy(x.Buffer, y.Buffer, Layout.Copy(shape.ToArray(), Layout.BroadcastStrides(x.Shape, shape), Layout.Strides(shape)));
        return Tape.Record(y, (x, gy => gy.SumTo(x.Shape)));
    }

    // The kernel sums (kept, summed, kept, summed). Merged axes alternate; with four axes, at most the pattern summed-kept-summed-kept
    // does not fit, and its first axis is summed in a pass of its own.
    private static Tensor SumAxes(Tensor x, Shape shape)
    {
        var runs = new List<(int Size, bool Summed)>();
        for (int axis = 0; axis < x.Shape.Rank; axis++)
        {
            int size = x.Shape[axis];
            bool summed = size != 1 && shape.FromEnd(x.Shape.Rank - 1 - axis) == 1;
            if (size == 1)
            {
                continue;
            }

            if (runs.Count > 0 && runs[^1].Summed == summed)
            {
                runs[^1] = (runs[^1].Size * size, summed);
            }
            else
            {
                runs.Add((size, summed));
            }
        }

        if (runs.Count == 0 || !runs[0].Summed)
        {
            return SumRuns(x, runs, shape);
        }

        if (runs.Count < 4)
        {
            return SumRuns(x, [(1, false), .. runs], shape);
        }

        int rest = runs.Skip(1).Aggregate(1, (count, run) => count * run.Size);
        var partial = SumRuns(x, [(1, false), runs[0], (rest, false)], [rest]);
        return SumRuns(partial, runs[1..], shape);
    }

    private static Tensor SumRuns(Tensor x, List<(int Size, bool Summed)> runs, Shape shape)
    {
        int Size(int i) => i < runs.Count ? runs[i].Size : 1;
        var y = Tensor.Empty(x.Device, shape);
        x.Device.Kernels.Sum(x.Buffer, y.Buffer, new SumSpec(Size(0), Size(1), Size(2), Size(3)));
        return y;
    }
}
