namespace Mimesh.Tests.Kernels.Properties;

/// <summary>A number that a property draws.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Values">What it may be, the simplest first: shrinking goes there.</param>
/// <param name="Small">How many of the values the simulator gets; all, if negative.</param>
internal sealed record Axis(string Name, int[] Values, int Small = -1)
{
    public static Axis Batch { get; } = new("N", [1, 2, 3, 0]);

    /// <summary>Around the multiples of 16, which are one vector or a block of them, and of 4, which are one load of a GPU.</summary>
    public static Axis Channels(string name) => new(name, [1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 32, 33, 49], 9);

    public static Axis Side(string name) => new(name, [1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17], 6);

    public static Axis Flag(string name) => new(name, [0, 1]);

    /// <summary>Whether one number of an input is NaN (1) or infinite (2); see <see cref="Draw.Poison"/>.</summary>
    public static Axis Poison { get; } = new("Poison", [0, 0, 0, 0, 0, 1, 2]);

    public Axis ForSimulator() => Small < 0 ? this : this with { Values = Values[..Small] };
}

/// <summary>One value of each axis.</summary>
internal sealed class Draw(Axis[] axes, int[] places)
{
    public int this[string name]
    {
        get
        {
            int axis = Array.FindIndex(axes, a => a.Name == name);
            return axes[axis].Values[places[axis]];
        }
    }

    public bool Is(string name) => this[name] != 0;

    /// <summary>Spoils one number somewhere inside, if that was drawn: the answer must be spoilt where it enters, and only there.</summary>
    public float[] Poison(float[] x)
    {
        if (x.Length > 0 && Is("Poison"))
        {
            x[x.Length * 5L / 8] = this["Poison"] == 1 ? float.NaN : float.PositiveInfinity;
        }

        return x;
    }

    /// <summary>The draws with one number simpler.</summary>
    public IEnumerable<Draw> Simpler()
    {
        for (int i = 0; i < places.Length; i++)
        {
            foreach (int place in new[] { 0, places[i] / 2, places[i] - 1 }.Where(p => p >= 0 && p < places[i]).Distinct())
            {
                int[] simpler = [.. places];
                simpler[i] = place;
                yield return new Draw(axes, simpler);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', axes.Select((a, i) => $"{a.Name}={a.Values[places[i]]}"));
}
