using System.CommandLine;
using System.Globalization;
using Mimesh.Faces;
using Mimesh.Imaging;
using Mimesh.People;

namespace Mimesh.Cli;

/// <summary><c>mimesh synth</c>: rendered people, and everything that is known about them.</summary>
internal static class SynthCommand
{
    private const string Files =
        "What is known about it goes into a .json file (pose, coefficients, landmarks) and a .safetensors file (per pixel: part, depth, triangle, motion).";

    public static Command Create() => new("synth", "Render random people, with the truth about each picture.")
    {
        CreateSheet(),
        CreatePortrait(),
        CreateClip(),
        CreatePair(),
        CreateScenes(),
    };

    private static Command CreateSheet()
    {
        var output = CommonOptions.Path("--output", "The picture to write (.png, .jpg or .webp).");
        var rows = CommonOptions.Number("--rows", "People from top to bottom.", 8, 1, 64);
        var columns = CommonOptions.Number("--columns", "People from left to right.", 8, 1, 64);
        var size = CommonOptions.Size("Side of each picture.", 128);
        var seed = CommonOptions.Seed();
        var command = new Command("sheet", "Render a sheet of random people as the training sees them; a .json file beside it has their poses and coefficients.")
        {
            output, rows, columns, size, seed,
        };
        command.SetAction((parsed, cancellation) => Start(() =>
        {
            string path = parsed.GetRequiredValue(output);
            long side = parsed.GetValue(size);
            using var outputs = Expect(path);
            ImageFile.CheckTarget(path, side * parsed.GetValue(columns), side * parsed.GetValue(rows));
            var rng = new Rng(parsed.GetValue(seed));
            ulong[] people = [.. Enumerable.Range(0, parsed.GetValue(rows) * parsed.GetValue(columns)).Select(_ => rng.NextBits())];
            var frames = Render(people, cancellation, sampler => (person, _) => sampler.Single(person, parsed.GetValue(size)), Sampler);
            var truth = new GroundTruth(FaceModel.BuiltIn);
            foreach (var (frame, i) in frames.Select((frame, i) => (frame, i)))
            {
                truth.Add(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}#{i}"), frame);
            }

            Save(Sheet.Compose([.. frames.Select(f => f.Image)], parsed.GetValue(columns)), path, outputs);
            truth.Save(Path.ChangeExtension(path, null), outputs);
            outputs.Commit();
            Terminal.Of(parsed).Output.WriteLine($"{path}: {(people.Length == 1 ? "1 person" : $"{people.Length} people")}");
        }));
        return command.WithExamples(
            ("Look at what the training sees", "mimesh synth sheet --output people.png"),
            ("Other people, larger", "mimesh synth sheet --output people.png --rows 3 --columns 5 --size 256 --seed 7"));
    }

    private static Command CreateScenes()
    {
        const int columns = 6;
        var output = CommonOptions.Path("--output", "The picture to write (.png, .jpg or .webp).");
        var count = CommonOptions.Number("--count", $"Scenes, {columns} side by side.", 24, 1, 600);
        var size = CommonOptions.Size("Side of each scene.", 160);
        var seed = CommonOptions.Seed();
        var command = new Command("scenes", "Make a sheet of the scenes that the face finder learns from, with a frame around each face; its open side is the chin's.")
        {
            output, count, size, seed,
        };
        command.SetAction((parsed, cancellation) => Start(() =>
        {
            string path = parsed.GetRequiredValue(output);
            int side = parsed.GetValue(size), scenes = parsed.GetValue(count);
            using var outputs = new OutputFiles();
            outputs.Expect(path);
            ImageFile.CheckTarget(path, (long)side * columns, (long)side * ((scenes + columns - 1) / columns));
            var sampler = new SceneSampler(Split.Training, parsed.GetValue(seed), side, pool: Math.Max(64, scenes));
            var pictures = Enumerable.Range(0, scenes).AsParallel().AsOrdered().WithCancellation(cancellation).Select(i => sampler.Make(i).Draw()).ToArray();
            Save(Sheet.Compose(pictures, columns), path, outputs);
            outputs.Commit();
            Terminal.Of(parsed).Output.WriteLine($"{path}: {scenes} {(scenes == 1 ? "scene" : "scenes")}");
        }));
        return command.WithExamples(("Look at what the face finder learns from", "mimesh synth scenes --output scenes.png"));
    }

    private static Command CreatePortrait()
    {
        var output = CommonOptions.Path("--output", "The picture to write (.png, .jpg or .webp).");
        var size = CommonOptions.Size("Side of the picture.", 256);
        var seed = CommonOptions.Seed();
        var yaw = Angle("--yaw", "Turn the head, degrees; positive to the picture's right.", 80);
        var pitch = Angle("--pitch", "Nod, degrees; positive looks down.", 40);
        var roll = Angle("--roll", "Tilt the head, degrees; positive is counter-clockwise.", 180);
        var expression = new Option<string[]>("--expression")
        {
            Description = "An ARKit expression with its weight from 0 to 1, such as jawOpen=0.6; may be repeated. Random unless given.",
            HelpName = "name=weight",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("portrait", $"Render one person. {Files}") { output, size, seed, yaw, pitch, roll, expression };
        command.SetAction((parsed, cancellation) => Start(() =>
        {
            string path = parsed.GetRequiredValue(output);
            using var outputs = Expect(path);
            var model = FaceModel.BuiltIn;
            float[]? weights = parsed.GetValue(expression) is { Length: > 0 } given ? Weights(model, given) : null;
            var frame = Sampler().Single(parsed.GetValue(seed), parsed.GetValue(size));
            var pose = frame.Pose with
            {
                Yaw = parsed.GetValue(yaw) * MathF.PI / 180 ?? frame.Pose.Yaw,
                Pitch = parsed.GetValue(pitch) * MathF.PI / 180 ?? frame.Pose.Pitch,
                Roll = parsed.GetValue(roll) * MathF.PI / 180 ?? frame.Pose.Roll,
            };
            frame = new Renderer(model).Render(frame.Person, weights ?? frame.Expression, pose, parsed.GetValue(size));
            cancellation.ThrowIfCancellationRequested();
            var truth = new GroundTruth(model);
            truth.AddWithPixels(Path.GetFileName(path), frame);
            Save(frame.Image, path, outputs);
            truth.Save(Path.ChangeExtension(path, null), outputs);
            outputs.Commit();
            Terminal.Of(parsed).Output.WriteLine(path);
        }));
        return command.WithExamples(
            ("Render somebody", "mimesh synth portrait --output face.png --seed 12"),
            ("Choose pose and expression", "mimesh synth portrait --output face.png --seed 12 --yaw 20 --pitch 0 --roll 0 --expression jawOpen=0.5 mouthSmileLeft=1 mouthSmileRight=1"));
    }

    private static Command CreateClip()
    {
        var output = CommonOptions.Path("--output", "Directory for the frames.", "directory");
        var frames = CommonOptions.Number("--frames", $"Pictures, at {CoefficientSampler.FramesPerSecond} a second.", 50, 1, 9999);
        var size = CommonOptions.Size("Side of each picture.", 128);
        var seed = CommonOptions.Seed();
        var command = new Command("clip", $"Render a moving person as numbered pictures. {Files} Motion is that from the first frame.")
        {
            output, frames, size, seed,
        };
        command.SetAction((parsed, cancellation) => Start(() =>
        {
            string directory = parsed.GetRequiredValue(output);
            int count = parsed.GetValue(frames);
            using var outputs = new OutputFiles();
            outputs.CreateDirectory(directory);
            if (Directory.EnumerateFiles(directory, "frame_*.png").Select(Path.GetFileNameWithoutExtension).FirstOrDefault(
                f => string.CompareOrdinal(f, FrameName(count - 1)) > 0) is { } left)
            {
                throw new InputException($"'{directory}' holds {left}.png of a longer clip, which would follow this one; give another folder.");
            }

            var model = FaceModel.BuiltIn;
            var person = Sampler().Person(parsed.GetValue(seed));
            var rng = new Rng(~parsed.GetValue(seed));
            var moments = new CoefficientSampler(model).Clip(ref rng, count);
            var rendered = Render(
                moments,
                cancellation,
                renderer => (moment, i) =>
                {
                    var frame = renderer.Render(person, moment.Expression, moment.Pose, parsed.GetValue(size));
                    Save(frame.Image, Path.Combine(directory, FrameName(i) + ".png"), outputs);
                    return frame;
                },
                () => new Renderer(model));
            var truth = new GroundTruth(model);
            for (int i = 0; i < rendered.Length; i++)
            {
                truth.AddWithPixels(FrameName(i) + ".png", rendered[i]);
                truth.AddFlow(FrameName(i), FlowTruth.Between(rendered[0], rendered[i]));
            }

            truth.Save(Path.Combine(directory, "truth"), outputs);
            outputs.Commit();
            Terminal.Of(parsed).Output.WriteLine($"{directory}: {rendered.Length} frames");
        }));
        return command.WithExamples(
            ("Render two seconds of somebody", "mimesh synth clip --output clip"),
            ("More of somebody else, larger", "mimesh synth clip --output clip --frames 200 --size 256 --seed 5"));
    }

    private static Command CreatePair()
    {
        var output = CommonOptions.Path("--output", "Directory for the pictures.", "directory");
        var cross = new Option<bool>("--cross") { Description = "Let another person drive; answer.png is then the true answer." };
        var size = CommonOptions.Size("Side of each picture.", 256);
        var seed = CommonOptions.Seed();
        var command = new Command("pair", $"Render a source and a driving picture, of one person or of two. {Files}") { output, cross, size, seed };
        command.SetAction((parsed, cancellation) => Start(() =>
        {
            string directory = parsed.GetRequiredValue(output);
            using var outputs = new OutputFiles();
            outputs.CreateDirectory(directory);
            var truth = new GroundTruth(FaceModel.BuiltIn);
            if (parsed.GetValue(cross))
            {
                var pair = Sampler().CrossPair(parsed.GetValue(seed), parsed.GetValue(size));
                Write("source", pair.Source);
                Write("driving", pair.Driving);
                Write("answer", pair.Truth);
                truth.AddFlow("answer", FlowTruth.Between(pair.Source, pair.Truth));
            }
            else
            {
                var pair = Sampler().Pair(parsed.GetValue(seed), parsed.GetValue(size));
                Write("source", pair.Source);
                Write("driving", pair.Driving);
                truth.AddFlow("driving", pair.Flow);
                int side = parsed.GetValue(size);
                Save(FlowColors.Draw(pair.Flow.Offset, side, side), Path.Combine(directory, "flow.png"), outputs);
                Save(Panels.Grey(pair.Flow.Visible, side, side), Path.Combine(directory, "visible.png"), outputs);
            }

            truth.Save(Path.Combine(directory, "truth"), outputs);
            outputs.Commit();
            Terminal.Of(parsed).Output.WriteLine(directory);

            void Write(string name, Frame frame)
            {
                cancellation.ThrowIfCancellationRequested();
                Save(frame.Image, Path.Combine(directory, name + ".png"), outputs);
                truth.AddWithPixels(name + ".png", frame);
            }
        }));
        return command.WithExamples(
            ("Two moments of one person, and the motion between them", "mimesh synth pair --output pair"),
            ("Two people, and the true answer", "mimesh synth pair --output pair --cross --seed 3"));
    }

    private static Task<int> Start(Action work) => Task.Run(
        () =>
        {
            work();
            return 0;
        },
        CancellationToken.None);

    private static ClipSampler Sampler() => new(FaceModel.BuiltIn, Split.Training);

    // Renderers serve one thread each; what is rendered depends on the item alone.
    private static Frame[] Render<T, TRenderer>(
        T[] items, CancellationToken cancellation, Func<TRenderer, Func<T, int, Frame>> render, Func<TRenderer> create)
    {
        var frames = new Frame[items.Length];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, items.Length, options, create, (i, _, renderer) =>
        {
            frames[i] = render(renderer)(items[i], i);
            return renderer;
        }, _ => { });
        return frames;
    }

    // A picture, and beside it what is known about it.
    private static OutputFiles Expect(string picture)
    {
        ImageFile.CheckTarget(picture);
        var outputs = new OutputFiles();
        outputs.Expect(picture, Path.ChangeExtension(picture, ".json"), Path.ChangeExtension(picture, ".safetensors"));
        return outputs;
    }

    private static void Save(Image image, string path, OutputFiles outputs) => ImageFile.Save(image, path, DigitalSource.AlgorithmicMedia, outputs);

    private static string FrameName(int i) => i.ToString("'frame_'0000", CultureInfo.InvariantCulture);

    private static Option<float?> Angle(string name, string description, float limit) => new(name)
    {
        Description = $"{description} Within ±{limit.ToString(CultureInfo.InvariantCulture)}; random unless given.",
        HelpName = "degrees",
        CustomParser = result => CommonOptions.ParseNumber(result, -limit, limit),
    };

    private static float[] Weights(FaceModel model, string[] given)
    {
        float[] weights = new float[model.Expression.Length];
        foreach (string text in given)
        {
            string[] parts = text.Split('=');
            int k = Array.IndexOf(model.ExpressionNames, parts[0]);
            if (k < 0)
            {
                throw new InputException($"There is no expression '{parts[0]}'; choose from {string.Join(", ", model.ExpressionNames)}.");
            }

            if (parts.Length != 2
                || !float.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weights[k]) || weights[k] is not (>= 0 and <= 1))
            {
                throw new InputException($"'{text}' is not an expression with a weight from 0 to 1; write it as {parts[0]}=0.5.");
            }
        }

        return weights;
    }
}
