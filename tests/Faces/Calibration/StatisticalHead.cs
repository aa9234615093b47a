using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Mimesh.Tests.Faces.Calibration;

/// <summary>
/// A head from scans of people to measure the built-in one with, in millimetres, y up, z forward. Its safetensors file holds
/// <c>mean_mm</c> (V, 3), <c>triangles</c> (T, 3, int32), <c>identity_mm</c> (K, V, 3) at one standard deviation,
/// <c>expression_mm</c> (E, V, 3), and in its metadata <c>expressions</c>, names joined by commas (ARKit's, sides as _L and _R).
/// </summary>
internal sealed class StatisticalHead
{
    /// <summary>The environment variable that holds the file's path.</summary>
    public const string PathVariable = "MIMESH_HEAD_INSTRUMENT";

    private readonly string[] _names;
    private readonly Vector3[][] _expressions;

    public StatisticalHead(byte[] file)
    {
        int header = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using var json = JsonDocument.Parse(file.AsMemory(8, header - 8));
        ReadOnlySpan<byte> Bytes(string name, out string type)
        {
            var entry = json.RootElement.GetProperty(name);
            var range = entry.GetProperty("data_offsets");
            type = entry.GetProperty("dtype").GetString()!;
            return file.AsSpan((header + range[0].GetInt32())..(header + range[1].GetInt32()));
        }

        Vector3[] Vectors(string name)
        {
            var bytes = Bytes(name, out string type);
            float[] values = type == "F16"
                ? Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), x => (float)x)
                : MemoryMarshal.Cast<byte, float>(bytes).ToArray();
            return MemoryMarshal.Cast<float, Vector3>(values).ToArray();
        }

        Mean = Vectors("mean_mm");
        Triangles = MemoryMarshal.Cast<byte, int>(Bytes("triangles", out _)).ToArray();
        Identity = [.. Vectors("identity_mm").Chunk(Mean.Length)];
        _expressions = [.. Vectors("expression_mm").Chunk(Mean.Length)];
        _names = json.RootElement.GetProperty("__metadata__").GetProperty("expressions").GetString()!.Split(',');
    }

    public Vector3[] Mean { get; }

    public int[] Triangles { get; }

    /// <summary>Modes at one standard deviation.</summary>
    public Vector3[][] Identity { get; }

    /// <summary>The displacement of an expression of ARKit; null if the head lacks it. One without sides is both its sides.</summary>
    public Vector3[]? Expression(string arkit)
    {
        string name = arkit.EndsWith("Left", StringComparison.Ordinal) && arkit is not ("jawLeft" or "mouthLeft") ? arkit[..^4] + "_L"
            : arkit.EndsWith("Right", StringComparison.Ordinal) && arkit is not ("jawRight" or "mouthRight") ? arkit[..^5] + "_R" : arkit;
        int whole = Array.IndexOf(_names, name), left = Array.IndexOf(_names, name + "_L"), right = Array.IndexOf(_names, name + "_R");
        return whole >= 0 ? _expressions[whole]
            : left >= 0 ? [.. _expressions[left].Zip(_expressions[right], (a, b) => a + b)]
            : null;
    }
}
