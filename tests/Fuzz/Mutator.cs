using System.Buffers.Binary;
using System.Text;

namespace Mimesh.Tests.Fuzz;

/// <summary>Damages files, always the same way for the same seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly ulong[] s_lengths =
    [
        0, 1, 2, 7, 8, 15, 16, 17, 0x7F, 0x80, 0xFF, 0x100, 0x2000, 0x2001, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8,
        0xFFFFFFFF, 0x100000000, 0x3FFFFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFF8, 0xFFFFFFFFFFFFFFFF,
    ];

    private static readonly string[] s_numbers =
        ["0", "-1", "1", "4", "5", "2147483647", "2147483648", "4294967296", "9223372036854775807", "18446744073709551616", "9e99", "1.5", "-0", "null", "[]", "{}", "\"7\"", "true", ""];

    private readonly Random _random = new(seed);

    /// <summary>A file with one to four wounds.</summary>
    /// <param name="good">Whole files of one kind.</param>
    /// <param name="textEnd">How long the text at the start of a file is, for edits of it; 0 for binary files.</param>
    public byte[] Damage(IReadOnlyList<byte[]> good, Func<byte[], int>? textEnd = null)
    {
        byte[] file = [.. good[_random.Next(good.Count)]];
        for (int wound = _random.Next(1, 5); wound > 0 && file.Length > 0; wound--)
        {
            file = _random.Next(textEnd is null ? 7 : 11) switch
            {
                0 => Flip(file),
                1 => Overwrite(file),
                2 => file[.._random.Next(file.Length)],
                3 => Length(file),
                4 => Remove(file),
                5 => Repeat(file),
                6 => Splice(file, good[_random.Next(good.Count)]),
                7 => Character(file, textEnd!(file)),
                _ => Number(file, textEnd!(file)),
            };
        }

        return file;
    }

    // Most fields lie at the start.
    private int Place(int length) => _random.Next(2) == 0 ? _random.Next(Math.Min(64, length)) : _random.Next(length);

    private byte[] Flip(byte[] file)
    {
        file[Place(file.Length)] ^= (byte)(1 << _random.Next(8));
        return file;
    }

    private byte[] Overwrite(byte[] file)
    {
        for (int i = Place(file.Length), end = Math.Min(file.Length, i + _random.Next(1, 9)); i < end; i++)
        {
            file[i] = (byte)_random.Next(256);
        }

        return file;
    }

    // What a length field might hold, in either byte order.
    private byte[] Length(byte[] file)
    {
        byte[] field = new byte[8];
        ulong value = s_lengths[_random.Next(s_lengths.Length)];
        int width = 1 << _random.Next(4), at = Place(file.Length);
        bool bigEndian = _random.Next(2) == 0;
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(field, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(field, value);
        }

        var bytes = bigEndian ? field.AsSpan(8 - width) : field.AsSpan(0, width);
        bytes[..Math.Min(width, file.Length - at)].CopyTo(file.AsSpan(at));
        return file;
    }

    private byte[] Remove(byte[] file)
    {
        int at = Place(file.Length), length = Math.Min(_random.Next(1, 17), file.Length - at);
        return [.. file[..at], .. file[(at + length)..]];
    }

    private byte[] Repeat(byte[] file)
    {
        int at = Place(file.Length), length = Math.Min(_random.Next(1, 65), file.Length - at);
        return [.. file[..(at + length)], .. file[at..]];
    }

    private byte[] Splice(byte[] file, byte[] other) => [.. file[..Place(file.Length)], .. other[_random.Next(other.Length)..]];

    private byte[] Character(byte[] file, int textEnd)
    {
        if (textEnd > 8)
        {
            file[_random.Next(8, textEnd)] = (byte)"0123456789-,:{}[]\" \\e.F"[_random.Next(23)];
        }

        return file;
    }

    // Puts another number, or something else, in place of one in the text behind an eight-byte length, and mends that length.
    private byte[] Number(byte[] file, int textEnd)
    {
        int[] starts = [.. Enumerable.Range(8, Math.Max(0, textEnd - 8)).Where(i => char.IsAsciiDigit((char)file[i]) && !char.IsAsciiDigit((char)file[i - 1]))];
        if (starts.Length == 0)
        {
            return file;
        }

        int at = starts[_random.Next(starts.Length)], end = at;
        while (end < textEnd && char.IsAsciiDigit((char)file[end]))
        {
            end++;
        }

        byte[] mended = [.. file[..at], .. Encoding.ASCII.GetBytes(s_numbers[_random.Next(s_numbers.Length)]), .. file[end..]];
        BinaryPrimitives.WriteInt64LittleEndian(mended, textEnd - 8 + mended.Length - file.Length);
        return mended;
    }
}
