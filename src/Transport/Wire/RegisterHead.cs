using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of a register's head. The object's name, when it has one, follows the fields.</summary>
/// <param name="Region">The region's number, by which tensors refer to it.</param>
/// <param name="Kind">How the object is named.</param>
/// <param name="Offset">Where in the object the region begins.</param>
/// <param name="ByteSize">How many bytes it has.</param>
/// <param name="NameByteSize">The bytes of the name.</param>
public readonly record struct RegisterHead(uint Region, RegionKind Kind, long Offset, long ByteSize, int NameByteSize)
{
    /// <summary>Reads it from a whole head.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, in FrameHead frame, out RegisterHead register)
    {
        register = new RegisterHead(
            BinaryPrimitives.ReadUInt32LittleEndian(head[32..]),
            (RegionKind)head[36],
            BinaryPrimitives.ReadInt64LittleEndian(head[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[48..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[60..]));
        return register.Offset < 0 || register.ByteSize < 0 || register.Kind is not (RegionKind.Sealed or RegionKind.Named) ? WireFault.Number
            : !WireFormat.IsZero(head[37..40]) || !WireFormat.IsZero(head[56..60]) ? WireFault.Reserved
            : TextBlock.Check(frame, register.NameByteSize);
    }

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Region);
        head[36] = (byte)Kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[40..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(head[48..], ByteSize);
        BinaryPrimitives.WriteInt32LittleEndian(head[60..], NameByteSize);
    }
}
