using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of an open's head. The model's name follows the fields.</summary>
/// <param name="Version">The model's version; <see cref="HighestReady"/> for the highest that is ready.</param>
/// <param name="NameByteSize">The bytes of the name.</param>
public readonly record struct OpenHead(long Version, int NameByteSize)
{
    /// <summary>Stands for the highest version that is ready.</summary>
    public const long HighestReady = -1;

    /// <summary>Reads it from a whole head.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, in FrameHead frame, out OpenHead open)
    {
        open = new OpenHead(BinaryPrimitives.ReadInt64LittleEndian(head[32..]), BinaryPrimitives.ReadInt32LittleEndian(head[60..]));
        return open.Version < HighestReady ? WireFault.Number
            : !WireFormat.IsZero(head[40..60]) ? WireFault.Reserved
            : TextBlock.Check(frame, open.NameByteSize);
    }

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head)
    {
        BinaryPrimitives.WriteInt64LittleEndian(head[32..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(head[60..], NameByteSize);
    }
}
