using System.Collections.Concurrent;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Verification;

/// <summary>A file of reference answers, made by <c>tests/fixtures/make_fixtures.py</c> and carried by this library.</summary>
internal static class Fixture
{
    private static readonly ConcurrentDictionary<string, Safetensors> s_files = new(StringComparer.Ordinal);

    /// <summary>Reads a file of reference answers, once.</summary>
    public static Safetensors Load(string file) => s_files.GetOrAdd(file, Read);

    /// <summary>A stored tensor on a device.</summary>
    public static Tensor On(this Safetensors fixture, Device device, string name) =>
        Tensor.From(device, fixture.Tensors[name].Shape, fixture.Tensors[name].Values);

    /// <summary>A stored tensor as a parameter.</summary>
    public static Tensor Parameter(this Safetensors fixture, Device device, string name) =>
        Tensor.Parameter(device, fixture.Tensors[name].Shape, fixture.Tensors[name].Values);

    private static Safetensors Read(string file)
    {
        using var stream = typeof(Fixture).Assembly.GetManifestResourceStream($"fixtures/{file}.safetensors")
            ?? throw new FileNotFoundException($"There is no file of reference answers '{file}'.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Safetensors.Read(bytes);
    }
}
