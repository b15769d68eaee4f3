using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Camshaft.Backends;

namespace Camshaft.Server.CommandLine.Tensors;

/// <summary>Elements as JSON and as bytes, for every datatype.</summary>
internal static class ElementEncoding
{
    /// <summary>The bytes of one element.</summary>
    /// <exception cref="FormatException">The value is not one of the datatype.</exception>
    public static byte[] Encode(DataType dataType, JsonElement value)
    {
        try
        {
            return dataType switch
            {
                DataType.Bool => [value.ValueKind == JsonValueKind.Number ? (byte)(value.GetByte() <= 1 ? value.GetByte() : throw new FormatException()) : (byte)(value.GetBoolean() ? 1 : 0)],
                DataType.UInt8 => [value.GetByte()],
                DataType.Int8 => [(byte)value.GetSByte()],
                DataType.UInt16 => BitConverter.GetBytes(value.GetUInt16()),
                DataType.Int16 => BitConverter.GetBytes(value.GetInt16()),
                DataType.UInt32 => BitConverter.GetBytes(value.GetUInt32()),
                DataType.Int32 => BitConverter.GetBytes(value.GetInt32()),
                DataType.UInt64 => BitConverter.GetBytes(value.GetUInt64()),
                DataType.Int64 => BitConverter.GetBytes(value.GetInt64()),
                DataType.Float16 => BitConverter.GetBytes((Half)value.GetDouble()),
                DataType.BFloat16 => BitConverter.GetBytes(RoundToBFloat16(value.GetSingle())),
                DataType.Float32 => BitConverter.GetBytes(value.GetSingle()),
                DataType.Float64 => BitConverter.GetBytes(value.GetDouble()),
                DataType.Bytes => WithLength(Encoding.UTF8.GetBytes(value.GetString()!)),
                _ => throw new FormatException(),
            };
        }
        catch (InvalidOperationException)
        {
            throw new FormatException();
        }
    }

    /// <summary>The elements of a tensor as JSON: numbers, booleans, or text; what no JSON number can say is text too.</summary>
    public static JsonArray Decode(TensorValue tensor)
    {
        var elements = new JsonArray();
        var data = tensor.Data.Span;
        if (tensor.DataType == DataType.Bytes)
        {
            while (BytesTensor.TryReadElement(ref data, out var element))
            {
                elements.Add((JsonNode)Encoding.UTF8.GetString(element));
            }

            return elements;
        }

        for (var size = tensor.DataType.ByteSize; data.Length >= size; data = data[size..])
        {
            elements.Add(DecodeOne(tensor.DataType, data));
        }

        return elements;
    }

    private static JsonNode DecodeOne(DataType dataType, ReadOnlySpan<byte> data) => dataType switch
    {
        DataType.Bool => data[0] != 0,
        DataType.UInt8 => data[0],
        DataType.Int8 => (sbyte)data[0],
        DataType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(data),
        DataType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(data),
        DataType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(data),
        DataType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(data),
        DataType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(data),
        DataType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(data),
        DataType.Float16 => OfFloat((float)BinaryPrimitives.ReadHalfLittleEndian(data)),
        DataType.BFloat16 => OfFloat(BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(data) << 16)),
        DataType.Float32 => OfFloat(BinaryPrimitives.ReadSingleLittleEndian(data)),
        DataType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(data) is var value && double.IsFinite(value) ? value : value.ToString(),
        _ => throw new NotSupportedException(dataType.Name),
    };

    private static JsonNode OfFloat(float value) => float.IsFinite(value) ? value : value.ToString();

    // Ties go to the even neighbour, as hardware rounds.
    private static ushort RoundToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 1) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static byte[] WithLength(byte[] text)
    {
        var element = new byte[BytesTensor.PrefixByteSize + text.Length];
        var rest = element.AsSpan();
        BytesTensor.WriteElement(ref rest, text);
        return element;
    }
}
