namespace Camshaft.Transport.Wire;

/// <summary>The numbers of the binary protocol; <c>docs/protocol.md</c> says what they mean.</summary>
public static class WireFormat
{
    /// <summary>The version of the protocol that this is.</summary>
    public const int Version = 1;

    /// <summary>The bytes of every frame's head.</summary>
    public const int HeadByteSize = 64;

    /// <summary>Every length is a multiple of this.</summary>
    public const int Alignment = 8;

    /// <summary>Each tensor's data begins at a multiple of this, counted from its frame's head.</summary>
    public const int DataAlignment = 64;

    /// <summary>The most bytes of a frame without its tensors' data: what a receiver needs room for to understand it.</summary>
    public const int LongestPreface = 64 << 10;

    /// <summary>The most bytes that may follow a head; more is taken for noise.</summary>
    public const long LongestBody = 1L << 40;

    /// <summary>How many tags an infer may carry.</summary>
    public const int MostTags = 16;

    /// <summary>The longest text of a trace state, in bytes.</summary>
    public const int LongestTraceState = 512;

    /// <summary>The length of a trace parent: version, trace id, parent id, flags.</summary>
    public const int TraceParentByteSize = 26;

    /// <summary>The longest name of a program in a hello, in bytes.</summary>
    public const int LongestAgent = 256;

    /// <summary>A window that is never used up.</summary>
    public const long UnboundedCredit = long.MaxValue;

    /// <summary>The four bytes that every frame begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "CAMS"u8;

    /// <summary>Rounds a length up to a multiple of <see cref="Alignment"/>.</summary>
    public static int Align(int byteSize) => (byteSize + (Alignment - 1)) & -Alignment;

    /// <summary>Rounds a length up to a multiple of <see cref="Alignment"/>.</summary>
    public static long Align(long byteSize) => (byteSize + (Alignment - 1)) & -Alignment;

    internal static bool IsAligned(long byteSize) => (byteSize & (Alignment - 1)) == 0;

    internal static bool IsZero(ReadOnlySpan<byte> reserved) => !reserved.ContainsAnyExcept((byte)0);
}
