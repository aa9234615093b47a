namespace Mimesh.Imaging;

/// <summary>
/// Something that the user gave is wrong: a file, a name, a size. The message is one line for that user; it says what is
/// wrong and what to do about it. A program shows the message without a stack trace.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to do; see <see cref="OneLine"/>.</param>
    /// <param name="cause">What made it surface, if another exception did.</param>
    public InputException(string message, Exception? cause = null)
        : base(OneLine(message), cause)
    {
    }

    /// <summary>
    /// A text with spaces for line breaks and <c>\uFFFD</c> for other control characters: messages quote file names, and a name may hold
    /// either; a terminal would obey them.
    /// </summary>
    public static string OneLine(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
