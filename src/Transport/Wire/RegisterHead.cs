using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of a register's head. The object's name, when it has one, follows the fields; of CUDA memory the handle does.</summary>
/// <param name="Region">The region's number, by which tensors refer to it.</param>
/// <param name="Kind">How the object is named.</param>
/// <param name="Offset">Where in the object the region begins.</param>
/// <param name="ByteSize">How many bytes it has.</param>
/// <param name="NameByteSize">The bytes of the name or the handle.</param>
public readonly record struct RegisterHead(uint Region, RegionKind Kind, long Offset, long ByteSize, int NameByteSize)
{
    /// <summary>The bytes of the handle of CUDA memory.</summary>
    public const int HandleByteSize = 64;

    /// <summary>Of CUDA memory: the number of the GPU that it is on, as the server counts. Otherwise 0.</summary>
    public uint Ordinal { get; init; }

    /// <summary>Reads it from a whole head.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, in FrameHead frame, out RegisterHead register)
    {
        register = new RegisterHead(
            BinaryPrimitives.ReadUInt32LittleEndian(head[32..]),
            (RegionKind)head[36],
            BinaryPrimitives.ReadInt64LittleEndian(head[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[48..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[60..]))
        {
            Ordinal = BinaryPrimitives.ReadUInt32LittleEndian(head[56..]),
        };
        var isCuda = register.Kind == RegionKind.Cuda;
        return register.Offset < 0 || register.ByteSize < 0 || register.Kind is < RegionKind.Sealed or > RegionKind.Cuda ? WireFault.Number
            : !WireFormat.IsZero(head[37..40]) || (!isCuda && register.Ordinal != 0) ? WireFault.Reserved
            : isCuda && register.NameByteSize != HandleByteSize ? WireFault.Text
            : TextBlock.Check(frame, register.NameByteSize);
    }

    /// <summary>Takes the handle of CUDA memory out of a frame whose head was read.</summary>
    public static ReadOnlySpan<byte> GetHandle(ReadOnlySpan<byte> bytes, in FrameHead frame) => bytes.Slice(WireFormat.HeadByteSize + frame.FieldsByteSize, HandleByteSize);

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Region);
        head[36] = (byte)Kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[40..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(head[48..], ByteSize);
        BinaryPrimitives.WriteUInt32LittleEndian(head[56..], Ordinal);
        BinaryPrimitives.WriteInt32LittleEndian(head[60..], NameByteSize);
    }
}
