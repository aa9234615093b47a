namespace Mimesh.Training;

/// <summary>A training cannot go on: a loss or a gradient is not finite.</summary>
/// <param name="message">What, where, and what can be done.</param>
public sealed class TrainingException(string message) : Exception(message);
