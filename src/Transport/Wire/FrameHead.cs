using System.Buffers.Binary;

namespace Camshaft.Transport.Wire;

/// <summary>The first half of every head: where the frame ends, what it is and whom it is about. All that a receiver needs to skip it.</summary>
/// <param name="Kind">What the frame is; may be a kind that this version does not know.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="FieldsByteSize">The bytes of fields after the head, a multiple of 8.</param>
/// <param name="BodyByteSize">All bytes after the head, a multiple of 8.</param>
/// <param name="Id">The request, or 0.</param>
/// <param name="Credit">The bytes of credit that the sender gives back; 0 or more.</param>
public readonly record struct FrameHead(FrameKind Kind, FrameFlags Flags, int FieldsByteSize, long BodyByteSize, ulong Id, long Credit)
{
    private const int KindOffset = 4;
    private const int FlagsOffset = 5;
    private const int FieldsOffset = 6;
    private const int BodyOffset = 8;
    private const int IdOffset = 16;
    private const int CreditOffset = 24;
    private const int OwnOffset = 32;

    /// <summary>A frame without flags, fields and credit.</summary>
    public FrameHead(FrameKind kind, ulong id, long bodyByteSize)
        : this(kind, FrameFlags.None, 0, bodyByteSize, id, 0)
    {
    }

    /// <summary>All bytes of the frame.</summary>
    public long FrameByteSize => WireFormat.HeadByteSize + BodyByteSize;

    /// <summary>Whether the frame carries tensors, and so takes credit.</summary>
    public bool TakesCredit => Kind is FrameKind.Infer or FrameKind.Result or FrameKind.Part;

    /// <summary>Whether this version knows the kind.</summary>
    public bool IsKnown => Kind is >= FrameKind.Hello and <= FrameKind.Unregister;

    /// <summary>Reads a head, as far as it is there: bytes of another protocol are seen from the first one that differs.</summary>
    /// <param name="bytes">The bytes from the frame's first on, possibly fewer than a head, possibly more.</param>
    /// <param name="head">The head; default unless the result is <see cref="WireFault.None"/>.</param>
    public static WireFault TryRead(ReadOnlySpan<byte> bytes, out FrameHead head)
    {
        head = default;
        var seen = Math.Min(bytes.Length, WireFormat.Magic.Length);
        if (!bytes[..seen].SequenceEqual(WireFormat.Magic[..seen]))
        {
            return WireFault.NotAFrame;
        }

        if (bytes.Length < WireFormat.HeadByteSize)
        {
            return WireFault.Incomplete;
        }

        var read = new FrameHead(
            (FrameKind)bytes[KindOffset],
            (FrameFlags)bytes[FlagsOffset],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[FieldsOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[BodyOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[IdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[CreditOffset..]));
        var fault = read.Check();
        head = fault == WireFault.None ? read : default;
        return fault;
    }

    /// <summary>Writes the head; what the kind says in its second half comes after and is zero until then.</summary>
    /// <param name="frame">The frame's first bytes, at least a head.</param>
    public void Write(Span<byte> frame)
    {
        WireFormat.Magic.CopyTo(frame);
        frame[KindOffset] = (byte)Kind;
        frame[FlagsOffset] = (byte)Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[FieldsOffset..], checked((ushort)FieldsByteSize));
        BinaryPrimitives.WriteInt64LittleEndian(frame[BodyOffset..], BodyByteSize);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[IdOffset..], Id);
        BinaryPrimitives.WriteInt64LittleEndian(frame[CreditOffset..], Credit);
        frame[OwnOffset..WireFormat.HeadByteSize].Clear();
    }

    private WireFault Check()
    {
        if (BodyByteSize is < 0 or > WireFormat.LongestBody || !WireFormat.IsAligned(BodyByteSize) || !WireFormat.IsAligned(FieldsByteSize) || FieldsByteSize > BodyByteSize)
        {
            return WireFault.Length;
        }

        if (Credit < 0)
        {
            return WireFault.Number;
        }

        // What else an unknown kind may have, only those who know it can say.
        return IsKnown ? CheckKnown() : WireFault.None;
    }

    private WireFault CheckKnown()
    {
        var flags = FrameFlags.MayBeIgnored | (Kind == FrameKind.Error ? FrameFlags.NotBegun | FrameFlags.OpenAgain : FrameFlags.None);
        if ((Flags & ~flags) != 0)
        {
            return WireFault.Reserved;
        }

        if (!TakesCredit && FrameByteSize > WireFormat.LongestPreface)
        {
            return WireFault.Length;
        }

        return Kind switch
        {
            FrameKind.Ping or FrameKind.Pong => WireFault.None,
            FrameKind.Hello or FrameKind.Credit or FrameKind.GoAway => Id == 0 ? WireFault.None : WireFault.Id,
            _ => Id != 0 ? WireFault.None : WireFault.Id,
        };
    }
}
