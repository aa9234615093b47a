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

    /// <summary>
    /// Whether the content changes seldom, as parameters do: kernels may then keep what they make of it (packed weights) until it
    /// changes. Such a buffer is written by uploads, maps, zips and optimiser steps alone.
    /// </summary>
    public bool Kept { get; set; }

    /// <summary>A part of this buffer: the same memory, not to be returned. Tests put guard words around it.</summary>
    /// <param name="start">Its first word, a multiple of 64 so that it is aligned like a buffer.</param>
    /// <param name="length">Its capacity in words.</param>
    internal abstract DeviceBuffer Slice(long start, long length);
}
