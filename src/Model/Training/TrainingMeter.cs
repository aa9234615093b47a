using System.Diagnostics;

namespace Mimesh.Training;

/// <summary>Adds figures up between two reports, and keeps time.</summary>
/// <param name="options">The training's.</param>
/// <param name="work">What the threads that make samples have done so far.</param>
/// <param name="secondsBefore">Time that earlier starts took.</param>
internal sealed class TrainingMeter(TrainingOptions options, Func<ProducerWork> work, double secondsBefore)
{
    private readonly Dictionary<string, float> _losses = [];
    private readonly Dictionary<string, float> _norms = [];
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();
    private ProducerWork _workBefore = work();
    private double _renderedPerSecond;
    private int _steps;

    public void Add(StepFigures figures)
    {
        _steps++;
        Add(_losses, figures.Losses);
        Add(_norms, figures.GradientNorms);
    }

    /// <summary>The report after a step, without held-out figures.</summary>
    public TrainingReport Report(int step)
    {
        double seconds = _sinceReport.Elapsed.TotalSeconds;
        var now = work();
        if (now.Made > _workBefore.Made) // else the threads were ahead all the while, and the last rate still stands
        {
            _renderedPerSecond = (now.Made - _workBefore.Made) * options.RenderThreads / (now.Busy - _workBefore.Busy).TotalSeconds;
        }

        var report = new TrainingReport(
            step,
            options.Steps,
            options.RateAt(step - 1),
            Means(_losses),
            Means(_norms),
            _steps * options.BatchSize / seconds,
            _renderedPerSecond,
            Math.Clamp((now.Waited - _workBefore.Waited).TotalSeconds / seconds, 0, 1),
            secondsBefore + _sinceStart.Elapsed.TotalSeconds);
        _losses.Clear();
        _norms.Clear();
        _steps = 0;
        Restart();
        return report;
    }

    /// <summary>Leaves out of the rates what was done since the report: measuring, writing.</summary>
    public void Restart()
    {
        _workBefore = work();
        _sinceReport.Restart();
    }

    private static void Add(Dictionary<string, float> sums, IEnumerable<(string Name, float Value)> figures)
    {
        foreach (var (name, value) in figures)
        {
            sums[name] = sums.GetValueOrDefault(name) + value;
        }
    }

    private Dictionary<string, float> Means(Dictionary<string, float> sums) => sums.ToDictionary(s => s.Key, s => s.Value / _steps);
}
