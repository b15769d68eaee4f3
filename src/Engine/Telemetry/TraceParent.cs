using System.Buffers.Binary;
using System.Globalization;

namespace Camshaft.Engine.Telemetry;

/// <summary>
/// W3C trace context: which trace a request belongs to, and which span of it caused the request. Plain numbers, so that it
/// costs no memory. The default value stands for none.
/// </summary>
/// <param name="TraceId">The trace; 0 = none.</param>
/// <param name="SpanId">The span in it.</param>
/// <param name="IsSampled">Whether who began the trace records it.</param>
public readonly record struct TraceParent(UInt128 TraceId, ulong SpanId, bool IsSampled)
{
    private const int TextLength = 55;

    /// <summary>Whether there is a trace.</summary>
    public bool Exists => TraceId != UInt128.Zero;

    /// <summary>The trace's id as it is written everywhere: 32 hexadecimal digits.</summary>
    public string TraceIdText => TraceId.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>The span's id as it is written everywhere: 16 hexadecimal digits.</summary>
    public string SpanIdText => SpanId.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Reads the header <c>traceparent</c>: <c>00-(trace)-(span)-(flags)</c>; of later versions what this one knows.</summary>
    /// <returns><see langword="false"/>: it is none, and is to be treated as absent.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TraceParent parent)
    {
        parent = default;
        if (text.Length < TextLength || text[2] != '-' || text[35] != '-' || text[52] != '-'
            || text.ContainsAnyInRange('A', 'F')
            || !byte.TryParse(text[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var version)
            || version == byte.MaxValue
            || (version == 0 && text.Length != TextLength)
            || (text.Length > TextLength && text[TextLength] != '-')
            || !UInt128.TryParse(text.Slice(3, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var traceId)
            || !ulong.TryParse(text.Slice(36, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var spanId)
            || !byte.TryParse(text.Slice(53, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var flags)
            || traceId == UInt128.Zero || spanId == 0)
        {
            return false;
        }

        parent = new TraceParent(traceId, spanId, (flags & 1) != 0);
        return true;
    }

    /// <summary>Reads the binary form: version, trace, span, flags in 26 bytes, most significant first.</summary>
    /// <returns><see langword="false"/>: it is none, and is to be treated as absent.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TraceParent parent)
    {
        parent = default;
        if (bytes.Length < 26)
        {
            return false;
        }

        var read = new TraceParent(BinaryPrimitives.ReadUInt128BigEndian(bytes[1..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[17..]), (bytes[25] & 1) != 0);
        if (read.TraceId == UInt128.Zero || read.SpanId == 0)
        {
            return false;
        }

        parent = read;
        return true;
    }
}
