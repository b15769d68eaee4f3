using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Transport.Http.Infer;

namespace Camshaft.Transport.Http.Describing;

/// <summary>JSON schemas (2020-12) of what tensors look like in requests and answers.</summary>
internal static class TensorSchemas
{
    /// <summary>The reference to a datatype's data, which <see cref="CreateData"/> defines.</summary>
    public static JsonObject ReferToData(DataType dataType) => new() { ["$ref"] = $"#/$defs/data_{dataType.Name}" };

    /// <summary>Data of a datatype: elements in a flat array, or in arrays nested in whatever way.</summary>
    public static JsonObject CreateData(DataType dataType) => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject { ["anyOf"] = new JsonArray(CreateElement(dataType), ReferToData(dataType)) },
    };

    /// <summary>A shape, each length as the model has it. A scalar comes as <c>[]</c> or <c>[1]</c>.</summary>
    public static JsonObject CreateShape(in Shape shape)
    {
        if (shape.Rank == 0)
        {
            return new JsonObject { ["type"] = "array", ["maxItems"] = 1, ["items"] = new JsonObject { ["const"] = 1 } };
        }

        var lengths = new JsonArray();
        foreach (var length in shape.Dimensions)
        {
            lengths.Add(length == Shape.Variable ? new JsonObject { ["type"] = "integer", ["minimum"] = 0 } : new JsonObject { ["const"] = length });
        }

        return new JsonObject
        {
            ["type"] = "array",
            ["prefixItems"] = lengths,
            ["items"] = false,

            // A vector's one element may come as a scalar.
            ["minItems"] = shape.Rank == 1 && shape.Accepts([1]) ? 0 : shape.Rank,
        };
    }

    /// <summary>A tensor: name, datatype, shape, and its data in JSON or behind it.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="isInput">Whether it belongs to a request, which has to say where the data is.</param>
    public static JsonObject CreateTensor(TensorSpec tensor, bool isInput)
    {
        var properties = new JsonObject
        {
            ["name"] = new JsonObject { ["const"] = tensor.Name },
            ["datatype"] = new JsonObject { ["const"] = tensor.DataType.Name },
            ["shape"] = CreateShape(tensor.Shape),
            ["parameters"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["binary_data_size"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0 } },
            },
        };
        var isInJson = TensorDataReader.CanCarry(tensor.DataType);
        if (isInJson)
        {
            properties["data"] = ReferToData(tensor.DataType);
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray("name", "datatype", "shape") };
        if (isInput)
        {
            var isBehind = new JsonObject { ["required"] = new JsonArray("parameters"), ["properties"] = new JsonObject { ["parameters"] = new JsonObject { ["required"] = new JsonArray("binary_data_size") } } };
            schema["oneOf"] = isInJson ? new JsonArray(new JsonObject { ["required"] = new JsonArray("data") }, isBehind) : new JsonArray(isBehind);
        }

        return schema;
    }

    private static JsonObject CreateElement(DataType dataType) => dataType switch
    {
        DataType.Bool => new JsonObject { ["type"] = "boolean" },
        DataType.Bytes => new JsonObject { ["type"] = "string" },
        DataType.Float32 or DataType.Float64 => new JsonObject { ["type"] = "number" },
        DataType.UInt8 => Between(0, byte.MaxValue),
        DataType.UInt16 => Between(0, ushort.MaxValue),
        DataType.UInt32 => Between(0, uint.MaxValue),
        DataType.UInt64 => Between(0, ulong.MaxValue),
        DataType.Int8 => Between(sbyte.MinValue, sbyte.MaxValue),
        DataType.Int16 => Between(short.MinValue, short.MaxValue),
        DataType.Int32 => Between(int.MinValue, int.MaxValue),
        _ => Between(long.MinValue, long.MaxValue),
    };

    private static JsonObject Between(decimal minimum, decimal maximum) => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
}
