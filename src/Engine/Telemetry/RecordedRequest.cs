using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry;

/// <summary>One request of the past, as a recorder remembers it.</summary>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Status">How.</param>
/// <param name="Rows">How many rows it had.</param>
/// <param name="Trace">The trace that it belongs to.</param>
public readonly record struct RecordedRequest(DateTimeOffset EndedAt, InferenceStatus Status, int Rows, TraceParent Trace)
{
    private readonly StageTimes _stages;

    internal RecordedRequest(DateTimeOffset endedAt, in RequestEnd end, in StageTimes stages)
        : this(endedAt, end.Status, end.Rows, end.Trace) => _stages = stages;

    /// <summary>How long a stage of it took; zero for one that it did not pass.</summary>
    public TimeSpan GetTime(RequestStage stage) => _stages[(int)stage];
}
