using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of an opened's head. The signature follows the fields: <see cref="SignatureEntry"/>.</summary>
/// <param name="Handle">The handle.</param>
/// <param name="InputCount">How many inputs the signature has.</param>
/// <param name="OutputCount">How many outputs it has.</param>
/// <param name="Version">The version whose signature it is.</param>
public readonly record struct OpenedHead(uint Handle, int InputCount, int OutputCount, long Version)
{
    /// <summary>Reads it from a whole head.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, out OpenedHead opened)
    {
        opened = new OpenedHead(
            BinaryPrimitives.ReadUInt32LittleEndian(head[32..]),
            BinaryPrimitives.ReadUInt16LittleEndian(head[36..]),
            BinaryPrimitives.ReadUInt16LittleEndian(head[38..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[40..]));
        return opened.Version < 0 ? WireFault.Number : WireFormat.IsZero(head[48..64]) ? WireFault.None : WireFault.Reserved;
    }

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Handle);
        BinaryPrimitives.WriteUInt16LittleEndian(head[36..], checked((ushort)InputCount));
        BinaryPrimitives.WriteUInt16LittleEndian(head[38..], checked((ushort)OutputCount));
        BinaryPrimitives.WriteInt64LittleEndian(head[40..], Version);
    }
}
