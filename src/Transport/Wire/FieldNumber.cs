namespace Camshaft.Transport.Wire;

/// <summary>The fields that this version knows.</summary>
public enum FieldNumber : ushort
{
    /// <summary>No field; never sent.</summary>
    None = 0,

    /// <summary>W3C trace context in binary, 26 bytes.</summary>
    TraceParent = 1,

    /// <summary>The text of W3C's <c>tracestate</c>.</summary>
    TraceState = 2,

    /// <summary><c>key=value</c>; may come several times.</summary>
    Tag = 3,

    /// <summary>The key of the connection.</summary>
    ApiKey = 4,

    /// <summary>The sender's program and version.</summary>
    Agent = 5,
}
