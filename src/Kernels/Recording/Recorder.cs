namespace Mimesh.Kernels;

/// <summary>
/// A device that computes nothing: it writes down the launches that it is asked for, to be made on the device under it. Its
/// buffers get their place when the recording is finished; buffers of the device under it, such as parameters and inputs, may be
/// operands as they are. What is uploaded becomes a constant of the recording, and nothing can be downloaded.
/// </summary>
/// <param name="device">Where the launches are to be made.</param>
public sealed class Recorder(Device device) : Device
{
    private readonly List<Launch> _launches = [];
    private readonly List<DeviceBuffer> _constants = [];
    private RecordingKernels? _kernels;

    /// <inheritdoc/>
    public override string Name => device.Name;

    /// <inheritdoc/>
    public override string Description => device.Description;

    internal override Device Under => device;

    /// <inheritdoc/>
    protected override IKernels Launcher => _kernels ??= new RecordingKernels(_launches);

    /// <summary>Ends the recording: drops launches that no output needs, and finds a place for every buffer.</summary>
    /// <param name="outputs">Buffers whose content is wanted; see <see cref="Schedule.PlaceOf"/>.</param>
    /// <param name="arena">Memory of the device under this one, for what is computed on the way.</param>
    public Schedule Finish(IReadOnlyList<DeviceBuffer> outputs, Arena arena)
    {
        var schedule = new Schedule(device, _launches, _constants, outputs, arena);
        _constants.Clear();
        return schedule;
    }

    /// <inheritdoc/>
    protected override DeviceBuffer Take(long length) => Allocate(length);

    /// <inheritdoc/>
    protected override void Put(DeviceBuffer buffer)
    {
        // The launches tell how long it is needed.
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A recorded launch has used the buffer.</exception>
    protected override void Write<T>(ReadOnlySpan<T> source, DeviceBuffer target)
    {
        var planned = (PlannedBuffer)target;
        if (_launches.Exists(launch => launch.Uses(planned)))
        {
            throw new InvalidOperationException("What is uploaded in a recording is a constant: it cannot replace what a launch has used.");
        }

        if (planned.Place is null)
        {
            planned.Place = device.Rent(planned.Length);
            _constants.Add(planned.Place);
        }

        device.Upload(source, planned.Place);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Always: there are no values yet.</exception>
    protected override void Read<T>(DeviceBuffer source, Span<T> target) =>
        throw new InvalidOperationException("A recording cannot depend on values: they are computed when it is played.");

    /// <inheritdoc/>
    protected override void Wait()
    {
    }

    /// <inheritdoc/>
    protected override DeviceBuffer Allocate(long length) => new PlannedBuffer(length);

    /// <inheritdoc/>
    protected override void Free(DeviceBuffer buffer)
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _constants.ForEach(device.Return); // of a recording that came to no end
}
