using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Camshaft.Backends;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// Pass two over the JSON part: reads an input's <c>data</c> straight into the tensor's memory, flat or nested in whatever
/// way, in row-major order.
/// </summary>
internal static class TensorDataReader
{
    /// <summary>Whether a datatype can be written in JSON at all; FP16 and BF16 cannot.</summary>
    public static bool CanCarry(DataType dataType) => dataType is not (DataType.Float16 or DataType.BFloat16 or DataType.Invalid);

    /// <summary>The bytes that a BYTES tensor's data takes, lengths included.</summary>
    /// <param name="json">The JSON part from the data's bracket on.</param>
    /// <param name="input">The input's name, for messages.</param>
    public static long MeasureBytes(in ReadOnlySequence<byte> json, string input)
    {
        var reader = CreateReader(json);
        long byteSize = 0;
        while (NextElement(ref reader, input))
        {
            byteSize += BytesTensor.PrefixByteSize + MeasureString(ref reader, input);
        }

        return byteSize;
    }

    /// <summary>Reads the data of a tensor.</summary>
    /// <param name="json">The JSON part from the data's bracket on.</param>
    /// <param name="tensor">The memory to fill.</param>
    /// <param name="input">The input's name, for messages.</param>
    /// <exception cref="InvalidRequestException">An element is of the wrong type or out of range, or there are too many or too few.</exception>
    public static void Read(in ReadOnlySequence<byte> json, in TensorView tensor, string input)
    {
        switch (tensor.DataType)
        {
            case DataType.Bool: Read<byte, ElementReaders.Bool>(json, tensor, input); break;
            case DataType.UInt8: Read<byte, ElementReaders.UInt8>(json, tensor, input); break;
            case DataType.UInt16: Read<ushort, ElementReaders.UInt16>(json, tensor, input); break;
            case DataType.UInt32: Read<uint, ElementReaders.UInt32>(json, tensor, input); break;
            case DataType.UInt64: Read<ulong, ElementReaders.UInt64>(json, tensor, input); break;
            case DataType.Int8: Read<sbyte, ElementReaders.Int8>(json, tensor, input); break;
            case DataType.Int16: Read<short, ElementReaders.Int16>(json, tensor, input); break;
            case DataType.Int32: Read<int, ElementReaders.Int32>(json, tensor, input); break;
            case DataType.Int64: Read<long, ElementReaders.Int64>(json, tensor, input); break;
            case DataType.Float32: Read<float, ElementReaders.Float32>(json, tensor, input); break;
            case DataType.Float64: Read<double, ElementReaders.Float64>(json, tensor, input); break;
            case DataType.Bytes: ReadBytes(json, tensor, input); break;
            default: throw new ArgumentOutOfRangeException(nameof(tensor), tensor.DataType, "JSON cannot carry this datatype.");
        }
    }

    private static void Read<T, TReader>(in ReadOnlySequence<byte> json, in TensorView tensor, string input)
        where T : unmanaged
        where TReader : struct, IElementReader<T>
    {
        var elements = MemoryMarshal.Cast<byte, T>(tensor.Bytes);
        var reader = CreateReader(json);
        var count = 0;
        while (NextElement(ref reader, input))
        {
            if (count == elements.Length)
            {
                throw WrongCount(tensor, input, $"more than {elements.Length}");
            }

            if (!TReader.TryRead(ref reader, out elements[count]))
            {
                throw new InvalidRequestException($"Input '{input}': element {count} of 'data' is {JsonText.Describe(ref reader)}, which is no {tensor.DataType.Name}.");
            }

            count++;
        }

        if (count != elements.Length)
        {
            throw WrongCount(tensor, input, $"{count}");
        }
    }

    private static void ReadBytes(in ReadOnlySequence<byte> json, in TensorView tensor, string input)
    {
        var rest = tensor.Bytes;
        var reader = CreateReader(json);
        while (NextElement(ref reader, input))
        {
            // Measured before, from the same text: it fits. The engine compares the count with the shape.
            var length = JsonText.Copy(ref reader, rest[BytesTensor.PrefixByteSize..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, length);
            rest = rest[(BytesTensor.PrefixByteSize + length)..];
        }
    }

    private static int MeasureString(ref Utf8JsonReader reader, string input)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new InvalidRequestException($"Input '{input}': an element of 'data' is {JsonText.Describe(ref reader)}; expected a string.");
        }

        return JsonText.Measure(ref reader);
    }

    private static Utf8JsonReader CreateReader(in ReadOnlySequence<byte> json)
    {
        // Pass one has checked the text; what follows the data is not this reader's.
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(JsonText.ReaderOptions));
        reader.Read();
        return reader;
    }

    /// <summary>Moves to the next element at any depth; false at the end of the data.</summary>
    private static bool NextElement(ref Utf8JsonReader reader, string input)
    {
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    continue;
                case JsonTokenType.EndArray when reader.CurrentDepth == 0:
                    return false;
                case JsonTokenType.EndArray:
                    continue;
                case JsonTokenType.StartObject or JsonTokenType.Null:
                    throw new InvalidRequestException($"Input '{input}': an element of 'data' is {JsonText.Describe(ref reader)}.");
                default:
                    return true;
            }
        }

        return false;
    }

    private static InvalidRequestException WrongCount(in TensorView tensor, string input, string count)
    {
        Shape.TryGetElementCount(tensor.Shape, out var expected);
        return new InvalidRequestException($"Input '{input}': 'data' has {count} elements; expected {expected} for shape {Shape.Format(tensor.Shape)}.");
    }
}
