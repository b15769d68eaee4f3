namespace Camshaft.Engine.Models.Configuration;

/// <summary>How requests to a model may be joined to batches.</summary>
public sealed record BatchingConfiguration
{
    /// <summary>Whether they are; null = where that was measured to be quicker.</summary>
    public bool? Enabled { get; init; }

    /// <summary>The largest batch, in rows; null = as far as the model and the memory allow.</summary>
    public int? MaxBatchSize { get; init; }

    /// <summary>Sizes to form rather than others, in ascending order; empty = what follows from the profile and the objective.</summary>
    public IReadOnlyList<int> PreferredBatchSizes { get; init; } = [];

    /// <summary>How long a batch may wait to become larger while a lane is free. Default: not at all.</summary>
    public TimeSpan MaxQueueDelay { get; init; }
}
