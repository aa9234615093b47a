namespace Mimesh.Kernels;

/// <summary>
/// A run of 32-bit words in a device's memory (floats; indices of a sparse matrix are stored as integers), aligned to
/// 256 bytes. Buffers are rented from and returned to their <see cref="Device"/>; they never move.
/// </summary>
/// <param name="length">Capacity in words.</param>
public abstract class DeviceBuffer(long length)
{
    /// <summary>Capacity in 32-bit words; at least what was asked for.</summary>
    public long Length { get; } = length;
}
