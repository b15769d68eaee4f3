using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry;

/// <summary>How a request ended, for its recorder.</summary>
/// <param name="Status">With what.</param>
/// <param name="Rows">How many rows it had.</param>
/// <param name="InputByteSize">The bytes of its inputs.</param>
/// <param name="OutputByteSize">The bytes of its outputs.</param>
/// <param name="WasAccepted">Whether it was queued, or ran; otherwise it was refused before that.</param>
/// <param name="Trace">The trace that it belongs to.</param>
/// <param name="TraceState">What vendors have added to the trace; null = nothing, or nobody listens.</param>
/// <param name="Tags">The tags by which it is counted.</param>
internal readonly record struct RequestEnd(
    InferenceStatus Status, int Rows = 1, long InputByteSize = 0, long OutputByteSize = 0, bool WasAccepted = true, TraceParent Trace = default, string? TraceState = null, RequestTags Tags = default);
