using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>
/// What a policy may know of one queue: the requests of one model version and shape bucket, which may share a batch. A
/// plain value in an array of the scheduler's; policies never see a request or a lock. All zero = a free place.
/// </summary>
/// <remarks>
/// Every time is a moment or a length in ticks of the engine's clock. The scheduler updates the counts and the fields of
/// the head under its lock whenever a request is queued, taken, dropped or withdrawn, before it asks the policy again.
/// </remarks>
public struct QueueState
{
    /// <summary>The place of its model among <see cref="DeviceState.Models"/>. Set when the queue is added.</summary>
    public int Model { get; set; }

    /// <summary>How many requests wait.</summary>
    public int Depth { get; set; }

    /// <summary>How many rows they have together; the same as <see cref="Depth"/> where each request is one row.</summary>
    public int Rows { get; set; }

    /// <summary>How many batches from this queue run now. Plus one when a run is decided, minus one when it has ended.</summary>
    public int Running { get; set; }

    /// <summary>How long its batches take and how large they should be. Set when the queue is added; replaced when the profile has drifted or the run bound has changed. Never null while requests wait.</summary>
    public BatchPlan Plan { get; set; }

    /// <summary>How many rows the head has, 1 or more while requests wait.</summary>
    public int HeadRows { get; set; }

    /// <summary>The head's place in the order of arrival over all queues of the device; <see cref="long.MaxValue"/> = no head.</summary>
    public long HeadSequence { get; set; }

    /// <summary>When the head was queued; 0 = no head.</summary>
    public long HeadQueued { get; set; }

    /// <summary>When the head's hard deadline passes, which its client set: work after it is worth nothing; <see cref="long.MaxValue"/> = never.</summary>
    public long HeadDeadline { get; set; }

    /// <summary>When the head misses its model's objective: the moment of its last byte plus <see cref="ModelUse.LatencyTicks"/>; <see cref="long.MaxValue"/> = no objective.</summary>
    public long HeadSoftDeadline { get; set; }

    /// <summary>The head's priority among requests: 1 = highest; beyond 127 counts as 127.</summary>
    public int HeadPriority { get; set; }
}
