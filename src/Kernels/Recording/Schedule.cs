namespace Mimesh.Kernels;

/// <summary>
/// Recorded launches in their order, to be made any number of times. Every buffer has a fixed place: constants and outputs have
/// memory of their own, the rest shares an <see cref="Arena"/> by lifetime. A run allocates nothing on the CPU.
/// </summary>
public sealed class Schedule : IDisposable
{
    // Words that places are multiples of: 256 bytes, as for any buffer.
    private const long Alignment = 64;

    private readonly Device _device;
    private readonly Launch[] _launches;
    private readonly PlannedBuffer[] _passing;
    private readonly List<DeviceBuffer> _own;
    private readonly Rental[] _others;
    private readonly Arena _arena;
    private DeviceBuffer? _placedIn;
    private bool _disposed;

    internal Schedule(
        Device device, IReadOnlyList<Launch> launches, IReadOnlyList<DeviceBuffer> constants, IReadOnlyList<DeviceBuffer> outputs, Arena arena)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(arena);
        _device = device;
        _arena = arena;
        _own = [.. constants];
        _launches = Needed(launches, outputs);
        _passing = Lives(_launches, outputs);
        arena.Reserve(Pack(_passing));
        foreach (var output in outputs.OfType<PlannedBuffer>().Where(o => o.Place is null))
        {
            output.Place = device.Rent(output.Length);
            _own.Add(output.Place);
        }

        _others = [.. Operands(_launches).Where(b => b is not PlannedBuffer).Distinct().Select(b => new Rental(b))];
    }

    /// <summary>The launches.</summary>
    public IReadOnlyList<Launch> Launches => _launches;

    /// <summary>Where an output of the recording, or a buffer of the device itself, is.</summary>
    /// <param name="buffer">The buffer as it was recorded.</param>
    public static DeviceBuffer PlaceOf(DeviceBuffer buffer) => (buffer as PlannedBuffer)?.Place ?? buffer;

    /// <summary>Makes every launch.</summary>
    /// <exception cref="ObjectDisposedException">This, its arena, or an operand of the device itself was disposed.</exception>
    public void Run()
    {
        FindPlaces();
        var kernels = _device.Kernels;
        foreach (var launch in _launches)
        {
            launch.Run(kernels);
        }
    }

    /// <summary>Makes one launch after those before it, to measure it.</summary>
    /// <param name="index">Which of <see cref="Launches"/>.</param>
    public void Run(int index)
    {
        FindPlaces();
        _launches[index].Run(_device.Kernels);
    }

    /// <summary>Gives the memory of constants and outputs back.</summary>
    public void Dispose()
    {
        _disposed = true;
        _own.ForEach(_device.Return);
        _own.Clear();
    }

    // Backwards from the outputs. A launch that writes memory of the device itself is always needed.
    private static Launch[] Needed(IReadOnlyList<Launch> launches, IReadOnlyList<DeviceBuffer> outputs)
    {
        var wanted = new HashSet<DeviceBuffer>(outputs);
        var needed = new List<Launch>();
        for (int i = launches.Count - 1; i >= 0; i--)
        {
            bool any = false;
            foreach (var buffer in launches[i].Writes)
            {
                any |= buffer is not null && (buffer is not PlannedBuffer || wanted.Contains(buffer));
            }

            if (any)
            {
                needed.Add(launches[i]);
                foreach (var buffer in launches[i].Reads)
                {
                    _ = buffer is not null && wanted.Add(buffer);
                }
            }
        }

        needed.Reverse();
        return [.. needed];
    }

    private static IEnumerable<DeviceBuffer> Operands(IEnumerable<Launch> launches) =>
        launches.SelectMany(launch => (DeviceBuffer?[])[.. launch.Reads, .. launch.Writes]).OfType<DeviceBuffer>();

    // The buffers that get no place of their own, each with the first and the last launch that uses it.
    private static PlannedBuffer[] Lives(Launch[] launches, IReadOnlyList<DeviceBuffer> outputs)
    {
        var passing = new List<PlannedBuffer>();
        for (int i = 0; i < launches.Length; i++)
        {
            foreach (var buffer in launches[i].Reads)
            {
                if (buffer is PlannedBuffer { Place: null } read)
                {
                    read.Last = read.First >= 0
                        ? i : throw new InvalidOperationException($"{launches[i].Kernel} reads what no launch before it has written.");
                }
            }

            foreach (var buffer in launches[i].Writes)
            {
                if (buffer is PlannedBuffer { Place: null } written)
                {
                    if (written.First < 0)
                    {
                        written.First = i;
                        passing.Add(written);
                    }

                    written.Last = i;
                }
            }
        }

        return [.. passing.Except(outputs).Cast<PlannedBuffer>()];
    }

    // Largest first, each into the tightest gap between those that live at the same time. Gives the length of it all.
    private static long Pack(PlannedBuffer[] buffers)
    {
        var placed = new List<PlannedBuffer>(); // by offset
        long total = 0;
        foreach (var buffer in buffers.OrderByDescending(b => b.Length).ThenBy(b => b.First))
        {
            long best = long.MaxValue, end = 0, length = Aligned(buffer.Length);
            foreach (var other in placed.Where(p => p.First <= buffer.Last && buffer.First <= p.Last))
            {
                long gap = other.Offset - end;
                if (gap >= length && gap < best)
                {
                    best = gap;
                    buffer.Offset = end;
                }

                end = Math.Max(end, other.Offset + Aligned(other.Length));
            }

            if (best == long.MaxValue)
            {
                buffer.Offset = end;
            }

            total = Math.Max(total, buffer.Offset + length);
            int at = placed.FindIndex(p => p.Offset > buffer.Offset);
            placed.Insert(at < 0 ? placed.Count : at, buffer);
        }

        return total;
    }

    private static long Aligned(long length) => (Math.Max(length, 1) + Alignment - 1) / Alignment * Alignment;

    private void FindPlaces()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        foreach (var other in _others)
        {
            other.For(this);
        }

        var memory = _arena.Memory;
        if (_placedIn == memory)
        {
            return;
        }

        foreach (var buffer in _passing)
        {
            buffer.Place = memory.Slice(buffer.Offset, buffer.Length);
        }

        foreach (var launch in _launches)
        {
            launch.FindPlaces();
        }

        _placedIn = memory;
    }
}
