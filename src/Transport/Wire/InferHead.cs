using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of an infer's head. A table of <see cref="TensorEntry"/> follows the fields, inputs first.</summary>
/// <param name="Handle">The model's handle.</param>
/// <param name="InputCount">How many inputs are in the table.</param>
/// <param name="OutputCount">How many outputs are in the table; 0 = all are wanted.</param>
/// <param name="TableByteSize">The bytes of the table, a multiple of 8.</param>
/// <param name="Priority">1 = highest; 0 = the model's own.</param>
/// <param name="TimeoutMicroseconds">How much time is left; 0 = any.</param>
public readonly record struct InferHead(uint Handle, int InputCount, int OutputCount, int TableByteSize, uint Priority, long TimeoutMicroseconds)
{
    /// <summary>Reads it from a whole head.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, in FrameHead frame, out InferHead infer)
    {
        infer = new InferHead(
            BinaryPrimitives.ReadUInt32LittleEndian(head[32..]),
            BinaryPrimitives.ReadUInt16LittleEndian(head[36..]),
            BinaryPrimitives.ReadUInt16LittleEndian(head[38..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[44..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[48..]));
        return infer.TimeoutMicroseconds < 0 ? WireFault.Number
            : !WireFormat.IsZero(head[56..64]) ? WireFault.Reserved
            : TensorTable.Check(frame, infer.TableByteSize, infer.InputCount + infer.OutputCount);
    }

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Handle);
        BinaryPrimitives.WriteUInt16LittleEndian(head[36..], checked((ushort)InputCount));
        BinaryPrimitives.WriteUInt16LittleEndian(head[38..], checked((ushort)OutputCount));
        BinaryPrimitives.WriteInt32LittleEndian(head[40..], TableByteSize);
        BinaryPrimitives.WriteUInt32LittleEndian(head[44..], Priority);
        BinaryPrimitives.WriteInt64LittleEndian(head[48..], TimeoutMicroseconds);
    }
}
