using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of a hello's head. The window is the <see cref="FrameHead.Credit"/> of its first half.</summary>
/// <param name="LowestVersion">The lowest version that the sender speaks.</param>
/// <param name="HighestVersion">The highest one.</param>
/// <param name="IdleMilliseconds">When the sender closes a connection without requests; 0 = never.</param>
/// <param name="Features">The client's offer, or what is in force.</param>
/// <param name="LongestFrame">The longest infer or result that the sender takes, in bytes with its head.</param>
/// <param name="RequestLimit">How many requests may be in flight.</param>
/// <param name="HandleLimit">How many handles may be open.</param>
public readonly record struct HelloHead(
    int LowestVersion, int HighestVersion, uint IdleMilliseconds, WireFeatures Features, long LongestFrame, uint RequestLimit, uint HandleLimit)
{
    /// <summary>Reads it from a whole head. Features that are not known are an offer to be declined, and no fault.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, out HelloHead hello)
    {
        hello = new HelloHead(
            BinaryPrimitives.ReadUInt16LittleEndian(head[32..]),
            BinaryPrimitives.ReadUInt16LittleEndian(head[34..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[36..]),
            (WireFeatures)BinaryPrimitives.ReadUInt64LittleEndian(head[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[48..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[56..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[60..]));
        return hello.LongestFrame < 0 ? WireFault.Number : WireFault.None;
    }

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(head[32..], checked((ushort)LowestVersion));
        BinaryPrimitives.WriteUInt16LittleEndian(head[34..], checked((ushort)HighestVersion));
        BinaryPrimitives.WriteUInt32LittleEndian(head[36..], IdleMilliseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(head[40..], (ulong)Features);
        BinaryPrimitives.WriteInt64LittleEndian(head[48..], LongestFrame);
        BinaryPrimitives.WriteUInt32LittleEndian(head[56..], RequestLimit);
        BinaryPrimitives.WriteUInt32LittleEndian(head[60..], HandleLimit);
    }
}
