namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>The .NET runtime and the process at one moment.</summary>
public sealed record RuntimeSnapshot
{
    /// <summary>How long garbage collections have held all threads since the process began.</summary>
    public TimeSpan CollectionPauseTime { get; init; }

    /// <summary>How many collections there were, by generation.</summary>
    public IReadOnlyList<int> CollectionCounts { get; init; } = [];

    /// <summary>The bytes of the managed heap after the last collection.</summary>
    public long HeapByteSize { get; init; }

    /// <summary>The bytes that were ever allocated there.</summary>
    public long AllocatedByteSize { get; init; }

    /// <summary>How many threads the thread pool has.</summary>
    public int PoolThreadCount { get; init; }

    /// <summary>How many work items wait for one of them.</summary>
    public long PoolQueueLength { get; init; }

    /// <summary>How many work items it has done.</summary>
    public long PoolCompletedCount { get; init; }

    /// <summary>The processor time of the process.</summary>
    public TimeSpan ProcessorTime { get; init; }

    /// <summary>The bytes of physical memory that the process has.</summary>
    public long ResidentByteSize { get; init; }

    /// <summary>Looks at them now.</summary>
    public static RuntimeSnapshot Read() => new()
    {
        CollectionPauseTime = GC.GetTotalPauseDuration(),
        CollectionCounts = [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)],
        HeapByteSize = GC.GetGCMemoryInfo().HeapSizeBytes,
        AllocatedByteSize = GC.GetTotalAllocatedBytes(),
        PoolThreadCount = ThreadPool.ThreadCount,
        PoolQueueLength = ThreadPool.PendingWorkItemCount,
        PoolCompletedCount = ThreadPool.CompletedWorkItemCount,
        ProcessorTime = Environment.CpuUsage.TotalTime,
        ResidentByteSize = Environment.WorkingSet,
    };
}
