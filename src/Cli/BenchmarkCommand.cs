using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Layers;
using Mimesh.Reenactment;

namespace Mimesh.Cli;

/// <summary><c>mimesh benchmark</c>: how fast a device runs the video loop, and where the time goes.</summary>
internal static class BenchmarkCommand
{
    // Until kernels are compiled and caches are warm.
    private const int MostWarmUpFrames = 10;

    // A few different driving pictures, so that the meshes move.
    private const int Portraits = 4;

    private static readonly JsonSerializerOptions JsonFormat = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create()
    {
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var preset = new Option<string?>("--preset")
        {
            Description = $"Sizes of the networks ({string.Join(", ", Preset.All.Select(p => p.Name))}), with untrained weights; base unless given.",
            HelpName = "name",
        };
        var weights = CommonOptions.OptionalPath("--weights", "Directory with trained weights to run instead.", "directory");
        var size = CommonOptions.Size("Side of the pictures; as trained unless given.");
        var frames = CommonOptions.Number("--frames", "Pictures to measure, after some to warm up.", 60, 1, 100_000);
        var json = CommonOptions.OptionalPath("--json", "Also write the figures there.");
        var profile = new Option<bool>("--profile") { Description = "Also show the time of every kernel launch." };
        var command = new Command("benchmark", "Measure the video loop, without reading or writing pictures: milliseconds per stage, frames per second, memory.")
        {
            device, threads, preset, weights, size, frames, json, profile,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var terminal = Terminal.Of(parsed);
                string? target = parsed.GetValue(json);
                if (target is not null)
                {
                    AtomicFile.CheckTarget(target);
                }

                var (presetName, directory) = (parsed.GetValue(preset), parsed.GetValue(weights));
                if (presetName is not null && directory is not null)
                {
                    throw new InputException("--weights have a preset of their own; give either them or --preset.");
                }

                var untrained = Preset.Parse(presetName ?? Preset.Base.Name);
                using var opened = Device.Open(parsed.GetRequiredValue(device), parsed.GetValue(threads));
                using var reenactor = directory is null ? Reenactor.Untrained(opened, untrained) : Reenactor.Load(opened, directory);
                int side = parsed.GetValue(size) ?? reenactor.Preset.Size;
                float[][] portraits = [.. Enumerable.Range(0, Portraits).Select(i => Portrait(side, (i - 1) * 0.1f))];
                using var animation = reenactor.Animate(Image.From(side, side, portraits[0]), side);
                var figures = Measure(opened, reenactor.Preset, animation, portraits, parsed.GetValue(frames), terminal, cancellation);
                terminal.Output.WriteLine(
                    $"{opened.Name}: {opened.Description}; preset {figures.Preset}, {side}×{side}{(directory is null ? ", untrained weights (seed 0)" : "")}");
                Print(terminal, figures, opened, animation);
                if (parsed.GetValue(profile))
                {
                    Profile(terminal, animation, Math.Min(parsed.GetValue(frames), 20), cancellation);
                }

                if (target is not null)
                {
                    AtomicFile.Write(target, JsonSerializer.Serialize(figures, JsonFormat) + "\n");
                }

                return 0;
            },
            CancellationToken.None));
        return command.WithExamples(
            ("Measure the processor", "mimesh benchmark"),
            ("Measure the weights that come with Mimesh on one thread, into a file", "mimesh benchmark --weights weights --threads 1 --json speed.json"),
            ("See where a GPU spends its time", "mimesh benchmark --device cuda --preset paper --profile"));
    }

    private static Figures Measure(
        Device device, Preset preset, Animation animation, float[][] portraits, int frames, Terminal terminal, CancellationToken cancellation)
    {
        int stages = Animation.Stages.Count, warmUp = Math.Min(frames, MostWarmUpFrames);
        float[] result = new float[portraits[0].Length];
        var source = animation.Plans.Single(p => p.Stage == Animation.SourceStage).Plan;
        double[] whole = new double[frames], encode = new double[frames];
        double[][] parts = [.. Enumerable.Range(0, frames).Select(_ => new double[stages])];
        return terminal.WithProgress("measuring", warmUp + frames, progress =>
        {
            for (int i = -warmUp; i < frames; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                int frame = Math.Max(i, 0); // warming up is measured too, and overwritten
                float[] portrait = portraits[(i + warmUp) % portraits.Length];
                device.Synchronize();
                whole[frame] = Milliseconds(() => animation.Next(portrait, result));
                animation.Next(portrait, result, parts[frame]);
                encode[frame] = Milliseconds(() =>
                {
                    source.Run();
                    device.Synchronize();
                });
                progress.Report(warmUp + i + 1);
            }

            var medians = new Dictionary<string, double> { [Animation.SourceStage] = Median(encode) };
            for (int s = 0; s < stages; s++)
            {
                medians[Animation.Stages[s]] = Median([.. parts.Select(p => p[s])]);
            }

            double ms = Median(whole);
            using var process = Process.GetCurrentProcess();
            return new Figures(
                device.Name, preset.Name, animation.Source.Width, (device as CpuDevice)?.Threads ?? 1, medians, ms, 1000 / ms,
                process.PeakWorkingSet64 / (double)(1 << 20));
        });
    }

    private static void Print(Terminal terminal, Figures figures, Device device, Animation animation)
    {
        terminal.WriteTable(["Stage", "ms", "% of a frame"], [
            .. figures.Stages.Select(s => (string[])[
                s.Key, Number(s.Value, "0.00"), s.Key == Animation.SourceStage ? "once" : Number(100 * s.Value / figures.FrameMs, "0.0")]),
            ["frame", Number(figures.FrameMs, "0.00"), ""]]);
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{figures.Fps:0.0} frames per second; peak memory {figures.PeakRssMb:0} MiB, of it {Mebibytes(device.AllocatedBytes):0} on the device, {Mebibytes(animation.ArenaBytes):0} for what is computed on the way"));
    }

    // Medians of each launch, then the kinds of launches, largest first.
    private static void Profile(Terminal terminal, Animation animation, int runs, CancellationToken cancellation)
    {
        var rows = new List<(string Stage, Launch Launch, double Ms)>();
        foreach (var (stage, plan) in animation.Plans.Where(p => p.Stage != Animation.SourceStage))
        {
            double[][] times = [.. Enumerable.Range(0, runs).Select(_ => new double[plan.Launches.Count])];
            foreach (double[] run in times)
            {
                cancellation.ThrowIfCancellationRequested();
                plan.Run(run);
            }

            rows.AddRange(plan.Launches.Select((launch, i) => (stage, launch, Median([.. times.Select(t => t[i])]))));
        }

        double total = rows.Sum(r => r.Ms);
        terminal.Output.WriteLine();
        terminal.WriteTable(["Stage", "Launch", "Shape", "ms", "% of launches", "GFLOP/s"], [.. rows.Select(r => (string[])[
            r.Stage, r.Launch.Kernel, r.Launch.Shape, .. Columns(r.Ms, total, r.Launch.Flops)])]);
        terminal.Output.WriteLine();
        terminal.WriteTable(["Launch", "Count", "ms", "% of launches", "GFLOP/s"], [.. rows.GroupBy(r => r.Launch.Kernel)
            .OrderByDescending(kind => kind.Sum(r => r.Ms))
            .Select(kind => (string[])[
                kind.Key, kind.Count().ToString(CultureInfo.InvariantCulture), .. Columns(kind.Sum(r => r.Ms), total, kind.Sum(r => r.Launch.Flops))])]);
    }

    private static string[] Columns(double ms, double total, long flops) =>
        [Number(ms, "0.000"), Number(100 * ms / total, "0.0"), flops == 0 ? "–" : Number(flops / ms / 1e6, "0")];

    // A light oval with dark eyes and a mouth before a shaded wall: enough of a face for a network that has learnt any.
    private static float[] Portrait(int size, float shift)
    {
        float[] pixels = new float[size * size * 3];
        for (int i = 0, at = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                float x = ((2f * j) / size) - 1f - shift, y = ((2f * i) / size) - 1f;
                float light = Oval(x, y, 0f, 0f, 0.5f, 0.65f) ? 0.8f - (0.3f * x) : 0.3f + (0.2f * y);
                bool dark = Oval(MathF.Abs(x), y, 0.2f, -0.15f, 0.09f, 0.05f) || Oval(x, y, 0f, 0.35f, 0.2f, 0.05f);
                (pixels[at++], pixels[at++], pixels[at++]) = dark ? (0.3f, 0.15f, 0.1f) : (light, 0.8f * light, 0.7f * light);
            }
        }

        return pixels;

        static bool Oval(float x, float y, float cx, float cy, float rx, float ry) =>
            ((x - cx) * (x - cx) / (rx * rx)) + ((y - cy) * (y - cy) / (ry * ry)) < 1f;
    }

    private static double Milliseconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static double Mebibytes(long bytes) => bytes / (double)(1 << 20);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>What <c>--json</c> writes; times are medians in milliseconds.</summary>
    private sealed record Figures(
        string Device, string Preset, int Size, int Threads, IReadOnlyDictionary<string, double> Stages, double FrameMs, double Fps, double PeakRssMb);
}
