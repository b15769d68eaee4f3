using System.Buffers.Binary;

namespace Camshaft.Testing.Cuda.Ptx.Instructions;

/// <summary>Values as they lie in memory, the lowest byte first.</summary>
internal static class Bytes
{
    /// <summary>Reads a value. One with a sign fills wider registers with it.</summary>
    public static ulong Read(ReadOnlySpan<byte> bytes, PtxType type) => (ulong)type.Extend(type.ByteSize switch
    {
        1 => bytes[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    });

    /// <summary>Writes a value's lowest bytes.</summary>
    public static void Write(Span<byte> bytes, PtxType type, ulong value)
    {
        switch (type.ByteSize)
        {
            case 1:
                bytes[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
                break;
        }
    }
}
