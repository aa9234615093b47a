namespace Mimesh.Model.Training;

/// <summary>What a training says about itself after a step.</summary>
/// <param name="Step">Steps done, counted from the first start.</param>
/// <param name="Steps">Steps to do.</param>
/// <param name="Losses">Each loss by name, averaged since the last report.</param>
/// <param name="SamplesPerSecond">Samples trained on per second, since the last report.</param>
/// <param name="HeldOut">Measurements on held-out people by name, when they were just taken.</param>
public sealed record TrainingReport(
    int Step, int Steps, IReadOnlyDictionary<string, float> Losses, double SamplesPerSecond, IReadOnlyDictionary<string, float>? HeldOut);
