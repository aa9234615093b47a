using System.CommandLine;
using Mimesh.Imaging;
using Mimesh.Kernels;
using Mimesh.Reenactment;
using Mimesh.Training;

namespace Mimesh.Cli;

/// <summary><c>mimesh train</c>: the training of every network, on people rendered as it goes.</summary>
internal static class TrainCommand
{
    public static Command Create() => new("train", "Train the networks on people that are rendered as it goes; stopped or killed, the same command goes on.")
    {
        CreateRegressor(),
        CreateReenactor(),
        CreateEmbedding(),
        CreateFinder(),
    };

    private static Command CreateRegressor()
    {
        var run = new RunOptions("regressor", steps: 20_000, batch: 16, learningRate: 7e-4f);
        var size = CommonOptions.Size("Side of the rendered pictures.", Regressor.LookSize);
        var command = new Command("regressor", "Stage 1: learn to see identity, expression and pose in a picture. On rendered people only: nobody knows these of real ones, so it takes no --data.") { size };
        run.AddTo(command);
        command.SetAction((parsed, cancellation) => run.Train(
            parsed,
            (device, progress) => RegressorTraining.Run(device, run.Read(parsed, parsed.GetValue(size)), progress, cancellation),
            cancellation));
        return command.WithExamples(
            ("Train, or go on where the training in that folder stopped", "mimesh train regressor --output runs/regressor"),
            ("A quick look at whether it learns", "mimesh train regressor --output runs/try --steps 500 --batch 8"));
    }

    private static Command CreateReenactor()
    {
        var run = new RunOptions("reenactor", steps: 20_000, batch: 8, learningRate: 2e-4f);
        var preset = new Option<string>("--preset")
        {
            Description = $"Size of the networks: {string.Join(", ", Preset.All.Select(p => $"{p.Name} ({p.Size}², width {p.Width})"))}.",
            DefaultValueFactory = _ => Preset.Small.Name,
            HelpName = "name",
        };
        var size = CommonOptions.Size("Side of the rendered pictures; the preset's unless given.");
        var regressor = CommonOptions.Path("--regressor", "Directory with the trained regressor.", "directory");
        var warmUp = CommonOptions.Number("--warm-up", "Steps over which the loss of the true flow falls to a tenth, on true meshes at first; 0 starts there.", 1500, 0, int.MaxValue);
        var data = CommonOptions.OptionalPath(
            "--data",
            "Learn from real clips: a folder for each person, in it a folder of pictures or a video file for each clip (videos need ffmpeg); one person in twenty is held out. Rendered people unless given.",
            "directory");
        var rendered = CommonOptions.Number("--rendered", "With --data, the share of samples that are rendered people all the same.", 0f, 0f, 1f);
        var critic = CommonOptions.Number("--critic-from", "The step at which the critic joins.", 3000, 0, int.MaxValue);
        var without = Without();
        var command = new Command("reenactor", "Stage 2: learn motion, warping and repainting, with a trained regressor.")
        {
            regressor, preset, size, warmUp, critic, without, data, rendered,
        };
        run.AddTo(command);
        command.SetAction((parsed, cancellation) => run.Train(
            parsed,
            (device, progress) =>
            {
                if (parsed.GetValue(data) is null && parsed.GetResult(rendered) is { Implicit: false })
                {
                    throw new InputException("--rendered is the share of rendered people beside real clips; give --data, or leave it out.");
                }

                var chosen = Preset.Parse(parsed.GetRequiredValue(preset));
                string weights = Path.Combine(parsed.GetRequiredValue(regressor), Weights.RegressorFile);
                var options = new ReenactorOptions(run.Read(parsed, parsed.GetValue(size) ?? chosen.Size), chosen, weights)
                {
                    Without = parsed.GetValue(without),
                    WarmUpSteps = parsed.GetValue(warmUp),
                    AdversarialFrom = parsed.GetValue(critic),
                    Data = parsed.GetValue(data) is { } directory ? ClipFolder.Open(directory) : null,
                    RenderedShare = parsed.GetValue(rendered),
                };
                var terminal = Terminal.Of(parsed);
                if (options.Data is { } clips)
                {
                    terminal.Error.WriteLine(
                        $"{clips.Path}: {clips.Clips} clips, {clips.Videos} of them videos, of {clips.TrainingPeople} people and {clips.HeldOutPeople} held out");
                }

                try
                {
                    ReenactorTraining.Run(device, options, progress, cancellation);
                }
                finally
                {
                    WriteUnreadable(terminal, options.Run.Directory);
                }
            },
            cancellation));
        return command.WithExamples(
            ("Train the small networks, or go on where the training in that folder stopped", "mimesh train reenactor --regressor runs/regressor --output runs/reenactor"),
            ("Train on clips of real people, half of the samples", "mimesh train reenactor --data clips --rendered 0.5 --regressor runs/regressor --output runs/real"),
            ("Train larger networks on a GPU", "mimesh train reenactor --preset base --regressor runs/regressor --output runs/base --device cuda --batch 16"),
            ("Train without the occlusion map and the flow mask", "mimesh train reenactor --without occlusion --without flow-mask --regressor runs/regressor --output runs/plain"));
    }

    private static void WriteUnreadable(Terminal terminal, string run)
    {
        const int Named = 20;
        var lines = UnreadableFiles.Of(run);
        if (lines.Count > 0)
        {
            string more = lines.Count > Named ? $"; the first {Named}, all are" : ", as";
            terminal.Warn($"{lines.Count} {(lines.Count == 1 ? "file was" : "files were")} skipped{more} in {Path.Combine(run, UnreadableFiles.FileName)}:");
            foreach (string line in lines.Take(Named))
            {
                terminal.Error.WriteLine($"  {line}");
            }
        }
    }

    private static Command CreateEmbedding()
    {
        var run = new RunOptions("embedding", steps: 4000, batch: 64, learningRate: 1e-3f);
        var size = CommonOptions.Size("Side of the rendered pictures.", EmbeddingNet.CropSize);
        var command = new Command("embedding", "For evaluation: learn to tell people apart, whatever they do and wherever they are.") { size };
        run.AddTo(command);
        command.SetAction((parsed, cancellation) => run.Train(
            parsed,
            (device, progress) => EmbeddingTraining.Run(device, run.Read(parsed, parsed.GetValue(size)), progress, cancellation),
            cancellation));
        return command.WithExamples(
            ("Train, or go on where the training in that folder stopped", "mimesh train embedding --output runs/embedding"));
    }

    private static Command CreateFinder()
    {
        var run = new RunOptions("finder", steps: 20_000, batch: 16, learningRate: 2e-3f);
        var size = CommonOptions.Size("Side of the scenes.", 160);
        var command = new Command("finder", "Learn to find all faces of a picture, of any size and tilt, in scenes of rendered people and of things that are no faces.") { size };
        run.AddTo(command);
        command.SetAction((parsed, cancellation) => run.Train(
            parsed,
            (device, progress) => FinderTraining.Run(device, run.Read(parsed, parsed.GetValue(size)), progress, cancellation),
            cancellation));
        return command.WithExamples(
            ("Train, or go on where the training in that folder stopped", "mimesh train finder --output runs/finder"));
    }

    private static Option<Ablation> Without() => new("--without")
    {
        Description = $"What to leave out, to measure what it is worth; may be given again, and the weights remember it. {string.Join("; ", Ablations.All.Select(a => $"{a.Name}: {a.Meaning}"))}.",
        HelpName = "part",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            try
            {
                return result.Tokens.Aggregate(Ablation.None, (all, token) => all | Ablations.Named(token.Value));
            }
            catch (InputException e)
            {
                result.AddError($"--without {e.Message}");
                return default;
            }
        },
    };

    /// <summary>The options of every training.</summary>
    private sealed class RunOptions(string stage, int steps, int batch, float learningRate)
    {
        private readonly Option<string> _output = CommonOptions.Path("--output", "The run's folder: checkpoint, weights, log, curves.png and report.html; previews too in stage 2.", "directory");
        private readonly Option<string?> _from = CommonOptions.OptionalPath("--from", "Directory with weights to start from, such as those that come with Mimesh, or the folder of another run, at another --size perhaps: its averaged weights in full precision, with a new optimiser. Random values unless given. A run that is there goes on from its own checkpoint instead.", "directory");
        private readonly Option<int> _steps = CommonOptions.Number("--steps", "Steps in all, earlier starts included.", steps, 1, int.MaxValue);
        private readonly Option<int> _batch = CommonOptions.Number("--batch", "Samples a step.", batch, 1, 4096);
        private readonly Option<float> _rate = CommonOptions.Number("--learning-rate", "Adam's step size at its highest: it rises over the first 100 steps, then falls along half a cosine to a twentieth at the last of --steps.", learningRate, 0f, 1f);
        private readonly Option<float> _clip = CommonOptions.Number("--clip-norm", "Gradients of a larger global norm are scaled down to it.", 5f, 0.001f, 1e6f);
        private readonly Option<string?> _log = CommonOptions.OptionalPath("--log", $"The log, a JSON object a line; {TrainingLog.FileName} in the run's folder unless given. Going on, lines after the checkpoint are cut off.");
        private readonly Option<int> _checkpoint = CommonOptions.Number("--checkpoint-every", "Steps between checkpoints with held-out measurements.", 250, 1, int.MaxValue);
        private readonly Option<ulong> _seed = CommonOptions.Seed();
        private readonly Option<string> _device = CommonOptions.Device();
        private readonly Option<int> _threads = CommonOptions.Threads();

        private readonly Option<int> _renderThreads = CommonOptions.Number(
            "--render-threads", "Threads that render samples ahead of the training.", Math.Max(1, Environment.ProcessorCount / 2), 1, 1024);

        public void AddTo(Command command)
        {
            foreach (Option option in new Option[] { _output, _from, _steps, _batch, _rate, _clip, _checkpoint, _log, _seed, _device, _threads, _renderThreads })
            {
                command.Add(option);
            }
        }

        public TrainingOptions Read(ParseResult parsed, int size) => new(
            parsed.GetRequiredValue(_output),
            parsed.GetValue(_steps),
            parsed.GetValue(_batch),
            parsed.GetValue(_seed),
            parsed.GetValue(_rate),
            size,
            parsed.GetValue(_renderThreads))
        {
            From = parsed.GetValue(_from),
            ClipNorm = parsed.GetValue(_clip),
            CheckpointEvery = parsed.GetValue(_checkpoint),
            Log = LogPath(parsed),
        };

        private string LogPath(ParseResult parsed) =>
            parsed.GetValue(_log) ?? Path.Combine(parsed.GetRequiredValue(_output), TrainingLog.FileName);

        public Task<int> Train(ParseResult parsed, Action<Device, IProgress<TrainingReport>> train, CancellationToken cancellation) => Task.Run(
            () =>
            {
                string output = parsed.GetRequiredValue(_output);
                using var directory = OutputDirectory.Create(output);
                using var device = Device.Open(parsed.GetRequiredValue(_device), parsed.GetValue(_threads));
                var terminal = Terminal.Of(parsed);
                var page = new TrainingPage(output, LogPath(parsed), stage, parsed);
                TrainingDisplay.Run(terminal, progress => train(device, page.With(progress)));
                if (cancellation.IsCancellationRequested)
                {
                    page.Refresh();
                    terminal.Error.WriteLine(File.Exists(Path.Combine(output, TrainingOptions.CheckpointFile))
                        ? $"Stopped, with a checkpoint in {output}; the same command goes on from it."
                        : "Stopped before the first step; there is nothing to go on from.");
                    return Application.Interrupted;
                }

                page.Refresh();
                terminal.Output.WriteLine($"{output}: the {stage} is trained");
                return 0;
            },
            CancellationToken.None);
    }
}
