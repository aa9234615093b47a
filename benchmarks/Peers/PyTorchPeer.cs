using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Mimesh.Layers;

namespace Mimesh.Benchmarks.Peers;

/// <summary>A Python process that computes with PyTorch; <c>pytorch/peer.py</c> is its other end.</summary>
internal sealed class PyTorchProcess : IDisposable
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly Process _process;

    private PyTorchProcess(Process process, string version)
    {
        _process = process;
        Version = version;
    }

    /// <summary>PyTorch's version.</summary>
    public string Version { get; }

    /// <summary>Starts the first Python that has PyTorch; null where there is none.</summary>
    /// <param name="python">The only program to try, if given.</param>
    /// <param name="threads">Of PyTorch.</param>
    public static PyTorchProcess? Start(string? python, int threads) =>
        (python is null ? ["python3", "/usr/bin/python3"] : new[] { python }).Select(program => StartOne(program, threads)).FirstOrDefault(p => p is not null);

    /// <summary>Asks, and waits for the answer.</summary>
    /// <exception cref="InvalidOperationException">The process could not do what was asked.</exception>
    public JsonElement Ask(object request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, s_json));
        _process.StandardInput.Flush();
        var answer = Read(_process) ?? throw new InvalidOperationException("PyTorch's process ended.");
        return answer.TryGetProperty("error", out var error) ? throw new InvalidOperationException($"PyTorch: {error}") : answer;
    }

    public void Dispose()
    {
        _process.StandardInput.Close(); // it ends with its input
        _process.WaitForExit();
        _process.Dispose();
    }

    private static PyTorchProcess? StartOne(string program, int threads)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "pytorch", "peer.py");
        var start = new ProcessStartInfo(program, ["-OB", script, "--threads", $"{threads}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        try
        {
            var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { }; // read, so that it never waits for room
            process.BeginErrorReadLine();
            if (Read(process) is { } ready)
            {
                return new PyTorchProcess(process, ready.GetProperty("version").GetString()!);
            }

            process.Dispose();
        }
        catch (Win32Exception)
        {
            // There is no such program.
        }

        return null;
    }

    private static JsonElement? Read(Process process) =>
        process.StandardOutput.ReadLine() is { } line ? JsonDocument.Parse(line).RootElement : null;
}

/// <summary>PyTorch, in the faster of its memory layouts.</summary>
internal sealed class PyTorchPeer : IContender
{
    public const string Name = "PyTorch";

    private readonly PyTorchProcess _process;

    /// <param name="process">Where it runs; one piece of work at a time.</param>
    /// <param name="work">What its other end knows the work as.</param>
    /// <param name="spec">Its sizes.</param>
    /// <param name="inputs">By name, in Mimesh's layout.</param>
    public PyTorchPeer(PyTorchProcess process, string work, object spec, Safetensors inputs)
    {
        _process = process;
        var directory = Directory.CreateTempSubdirectory("mimesh-peers-");
        try
        {
            string given = Path.Combine(directory.FullName, "inputs.safetensors"), answered = Path.Combine(directory.FullName, "answer.safetensors");
            using (var stream = File.Create(given))
            {
                inputs.Write(stream);
            }

            _process.Ask(new { Do = "open", Work = work, Spec = spec, Inputs = given, Answer = answered });
            Answer = Safetensors.Read(File.ReadAllBytes(answered)).Tensors["y"].Values;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    public float[]? Answer { get; }

    /// <summary>A case's operation.</summary>
    public static PyTorchPeer Of(KernelCase c, PyTorchProcess process)
    {
        var inputs = new Safetensors();
        foreach (var (i, values) in c.Values().Index())
        {
            inputs.Tensors.Add($"x{i}", (c.Inputs[i].Shape, values));
        }

        return new PyTorchPeer(process, c.Kernel, c.Spec, inputs);
    }

    public double Measure(int times) => _process.Ask(new { Do = "measure", Times = times }).GetProperty("ms").GetDouble();

    public void Dispose()
    {
    }
}
