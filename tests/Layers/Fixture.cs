using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Tests.Layers;

/// <summary>A file of reference answers; see <c>fixtures/make_fixtures.py</c>.</summary>
internal static class Fixture
{
    private static readonly Dictionary<string, Safetensors> s_files = [];

    /// <summary>Reads a file of reference answers, once.</summary>
    public static Safetensors Load(string file)
    {
        if (!s_files.TryGetValue(file, out var fixture))
        {
            string path = Path.Combine(AppContext.BaseDirectory, "fixtures", $"{file}.safetensors");
            s_files[file] = fixture = Safetensors.Read(File.ReadAllBytes(path));
        }

        return fixture;
    }

    /// <summary>A stored tensor on a device.</summary>
    public static Tensor On(this Safetensors fixture, Device device, string name) =>
        Tensor.From(device, fixture.Tensors[name].Shape, fixture.Tensors[name].Values);

    /// <summary>A stored tensor as a parameter.</summary>
    public static Tensor Parameter(this Safetensors fixture, Device device, string name) =>
        Tensor.Parameter(device, fixture.Tensors[name].Shape, fixture.Tensors[name].Values);
}
