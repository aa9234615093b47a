namespace Mimesh.Kernels;

/// <summary>A device cannot be opened; the message says in one line what is wrong and which names exist.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class DeviceException(string message, Exception? inner = null) : Exception(message, inner);
