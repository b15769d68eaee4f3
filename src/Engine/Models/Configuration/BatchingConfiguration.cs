namespace Camshaft.Engine.Models.Configuration;

/// <summary>How requests to a model join to batches.</summary>
public sealed record BatchingConfiguration
{
    /// <summary>The most rows of a batch; 1 = requests run alone; null = measured when the model is loaded.</summary>
    public int? MaxBatchSize { get; init; }

    /// <summary>The sizes that batches should have, ascending, in rows; empty = as large as they may be.</summary>
    public IReadOnlyList<int> PreferredBatchSizes { get; init; } = [];

    /// <summary>How long a request may wait for others to join it while a lane is free. Default: not at all.</summary>
    public TimeSpan MaxQueueDelay { get; init; }

    /// <summary>How many priorities requests may have, 1 = highest; a request that names none has the middle one. Default: 1.</summary>
    public int PriorityLevels { get; init; } = 1;
}
