using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Mimesh.Layers;
using Mimesh.Onnx;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Mimesh.Benchmarks.Peers;

/// <summary>
/// ONNX Runtime at its best: every optimisation of the graph, the batch known, workers that spin, and inputs and output bound once,
/// so that a run allocates nothing.
/// </summary>
internal sealed class OnnxRuntimePeer : IContender
{
    public const string Name = "ONNX Runtime";

    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue _output;
    private readonly RunOptions _options = new();
    private readonly Shape _shape;

    /// <param name="open">Opens a session on a model.</param>
    /// <param name="threads">That work on one operation.</param>
    /// <param name="inputs">In Mimesh's layout.</param>
    /// <param name="output">The output that is wanted, its shape in Mimesh's layout.</param>
    private OnnxRuntimePeer(
        Func<SessionOptions, InferenceSession> open, int threads, IEnumerable<(string Name, Shape Shape, float[] Values)> inputs, (string Name, Shape Shape) output)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "1");
        options.AddFreeDimensionOverrideByName("N", output.Shape[0]);
        _session = open(options);
        _binding = _session.CreateIoBinding();
        _inputs = [.. inputs.Select(input =>
        {
            var value = OrtValue.CreateTensorValueFromMemory(Planes.Of(input.Values, input.Shape), Planes.Sizes(input.Shape));
            _binding.BindInput(input.Name, value);
            return value;
        })];
        _shape = output.Shape;
        _output = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, Planes.Sizes(_shape));
        _binding.BindOutput(output.Name, _output);
    }

    public float[]? Answer
    {
        get
        {
            Run();
            return Planes.Back(_output.GetTensorDataAsSpan<float>().ToArray(), _shape);
        }
    }

    /// <summary>A session with a case's operation alone; filters are constants of its graph, as in a network.</summary>
    public static OnnxRuntimePeer Of(KernelCase c, int threads)
    {
        float[][] values = c.Values();
        var graph = new OnnxGraph(c.Kernel);
        var inputs = new List<(string, Shape, float[])>();
        string Input(int i)
        {
            graph.AddInput($"x{i}", [.. Planes.Sizes(c.Inputs[i].Shape).Select(size => (int)size)]);
            inputs.Add(($"x{i}", c.Inputs[i].Shape, values[i]));
            return $"x{i}";
        }

        string y = c.Spec switch
        {
            Kernels.Conv2dSpec s => graph.Node(
                "Conv", [Input(0), Filter(1)], ("kernel_shape", new[] { s.R, s.S }), ("strides", new[] { s.Stride, s.Stride }), ("pads", new[] { s.Pad, s.Pad, s.Pad, s.Pad })),
            Kernels.MatMulSpec => graph.Node("MatMul", [Input(0), Input(1)]),
            Kernels.GridSampleSpec s => graph.Node(
                "GridSample", [Input(0), Places(1)], ("mode", "bilinear"), ("align_corners", s.AlignCorners ? 1 : 0),
                ("padding_mode", s.Padding == Kernels.GridPadding.Zeros ? "zeros" : "border")),
            Kernels.InstanceNormSpec s => graph.Node(
                "Relu", [graph.Node("InstanceNormalization", [Input(0), Vector("one", s.C, 1f), Vector("zero", s.C, 0f)], ("epsilon", s.Epsilon))]),
            _ => throw new ArgumentException($"There is no graph for {c.Kernel}.", nameof(c)),
        };
        graph.AddOutput(y, [.. Planes.Sizes(c.Output).Select(size => (int)size)]);
        return new OnnxRuntimePeer(options => new InferenceSession(Bytes(graph), options), threads, inputs, (y, c.Output));

        string Filter(int i) => graph.Constant($"x{i}", [.. Planes.Sizes(c.Inputs[i].Shape).Select(size => (int)size)], Planes.Of(values[i], c.Inputs[i].Shape));
        string Vector(string name, int length, float value) => graph.Constant(name, [length], Enumerable.Repeat(value, length).ToArray());

        // Places stay (N, P, Q, 2), so they are passed off as three axes to whoever turns four into planes.
        string Places(int i)
        {
            var shape = c.Inputs[i].Shape;
            graph.AddInput("places", shape[1], shape[2], shape[3]);
            inputs.Add(("places", [shape[1], shape[2], shape[3]], values[i]));
            return graph.Node("Unsqueeze", ["places", graph.Integers(0)]);
        }
    }

    /// <summary>The motion net and the reenacting module.</summary>
    /// <param name="path">The file that <see cref="GeneratorWork.Graph"/> became.</param>
    /// <param name="threads">That work on one operation.</param>
    /// <param name="inputs">What <see cref="GeneratorWork.Inputs"/> gave.</param>
    public static OnnxRuntimePeer OfGenerator(string path, int threads, Safetensors inputs) => new(
        options => new InferenceSession(path, options), threads, inputs.Tensors.Select(t => (t.Key, t.Value.Shape, t.Value.Values)),
        ("image", inputs.Tensors["source"].Shape));

    /// <summary>A graph as a model.</summary>
    public static byte[] Bytes(OnnxGraph graph)
    {
        using var stream = new MemoryStream();
        graph.Write(stream, []);
        return stream.ToArray();
    }

    public double Measure(int times)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            Run();
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / times;
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
        _options.Dispose();
        _output.Dispose();
        foreach (var input in _inputs)
        {
            input.Dispose();
        }
    }

    private void Run() => _session.RunWithBinding(_options, _binding);
}
