using System.Diagnostics;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Requests;

/// <summary>The W3C trace context that goes with a request.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="SpanId">The span that the server's is a child of.</param>
/// <param name="Flags">Whether it is recorded.</param>
/// <param name="State">The text of <c>tracestate</c>; null for none.</param>
internal readonly record struct TraceContext(ActivityTraceId TraceId, ActivitySpanId SpanId, ActivityTraceFlags Flags, string? State)
{
    /// <summary>Whether there is one.</summary>
    public bool Exists => TraceId != default;

    /// <summary>That of an activity; none for null and for activities with other ids than W3C's.</summary>
    public static TraceContext Of(Activity? activity) => activity is { IdFormat: ActivityIdFormat.W3C }
        ? new TraceContext(activity.TraceId, activity.SpanId, activity.ActivityTraceFlags, activity.TraceStateString is { Length: <= WireFormat.LongestTraceState } state ? state : null)
        : default;

    /// <summary>Writes it as the field has it: version, trace id, parent id, flags.</summary>
    public void Write(Span<byte> field)
    {
        field[0] = 0;
        TraceId.CopyTo(field[1..17]);
        SpanId.CopyTo(field[17..25]);
        field[25] = (byte)Flags;
    }
}
