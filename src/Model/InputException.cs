namespace Mimesh.Model;

/// <summary>
/// Something that the user gave is wrong: a file, a name, a size. The message is one line for that user; it says what is
/// wrong and what to do about it. A program shows the message without a stack trace.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line: what is wrong and what to do.</param>
    /// <param name="cause">What made it surface, if another exception did.</param>
    public InputException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
