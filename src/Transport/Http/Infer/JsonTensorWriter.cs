using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Camshaft.Backends;

namespace Camshaft.Transport.Http.Infer;

/// <summary>Writes a tensor's elements as JSON values. Floats in the shortest form that reads back as the same number; what is no number as Triton writes it.</summary>
internal static class JsonTensorWriter
{
    /// <summary>Whether every element of a tensor can be written: text must be UTF-8.</summary>
    public static bool CanWrite(in TensorView tensor)
    {
        if (tensor.DataType != DataType.Bytes)
        {
            return TensorDataReader.CanCarry(tensor.DataType);
        }

        ReadOnlySpan<byte> rest = tensor.Bytes;
        while (BytesTensor.TryReadElement(ref rest, out var element))
        {
            if (!Utf8.IsValid(element))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes some of the elements.</summary>
    /// <param name="writer">Inside an array.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="offset">The byte to begin at, that of an element.</param>
    /// <param name="count">How many elements at most.</param>
    /// <returns>The byte to go on at; the tensor's byte size at its end.</returns>
    public static int Write(Utf8JsonWriter writer, in TensorView tensor, int offset, int count)
    {
        var bytes = tensor.Bytes[offset..];
        if (tensor.DataType == DataType.Bytes)
        {
            return (int)tensor.ByteSize - WriteBytes(writer, bytes, count);
        }

        bytes = bytes[..Math.Min(bytes.Length, count * tensor.DataType.ByteSize)];
        switch (tensor.DataType)
        {
            case DataType.Bool: WriteBool(writer, bytes); break;
            case DataType.UInt8: WriteUnsigned<byte>(writer, bytes); break;
            case DataType.Int8: WriteSigned<sbyte>(writer, MemoryMarshal.Cast<byte, sbyte>(bytes)); break;
            case DataType.UInt16: WriteUnsigned<ushort>(writer, MemoryMarshal.Cast<byte, ushort>(bytes)); break;
            case DataType.Int16: WriteSigned<short>(writer, MemoryMarshal.Cast<byte, short>(bytes)); break;
            case DataType.UInt32: WriteUnsigned<uint>(writer, MemoryMarshal.Cast<byte, uint>(bytes)); break;
            case DataType.Int32: WriteSigned<int>(writer, MemoryMarshal.Cast<byte, int>(bytes)); break;
            case DataType.UInt64: WriteUnsigned<ulong>(writer, MemoryMarshal.Cast<byte, ulong>(bytes)); break;
            case DataType.Int64: WriteSigned<long>(writer, MemoryMarshal.Cast<byte, long>(bytes)); break;
            case DataType.Float32: WriteFloat32(writer, MemoryMarshal.Cast<byte, float>(bytes)); break;
            case DataType.Float64: WriteFloat64(writer, MemoryMarshal.Cast<byte, double>(bytes)); break;
            default: throw new ArgumentOutOfRangeException(nameof(tensor), tensor.DataType, "JSON cannot carry this datatype.");
        }

        return offset + bytes.Length;
    }

    private static int WriteBytes(Utf8JsonWriter writer, ReadOnlySpan<byte> rest, int count)
    {
        for (; count > 0 && BytesTensor.TryReadElement(ref rest, out var element); count--)
        {
            writer.WriteStringValue(element);
        }

        return rest.Length;
    }

    private static void WriteBool(Utf8JsonWriter writer, ReadOnlySpan<byte> elements)
    {
        foreach (var element in elements)
        {
            writer.WriteBooleanValue(element != 0);
        }
    }

    private static void WriteSigned<T>(Utf8JsonWriter writer, ReadOnlySpan<T> elements)
        where T : IBinaryInteger<T>
    {
        foreach (var element in elements)
        {
            writer.WriteNumberValue(long.CreateTruncating(element));
        }
    }

    private static void WriteUnsigned<T>(Utf8JsonWriter writer, ReadOnlySpan<T> elements)
        where T : IBinaryInteger<T>
    {
        foreach (var element in elements)
        {
            writer.WriteNumberValue(ulong.CreateTruncating(element));
        }
    }

    private static void WriteFloat32(Utf8JsonWriter writer, ReadOnlySpan<float> elements)
    {
        foreach (var element in elements)
        {
            if (float.IsFinite(element))
            {
                writer.WriteNumberValue(element);
            }
            else
            {
                WriteNoNumber(writer, element);
            }
        }
    }

    private static void WriteFloat64(Utf8JsonWriter writer, ReadOnlySpan<double> elements)
    {
        foreach (var element in elements)
        {
            if (double.IsFinite(element))
            {
                writer.WriteNumberValue(element);
            }
            else
            {
                WriteNoNumber(writer, element);
            }
        }
    }

    private static void WriteNoNumber(Utf8JsonWriter writer, double element) =>
        writer.WriteRawValue(double.IsNaN(element) ? "NaN"u8 : element > 0 ? "Infinity"u8 : "-Infinity"u8, skipInputValidation: true);
}
