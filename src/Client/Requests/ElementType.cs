using Camshaft.Backends;

namespace Camshaft.Client.Requests;

/// <summary>Which datatype a .NET type is, worked out once for each.</summary>
internal static class ElementType<T>
    where T : unmanaged
{
    private static readonly DataType DataType =
        typeof(T) == typeof(bool) ? DataType.Bool
        : typeof(T) == typeof(byte) ? DataType.UInt8
        : typeof(T) == typeof(ushort) ? DataType.UInt16
        : typeof(T) == typeof(uint) ? DataType.UInt32
        : typeof(T) == typeof(ulong) ? DataType.UInt64
        : typeof(T) == typeof(sbyte) ? DataType.Int8
        : typeof(T) == typeof(short) ? DataType.Int16
        : typeof(T) == typeof(int) ? DataType.Int32
        : typeof(T) == typeof(long) ? DataType.Int64
        : typeof(T) == typeof(Half) ? DataType.Float16
        : typeof(T) == typeof(float) ? DataType.Float32
        : typeof(T) == typeof(double) ? DataType.Float64
        : DataType.Invalid;

    /// <summary>The datatype.</summary>
    /// <exception cref="ArgumentException">None has this type.</exception>
    public static DataType Require() => DataType != DataType.Invalid
        ? DataType
        : throw new ArgumentException($"No datatype has elements of type {typeof(T)}; BF16 and BYTES are raw.");
}
