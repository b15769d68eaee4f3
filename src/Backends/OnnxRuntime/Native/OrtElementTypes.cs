namespace Camshaft.Backends.OnnxRuntime.Native;

/// <summary>The one table between ONNX Runtime's element types (<c>ONNXTensorElementDataType</c>) and datatypes.</summary>
internal static class OrtElementTypes
{
    /// <summary>Strings, the one type without a fixed size.</summary>
    public const int String = 8;

    // Indexed by ONNXTensorElementDataType; a null type is one that KServe has no datatype for.
    private static readonly (string Name, DataType? DataType)[] Table =
    [
        ("undefined", null),
        ("float", DataType.Float32),
        ("uint8", DataType.UInt8),
        ("int8", DataType.Int8),
        ("uint16", DataType.UInt16),
        ("int16", DataType.Int16),
        ("int32", DataType.Int32),
        ("int64", DataType.Int64),
        ("string", DataType.Bytes),
        ("bool", DataType.Bool),
        ("float16", DataType.Float16),
        ("double", DataType.Float64),
        ("uint32", DataType.UInt32),
        ("uint64", DataType.UInt64),
        ("complex64", null),
        ("complex128", null),
        ("bfloat16", DataType.BFloat16),
        ("float8e4m3fn", null),
        ("float8e4m3fnuz", null),
        ("float8e5m2", null),
        ("float8e5m2fnuz", null),
        ("uint4", null),
        ("int4", null),
        ("float4e2m1", null),
        ("uint2", null),
        ("int2", null),
        ("float8e8m0", null),
    ];

    // Indexed by DataType, for the hot path.
    private static readonly int[] ByDataType = [.. Enum.GetValues<DataType>().Select(dataType => Array.FindIndex(Table, entry => entry.DataType == dataType))];

    /// <summary>The datatype of an element type; null when there is none.</summary>
    public static DataType? ToDataType(int elementType) => (uint)elementType < (uint)Table.Length ? Table[elementType].DataType : null;

    /// <summary>The element type of a datatype.</summary>
    public static int FromDataType(DataType dataType) => ByDataType[(int)dataType];

    /// <summary>ONNX's name of an element type, for messages.</summary>
    public static string NameOf(int elementType) => (uint)elementType < (uint)Table.Length ? Table[elementType].Name : $"type {elementType}";
}
