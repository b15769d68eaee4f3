using System.Buffers.Binary;
using Camshaft.Backends;

namespace Camshaft.Transport.Wire;

/// <summary>The second half of the head of an error or a go-away. The message follows the fields.</summary>
/// <param name="Code">How it ended.</param>
/// <param name="Microseconds">Of an error: in what time another try may succeed. Of a go-away: for what time the sender goes on answering. 0 = not known.</param>
/// <param name="MessageByteSize">The bytes of the message.</param>
public readonly record struct StatusHead(StatusCode Code, long Microseconds, int MessageByteSize)
{
    /// <summary>Reads it from a whole head. A code that this version does not know is <see cref="StatusCode.Internal"/>.</summary>
    public static WireFault TryRead(ReadOnlySpan<byte> head, in FrameHead frame, out StatusHead status)
    {
        var code = (StatusCode)head[32];
        status = new StatusHead(
            code <= StatusCode.Internal ? code : StatusCode.Internal,
            BinaryPrimitives.ReadInt64LittleEndian(head[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[60..]));
        return status.Microseconds < 0 ? WireFault.Number
            : !WireFormat.IsZero(head[33..40]) || !WireFormat.IsZero(head[48..60]) ? WireFault.Reserved
            : TextBlock.Check(frame, status.MessageByteSize);
    }

    /// <summary>Writes it into a head whose first half is written.</summary>
    public void Write(Span<byte> head)
    {
        head[32] = (byte)Code;
        BinaryPrimitives.WriteInt64LittleEndian(head[40..], Microseconds);
        BinaryPrimitives.WriteInt32LittleEndian(head[60..], MessageByteSize);
    }
}
