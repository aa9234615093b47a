using Microsoft.ML.OnnxRuntime;
using Mimesh.Evaluation;
using Mimesh.Imaging;
using Mimesh.Reenactment;

namespace Mimesh.Cli;

/// <summary>
/// A face-recognition model in an ONNX file, with ArcFace's conventions: an aligned crop (<see cref="FaceAlignment"/>), red, green and
/// blue as <c>(x − 127.5)/128</c> with x in [0, 255], <c>(1, 3, side, side)</c> or <c>(1, side, side, 3)</c>; its first output is the embedding.
/// </summary>
internal sealed class OnnxFaceEmbedder : IFaceEmbedder
{
    // Where the model leaves it open.
    private const int UsualSide = 112;

    private readonly InferenceSession _session;
    private readonly string _path, _input;
    private readonly long[] _shape;
    private readonly bool _channelsLast;

    private OnnxFaceEmbedder(string path, string checksum, InferenceSession session)
    {
        _path = path;
        _session = session;
        Checksum = checksum;
        var (name, input) = session.InputMetadata.Count == 1 ? session.InputMetadata.Single() : throw NotOne("it does not take one picture");
        int[] sizes = input.ElementType == typeof(float) ? input.Dimensions : [];
        _input = name;
        _channelsLast = sizes is [_, _, _, 3] and not [_, 3, _, _];
        (int channels, int height, int width) = sizes.Length != 4 ? (0, 0, 0) : _channelsLast ? (sizes[3], sizes[1], sizes[2]) : (sizes[1], sizes[2], sizes[3]);
        int side = height > 0 ? height : UsualSide;
        if (channels != 3 || (width > 0 && width != side) || sizes[0] > 1)
        {
            throw NotOne("its input is not one square picture of floats with three channels");
        }

        _shape = _channelsLast ? [1, side, side, 3] : [1, 3, side, side];
    }

    /// <inheritdoc/>
    public string Name => Path.GetFileName(_path);

    /// <inheritdoc/>
    public string Checksum { get; }

    private int Side => (int)_shape[2];

    /// <summary>Opens a model.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <exception cref="InputException">It cannot be read, or is no such model.</exception>
    public static OnnxFaceEmbedder Load(string path)
    {
        byte[] model = InputFile.Read(path, Array.MaxLength, $"There is no model '{path}'.");
        InferenceSession session;
        try
        {
            session = new InferenceSession(model);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InputException($"'{path}' is not a model that ONNX Runtime can run: {e.Message}", e);
        }

        try
        {
            return new OnnxFaceEmbedder(path, Weights.Checksum(model), session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public float[] Embed(Image image, SeenFace face)
    {
        float[] crop = FaceAlignment.Crop(image, face.Landmarks, Side).Pixels, values = new float[crop.Length];
        int pixels = Side * Side;
        for (int i = 0; i < crop.Length; i++)
        {
            int at = _channelsLast ? i : ((i % 3) * pixels) + (i / 3);
            values[at] = ((Math.Clamp(crop[i], 0f, 1f) * 255f) - 127.5f) / 128f;
        }

        using var input = OrtValue.CreateTensorValueFromMemory(values, _shape);
        using var options = new RunOptions();
        try
        {
            using var outputs = _session.Run(options, [_input], [input], [_session.OutputNames[0]]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        catch (OnnxRuntimeException e)
        {
            throw new InputException($"'{_path}' does not embed a picture of {Side}×{Side}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private InputException NotOne(string why) =>
        new($"'{_path}' is not a face-recognition model that can be used: {why}.");
}
