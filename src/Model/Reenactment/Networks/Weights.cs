using System.Security.Cryptography;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Reenactment;

/// <summary>Weight files: safetensors with the kind of network and its preset in the metadata.</summary>
public static class Weights
{
    /// <summary>The mesh regressor's file in a weights directory.</summary>
    public const string RegressorFile = "regressor.safetensors";

    /// <summary>The motion net's and the reenacting module's file in a weights directory.</summary>
    public const string ReenactorFile = "reenactor.safetensors";

    /// <summary>The identity embedding's file in a weights directory.</summary>
    public const string EmbeddingFile = "embedding.safetensors";

    /// <summary>The face finder's file in a weights directory.</summary>
    public const string FinderFile = "finder.safetensors";

    /// <summary>The files that a weights directory may have.</summary>
    /// <param name="directory">The directory.</param>
    public static IEnumerable<string> FilesIn(string directory) =>
        new[] { RegressorFile, ReenactorFile, EmbeddingFile, FinderFile }.Select(f => Path.Combine(directory, f));

    /// <summary>The name under which a file says what it was trained without.</summary>
    public const string WithoutKey = "without";

    /// <summary>Reads a weight or checkpoint file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It is missing, cut short, or not a safetensors file.</exception>
    public static Safetensors Read(string path) => Parse(ReadBytes(path), path);

    /// <summary>The bytes that <see cref="Read"/> parses.</summary>
    public static byte[] ReadBytes(string path) =>
        InputFile.Read(path, Array.MaxLength, $"There are no weights at '{path}'; give a directory that holds {Path.GetFileName(path)}.");

    /// <summary>A file's SHA-256, in hexadecimal digits as the card of the weights has it.</summary>
    /// <param name="bytes">The file's content.</param>
    public static string Checksum(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>What <see cref="Read"/> does with a file's content; the path is for messages.</summary>
    public static Safetensors Parse(ReadOnlyMemory<byte> bytes, string path)
    {
        try
        {
            return Safetensors.Read(bytes);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Copies the tensors of a file into a network.</summary>
    /// <param name="file">What <see cref="Read"/> gave.</param>
    /// <param name="path">Where it came from, for the message.</param>
    /// <param name="prefix">The network's name in the file.</param>
    /// <param name="named">The network's parameters.</param>
    /// <exception cref="InputException">A tensor is missing or has another shape.</exception>
    public static void Load(Safetensors file, string path, string prefix, IEnumerable<(string Name, Tensor Tensor)> named)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            file.CopyTo(prefix, named);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Loads the trained regressor of a weights directory.</summary>
    /// <param name="device">Where to run; it must outlive the regressor.</param>
    /// <param name="model">What its coefficients are of.</param>
    /// <param name="directory">Holds <see cref="RegressorFile"/>.</param>
    /// <exception cref="InputException">The file is missing, cut short, or does not hold a regressor of that model.</exception>
    public static Regressor LoadRegressor(Device device, FaceModel model, string directory)
    {
        ArgumentNullException.ThrowIfNull(model);
        string path = Path.Combine(directory, RegressorFile);
        return Loaded(Read(path), path, "regressor", new Regressor(new Initializer(device, null), model.Identity.Length, model.Expression.Length));
    }

    /// <summary>A network with the tensors of a file; disposed of where they do not fit.</summary>
    internal static T Loaded<T>(Safetensors file, string path, string prefix, T network)
        where T : Module
    {
        try
        {
            Load(file, path, prefix, network.NamedParameters);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>A file for a generator's tensors, with what <see cref="LoadGenerator"/> checks in its metadata.</summary>
    /// <param name="generator">The network.</param>
    /// <param name="named">Its tensors, or averages of them.</param>
    public static Safetensors OfGenerator(Generator generator, IEnumerable<(string Name, Tensor Tensor)> named)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var file = new Safetensors { Metadata = { ["preset"] = generator.Preset.Name, ["mesh"] = generator.Mesh } };
        if (generator.Without != Ablation.None)
        {
            file.Metadata[WithoutKey] = Ablations.Format(generator.Without);
        }

        file.Add("generator", named);
        return file;
    }

    /// <summary>Copies the tensors of a file into a generator.</summary>
    /// <param name="file">What <see cref="Read"/> gave.</param>
    /// <param name="path">Where it came from, for the message.</param>
    /// <param name="generator">The network, of the file's preset.</param>
    /// <exception cref="InputException">The file was trained on another mesh or preset, or a tensor is missing or has another shape.</exception>
    public static void LoadGenerator(Safetensors file, string path, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(generator);
        CheckMesh(file, path, generator);
        Load(file, path, "generator", generator.NamedParameters);
    }

    /// <summary>Checks that a file was trained on a generator's mesh, and without the same networks.</summary>
    public static void CheckMesh(Safetensors file, string path, Generator generator)
    {
        Ablation theirs = WithoutOf(file, path), ours = generator.Without;
        if ((theirs & Ablations.OfNetworks) != (ours & Ablations.OfNetworks))
        {
            throw new InputException($"'{path}' was trained {Ablations.Phrase(theirs)}, not {Ablations.Phrase(ours)}; their networks differ.");
        }

        if (file.Metadata.GetValueOrDefault("mesh") != generator.Mesh)
        {
            throw new InputException($"'{path}' was trained on another face mesh than this program's; use the weights that came with it, or train again.");
        }
    }

    /// <summary>The preset that a file was trained with.</summary>
    /// <param name="file">What <see cref="Read"/> gave.</param>
    /// <param name="path">Where it came from, for the message.</param>
    /// <exception cref="InputException">It does not say.</exception>
    public static Preset PresetOf(Safetensors file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Metadata.TryGetValue("preset", out string? name)
            ? Preset.Parse(name)
            : throw new InputException($"'{path}' does not say which preset it belongs to; it was not written by 'mimesh train reenactor'.");
    }

    /// <summary>What a file was trained without; nothing unless it says so.</summary>
    /// <param name="file">What <see cref="Read"/> gave.</param>
    /// <param name="path">Where it came from, for the message.</param>
    /// <exception cref="InputException">It names something that cannot be left out.</exception>
    public static Ablation WithoutOf(Safetensors file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            return Ablations.Parse(file.Metadata.GetValueOrDefault(WithoutKey, ""));
        }
        catch (InputException e)
        {
            throw new InputException($"'{path}' was trained without something that this program does not know: {e.Message}", e);
        }
    }

    private static InputException Damaged(string path, InvalidDataException e) =>
        new($"'{path}' does not hold these weights: {e.Message}. Download or train them again, or choose the matching preset.", e);
}
