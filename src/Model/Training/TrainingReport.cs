namespace Mimesh.Training;

/// <summary>What a training says about itself after a step. Means and rates are over the steps since the last report.</summary>
/// <param name="Step">Steps done, counted from the first start.</param>
/// <param name="Steps">Steps to do.</param>
/// <param name="LearningRate">Adam's step size in the last step.</param>
/// <param name="Losses">Mean of each loss by name.</param>
/// <param name="GradientNorms">Mean of the global norm of each network's gradient, before clipping, by its name.</param>
/// <param name="TrainedPerSecond">Samples trained on per second.</param>
/// <param name="RenderedPerSecond">Samples per second that the rendering threads make when they need not wait for the training.</param>
/// <param name="Starved">The share of the time that the training waited for samples, 0 to 1.</param>
/// <param name="Seconds">Time since the first start, without pauses between two starts.</param>
/// <param name="HeldOut">Measurements on held-out people by name: taken at every checkpoint, else null.</param>
/// <param name="Run">The run's folder, in a log that lies outside of it.</param>
public sealed record TrainingReport(
    int Step,
    int Steps,
    float LearningRate,
    IReadOnlyDictionary<string, float> Losses,
    IReadOnlyDictionary<string, float> GradientNorms,
    double TrainedPerSecond,
    double RenderedPerSecond,
    double Starved,
    double Seconds,
    IReadOnlyDictionary<string, float>? HeldOut = null,
    string? Run = null);
