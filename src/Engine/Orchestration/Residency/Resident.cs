using Camshaft.Engine.Models;

namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>A version that has bytes of the budget: while it is loaded, and from the reservation for its load to the end of its unload. One thread at a time.</summary>
internal sealed class Resident(ModelVersion version, VersionHistory history, long byteSize, TimeSpan now)
{
    // The request that had it loaded may be lost on its way; a model is not kept for it longer than that.
    private static readonly TimeSpan LongestPromise = TimeSpan.FromSeconds(1);

    private long _promisedCount;

    public ModelVersion Version => version;

    public VersionHistory History => history;

    /// <summary>What it has of the budget.</summary>
    public long ByteSize { get; set; } = byteSize;

    /// <summary>When it got its bytes, and then since when it serves.</summary>
    public TimeSpan Since { get; private set; } = now;

    /// <summary>Whether it serves; before that it is being loaded.</summary>
    public bool IsServing { get; private set; }

    /// <summary>Since when it is on its way out of memory; null = it is not.</summary>
    public TimeSpan? LeavingSince { get; set; }

    /// <summary>How many requests to it have ended, since it was loaded for the first time.</summary>
    public long RequestCount => version.Recorder.TotalCount;

    /// <summary>Takes note that it serves.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="awaitedBy">How many requests have waited for it, and are to find it.</param>
    public void BeginServing(TimeSpan now, int awaitedBy)
    {
        Since = now;
        IsServing = true;
        _promisedCount = RequestCount + awaitedBy;
    }

    /// <summary>Whether it may be taken out of memory now.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="minimumResidency">How long it is to stay unless its configuration says otherwise.</param>
    public bool MayLeave(TimeSpan now, TimeSpan minimumResidency)
    {
        var memory = version.Configuration.Memory;
        var age = now - Since;

        // One that was taken out of service keeps its memory until it is unloaded by a call.
        return IsServing && LeavingSince is null && version.State == ModelState.Ready && !memory.IsPinned && age >= (memory.MinimumResidency ?? minimumResidency)
            && (age >= LongestPromise || RequestCount + version.LeaseCount >= _promisedCount);
    }

    /// <summary>Takes note of how many requests there have been.</summary>
    public void UpdateFrequency(TimeSpan now) => history.Frequency.Update(now, RequestCount);

    public EvictionCandidate Describe(TimeSpan now) => new(ByteSize, history.Frequency.GetRate(now), history.ReloadTime);
}
