namespace Camshaft.Backends;

/// <summary>
/// The datatype of a tensor's elements, as KServe V2 and Triton know them. The values are those of Triton's
/// <c>inference.DataType</c> enumeration, so a model configuration needs no translation.
/// </summary>
public enum DataType : byte
{
    /// <summary>No datatype; the default value, never valid for a tensor.</summary>
    Invalid = 0,

    /// <summary>One byte, 0 or 1 (<c>BOOL</c>).</summary>
    Bool = 1,

    /// <summary>Unsigned 8-bit integer (<c>UINT8</c>).</summary>
    UInt8 = 2,

    /// <summary>Unsigned 16-bit integer (<c>UINT16</c>).</summary>
    UInt16 = 3,

    /// <summary>Unsigned 32-bit integer (<c>UINT32</c>).</summary>
    UInt32 = 4,

    /// <summary>Unsigned 64-bit integer (<c>UINT64</c>).</summary>
    UInt64 = 5,

    /// <summary>Signed 8-bit integer (<c>INT8</c>).</summary>
    Int8 = 6,

    /// <summary>Signed 16-bit integer (<c>INT16</c>).</summary>
    Int16 = 7,

    /// <summary>Signed 32-bit integer (<c>INT32</c>).</summary>
    Int32 = 8,

    /// <summary>Signed 64-bit integer (<c>INT64</c>).</summary>
    Int64 = 9,

    /// <summary>IEEE 754 half precision (<c>FP16</c>), <see cref="Half"/> in .NET.</summary>
    Float16 = 10,

    /// <summary>IEEE 754 single precision (<c>FP32</c>).</summary>
    Float32 = 11,

    /// <summary>IEEE 754 double precision (<c>FP64</c>).</summary>
    Float64 = 12,

    /// <summary>
    /// Byte strings of any length (<c>BYTES</c>). In memory each element is a 4-byte little-endian length and that many
    /// bytes, elements one after the other; see <see cref="BytesTensor"/>.
    /// </summary>
    Bytes = 13,

    /// <summary>The upper 16 bits of an IEEE 754 single (<c>BF16</c>), carried as raw bits.</summary>
    BFloat16 = 14,
}
