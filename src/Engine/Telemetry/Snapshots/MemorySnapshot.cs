namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>The memory of the engine at one moment, in bytes.</summary>
public sealed record MemorySnapshot
{
    /// <summary>The budget of requests' tensors.</summary>
    public long TensorBudgetByteSize { get; init; }

    /// <summary>What of it is reserved or leased.</summary>
    public long TensorUsedByteSize { get; init; }

    /// <summary>What the pool has taken from the system: in use, and kept for reuse.</summary>
    public long TensorAllocatedByteSize { get; init; }

    /// <summary>How many leases of tensors are out.</summary>
    public long TensorLeaseCount { get; init; }

    /// <summary>The bytes that were copied to, from and between tensors so far.</summary>
    public long TensorCopiedByteSize { get; init; }

    /// <summary>The budget of models; <see cref="long.MaxValue"/> = no bound.</summary>
    public long ModelBudgetByteSize { get; init; }

    /// <summary>What models take of it, those that are being loaded included.</summary>
    public long ModelUsedByteSize { get; init; }

    /// <summary>The most that they ever took.</summary>
    public long ModelPeakByteSize { get; init; }
}
