using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Planning;

/// <summary>What a batch plan is derived from, beside the profile. Lengths of time are in ticks of the engine's clock.</summary>
public sealed record BatchPlanOptions
{
    /// <summary>How many ticks a second has.</summary>
    public required long TicksPerSecond { get; init; }

    /// <summary>The latency objective; 0 = none.</summary>
    public long LatencyTicks { get; init; }

    /// <summary>The largest batch that the model and its configuration allow, in rows; 1 = not batched.</summary>
    public int MaxRows { get; init; } = 1;

    /// <summary>Whether batches are to be as large as they may, even where the profile says that this is no quicker.</summary>
    public bool BatchesAlways { get; init; }

    /// <summary>Batch sizes to form rather than others, in ascending order; empty = any.</summary>
    public IReadOnlyList<int> PreferredRows { get; init; } = [];

    /// <summary>How long a batch may wait to become larger while a lane is free; 0 = not at all.</summary>
    public long MaxQueueDelayTicks { get; init; }

    /// <summary>
    /// How long one run may be, so that a request of another model that comes just then is still in time: half the tightest
    /// objective of the models that share the lanes. A single row that takes longer runs all the same.
    /// </summary>
    public long RunBoundTicks { get; init; } = long.MaxValue;

    /// <summary>The class that the runs have had so far, which those keep that are near its border; null = none.</summary>
    public LaneClass? LaneClass { get; init; }
}
