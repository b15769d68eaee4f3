using System.Text.Json;

namespace Camshaft.Transport.Http.Infer;

/// <summary>An element reader for each datatype that JSON can carry in a fixed size. Numbers out of the datatype's range, and fractions for integers, are refused.</summary>
internal static class ElementReaders
{
    public readonly struct Bool : IElementReader<byte>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out byte value)
        {
            value = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
            return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
        }
    }

    public readonly struct UInt8 : IElementReader<byte>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out byte value) => IsNumber(ref reader, out value) && reader.TryGetByte(out value);
    }

    public readonly struct UInt16 : IElementReader<ushort>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out ushort value) => IsNumber(ref reader, out value) && reader.TryGetUInt16(out value);
    }

    public readonly struct UInt32 : IElementReader<uint>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out uint value) => IsNumber(ref reader, out value) && reader.TryGetUInt32(out value);
    }

    public readonly struct UInt64 : IElementReader<ulong>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out ulong value) => IsNumber(ref reader, out value) && reader.TryGetUInt64(out value);
    }

    public readonly struct Int8 : IElementReader<sbyte>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out sbyte value) => IsNumber(ref reader, out value) && reader.TryGetSByte(out value);
    }

    public readonly struct Int16 : IElementReader<short>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out short value) => IsNumber(ref reader, out value) && reader.TryGetInt16(out value);
    }

    public readonly struct Int32 : IElementReader<int>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out int value) => IsNumber(ref reader, out value) && reader.TryGetInt32(out value);
    }

    public readonly struct Int64 : IElementReader<long>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out long value) => IsNumber(ref reader, out value) && reader.TryGetInt64(out value);
    }

    public readonly struct Float32 : IElementReader<float>
    {
        // A number beyond the range parses as infinity.
        public static bool TryRead(ref Utf8JsonReader reader, out float value) => IsNumber(ref reader, out value) && reader.TryGetSingle(out value) && float.IsFinite(value);
    }

    public readonly struct Float64 : IElementReader<double>
    {
        public static bool TryRead(ref Utf8JsonReader reader, out double value) => IsNumber(ref reader, out value) && reader.TryGetDouble(out value) && double.IsFinite(value);
    }

    private static bool IsNumber<T>(ref Utf8JsonReader reader, out T value)
        where T : struct
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number;
    }
}
