using System.Runtime.InteropServices;

namespace Mimesh.Onnx;

/// <summary>
/// An ONNX graph under construction: inputs, outputs, constants and nodes. Values are known by name; a node stands after those
/// whose values it reads.
/// </summary>
/// <param name="name">The graph's name.</param>
internal sealed class OnnxGraph(string name)
{
    /// <summary>The operator set the nodes are of: the last one that ONNX 1.12 knows, so that older runtimes read the files.</summary>
    public const int Opset = 17;

    /// <summary>Stands for the size of the batch where an input or output is declared: it is open, and called N.</summary>
    public const int Batch = -1;

    private const int IrVersion = 8; // ONNX 1.10 to 1.12

    private readonly List<ProtobufMessage> _nodes = [], _initializers = [], _inputs = [], _outputs = [];
    private readonly HashSet<string> _constants = [];

    public string Name { get; } = name;

    /// <summary>Declares an input.</summary>
    /// <param name="value">Its name.</param>
    /// <param name="sizes">Its axes.</param>
    public void AddInput(string value, params ReadOnlySpan<int> sizes) => _inputs.Add(ValueInfo(value, TensorProto.Float, sizes));

    /// <summary>Declares an output.</summary>
    /// <param name="value">The name of a node's value.</param>
    /// <param name="sizes">Its axes.</param>
    public void AddOutput(string value, params ReadOnlySpan<int> sizes) => _outputs.Add(ValueInfo(value, TensorProto.Float, sizes));

    /// <summary>An output of integers that depends on no input.</summary>
    /// <param name="value">Its name.</param>
    /// <param name="sizes">Its axes.</param>
    /// <param name="numbers">The integers.</param>
    public void AddConstantOutput(string value, ReadOnlySpan<int> sizes, ReadOnlySpan<long> numbers) =>
        _outputs.Add(ValueInfo(Node("Identity", [Constant($"{value}.values", sizes, numbers)], value, []), TensorProto.Int64, sizes));

    /// <summary>The same of floats.</summary>
    public void AddConstantOutput(string value, ReadOnlySpan<int> sizes, ReadOnlySpan<float> numbers) =>
        _outputs.Add(ValueInfo(Node("Identity", [Constant($"{value}.values", sizes, numbers)], value, []), TensorProto.Float, sizes));

    /// <summary>A constant of floats. The same name means the same numbers.</summary>
    public string Constant(string value, ReadOnlySpan<int> sizes, ReadOnlySpan<float> numbers) =>
        Constant(value, TensorProto.Float, sizes, MemoryMarshal.AsBytes(numbers));

    /// <summary>A constant of integers. The same name means the same numbers.</summary>
    public string Constant(string value, ReadOnlySpan<int> sizes, ReadOnlySpan<long> numbers) =>
        Constant(value, TensorProto.Int64, sizes, MemoryMarshal.AsBytes(numbers));

    /// <summary>A constant of few integers, such as axes.</summary>
    public string Integers(params int[] values) =>
        Constant($"integers_{string.Join('_', values)}", [values.Length], values.Select(v => (long)v).ToArray());

    /// <summary>Adds a node with one result.</summary>
    /// <param name="operation">Its operator.</param>
    /// <param name="inputs">The values that it reads; an empty name leaves an optional one out.</param>
    /// <param name="attributes">float, int, string or int[] by name.</param>
    /// <returns>The name of its result.</returns>
    public string Node(string operation, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Node(operation, inputs, $"{operation}_{_nodes.Count}", attributes);

    /// <inheritdoc cref="Node(string, string[], ReadOnlySpan{ValueTuple{string, object}})"/>
    /// <param name="operation">Its operator.</param>
    /// <param name="inputs">The values that it reads.</param>
    /// <param name="output">The name of its result.</param>
    /// <param name="attributes">float, int, string or int[] by name.</param>
    public string Node(string operation, string[] inputs, string output, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new ProtobufMessage()
            .Add(NodeProto.Input, inputs, (m, field, input) => m.Add(field, input))
            .Add(NodeProto.Output, output)
            .Add(NodeProto.Name, output)
            .Add(NodeProto.OpType, operation);
        foreach (var (attribute, value) in attributes)
        {
            node.Add(NodeProto.Attribute, Attribute(attribute, value));
        }

        _nodes.Add(node);
        return output;
    }

    /// <summary>Writes the graph as a model.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="metadata">Text by key.</param>
    public void Write(Stream stream, IEnumerable<(string Key, string Value)> metadata)
    {
        static ProtobufMessage Message(ProtobufMessage m, int field, ProtobufMessage value) => m.Add(field, value);
        var graph = new ProtobufMessage()
            .Add(GraphProto.Node, _nodes, Message)
            .Add(GraphProto.Name, Name)
            .Add(GraphProto.Initializer, _initializers, Message)
            .Add(GraphProto.Input, _inputs, Message)
            .Add(GraphProto.Output, _outputs, Message);
        var model = new ProtobufMessage()
            .Add(ModelProto.IrVersion, IrVersion)
            .Add(ModelProto.ProducerName, "Mimesh")
            .Add(ModelProto.ProducerVersion, typeof(OnnxGraph).Assembly.GetName().Version!.ToString(3))
            .Add(ModelProto.OpsetImport, new ProtobufMessage().Add(OperatorSetIdProto.Domain, "").Add(OperatorSetIdProto.Version, Opset))
            .Add(ModelProto.MetadataProps, metadata, (m, field, entry) => m.Add(
                field, new ProtobufMessage().Add(StringStringEntryProto.Key, entry.Key).Add(StringStringEntryProto.Value, entry.Value)))
            .Add(ModelProto.Graph, graph);
        stream.Write(model.Bytes.Span);
    }

    private string Constant(string value, int type, ReadOnlySpan<int> sizes, ReadOnlySpan<byte> numbers)
    {
        if (_constants.Add(value))
        {
            _initializers.Add(new ProtobufMessage()
                .Add(TensorProto.Dims, sizes.ToArray(), (m, field, size) => m.Add(field, size))
                .Add(TensorProto.DataType, type)
                .Add(TensorProto.Name, value)
                .Add(TensorProto.RawData, numbers.ToArray())); // little-endian, as ONNX wants it
        }

        return value;
    }

    private static ProtobufMessage ValueInfo(string value, int type, ReadOnlySpan<int> sizes)
    {
        var shape = new ProtobufMessage().Add(TensorShapeProto.Dim, sizes.ToArray(), (m, field, size) => m.Add(
            field,
            size == Batch
                ? new ProtobufMessage().Add(TensorShapeProtoDimension.DimParam, "N")
                : new ProtobufMessage().Add(TensorShapeProtoDimension.DimValue, size)));
        var tensor = new ProtobufMessage().Add(TypeProtoTensor.ElemType, type).Add(TypeProtoTensor.Shape, shape);
        return new ProtobufMessage()
            .Add(ValueInfoProto.Name, value)
            .Add(ValueInfoProto.Type, new ProtobufMessage().Add(TypeProto.TensorType, tensor));
    }

    private static ProtobufMessage Attribute(string attribute, object value)
    {
        var message = new ProtobufMessage().Add(AttributeProto.Name, attribute);
        return value switch
        {
            float f => message.Add(AttributeProto.F, f).Add(AttributeProto.Type, AttributeProto.TypeFloat),
            int i => message.Add(AttributeProto.I, i).Add(AttributeProto.Type, AttributeProto.TypeInt),
            string s => message.Add(AttributeProto.S, s).Add(AttributeProto.Type, AttributeProto.TypeString),
            int[] ints => message.Add(AttributeProto.Ints, ints, (m, field, i) => m.Add(field, i)).Add(AttributeProto.Type, AttributeProto.TypeInts),
            _ => throw new ArgumentException($"An attribute is a float, int, string or int[], not {value}.", nameof(value)),
        };
    }
}
