using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace Mimesh.Layers;

/// <summary>
/// The safetensors format: a 64-bit little-endian header length, a JSON header with each tensor's type, shape and byte range,
/// then the numbers. Float32 and float16 are read; what is read is checked against the file's length before anything is allocated.
/// </summary>
/// <param name="metadata">What <see cref="Metadata"/> starts with.</param>
public sealed class Safetensors(IReadOnlyDictionary<string, string>? metadata = null)
{
    private const int MaxHeaderBytes = 100 << 20;

    /// <summary>The tensors by name.</summary>
    public Dictionary<string, (Shape Shape, float[] Values)> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Text by key, such as the preset that the weights belong to.</summary>
    public Dictionary<string, string> Metadata { get; } = new(metadata ?? new Dictionary<string, string>(), StringComparer.Ordinal);

    /// <summary>Adds the parameters of a module under a prefix.</summary>
    /// <param name="prefix">Put in front of each name, with a dot.</param>
    /// <param name="named">Names and tensors.</param>
    public void Add(string prefix, IEnumerable<(string Name, Tensor Tensor)> named)
    {
        foreach (var (name, tensor) in named)
        {
            Tensors.Add($"{prefix}.{name}", (tensor.Shape, tensor.ToArray()));
        }
    }

    /// <summary>Copies tensors of this file into parameters of the same names and shapes.</summary>
    /// <param name="prefix">Put in front of each name, with a dot.</param>
    /// <param name="named">Names and targets.</param>
    /// <exception cref="InvalidDataException">One is missing, has another shape, or holds NaN or infinity; nothing was copied.</exception>
    public void CopyTo(string prefix, IEnumerable<(string Name, Tensor Tensor)> named)
    {
        var pairs = new List<(Tensor Target, float[] Values)>();
        foreach (var (name, tensor) in named)
        {
            string key = $"{prefix}.{name}";
            if (!Tensors.TryGetValue(key, out var stored))
            {
                throw new InvalidDataException($"there is no tensor '{key}'");
            }

            if (stored.Shape != tensor.Shape)
            {
                throw new InvalidDataException($"tensor '{key}' is {stored.Shape}, not {tensor.Shape}");
            }

            foreach (float value in stored.Values)
            {
                if (!float.IsFinite(value))
                {
                    throw new InvalidDataException($"tensor '{key}' holds {value}");
                }
            }

            pairs.Add((tensor, stored.Values));
        }

        foreach (var (target, values) in pairs)
        {
            target.Assign(values);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="half">Store float16, rounded to nearest, instead of float32.</param>
    public void Write(Stream stream, bool half = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        int width = half ? 2 : 4;
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, text) in Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, text);
                }

                json.WriteEndObject();
            }

            long at = 0;
            foreach (var (name, (shape, values)) in Tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", half ? "F16" : "F32");
                json.WriteStartArray("shape");
                foreach (int size in shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += (long)values.Length * width);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Padded with spaces to a multiple of 8, so that the numbers are aligned.
        while (header.Length % 8 != 0)
        {
            header.WriteByte((byte)' ');
        }

        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header.GetBuffer(), 0, (int)header.Length);
        foreach (var (_, values) in Tensors.Values)
        {
            stream.Write(half ? MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, v => (Half)v)) : MemoryMarshal.AsBytes<float>(values));
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="InvalidDataException">It is not a safetensors file, is cut short, or holds another number type; the message says which.</exception>
    public static Safetensors Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 8)
        {
            throw new InvalidDataException("it is too short for a safetensors file");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span);
        if (length > MaxHeaderBytes || length > (ulong)(bytes.Length - 8))
        {
            throw new InvalidDataException("its header is longer than the file: it is cut short, or not a safetensors file");
        }

        var file = new Safetensors();
        var data = bytes[(8 + (int)length)..];
        long unread = data.Length; // tensors share no bytes, so a small file asks for little memory
        try
        {
            using var header = JsonDocument.Parse(bytes.Slice(8, (int)length));
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.NameEquals("__metadata__"))
                {
                    foreach (var pair in entry.Value.EnumerateObject())
                    {
                        file.Metadata[pair.Name] = pair.Value.GetString() ?? "";
                    }
                }
                else if (!file.Tensors.TryAdd(entry.Name, ReadTensor(entry.Name, entry.Value, data.Span, ref unread)))
                {
                    throw new InvalidDataException($"tensor '{entry.Name}' is there twice");
                }
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException or ShapeException)
        {
            throw new InvalidDataException("its header is not a safetensors header", e);
        }

        return file;
    }

    private static (Shape Shape, float[] Values) ReadTensor(string name, JsonElement entry, ReadOnlySpan<byte> data, ref long unread)
    {
        string? type = entry.GetProperty("dtype").GetString();
        int width = type switch
        {
            "F32" => 4,
            "F16" => 2,
            _ => throw new InvalidDataException($"tensor '{name}' holds {type} numbers; F32 and F16 are read"),
        };
        Shape shape = Shape.Create([.. entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())]);
        var offsets = entry.GetProperty("data_offsets");
        long start = offsets[0].GetInt64(), end = offsets[1].GetInt64();
        if (start < 0 || end < start || end > data.Length || end - start != shape.Count * width || (unread -= end - start) < 0)
        {
            throw new InvalidDataException(
                $"tensor '{name}' lies outside the file or on another tensor, or its length is not that of {shape}: the file is cut short or damaged");
        }

        var bytes = data[(int)start..(int)end];
        float[] values = width == 4
            ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : Widened(MemoryMarshal.Cast<byte, Half>(bytes));
        return (shape, values);
    }

    // Eight at a time: a half's exponent and mantissa, moved to a float's places, are the number divided by 2^112. Multiplied,
    // numbers below the normal ones come out right too; infinity and NaN get their exponent back.
    private static float[] Widened(ReadOnlySpan<Half> halves)
    {
        float[] values = new float[halves.Length];
        var bits = MemoryMarshal.Cast<Half, short>(halves);
        int i = 0;
        for (; i <= bits.Length - Vector128<short>.Count; i += Vector128<short>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(bits[i..]));
            Widen(low).CopyTo(values, i);
            Widen(high).CopyTo(values, i + Vector128<int>.Count);
        }

        for (; i < values.Length; i++)
        {
            values[i] = (float)halves[i];
        }

        return values;

        static Vector128<float> Widen(Vector128<int> half)
        {
            const float Scale = 5.192296858534828e33f; // 2^112
            var scaled = (((half & Vector128.Create(0x7fff)) << 13).AsSingle() * Scale).AsInt32();
            var infinite = Vector128.GreaterThan(half & Vector128.Create(0x7fff), Vector128.Create(0x7bff)) & Vector128.Create(0x7f800000);
            return (scaled | infinite | (half & Vector128.Create(int.MinValue))).AsSingle();
        }
    }
}
