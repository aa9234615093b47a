using System.Runtime.CompilerServices;

namespace Mimesh.Layers;

/// <summary>The sizes of a tensor's axes, outermost first; zero to four of them. Written as a collection: <c>Shape s = [n, h, w, c];</c></summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most axes a tensor has.</summary>
    public const int MaxRank = 4;

    private readonly int _d0, _d1, _d2, _d3;

    private Shape(ReadOnlySpan<int> sizes)
    {
        Rank = sizes.Length;
        _d0 = sizes.Length > 0 ? sizes[0] : 1;
        _d1 = sizes.Length > 1 ? sizes[1] : 1;
        _d2 = sizes.Length > 2 ? sizes[2] : 1;
        _d3 = sizes.Length > 3 ? sizes[3] : 1;
    }

    /// <summary>Number of axes.</summary>
    public int Rank { get; }

    /// <summary>Number of elements; 1 for a scalar.</summary>
    public long Count => (long)_d0 * _d1 * _d2 * _d3;

    /// <summary>The size of an axis.</summary>
    /// <param name="axis">From 0; a negative axis counts from the end.</param>
    public int this[int axis] => Axis(axis) switch { 0 => _d0, 1 => _d1, 2 => _d2, _ => _d3 };

    /// <summary>Creates a shape.</summary>
    /// <param name="sizes">One size an axis, none negative.</param>
    /// <exception cref="ShapeException">More than four axes, a negative size, or more elements than an int indexes.</exception>
    public static Shape Create(ReadOnlySpan<int> sizes)
    {
        Span<long> wide = stackalloc long[Math.Min(sizes.Length, MaxRank)];
        for (int axis = 0; axis < wide.Length; axis++)
        {
            wide[axis] = sizes[axis];
        }

        return sizes.Length <= MaxRank && Fits(wide)
            ? new Shape(sizes)
            : throw new ShapeException($"[{string.Join(", ", sizes.ToArray())}] is not a shape: at most {MaxRank} axes, no negative size, at most 2³¹ − 1 elements.");
    }

    /// <summary>Whether sizes are those of a shape: none negative, and their product an int, so that an int indexes every element.</summary>
    internal static bool Fits(ReadOnlySpan<long> sizes)
    {
        long count = 1;
        foreach (long size in sizes)
        {
            count = size is < 0 or > int.MaxValue || count is < 0 or > int.MaxValue ? -1 : count * size;
        }

        return count is >= 0 and <= int.MaxValue;
    }

    /// <summary>The same shape with one axis of another size.</summary>
    /// <param name="axis">The axis; negative counts from the end.</param>
    /// <param name="size">Its new size.</param>
    public Shape With(int axis, int size)
    {
        Span<int> sizes = [_d0, _d1, _d2, _d3];
        sizes[Axis(axis)] = size;
        return Create(sizes[..Rank]);
    }

    /// <summary>Turns an axis that may count from the end into one from 0.</summary>
    /// <param name="axis">The axis.</param>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int Axis(int axis)
    {
        int a = axis < 0 ? axis + Rank : axis;
        return a >= 0 && a < Rank ? a : throw new ShapeException($"{this} has no axis {axis}.");
    }

    /// <summary>The size of the axis that lies <paramref name="back"/> places before the end, 1 where there is none (broadcasting's view).</summary>
    /// <param name="back">0 for the innermost axis.</param>
    internal int FromEnd(int back) => back < Rank ? this[Rank - 1 - back] : 1;

    /// <summary>The shape that both broadcast to: axes are aligned at the end, and size 1 stretches.</summary>
    /// <param name="a">One shape.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ShapeException">Two sizes differ and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        Span<int> sizes = stackalloc int[rank];
        for (int back = 0; back < rank; back++)
        {
            int i = a.FromEnd(back), j = b.FromEnd(back);
            sizes[rank - 1 - back] = i == j || j == 1 ? i : i == 1 ? j : throw new ShapeException($"{a} and {b} do not broadcast.");
        }

        return Create(sizes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) =>
        Rank == other.Rank && _d0 == other._d0 && _d1 == other._d1 && _d2 == other._d2 && _d3 == other._d3;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, _d0, _d1, _d2, _d3);

    /// <summary>The sizes, outermost first.</summary>
    public int[] ToArray() => [.. new[] { _d0, _d1, _d2, _d3 }.Take(Rank)];

    /// <summary>The sizes one by one, outermost first.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)ToArray()).GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(", ", ToArray())})";

    /// <summary>Same rank and sizes.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    /// <summary>Another rank or size.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);
}
