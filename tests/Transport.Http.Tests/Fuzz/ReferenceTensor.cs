using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Testing;
using static Camshaft.Transport.Http.Tests.Fuzz.RefusedException;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>The reference's reading of one tensor.</summary>
internal static class ReferenceTensor
{
    /// <summary>Reads an input; a binary one takes its bytes off the tail.</summary>
    public static TestTensor Read(TensorSpec spec, Dictionary<string, JsonElement> members, ref Span<byte> tail)
    {
        ThrowIf(Reference.Required(members, "datatype").GetString() != spec.DataType.Name, "datatype");
        var shape = ReadShape(spec, Reference.Required(members, "shape"));
        var parameters = members.TryGetValue("parameters", out var element) ? Reference.Members(element, "binary_data_size") : [];
        ThrowIf(parameters.ContainsKey("shared_memory_region"), "not offered");
        ThrowIf(members.ContainsKey("data") == parameters.ContainsKey("binary_data_size"), "both or neither");
        var data = members.TryGetValue("data", out var values) ? ReadJson(spec.DataType, values) : ReadBinary(parameters["binary_data_size"], ref tail);
        var count = shape.Aggregate(BigInteger.One, static (product, length) => product * length);
        ThrowIf(count != CountElements(spec.DataType, data), "count");
        return new TestTensor(spec.DataType, new Shape(shape), data);
    }

    /// <summary>The bytes of elements in JSON, nested in whatever way.</summary>
    public static byte[] ReadJson(DataType dataType, JsonElement data)
    {
        ThrowIf(data.ValueKind != JsonValueKind.Array || dataType is DataType.Float16 or DataType.BFloat16, "data");
        var bytes = new List<byte>();
        foreach (var element in data.EnumerateArray())
        {
            bytes.AddRange(element.ValueKind == JsonValueKind.Array ? ReadJson(dataType, element) : ReadElement(dataType, element));
        }

        return [.. bytes];
    }

    private static long[] ReadShape(TensorSpec spec, JsonElement element)
    {
        ThrowIf(element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > Shape.MaxRank, "shape");
        var shape = element.EnumerateArray().Select(static length => length.ValueKind == JsonValueKind.Number && length.TryGetInt64(out var value) && value >= 0 ? value : throw new RefusedException("dimension")).ToArray();
        if (spec.Shape.Rank == 0 && shape is [1])
        {
            return [];
        }

        if (spec.Shape.Rank == 1 && shape is [] && spec.Shape.Accepts([1]))
        {
            return [1];
        }

        ThrowIf(!spec.Shape.Accepts(shape), "shape");
        return shape;
    }

    private static byte[] ReadBinary(JsonElement size, ref Span<byte> tail)
    {
        ThrowIf(size.ValueKind != JsonValueKind.Number || !size.TryGetInt64(out var byteSize) || byteSize < 0 || byteSize > tail.Length, "binary_data_size");
        var bytes = tail[..(int)size.GetInt64()].ToArray();
        tail = tail[bytes.Length..];
        return bytes;
    }

    private static BigInteger CountElements(DataType dataType, byte[] data)
    {
        if (dataType.HasFixedSize)
        {
            ThrowIf(data.Length % dataType.ByteSize != 0, "byte size");
            return data.Length / dataType.ByteSize;
        }

        var count = 0;
        for (long at = 0; at < data.Length; count++)
        {
            ThrowIf(data.Length - at < 4, "a rest");
            at += 4L + BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)at));
            ThrowIf(at > data.Length, "an element past the end");
        }

        return count;
    }

    private static byte[] ReadElement(DataType dataType, JsonElement element)
    {
        switch (dataType)
        {
            case DataType.Bool:
                ThrowIf(element.ValueKind is not (JsonValueKind.True or JsonValueKind.False), "bool");
                return [(byte)(element.GetBoolean() ? 1 : 0)];
            case DataType.Bytes:
                ThrowIf(element.ValueKind != JsonValueKind.String, "string");
                var text = Encoding.UTF8.GetBytes(element.GetString()!);
                return [.. BitConverter.GetBytes(text.Length), .. text];
            case DataType.Float32:
                ThrowIf(element.ValueKind != JsonValueKind.Number, "number");
                var single = float.Parse(element.GetRawText(), CultureInfo.InvariantCulture);
                ThrowIf(!float.IsFinite(single), "range");
                return BitConverter.GetBytes(single);
            case DataType.Float64:
                ThrowIf(element.ValueKind != JsonValueKind.Number, "number");
                var real = double.Parse(element.GetRawText(), CultureInfo.InvariantCulture);
                ThrowIf(!double.IsFinite(real), "range");
                return BitConverter.GetBytes(real);
            default:
                ThrowIf(element.ValueKind != JsonValueKind.Number, "number");
                return ReadInteger(dataType, element.GetRawText());
        }
    }

    private static byte[] ReadInteger(DataType dataType, string text)
    {
        var isSigned = dataType is DataType.Int8 or DataType.Int16 or DataType.Int32 or DataType.Int64;
        ThrowIf(!BigInteger.TryParse(text, isSigned ? NumberStyles.AllowLeadingSign : NumberStyles.None, CultureInfo.InvariantCulture, out var value), "whole number");
        var values = BigInteger.One << (8 * dataType.ByteSize);
        var least = isSigned ? -values / 2 : 0;
        ThrowIf(value < least || value >= least + values, "range");

        // Two's complement: what is below zero counts down from the number of values.
        return ((value + values) % values).ToByteArray(isUnsigned: true).Concat(new byte[8]).Take(dataType.ByteSize).ToArray();
    }
}
