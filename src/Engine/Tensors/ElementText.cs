using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;
using Camshaft.Backends;

namespace Camshaft.Engine.Tensors;

/// <summary>Reads elements of tensors as people write them.</summary>
internal static class ElementText
{
    /// <summary>Reads one.</summary>
    /// <param name="dataType">Its datatype.</param>
    /// <param name="text">A number; <c>true</c> or <c>false</c> for BOOL; any text for BYTES, which becomes UTF-8.</param>
    /// <param name="element">Its bytes in a tensor; null without success.</param>
    public static bool TryParse(DataType dataType, string text, [NotNullWhen(true)] out byte[]? element)
    {
        element = dataType switch
        {
            DataType.Bool => text switch { "true" or "1" => [1], "false" or "0" => [0], _ => null },
            DataType.UInt8 => Integer<byte>(text),
            DataType.UInt16 => Integer<ushort>(text),
            DataType.UInt32 => Integer<uint>(text),
            DataType.UInt64 => Integer<ulong>(text),
            DataType.Int8 => Integer<sbyte>(text),
            DataType.Int16 => Integer<short>(text),
            DataType.Int32 => Integer<int>(text),
            DataType.Int64 => Integer<long>(text),
            DataType.Float16 => Real<Half>(text, BitConverter.GetBytes),
            DataType.BFloat16 => Real<float>(text, ToBFloat16),
            DataType.Float32 => Real<float>(text, BitConverter.GetBytes),
            DataType.Float64 => Real<double>(text, BitConverter.GetBytes),
            DataType.Bytes => WithLength(Encoding.UTF8.GetBytes(text)),
            _ => null,
        };
        return element is not null;
    }

    private static byte[]? Integer<T>(string text)
        where T : struct, IBinaryInteger<T>
    {
        if (!T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var bytes = new byte[number.GetByteCount()];
        number.WriteLittleEndian(bytes);
        return bytes;
    }

    // Too large a number would become infinity; whoever means that does not write digits.
    private static byte[]? Real<T>(string text, Func<T, byte[]> toBytes)
        where T : struct, IFloatingPointIeee754<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && T.IsFinite(number) ? toBytes(number) : null;

    private static byte[] ToBFloat16(float number)
    {
        // Rounded to the nearest, ties to even.
        var bits = BitConverter.SingleToUInt32Bits(number);
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
        return bytes;
    }

    private static byte[] WithLength(byte[] text)
    {
        var element = new byte[BytesTensor.PrefixByteSize + text.Length];
        var rest = element.AsSpan();
        BytesTensor.WriteElement(ref rest, text);
        return element;
    }
}
