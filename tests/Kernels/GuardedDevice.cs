using Mimesh.Kernels;

namespace Mimesh.Tests.Kernels;

/// <summary>
/// A device whose buffers are exactly as long as was asked for and lie between guard words: NaNs of one bit pattern. A kernel
/// that writes outside is found when the buffer is returned or checked, one that reads outside by the NaN in its answer, and
/// one that leaves an element of a fresh buffer out by the NaN that is still there. The device under it is this one's.
/// </summary>
internal sealed class GuardedDevice(Device inner) : Device
{
    // Both multiples of 64, so that buffers stay aligned; more than a kernel's tile is wide.
    private const int Guard = 256;

    /// <summary>The guard word, a quiet NaN that no arithmetic makes.</summary>
    public static readonly float Word = BitConverter.Int32BitsToSingle(0x7FC0FADE);

    private readonly Dictionary<DeviceBuffer, DeviceBuffer> _whole = [];

    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override string Description => inner.Description;

    /// <inheritdoc/>
    protected override IKernels Launcher => inner.Kernels;

    /// <inheritdoc/>
    public override void Adopt()
    {
        base.Adopt();
        inner.Adopt();
    }

    /// <inheritdoc/>
    protected override DeviceBuffer Take(long length) => Allocate(length);

    /// <inheritdoc/>
    protected override void Put(DeviceBuffer buffer)
    {
        Check(buffer);
        Free(buffer);
    }

    /// <inheritdoc/>
    protected override void Write<T>(ReadOnlySpan<T> source, DeviceBuffer target) => inner.Upload(source, target);

    /// <inheritdoc/>
    protected override void Read<T>(DeviceBuffer source, Span<T> target) => inner.Download(source, target);

    /// <inheritdoc/>
    protected override void Wait()
    {
    }

    /// <summary>Checks the guard words of every buffer that is out.</summary>
    /// <exception cref="GuardException">One was written.</exception>
    public void Check()
    {
        foreach (var buffer in _whole.Keys)
        {
            Check(buffer);
        }
    }

    /// <inheritdoc/>
    protected override DeviceBuffer Allocate(long length)
    {
        var whole = inner.Rent(Guard + length + Guard);
        float[] words = new float[Guard + length + Guard];
        Array.Fill(words, Word);
        inner.Upload<float>(words, whole);
        var buffer = whole.Slice(Guard, length);
        _whole.Add(buffer, whole);
        return buffer;
    }

    /// <inheritdoc/>
    protected override void Free(DeviceBuffer buffer)
    {
        _whole.Remove(buffer, out var whole);
        inner.Return(whole!);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var buffer in _whole.Keys.ToArray())
        {
            Put(buffer);
        }

        inner.Dispose();
    }

    private void Check(DeviceBuffer buffer)
    {
        long length = buffer.Length;
        float[] words = new float[Guard + length + Guard];
        inner.Download<float>(_whole[buffer], words);
        for (long i = 0; i < words.Length; i++)
        {
            bool outside = i < Guard || i >= Guard + length;
            if (outside && BitConverter.SingleToInt32Bits(words[i]) != BitConverter.SingleToInt32Bits(Word))
            {
                throw new GuardException($"{words[i]:R} was written at word {i - Guard} of a buffer of {length}");
            }
        }
    }
}

/// <summary>A guard word was overwritten.</summary>
internal sealed class GuardException(string message) : Exception(message);
