using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Support;

/// <summary>Tensors as KServe V2's <c>data</c> arrays, for the datatypes that the tests' models have.</summary>
internal static class JsonTensor
{
    public static JsonArray ToJson(TestTensor tensor) => tensor.DataType switch
    {
        DataType.Float32 => Array(tensor.Values<float>().ToArray(), static value => JsonValue.Create(value)),
        DataType.Int32 => Array(tensor.Values<int>().ToArray(), static value => JsonValue.Create(value)),
        DataType.Int64 => Array(tensor.Values<long>().ToArray(), static value => JsonValue.Create(value)),
        DataType.UInt8 => Array(tensor.Data, static value => JsonValue.Create((int)value)),
        DataType.Bytes => Array([.. tensor.Elements()], static value => JsonValue.Create(Encoding.UTF8.GetString(value))),
        _ => throw new NotSupportedException(tensor.DataType.Name),
    };

    public static byte[] FromJson(DataType dataType, JsonArray values) => dataType switch
    {
        // Written as the double that the float is, as Triton does.
        DataType.Float32 => Bytes([.. values.Select(static value => (float)(double)value!)]),
        DataType.Int32 => Bytes([.. values.Select(static value => (int)value!)]),
        DataType.Int64 => Bytes([.. values.Select(static value => (long)value!)]),
        DataType.UInt8 => [.. values.Select(static value => (byte)value!)],
        DataType.Bytes => TestTensor.OfStrings([values.Count], [.. values.Select(static value => (string)value!)]).Data,
        _ => throw new NotSupportedException(dataType.Name),
    };

    private static JsonArray Array<T>(T[] values, Func<T, JsonNode?> convert) => new([.. values.Select(convert)]);

    private static byte[] Bytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
