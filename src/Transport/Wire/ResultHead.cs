using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of the head of a result or a part. A table of <see cref="TensorEntry"/> follows the fields.</summary>
/// <param name="Sequence">How many parts came before.</param>
/// <param name="OutputCount">How many outputs are in the table.</param>
/// <param name="TableByteSize">The bytes of the table, a multiple of 8.</param>
/// <param name="Version">The model's version that ran.</param>
public readonly record struct ResultHead(uint Sequence, int OutputCount, int TableByteSize, long Version)
{
    /// <summary>Reads it from a whole head.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, in FrameHead frame, out ResultHead result)
    {
        result = new ResultHead(
            BinaryPrimitives.ReadUInt32LittleEndian(head[32..]),
            BinaryPrimitives.ReadUInt16LittleEndian(head[36..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[48..]));
        return result.Version < 0 ? WireFault.Number
            : !WireFormat.IsZero(head[38..40]) || !WireFormat.IsZero(head[44..48]) || !WireFormat.IsZero(head[56..64]) ? WireFault.Reserved
            : TensorTable.Check(frame, result.TableByteSize, result.OutputCount);
    }

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Sequence);
        BinaryPrimitives.WriteUInt16LittleEndian(head[36..], checked((ushort)OutputCount));
        BinaryPrimitives.WriteInt32LittleEndian(head[40..], TableByteSize);
        BinaryPrimitives.WriteInt64LittleEndian(head[48..], Version);
    }
}
