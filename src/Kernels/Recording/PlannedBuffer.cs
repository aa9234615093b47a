namespace Mimesh.Kernels;

/// <summary>A buffer that a <see cref="Recorder"/> gave out: it has a length now and a place later.</summary>
internal sealed class PlannedBuffer(long length) : DeviceBuffer(length)
{
    /// <summary>Number of the launch that writes it first; −1 while there is none.</summary>
    public int First { get; set; } = -1;

    /// <summary>Number of the last launch that reads or writes it.</summary>
    public int Last { get; set; }

    /// <summary>Its first word in the arena.</summary>
    public long Offset { get; set; }

    /// <summary>Where it is.</summary>
    public DeviceBuffer? Place { get; set; }

    internal override DeviceBuffer Slice(long start, long length) =>
        throw new InvalidOperationException("A buffer of a recording has no memory yet.");
}
