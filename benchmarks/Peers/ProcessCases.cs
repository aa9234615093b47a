using System.Diagnostics;
using Mimesh.Kernels;
using Mimesh.Reenactment;

namespace Mimesh.Benchmarks.Peers;

/// <summary>What is measured of whole processes.</summary>
internal static class ProcessCases
{
    /// <summary>The name of <see cref="Start"/>, which needs the published program.</summary>
    public const string StartName = "from the start of the program to the written picture";

    private const string MimeshSide = "mimesh", OnnxSide = "onnx";
    private const string WeightsFile = "generator.safetensors", InputsFile = "inputs.safetensors", ModelFile = "generator.onnx";
    private const int Inferences = 5;
    private const double LeastShareOfPeak = 0.7, StartMs = 1000;

    /// <summary>The most memory that a process ever held that reads the generator and runs it; figures in MiB.</summary>
    public static PeerCase Memory { get; } = new(
        "peak memory of a process, base 256² (MiB)",
        [new(OnnxRuntimePeer.Name, 0.75, setting => new Inference(OnnxSide, setting.Threads))],
        0,
        setting => new Inference(MimeshSide, setting.Threads));

    /// <summary>The published program, with the shipped weights and the sample pictures.</summary>
    public static PeerCase Start { get; } = new(
        StartName, [new($"{StartMs / 1000:0} s", 1.0, _ => new Mark(() => StartMs))], 0, setting => new WholeProgram(setting.Program!, setting.Threads));

    /// <summary>A convolution with AVX-512 off, beside its time at the peak of 256-bit vectors.</summary>
    public static PeerCase Narrow(string kernelCase)
    {
        var c = KernelCase.Of(kernelCase);
        return new(
            $"{c.Name}, AVX-512 off",
            [new("256-bit peak", 1 / LeastShareOfPeak, setting => new Mark(() => c.Flops / Peak.Gigaflops(setting.Threads, 256) / 1e6))],
            0, // the peak of the table is another
            setting => new Alone(c, setting.Threads));
    }

    /// <summary>What the child processes do: <c>inference SIDE DIRECTORY THREADS</c> and <c>case NAME THREADS</c>; each prints one number.</summary>
    public static double RunChild(string[] args) => args switch
    {
        ["inference", MimeshSide, var directory, var threads] => PeakMemory(() =>
        {
            var device = Device.Open("cpu", int.Parse(threads));
            var work = new GeneratorWork(device, Weights.Read(Path.Combine(directory, InputsFile)), null);
            string weights = Path.Combine(directory, WeightsFile);
            Weights.LoadGenerator(Weights.Read(weights), weights, work.Generator);
            return new Owned(device, work.Launch.Run);
        }),
        ["inference", OnnxSide, var directory, var threads] => PeakMemory(() =>
        {
            var session = OnnxRuntimePeer.OfGenerator(
                Path.Combine(directory, ModelFile), int.Parse(threads), Weights.Read(Path.Combine(directory, InputsFile)));
            return new Owned(session, () => session.Measure(1));
        }),
        ["case", var name, var threads] => Race.Medians([new Ours(int.Parse(threads), KernelCase.Of(name).On)], Pace.Quick with { WarmUpMs = 300 })[0],
        _ => throw new ArgumentException($"There is no child's work '{string.Join(' ', args)}'.", nameof(args)),
    };

    private static double PeakMemory(Func<Owned> open)
    {
        var (owner, run) = open();
        using (owner)
        {
            for (int i = 0; i < Inferences; i++)
            {
                run();
            }
        }

        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / (1024.0 * 1024.0);
    }

    // This program, started again.
    private static double Child(string[] args, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        string library = Path.Combine(AppContext.BaseDirectory, "Mimesh.Benchmarks.dll");
        string[] command = File.Exists(library) ? ["dotnet", "exec", library, "child"] : [Environment.ProcessPath!, "child"]; // or published as one file
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. args]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output)
            : throw new InvalidOperationException($"A process of '{string.Join(' ', args)}' failed.");
    }

    private sealed record Owned(IDisposable Owner, Action Run);

    private sealed class Inference : IContender
    {
        private readonly string _side, _threads;
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mimesh-peers-");

        public Inference(string side, int threads)
        {
            (_side, _threads) = (side, $"{threads}");
            using var device = Device.Open("cpu", threads);
            var work = new GeneratorWork(device);
            Write(InputsFile, work.Inputs().Write);
            Write(WeightsFile, Weights.OfGenerator(work.Generator, work.Generator.NamedParameters).Write);
            File.WriteAllBytes(Path.Combine(_directory.FullName, ModelFile), OnnxRuntimePeer.Bytes(work.Graph()));
        }

        public float[]? Answer => null;

        public bool IsOneShot => true;

        public double Measure(int times) => Child(["inference", _side, _directory.FullName, _threads]);

        public void Dispose() => _directory.Delete(recursive: true);

        private void Write(string file, Action<Stream, bool> write)
        {
            using var stream = File.Create(Path.Combine(_directory.FullName, file));
            write(stream, false);
        }
    }

    private sealed class Alone(KernelCase c, int threads) : IContender
    {
        public float[]? Answer => null;

        public bool IsOneShot => true;

        public double Measure(int times) => Child(["case", c.Name, $"{threads}"], ("DOTNET_EnableAVX512", "0"));

        public void Dispose()
        {
        }
    }

    private sealed class WholeProgram(string program, int threads) : IContender
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mimesh-peers-");

        public float[]? Answer => null;

        public bool IsOneShot => true;

        public double Measure(int times)
        {
            long start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo(program,
            [
                "reenact", "--threads", $"{threads}", "--source", Path.Combine("samples", "source.png"),
                "--driving", Path.Combine("samples", "driving.png"), "--output", Path.Combine(_directory.FullName, "out.png"),
            ])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
                : throw new InvalidOperationException($"'{program}' failed; run this from the repository's root.");
        }

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
