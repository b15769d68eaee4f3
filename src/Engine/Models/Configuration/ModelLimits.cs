namespace Camshaft.Engine.Models.Configuration;

/// <summary>What one version of a model may use.</summary>
public sealed record ModelLimits
{
    /// <summary>How many batches of it may run at once (Triton's instance count); null = as many as the device has lanes.</summary>
    public int? Concurrency { get; init; }

    /// <summary>How many requests may wait; null = the server's default.</summary>
    public int? QueueSize { get; init; }

    /// <summary>How many threads one run may use. Default: 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>How many bytes of a GPU's memory it and its batches may take; null = as many as there are.</summary>
    public long? DeviceMemoryBytes { get; init; }

    /// <summary>The part of a GPU's multiprocessors, 0 to 1, that are its own: its kernels run there and nowhere else, and no other model's share has any of them. Default: 0 = none.</summary>
    public double DeviceShare { get; init; }
}
