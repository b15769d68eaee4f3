using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>What a free lane should do next.</summary>
public readonly record struct SchedulingDecision
{
    private SchedulingDecision(int queue, int rows, long cpuTicks, long wallTicks, DropReason dropReason, long wakeAt)
    {
        Queue = queue;
        Rows = rows;
        CpuTicks = cpuTicks;
        WallTicks = wallTicks;
        DropReason = dropReason;
        WakeAt = wakeAt;
    }

    /// <summary>Nothing to run: wait until something changes.</summary>
    public static SchedulingDecision Idle { get; } = new(-1, 0, 0, 0, DropReason.None, long.MaxValue);

    /// <summary>The queue to take the next batch from, or whose head to drop; -1 = neither.</summary>
    public int Queue { get; }

    /// <summary>To run: how many rows the batch may have; the head goes even where it has more by itself. 0 = no run.</summary>
    public int Rows { get; }

    /// <summary>To run: the device time that the policy has booked for it, in ticks, for <see cref="ISchedulingPolicy.Account"/>.</summary>
    public long CpuTicks { get; }

    /// <summary>To run: how long the policy expects it to take beside what else runs, in ticks, for <see cref="ISchedulingPolicy.Observe"/>; 0 = it expects nothing.</summary>
    public long WallTicks { get; }

    /// <summary>To drop: why. Otherwise none.</summary>
    public DropReason DropReason { get; }

    /// <summary>Where there is nothing to run yet: when to ask again, in ticks of the engine's clock.</summary>
    public long WakeAt { get; }

    /// <summary>Whether the lane is to run a batch.</summary>
    public bool IsRun => Rows > 0;

    /// <summary>Whether the head of <see cref="Queue"/> is to be dropped, and the policy asked again.</summary>
    public bool IsDrop => DropReason != DropReason.None;

    /// <summary>Run a batch of up to so many rows from a queue, in its order.</summary>
    public static SchedulingDecision Run(int queue, int rows, long cpuTicks = 0, long wallTicks = 0) => new(queue, rows, cpuTicks, wallTicks, DropReason.None, long.MaxValue);

    /// <summary>Drop the head of a queue and ask again.</summary>
    public static SchedulingDecision Drop(int queue, DropReason reason) => new(queue, 0, 0, 0, reason, long.MaxValue);

    /// <summary>Ask again at a moment, or when something changes.</summary>
    public static SchedulingDecision WaitUntil(long timestamp) => new(-1, 0, 0, 0, DropReason.None, timestamp);
}
