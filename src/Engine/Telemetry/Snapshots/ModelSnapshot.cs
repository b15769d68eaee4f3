using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>A version of a model at one moment.</summary>
/// <param name="Model">
/// The version itself: its configuration, batching, plan and profile, and by <see cref="ModelVersion.Recorder"/> how long its
/// stages take, its batch sizes, and its slow and failed requests.
/// </param>
public sealed record ModelSnapshot(ModelVersion Model)
{
    /// <summary>Where it is in its life.</summary>
    public required ModelState State { get; init; }

    /// <summary>Why it is there, when that is no good place; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>What it takes of memory; nothing while it is not there.</summary>
    public MemoryFootprint Footprint { get; init; }

    /// <summary>What it takes of an accelerator's memory; null on other devices, and while it is not there.</summary>
    public DeviceMemory? DeviceMemory { get; init; }

    /// <summary>How many requests wait for a lane.</summary>
    public int QueueDepth { get; init; }

    /// <summary>How many may wait; 0 while it is not in memory.</summary>
    public int QueueLimit { get; init; }

    /// <summary>How many of its batches run.</summary>
    public int RunningCount { get; init; }

    /// <summary>How many requests have begun and not ended, wherever they are.</summary>
    public int PendingCount { get; init; }

    /// <summary>What it has counted.</summary>
    public required ModelCounts Counts { get; init; }
}
