using System.Globalization;
using Mimesh.Kernels;
using Mimesh.Layers;

namespace Mimesh.Onnx;

/// <summary>
/// Translates a <see cref="Trace"/> to the nodes of an ONNX graph. Tensors of four axes are <c>(N, H, W, C)</c> in the trace and
/// <c>(N, C, H, W)</c> in the graph, everywhere: in values, constants, and filters, whose <c>(K, R, S, C)</c> become
/// <c>(K, C, R, S)</c> by the same rule. So nothing is transposed between layers; only where four axes become fewer, or fewer
/// become four, and in front of the grids of grid-samplings, which ONNX wants as <c>(N, H, W, 2)</c>. Fewer axes stay as they
/// are. The batch is the leading axis, or the outer part of it, and nothing in the graph depends on its size.
/// </summary>
internal sealed class TraceTranslator(OnnxGraph graph)
{
    private static readonly int[] s_toGraph = [0, 3, 1, 2], s_toTrace = [0, 2, 3, 1];

    private readonly Dictionary<Tensor, string> _values = [];
    private readonly Dictionary<DeviceCsr, GatheredMatrix> _matrices = [];
    private int _constants;

    /// <summary>Makes a tensor an input of the graph.</summary>
    public void AddInput(string name, Tensor tensor)
    {
        graph.AddInput(name, Declared(tensor.Shape));
        _values.Add(tensor, name);
    }

    /// <summary>Makes the parameters of a network constants of the graph, of the same names.</summary>
    public void AddParameters(IEnumerable<(string Name, Tensor Parameter)> parameters)
    {
        foreach (var (name, parameter) in parameters)
        {
            _values.Add(parameter, Constant(name, parameter));
        }
    }

    /// <summary>Makes a translated tensor an output of the graph.</summary>
    public void AddOutput(string name, Tensor tensor) =>
        graph.AddOutput(graph.Node("Identity", [Value(tensor)], name, []), Declared(tensor.Shape));

    /// <summary>Translates operations, in their order.</summary>
    /// <exception cref="NotSupportedException">One has no translation, or reads the output of one that does not report to traces.</exception>
    public void Translate(IEnumerable<TracedOperation> operations)
    {
        foreach (var traced in operations)
        {
            _values.Add(traced.Output, Translate(traced));
        }
    }

    private string Translate(TracedOperation traced)
    {
        var y = traced.Output;
        if (traced.Operation is Operation.Constant)
        {
            return Constant($"constant_{_constants++}", y);
        }

        var x = traced.Inputs[0];
        string[] inputs = [.. traced.Inputs.Select(Value)];
        return traced.Operation switch
        {
            Operation.Map map => Map(map.Function, inputs[0]),
            Operation.Zip { Function: Add or Sub or Mul or Div } zip
                when y.Shape.Rank < Shape.MaxRank || traced.Inputs.All(i => i.Shape.Rank == Shape.MaxRank) =>
                graph.Node(zip.Function.GetType().Name, inputs), // Mimesh names them as ONNX does
            Operation.Convolution { Spec: var s } => graph.Node(
                "Conv", inputs, ("kernel_shape", new[] { s.R, s.S }), ("strides", new[] { s.Stride, s.Stride }), ("pads", new[] { s.Pad, s.Pad, s.Pad, s.Pad })),
            Operation.MatrixProduct product => MatrixProduct(product, inputs, y.Shape.Rank),
            Operation.SparseProduct product => SparseProduct(product, inputs, y.Device),
            Operation.GridSample { Spec: var s } => graph.Node(
                "GridSample", [inputs[0], Transpose(inputs[1], s_toTrace)], ("mode", "bilinear"),
                ("padding_mode", s.Padding == GridPadding.Border ? "border" : "zeros"), ("align_corners", s.AlignCorners ? 1 : 0)),
            Operation.InstanceNorm norm => graph.Node(
                "InstanceNormalization", [inputs[0], Vector(y.Shape[3], 1f), Vector(y.Shape[3], 0f)], ("epsilon", norm.Epsilon)),
            Operation.Upsample => Resize(
                x.Shape, y.Shape, inputs[0], ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")),
            Operation.Resize resize => Resize(
                x.Shape, y.Shape, inputs[0], ("mode", "linear"),
                ("coordinate_transformation_mode", resize.AlignCorners ? "align_corners" : "half_pixel")),
            Operation.AveragePool { Factor: int f } => graph.Node(
                "AveragePool", inputs, ("kernel_shape", new[] { f, f }), ("strides", new[] { f, f })),
            Operation.Sum when x.Shape.Rank == y.Shape.Rank && x.Shape[0] == y.Shape[0] => Sum(x.Shape, y.Shape, inputs[0]),
            Operation.Reshape => Reshape(x.Shape, y.Shape, inputs[0]),
            Operation.Slice { Axis: > 0 } slice => graph.Node(
                "Slice",
                [inputs[0], graph.Integers(slice.Start), graph.Integers(slice.Start + y.Shape[slice.Axis]), graph.Integers(Axis(y.Shape, slice.Axis))]),
            Operation.Concat { Axis: > 0 } concat => graph.Node("Concat", inputs, ("axis", Axis(y.Shape, concat.Axis))),
            _ => throw new NotSupportedException($"{traced.Operation} of {string.Join(" and ", traced.Inputs.Select(i => i.Shape))} has no translation to ONNX."),
        };
    }

    private string Map(IUnary function, string x) => function switch
    {
        Affine(var scale, var shift) => Affine(x, scale, shift),
        Square => graph.Node("Mul", [x, x]),
        LeakyRelu(0f) => graph.Node("Relu", [x]),
        LeakyRelu(var slope) => graph.Node("LeakyRelu", [x], ("alpha", slope)),
        Elu or Sqrt or Reciprocal or Exp or Log or Sigmoid or Tanh or Abs => graph.Node(function.GetType().Name, [x]),
        _ => throw new NotSupportedException($"{function} has no translation to ONNX."),
    };

    private string Affine(string x, float scale, float shift)
    {
        x = scale == 1f ? x : graph.Node("Mul", [x, Scalar(scale)]);
        return shift == 0f ? x : graph.Node("Add", [x, Scalar(shift)]);
    }

    private string MatrixProduct(Operation.MatrixProduct product, string[] inputs, int rank)
    {
        if (rank == 2)
        {
            return graph.Node("Gemm", inputs, ("transA", product.TransposeA ? 1 : 0), ("transB", product.TransposeB ? 1 : 0));
        }

        string Factor(string x, bool transposed) => transposed ? Transpose(x, [0, 2, 1]) : x;
        return graph.Node("MatMul", [Factor(inputs[0], product.TransposeA), Factor(inputs[1], product.TransposeB)]);
    }

    private string SparseProduct(Operation.SparseProduct product, string[] inputs, Device device)
    {
        if (!_matrices.TryGetValue(product.Matrix, out var matrix))
        {
            _matrices.Add(product.Matrix, matrix = new GatheredMatrix(graph, $"matrix_{_matrices.Count}", device.Download(product.Matrix)));
        }

        string y = Affine(matrix.Multiply(inputs[0]), product.Spec.Alpha, 0f);
        return inputs.Length == 1 ? y : graph.Node("Add", [y, Affine(inputs[1], product.Spec.Beta, 0f)]);
    }

    // By factors, as the sizes would have to name the batch.
    private string Resize(Shape from, Shape to, string x, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        if (from == to)
        {
            return x;
        }

        float[] factors = [1f, 1f, Factor(from[1], to[1]), Factor(from[2], to[2])];
        string name = $"factors_{string.Join('_', factors.Select(Text))}";
        return graph.Node("Resize", [x, "", graph.Constant(name, [4], factors)], attributes);
    }

    // ONNX rounds size·factor down, so the factor must not be rounded down itself.
    private static float Factor(int from, int to)
    {
        float factor = (float)to / from;
        return from * (double)factor < to ? MathF.BitIncrement(factor) : factor;
    }

    private string Sum(Shape from, Shape to, string x)
    {
        int[] axes = [.. Enumerable.Range(0, from.Rank).Where(i => from[i] != to[i]).Select(i => Axis(from, i))];
        return graph.Node("ReduceSum", [x, graph.Integers(axes)], ("keepdims", 1));
    }

    private string Reshape(Shape from, Shape to, string x)
    {
        x = from.Rank == Shape.MaxRank ? Transpose(x, s_toTrace) : x;
        x = graph.Node("Reshape", [x, graph.Integers([-1, .. to.ToArray()[1..]])]);
        return to.Rank == Shape.MaxRank ? Transpose(x, s_toGraph) : x;
    }

    private string Transpose(string x, int[] order) => graph.Node("Transpose", [x], ("perm", order));

    private string Value(Tensor tensor) => _values.TryGetValue(tensor, out string? value)
        ? value
        : throw new NotSupportedException($"A tensor {tensor.Shape} is no input, no parameter, and from no operation that can be translated to ONNX.");

    private string Constant(string name, Tensor tensor)
    {
        float[] numbers = tensor.ToArray();
        if (tensor.Shape.Rank == Shape.MaxRank)
        {
            var (n, pixels, channels) = (tensor.Shape[0], tensor.Shape[1] * tensor.Shape[2], tensor.Shape[3]);
            float[] permuted = new float[numbers.Length];
            for (int i = 0, at = 0; i < n; i++)
            {
                for (int c = 0; c < channels; c++)
                {
                    for (int p = 0; p < pixels; p++)
                    {
                        permuted[at++] = numbers[(((i * pixels) + p) * channels) + c];
                    }
                }
            }

            numbers = permuted;
        }

        return graph.Constant(name, Sizes(tensor.Shape), numbers);
    }

    private string Scalar(float value) => graph.Constant($"scalar_{Text(value)}", [], [value]);

    private string Vector(int length, float value) =>
        graph.Constant($"vector_{length}_{Text(value)}", [length], Enumerable.Repeat(value, length).ToArray());

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static int[] Sizes(Shape shape) =>
        shape.Rank == Shape.MaxRank ? [.. s_toGraph.Select(axis => shape[axis])] : shape.ToArray();

    private static int[] Declared(Shape shape) => [OnnxGraph.Batch, .. Sizes(shape)[1..]];

    private static int Axis(Shape shape, int axis) => shape.Rank == Shape.MaxRank ? Array.IndexOf(s_toGraph, axis) : axis;
}
