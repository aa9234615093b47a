using Microsoft.ML.OnnxRuntime;
using Mimesh.Layers;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Mimesh.Tests.Onnx;

/// <summary>Exported models, run by ONNX Runtime.</summary>
internal sealed class OnnxModels(string directory) : IDisposable
{
    private readonly Dictionary<string, InferenceSession> _sessions = [];

    /// <summary>Runs a model.</summary>
    /// <param name="file">Its file's name.</param>
    /// <param name="inputs">By name; sizes as the model declares them, the first being the batch.</param>
    /// <returns>Its outputs of floats by name.</returns>
    public Dictionary<string, (long[] Sizes, float[] Values)> Run(string file, params (string Name, int[] Sizes, float[] Values)[] inputs)
    {
        if (!_sessions.TryGetValue(file, out var session))
        {
            _sessions[file] = session = new InferenceSession(Path.Combine(directory, file));
        }

        var values = inputs.ToDictionary(i => i.Name, i => OrtValue.CreateTensorValueFromMemory(i.Values, [.. i.Sizes.Select(s => (long)s)]));
        using var options = new RunOptions();
        using var results = session.Run(options, values, session.OutputNames);
        foreach (var value in values.Values)
        {
            value.Dispose();
        }

        return session.OutputNames.Zip(results)
            .Where(r => r.Second.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float)
            .ToDictionary(r => r.First, r => (r.Second.GetTensorTypeAndShape().Shape, r.Second.GetTensorDataAsSpan<float>().ToArray()));
    }

    public void Dispose()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }
    }

    /// <summary>Pictures and maps <c>(N, H, W, C)</c> as ONNX has them, <c>(N, C, H, W)</c>.</summary>
    public static float[] ToPlanes(float[] values, Shape shape)
    {
        using var device = Mimesh.Kernels.Device.Open("cpu", 1);
        using var tape = Tape.Start();
        return Tensor.From(device, shape, values).Permute(0, 3, 1, 2).ToArray();
    }
}
