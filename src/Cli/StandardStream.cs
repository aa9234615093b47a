using System.Text;

namespace Mimesh.Cli;

/// <summary>
/// Standard output or error, which may be closed or full: what cannot be written to the output is an <see cref="OutputException"/>, what
/// cannot be written to the error is lost, since nobody can be told.
/// </summary>
/// <param name="stream">The stream of the console.</param>
/// <param name="isOutput">Whether it is the output.</param>
internal sealed class StandardStream(Stream stream, bool isOutput) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From here on the console writes through streams of this kind.</summary>
    public static void Install()
    {
        Console.SetOut(Writer(new StandardStream(Console.OpenStandardOutput(), isOutput: true)));
        Console.SetError(Writer(new StandardStream(Console.OpenStandardError(), isOutput: false)));
    }

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (isOutput)
            {
                throw new OutputException($"Standard output cannot be written: {(e.InnerException ?? e).Message}.", e);
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static StreamWriter Writer(StandardStream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
}

/// <summary>Standard output is closed or full.</summary>
/// <param name="message">One line.</param>
/// <param name="inner">What the system says.</param>
internal sealed class OutputException(string message, Exception inner) : IOException(message, inner);
