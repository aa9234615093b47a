namespace Mimesh.Onnx;

// The numbers of the fields and enumerations that are written, from onnx/onnx.proto of ONNX 1.12
// (https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto).

internal static class ModelProto
{
    public const int IrVersion = 1, ProducerName = 2, ProducerVersion = 3, Graph = 7, OpsetImport = 8, MetadataProps = 14;
}

internal static class OperatorSetIdProto
{
    public const int Domain = 1, Version = 2;
}

internal static class StringStringEntryProto
{
    public const int Key = 1, Value = 2;
}

internal static class GraphProto
{
    public const int Node = 1, Name = 2, Initializer = 5, Input = 11, Output = 12;
}

internal static class NodeProto
{
    public const int Input = 1, Output = 2, Name = 3, OpType = 4, Attribute = 5;
}

internal static class AttributeProto
{
    public const int Name = 1, F = 2, I = 3, S = 4, Ints = 8, Type = 20;

    /// <summary>AttributeType.</summary>
    public const int TypeFloat = 1, TypeInt = 2, TypeString = 3, TypeInts = 7;
}

internal static class TensorProto
{
    public const int Dims = 1, DataType = 2, Name = 8, RawData = 9;

    /// <summary>DataType.</summary>
    public const int Float = 1, Int64 = 7;
}

internal static class ValueInfoProto
{
    public const int Name = 1, Type = 2;
}

internal static class TypeProto
{
    public const int TensorType = 1;
}

internal static class TypeProtoTensor
{
    public const int ElemType = 1, Shape = 2;
}

internal static class TensorShapeProto
{
    public const int Dim = 1;
}

internal static class TensorShapeProtoDimension
{
    public const int DimValue = 1, DimParam = 2;
}
