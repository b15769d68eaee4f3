using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of the head of a close (the handle) or an unregister (the region).</summary>
/// <param name="Target">What is given back.</param>
public readonly record struct TargetHead(uint Target)
{
    /// <summary>Reads it from a whole head.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, out TargetHead target)
    {
        target = new TargetHead(BinaryPrimitives.ReadUInt32LittleEndian(head[32..]));
        return WireFormat.IsZero(head[36..64]) ? WireFault.None : WireFault.Reserved;
    }

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head) => BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Target);
}
